/** Cuts a style sheet down to the components that are used, and takes out typefaces that may only be shown on gov.uk. */

/** Fonts of the reader's own system: nothing to download, and no typeface that is reserved to others. */
const SYSTEM_FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif';

/** Keeps rules of the named components (`govuk-<name>`) and rules that name no component; `css` is trusted and well formed. */
export function subsetCss(css: string, components: readonly string[]): string {
  const kept = new Set(components);
  return keepRules(css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@charset "[^"]*";/, ''), kept).replaceAll(/GDS Transport,arial,sans-serif/g, SYSTEM_FONT);
}

function keepRules(css: string, kept: ReadonlySet<string>): string {
  let result = '';
  for (const { head, body } of rulesOf(css)) {
    if (head.startsWith('@font-face')) continue;
    if (head.startsWith('@media') || head.startsWith('@supports')) {
      const inside = keepRules(body, kept);
      if (inside !== '') result += `${head}{${inside}}`;
    } else if (head.startsWith('@')) result += `${head}{${body}}`;
    else {
      const selectors = splitSelectors(head).filter((selector) => isKept(selector, kept));
      if (selectors.length > 0) result += `${selectors.join(',')}{${body}}`;
    }
  }
  return result;
}

function* rulesOf(css: string): Generator<{ readonly head: string; readonly body: string }> {
  let start = 0;
  while (start < css.length) {
    const open = css.indexOf('{', start);
    if (open < 0) return;
    let depth = 1;
    let at = open + 1;
    for (; at < css.length && depth > 0; at++) {
      if (css[at] === '{') depth += 1;
      else if (css[at] === '}') depth -= 1;
    }
    yield { head: css.slice(start, open).trim(), body: css.slice(open + 1, at - 1) };
    start = at;
  }
}

/** Splits at the commas outside brackets: `:not(a,b)` is one selector. */
function splitSelectors(head: string): string[] {
  const selectors: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < head.length; at++) {
    if (head[at] === '(') depth += 1;
    else if (head[at] === ')') depth -= 1;
    else if (head[at] === ',' && depth === 0) {
      selectors.push(head.slice(start, at));
      start = at + 1;
    }
  }
  return [...selectors, head.slice(start)];
}

function isKept(selector: string, kept: ReadonlySet<string>): boolean {
  if (selector.includes('govuk-\\!')) return false;
  const names = [...selector.matchAll(/\.govuk-([a-z]+(?:-[a-z]+)*)/g)].map((match) => match[1]!);
  return names.every((name) => kept.has(name) || [...kept].some((component) => name.startsWith(`${component}-`)));
}
