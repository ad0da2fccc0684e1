/** A DMN file as its text, with the place of every element in it (XML 1.0, 3.1): edits replace places, and everything else stays byte for byte. */

/** `from`, `to`: the value between its quotes; `whole`: from the white space before the name to behind the closing quote. */
export interface SourceAttribute {
  readonly value: string;
  readonly from: number;
  readonly to: number;
  readonly whole: readonly [from: number, to: number];
}

/** Offsets count in the text of the file, `to` exclusive. */
export interface SourceElement {
  /** Local name. */
  readonly name: string;
  /** As written, with its prefix. */
  readonly tag: string;
  /** Of a DMN namespace and not inside extensionElements. */
  readonly isModel: boolean;
  readonly attributes: ReadonlyMap<string, SourceAttribute>;
  readonly children: readonly SourceElement[];
  /** All text directly inside, with its references resolved. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Where the start tag ends. */
  readonly opened: number;
  /** Where the end tag begins; `to` for an element that is written as one empty tag. */
  readonly closing: number;
}

export interface Source {
  readonly text: string;
  readonly root: SourceElement;
}

/** Replaces what stands in a place; `from` = `to` inserts. */
export interface Patch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const MODEL_NAMESPACE = /^https?:\/\/www\.omg\.org\/spec\/DMN\/\d{8}\/(?:MODEL\/?|dmn(?:11)?\.xsd)$/;
const MARKUP = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  name: string;
  tag: string;
  isModel: boolean;
  attributes: ReadonlyMap<string, SourceAttribute>;
  children: SourceElement[];
  text: string;
  from: number;
  to: number;
  opened: number;
  closing: number;
  readonly prefixes: Readonly<Record<string, string>>;
}

/** Undefined where the text is not well-formed: the engine says why. */
export function readSource(text: string): Source | undefined {
  const open: Open[] = [];
  let root: SourceElement | undefined;
  let at = 0;
  for (const match of text.matchAll(MARKUP)) {
    const inner = open.at(-1);
    const between = text.slice(at, match.index);
    if (between.includes('<')) return undefined;
    if (inner !== undefined) inner.text += decoded(between) + (match[1] ?? '');
    at = match.index + match[0].length;
    if (match[2] !== undefined) {
      if (inner?.tag !== match[2]) return undefined;
      inner.closing = match.index;
      inner.to = at;
      open.pop();
    } else if (match[3] !== undefined) {
      if (inner === undefined && root !== undefined) return undefined;
      const element = opened(match[3], match[4] ?? '', match.index, at, inner);
      root ??= element;
      inner?.children.push(element);
      if (match[5] === '') open.push(element);
    }
  }
  return root === undefined || open.length > 0 || text.slice(at).includes('<') ? undefined : { text, root };
}

function opened(tag: string, written: string, from: number, to: number, outer: Open | undefined): Open {
  const attributes = new Map<string, SourceAttribute>();
  let prefixes = outer?.prefixes ?? {};
  const start = from + 1 + tag.length;
  for (const match of written.matchAll(ATTRIBUTE)) {
    const [whole, name = '', double, single = ''] = match;
    const value = double ?? single;
    const end = start + match.index + whole.length;
    attributes.set(name, { value: decoded(value), from: end - 1 - value.length, to: end - 1, whole: [start + match.index, end] });
    if (name === 'xmlns') prefixes = { ...prefixes, '': value };
    else if (name.startsWith('xmlns:')) prefixes = { ...prefixes, [name.slice(6)]: value };
  }
  const colon = tag.indexOf(':');
  const name = tag.slice(colon + 1);
  const isModel = outer?.isModel !== false && name !== 'extensionElements' && MODEL_NAMESPACE.test(prefixes[colon < 0 ? '' : tag.slice(0, colon)] ?? '');
  return { name, tag, isModel, attributes, children: [], text: '', from, to, opened: to, closing: to, prefixes };
}

function decoded(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    return code <= 0x10FFFF ? String.fromCodePoint(code) : whole;
  });
}

/** Text as it stands in an element or, with `quoted`, in an attribute. */
export function encoded(text: string, quoted = false): string {
  const escaped = text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'));
  return quoted ? escaped.replace(/["\n\r\t]/g, (sign) => `&#${String(sign.codePointAt(0))};`) : escaped;
}

/** The text after the patches; none of them touches another. */
export function patched(text: string, patches: readonly Patch[]): string {
  const inOrder = patches.map((patch, order) => ({ ...patch, order })).sort((left, right) => left.from - right.from || left.order - right.order);
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, text: replacement } of inOrder) {
    parts.push(text.slice(at, from), replacement);
    at = to;
  }
  return parts.join('') + text.slice(at);
}

export function childOf(element: SourceElement | undefined, name: string): SourceElement | undefined {
  return element?.children.find((child) => child.isModel && child.name === name);
}

export function childrenOf(element: SourceElement | undefined, name: string): SourceElement[] {
  return element?.children.filter((child) => child.isModel && child.name === name) ?? [];
}

export function attributeOf(element: SourceElement | undefined, name: string): string {
  return element?.attributes.get(name)?.value ?? '';
}

/** The text of the child `text` of an expression or entry. */
export function bodyOf(element: SourceElement | undefined): string {
  return childOf(element, 'text')?.text.trim() ?? '';
}

/** Every element of the file, outer ones first. */
export function everyElement(element: SourceElement): SourceElement[] {
  return [element, ...element.children.flatMap(everyElement)];
}
