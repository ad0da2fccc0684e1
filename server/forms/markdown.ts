/** The simple markdown of text components: paragraphs, headings, lists, bold and links; anything else stays the text it is. */
import type { TextBlock, TextSpan } from '../http/contract/tasks.ts';

const HEADING = /^#{1,6}\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*\d{1,9}[.)]\s+(.*)$/;
const SAFE_LINK = /^(?:https?:\/\/|mailto:|\/(?!\/))[^\s"<>]*$/i;

export function readMarkdown(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', spans: readSpans(paragraph.join(' ')) });
    paragraph = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const heading = HEADING.exec(line);
    const bullet = BULLET.exec(line);
    const number = bullet === null ? NUMBER.exec(line) : null;
    if (line.trim() === '') endParagraph();
    else if (heading !== null) {
      endParagraph();
      blocks.push({ kind: 'heading', spans: readSpans(heading[1]!.trim()) });
    } else if (bullet !== null || number !== null) {
      endParagraph();
      addItem(blocks, number !== null, readSpans((bullet ?? number)![1]!.trim()));
    } else paragraph.push(line.trim());
  }
  endParagraph();
  return blocks;
}

function addItem(blocks: TextBlock[], ordered: boolean, item: readonly TextSpan[]): void {
  const last = blocks.at(-1);
  if (last?.kind === 'list' && last.ordered === ordered) blocks[blocks.length - 1] = { ...last, items: [...last.items, item] };
  else blocks.push({ kind: 'list', ordered, items: [item] });
}

/** Bold and links; read by position, because a regular expression over both can take very long on hostile text. */
export function readSpans(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let plain = '';
  const endPlain = (): void => {
    if (plain !== '') spans.push({ kind: 'plain', text: plain });
    plain = '';
  };
  let at = 0;
  while (at < text.length) {
    const found = text.startsWith('**', at) ? boldAt(text, at) : text[at] === '[' ? linkAt(text, at) : undefined;
    if (found === undefined) plain += text.charAt(at++);
    else {
      endPlain();
      spans.push(found.span);
      at = found.end;
    }
  }
  endPlain();
  return spans;
}

interface Found { readonly span: TextSpan; readonly end: number }

function boldAt(text: string, at: number): Found | undefined {
  const close = text.indexOf('**', at + 2);
  if (close <= at + 2 || close - at > 2_000) return undefined;
  return { span: { kind: 'bold', text: text.slice(at + 2, close) }, end: close + 2 };
}

function linkAt(text: string, at: number): Found | undefined {
  const middle = text.slice(at, at + 2_000).indexOf('](');
  if (middle < 2) return undefined;
  const start = at + middle + 2;
  const length = text.slice(start, start + 2_000).indexOf(')');
  if (length < 1) return undefined;
  const href = text.slice(start, start + length);
  if (!SAFE_LINK.test(href)) return undefined;
  return { span: { kind: 'link', text: text.slice(at + 1, at + middle), href }, end: start + length + 1 };
}
