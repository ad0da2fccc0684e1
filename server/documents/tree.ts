/**
 * The document tree: what restricted HTML becomes before it is laid out. An allow-list of elements, of where they may stand and
 * of what their attributes may say; whatever else the HTML holds is an error, so that nothing is dropped in silence.
 */
import { parseFragment } from 'parse5';
import type { DefaultTreeAdapterTypes } from 'parse5';
import { DocumentError } from './errors.ts';

/** A text, or an element `t` with its children `c`; the other fields are attributes. JSON: the layout program reads it. */
export type TreeNode = string | ({ readonly t: string; readonly c: readonly TreeNode[] } & Readonly<Record<string, unknown>>);

/** `holds`: names of elements, or `text` for running text with the inline elements. */
interface ElementRule {
  readonly holds: readonly string[];
  /** Attribute -> what it may say. */
  readonly attributes?: Readonly<Record<string, RegExp>>;
  readonly required?: readonly string[];
}

const INLINE = ['strong', 'em', 'small', 'span', 'br', 'img'];
const BLOCK = ['p', 'h1', 'h2', 'h3', 'ul', 'ol', 'table', 'div', 'address', 'dl', 'section'];
const CLASS = (...names: readonly string[]): Readonly<Record<string, RegExp>> => ({ class: new RegExp(`^(${names.join('|')})$`) });
const CELL: ElementRule = { holds: ['text'], attributes: { ...CLASS('number'), colspan: /^([1-9]|1\d|20)$/, scope: /^col$/ } };
const TITLE = /^[^<>]{1,200}$/;

/** Every element a document may have. */
export const ELEMENTS: Readonly<Record<string, ElementRule>> = {
  header: { holds: ['div', 'address'] },
  aside: { holds: ['#text'], attributes: CLASS('marking', 'running'), required: ['class'] },
  section: { holds: [...BLOCK.filter((name) => name !== 'section'), 'signature-field'] },
  div: { holds: [...BLOCK, 'img', 'signature-field'], attributes: CLASS('columns', 'fields', 'verification') },
  address: { holds: ['text'] },
  dl: { holds: ['dt', 'dd'] },
  dt: { holds: ['text'] },
  dd: { holds: ['text'] },
  h1: { holds: ['text'] },
  h2: { holds: ['text'] },
  h3: { holds: ['text'] },
  p: { holds: ['text'], attributes: CLASS('authority', 'office', 'department', 'marking', 'note') },
  ul: { holds: ['li'] },
  ol: { holds: ['li'] },
  li: { holds: ['text', 'ul', 'ol'] },
  table: { holds: ['thead', 'tbody', 'tfoot'] },
  thead: { holds: ['tr'] },
  tbody: { holds: ['tr'] },
  tfoot: { holds: ['tr'] },
  tr: { holds: ['th', 'td'] },
  th: CELL,
  td: CELL,
  strong: { holds: ['text'] },
  em: { holds: ['text'] },
  small: { holds: ['text'] },
  span: { holds: ['text'] },
  br: { holds: [] },
  img: { holds: [], attributes: { src: /^qr$/, alt: TITLE }, required: ['src'] },
  'signature-field': { holds: [], attributes: { name: /^(signature[1-9]|seal)$/, label: TITLE }, required: ['name', 'label'] },
};

const ROOT: ElementRule = { holds: ['header', 'aside', ...BLOCK] };
const MOST_NODES = 20_000;
const MOST_CHARACTERS = 1_000_000;
const HTML = 'http://www.w3.org/1999/xhtml';
/** Characters that turn the direction of text or hide in it: what is signed must read as it is written (Unicode TR 36, 3.1). */
const DECEIVING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/u;
/** Longer than this no word fits on a line, and the layout would let it run off the page. */
const ENDLESS = /[\p{L}\p{N}\p{M}_]{61,}/u;

interface Counted {
  nodes: number;
}

/**
 * The tree of some HTML. `name` of the template, for messages. Throws a DocumentError: DOCUMENT_ELEMENT_REFUSED,
 * DOCUMENT_CHARACTER_REFUSED, DOCUMENT_WORD_TOO_LONG, DOCUMENT_TOO_LARGE, DOCUMENT_FIELDS_REFUSED.
 */
export function readTree(html: string, name: string): TreeNode[] {
  if (html.length > MOST_CHARACTERS) throw new DocumentError('DOCUMENT_TOO_LARGE', { most: `${MOST_CHARACTERS} characters` });
  const fragment = parseFragment(html, {
    onParseError: ({ code, startLine }) => { throw refused(name, `${code} in line ${startLine} of the HTML`); },
  });
  const tree = childrenOf(fragment, 'the document', ROOT, { name, counted: { nodes: 0 } });
  checkShape(tree, name);
  return tree;
}

interface Reading {
  readonly name: string;
  readonly counted: Counted;
}

function childrenOf(parent: DefaultTreeAdapterTypes.ParentNode, told: string, rule: ElementRule, reading: Reading): TreeNode[] {
  const isText = rule.holds.includes('text') || rule.holds.includes('#text');
  const children = parent.childNodes.flatMap((child) => readNode(child, told, rule, isText, reading) ?? []);
  return isText ? trimmed(children) : children;
}

function readNode(node: DefaultTreeAdapterTypes.ChildNode, parent: string, rule: ElementRule, isText: boolean, reading: Reading): TreeNode | undefined {
  const { name, counted } = reading;
  if ((counted.nodes += 1) > MOST_NODES) throw new DocumentError('DOCUMENT_TOO_LARGE', { most: `${MOST_NODES} elements and texts` });
  if (node.nodeName === '#comment') return undefined;
  if ('value' in node) return readText(node.value, parent, isText, name);
  if (!('tagName' in node)) throw refused(name, node.nodeName);
  const { tagName } = node;
  const own = node.namespaceURI as string === HTML && Object.hasOwn(ELEMENTS, tagName) ? ELEMENTS[tagName] : undefined;
  if (own === undefined) throw refused(name, `the element ${tagName}`);
  const allowed = rule.holds.includes(tagName) || (rule.holds.includes('text') && INLINE.includes(tagName));
  if (!allowed) throw refused(name, `${tagName} inside ${parent}`);
  const children = childrenOf(node, tagName, own, reading);
  // A paragraph whose value was empty says nothing: it is no paragraph.
  if (tagName === 'p' && children.length === 0) return undefined;
  return { t: tagName, c: children, ...attributesOf(node, own, name) };
}

function readText(value: string, parent: string, isText: boolean, name: string): string | undefined {
  const deceiving = DECEIVING.exec(value)?.[0];
  if (deceiving !== undefined) throw new DocumentError('DOCUMENT_CHARACTER_REFUSED', { character: codePoint(deceiving) });
  const endless = ENDLESS.exec(value)?.[0];
  if (endless !== undefined) throw new DocumentError('DOCUMENT_WORD_TOO_LONG', { word: `${endless.slice(0, 20)}...` });
  const text = value.replace(/[ \t\r\n\f]+/g, ' ');
  if (isText) return text;
  if (text.trim() !== '') throw refused(name, `text inside ${parent}: ${text.trim().slice(0, 40)}`);
  return undefined;
}

/** `U+202E` */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function attributesOf(node: DefaultTreeAdapterTypes.Element, { attributes = {}, required = [] }: ElementRule, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name: attribute, value } of node.attrs) {
    const may = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    if (may?.test(value) !== true) throw refused(name, `${attribute}="${value.slice(0, 40)}" on ${node.tagName}`);
    if (DECEIVING.test(value)) throw new DocumentError('DOCUMENT_CHARACTER_REFUSED', { character: codePoint(DECEIVING.exec(value)![0]) });
    found[attribute] = value;
  }
  const missing = required.find((attribute) => found[attribute] === undefined);
  if (missing !== undefined) throw refused(name, `${node.tagName} without ${missing}`);
  return found;
}

/** Without the white space at the beginning, at the end and around line breaks, and without a line break at the end. */
function trimmed(children: readonly TreeNode[]): TreeNode[] {
  const isBreak = (node: TreeNode | undefined): boolean => typeof node === 'object' && node.t === 'br';
  const texts = children.map((node, at) => {
    if (typeof node !== 'string') return node;
    const start = at === 0 || isBreak(children[at - 1]) ? node.trimStart() : node;
    return at === children.length - 1 || isBreak(children[at + 1]) ? start.trimEnd() : start;
  }).filter((node) => node !== '');
  while (isBreak(texts.at(-1))) texts.pop();
  return texts;
}

/** What the rules of single elements cannot say: names of fields, and the parts that the layout program counts on. */
function checkShape(tree: readonly TreeNode[], name: string): void {
  const fields = new Set<string>();
  const visit = (node: TreeNode): void => {
    if (typeof node === 'string') return;
    const names = node.c.map((child) => (typeof child === 'string' ? 'text' : child.t));
    if (node.t === 'signature-field') {
      const field = String(node['name']);
      if (fields.has(field)) throw new DocumentError('DOCUMENT_FIELDS_REFUSED', { name, field });
      fields.add(field);
    }
    const wrong = wrongParts(node.t, node['class'], names);
    if (wrong !== undefined) throw refused(name, wrong);
    node.c.forEach(visit);
  };
  tree.forEach(visit);
}

function wrongParts(element: string, cssClass: unknown, names: readonly string[]): string | undefined {
  const count = (name: string): number => names.filter((each) => each === name).length;
  if (element === 'table' && (count('thead') !== 1 || count('tbody') < 1 || count('tfoot') > 1)) return 'a table without one thead and a tbody';
  if (element === 'thead' && names.length !== 1) return 'a thead without exactly one row';
  if (['tr', 'ul', 'ol'].includes(element) && names.length === 0) return `an empty ${element}`;
  if (element === 'dl' && names.some((name, at) => name !== (at % 2 === 0 ? 'dt' : 'dd'))) return 'a dl that is not dt, dd, dt, dd ...';
  if (element === 'header' && names.length !== 2) return 'a header without two parts';
  if (element === 'div' && cssClass === 'columns' && names.length !== 2) return 'columns that are not two';
  if (element === 'div' && cssClass === 'fields' && (names.length > 2 || count('signature-field') !== names.length)) return 'a div of fields with other things than one or two signature fields';
  if (element === 'div' && cssClass === 'verification' && (names[0] !== 'img' || names.length < 2)) return 'a div of verification that does not begin with an img';
  if (element === 'div' && cssClass !== 'verification' && count('img') > 0) return 'an img beside paragraphs';
  return undefined;
}

function refused(name: string, found: string): DocumentError {
  return new DocumentError('DOCUMENT_ELEMENT_REFUSED', { name, found });
}
