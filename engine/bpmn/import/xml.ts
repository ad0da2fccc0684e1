/** A file as a tree that forgets nothing (XML 1.0, 2 documents; namespaces in XML): written back it is the same text but for what was changed. */
import { problem } from '../errors.ts';
import { MAX_CHARACTERS, MAX_DEPTH } from '../lines.ts';
import type { Problem } from '../../errors.ts';

export interface XmlAttribute {
  /** As written, with its prefix. */
  readonly name: string;
  /** '' without a prefix. */
  readonly uri: string;
  readonly local: string;
  /** References resolved. */
  readonly value: string;
  /** The blanks before it and all of it, as written. */
  readonly raw: string;
}

/** Text between tags, or markup that is only kept: comments, processing instructions. */
export interface XmlText {
  readonly kind: 'text' | 'cdata' | 'other';
  raw: string;
}

export interface XmlElement {
  readonly kind: 'element';
  readonly name: string;
  readonly uri: string;
  readonly local: string;
  /** In which the start tag begins, from 1. */
  readonly line: number;
  readonly parent: XmlElement | undefined;
  attributes: XmlAttribute[];
  /** What stands between the last attribute and the end of the start tag. */
  tail: string;
  children: XmlNode[];
  /** The end tag as written; undefined: the start tag closes itself. */
  closing: string | undefined;
  /** URIs by prefix. */
  readonly scope: ReadonlyMap<string, string>;
}

export type XmlNode = XmlElement | XmlText;

export interface XmlDocument {
  /** The root element among comments, blanks and the declaration. */
  readonly nodes: readonly XmlNode[];
  readonly root: XmlElement;
  readonly newline: string;
}

const TAG = /<([^\s/>=<"'&]+)/y;
const ATTRIBUTE = /(\s+)([^\s=/>"'<&]+)\s*=\s*("[^"<]*"|'[^'<]*')/y;
const TAG_END = /(\s*)(\/?)>/y;
const END_TAG = /<\/([^\s>]+)\s*>/y;
/** Markup that is kept as it is, and what it ends with. */
const KEPT: readonly (readonly [string, string])[] = [['<!--', '-->'], ['<?', '?>']];

class Malformed extends Error {
  readonly line: number;
  readonly declared: boolean;

  constructor(reason: string, line: number, declared = false) {
    super(reason);
    this.line = line;
    this.declared = declared;
  }
}

/** Refuses with BPMN_XML_TOO_LARGE, BPMN_XML_TOO_DEEP, BPMN_XML_DOCTYPE, BPMN_XML_INVALID. */
export function readXml(xml: string): XmlDocument | Problem {
  if (xml.length > MAX_CHARACTERS) return problem('BPMN_XML_TOO_LARGE', { id: '', line: 1 }, { limit: MAX_CHARACTERS, size: xml.length });
  const reader = new Reader(xml);
  try {
    return reader.run();
  } catch (reason) {
    if (!(reason instanceof Malformed)) throw reason;
    const at = { id: '', line: reason.line };
    if (reason.declared) return problem('BPMN_XML_DOCTYPE', at);
    return reason.message === '' ? problem('BPMN_XML_TOO_DEEP', at, { limit: MAX_DEPTH }) : problem('BPMN_XML_INVALID', at, { reason: reason.message });
  }
}

class Reader {
  readonly #xml: string;
  readonly #nodes: XmlNode[] = [];
  readonly #open: XmlElement[] = [];
  #root: XmlElement | undefined;
  #at = 0;
  #line = 1;

  constructor(xml: string) {
    this.#xml = xml;
  }

  run(): XmlDocument {
    const xml = this.#xml;
    while (this.#at < xml.length) {
      const next = xml.indexOf('<', this.#at);
      if (next !== this.#at) this.#text(next === -1 ? xml.length : next);
      else if (xml.startsWith('</', next)) this.#endTag();
      else if (xml.startsWith('<!', next) || xml.startsWith('<?', next)) this.#markup();
      else this.#startTag();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw new Malformed(`<${unclosed.name}> has no end tag`, unclosed.line);
    if (this.#root === undefined) throw new Malformed('there is no element', 1);
    return { nodes: this.#nodes, root: this.#root, newline: xml.includes('\r\n') ? '\r\n' : '\n' };
  }

  #text(end: number): void {
    const raw = this.#take(end);
    if (this.#open.length === 0 && raw.replace('\uFEFF', '').trim() !== '') throw new Malformed('there is text outside the root element', this.#line);
    this.#add({ kind: 'text', raw });
  }

  #markup(): void {
    const xml = this.#xml;
    const start = this.#at;
    if (xml.startsWith('<![CDATA[', start) && this.#open.length > 0) {
      this.#add({ kind: 'cdata', raw: this.#until(']]>') });
      return;
    }
    const kept = KEPT.find(([begin]) => xml.startsWith(begin, start));
    if (kept === undefined) throw new Malformed('a document type is declared', this.#line, true);
    this.#add({ kind: 'other', raw: this.#until(kept[1]) });
  }

  #startTag(): void {
    const line = this.#line;
    const name = this.#match(TAG)?.[1];
    if (name === undefined) throw new Malformed('a < begins no tag', line);
    const written: { readonly name: string; readonly raw: string; readonly value: string }[] = [];
    for (let found = this.#match(ATTRIBUTE); found !== undefined; found = this.#match(ATTRIBUTE)) {
      const [raw, , attribute = '', quoted = ''] = found;
      if (written.some((other) => other.name === attribute)) throw new Malformed(`${attribute} stands twice on <${name}>`, this.#line);
      written.push({ name: attribute, raw, value: decode(quoted.slice(1, -1).replace(/[\t\n\r]/g, ' ')) });
    }
    const end = this.#match(TAG_END);
    if (end === undefined) throw new Malformed(`the start tag <${name}> does not end`, this.#line);
    if (this.#open.length >= MAX_DEPTH) throw new Malformed('', line);
    const parent = this.#open.at(-1);
    if (parent === undefined && this.#root !== undefined) throw new Malformed('there is a second root element', line);
    const scope = scopeOf(parent?.scope ?? new Map(), written);
    const element: XmlElement = {
      kind: 'element', name, ...resolved(name, scope, scope.get('') ?? ''), line, parent, scope, tail: end[1] ?? '', children: [],
      attributes: written.map((attribute) => ({ ...attribute, ...resolved(attribute.name, scope, '') })),
      closing: end[2] === '/' ? undefined : `</${name}>`,
    };
    this.#add(element);
    this.#root ??= element;
    if (element.closing !== undefined) this.#open.push(element);
  }

  #endTag(): void {
    const found = this.#match(END_TAG);
    const element = this.#open.pop();
    if (found === undefined || element === undefined || element.name !== found[1]) throw new Malformed(`</${found?.[1] ?? ''}> ends <${element?.name ?? ''}>`, this.#line);
    element.closing = found[0];
  }

  #add(node: XmlNode): void {
    (this.#open.at(-1)?.children ?? this.#nodes).push(node);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#xml) ?? undefined;
    if (found !== undefined) this.#take(pattern.lastIndex);
    return found;
  }

  #until(end: string): string {
    const at = this.#xml.indexOf(end, this.#at);
    if (at === -1) throw new Malformed(`${end} is missing`, this.#line);
    return this.#take(at + end.length);
  }

  #take(end: number): string {
    const raw = this.#xml.slice(this.#at, end);
    for (let at = raw.indexOf('\n'); at !== -1; at = raw.indexOf('\n', at + 1)) this.#line += 1;
    this.#at = end;
    return raw;
  }
}

function scopeOf(outer: ReadonlyMap<string, string>, attributes: readonly { readonly name: string; readonly value: string }[]): ReadonlyMap<string, string> {
  const declared = attributes.filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  const scope = new Map(outer);
  for (const { name, value } of declared) scope.set(name.slice(6), value);
  return scope;
}

function resolved(name: string, scope: ReadonlyMap<string, string>, without: string): { readonly uri: string; readonly local: string } {
  const colon = name.indexOf(':');
  return colon === -1 ? { uri: without, local: name } : { uri: scope.get(name.slice(0, colon)) ?? '', local: name.slice(colon + 1) };
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Resolves the references of XML; unknown ones stay as they are. */
export function decode(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));/g, (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? NAMED[name]! : whole;
    const code = Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16);
    return code <= 0x10FFFF ? String.fromCodePoint(code) : whole;
  });
}

/** Text as it may stand between tags. */
export function encodeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;');
}

function encodeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/[\t\n\r]/g, (blank) => `&#${String(blank.charCodeAt(0))};`);
}

/** What was read, with its changes. */
export function writeXml({ nodes }: XmlDocument): string {
  const parts: string[] = [];
  const write = (node: XmlNode): void => {
    if (node.kind !== 'element') { parts.push(node.raw); return; }
    parts.push('<', node.name);
    for (const { raw } of node.attributes) parts.push(raw);
    parts.push(node.tail, node.closing === undefined ? '/>' : '>');
    for (const child of node.children) write(child);
    if (node.closing !== undefined) parts.push(node.closing);
  };
  for (const node of nodes) write(node);
  return parts.join('');
}

/** The elements directly inside. */
export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((node) => node.kind === 'element');
}

/** All text inside, elements and comments left out. */
export function textOf(element: XmlElement): string {
  return element.children.map((node) => (node.kind === 'text' ? decode(node.raw) : node.kind === 'cdata' ? node.raw.slice(9, -3) : '')).join('');
}

/** Puts a text in the place of all contents. */
export function setText(element: XmlElement, text: string): void {
  element.children = [{ kind: 'text', raw: encodeText(text) }];
  element.closing ??= `</${element.name}>`;
}

export function setAttribute(element: XmlElement, name: string, value: string): void {
  const attribute: XmlAttribute = { name, ...resolved(name, element.scope, ''), value, raw: ` ${name}="${encodeAttribute(value)}"` };
  const at = element.attributes.findIndex((other) => other.name === name);
  if (at === -1) element.attributes.push(attribute);
  else element.attributes[at] = { ...attribute, raw: `${/^\s+/.exec(element.attributes[at]!.raw)?.[0] ?? ' '}${attribute.raw.trimStart()}` };
}

/** Takes an element out, with the blanks before it. */
export function removeElement(element: XmlElement): void {
  const siblings = element.parent?.children;
  const at = siblings?.indexOf(element) ?? -1;
  if (siblings === undefined || at === -1) return;
  const before = siblings[at - 1];
  const blank = before?.kind === 'text' && before.raw.trim() === '';
  siblings.splice(blank ? at - 1 : at, blank ? 2 : 1);
}

/** A new element, not yet in the tree; `name` with its prefix. */
export function makeElement(parent: XmlElement, name: string, uri: string, attributes: Readonly<Record<string, string>>): XmlElement {
  const element: XmlElement = { kind: 'element', name, uri, local: name.slice(name.indexOf(':') + 1), line: parent.line, parent, scope: parent.scope, tail: ' ', attributes: [], children: [], closing: undefined };
  for (const [attribute, value] of Object.entries(attributes)) setAttribute(element, attribute, value);
  return element;
}

/** Puts a child in, indented as its surroundings are: as the last one, or behind `after`, or as the first one for `after: null`. */
export function addChild(parent: XmlElement, child: XmlElement, newline: string, after?: XmlElement | null): void {
  const outer = indentOf(parent);
  if (parent.closing === undefined) {
    parent.closing = `</${parent.name}>`;
    parent.tail = '';
  }
  const siblings = elementsOf(parent);
  const inner = siblings.length > 0 ? siblings.map(indentOf).find((indent) => indent !== undefined) : outer === undefined ? undefined : `${outer}  `;
  const { children } = parent;
  const last = children.at(-1);
  const trailing = last?.kind === 'text' && last.raw.trim() === '' ? children.length - 1 : children.length;
  const at = after === undefined ? trailing : after === null ? 0 : children.indexOf(after) + 1;
  const lead: XmlText[] = inner === undefined ? [] : [{ kind: 'text', raw: `${newline}${inner}` }];
  children.splice(at, 0, ...lead, child);
  if (siblings.length === 0 && trailing === children.length - lead.length - 1 && outer !== undefined) children.push({ kind: 'text', raw: `${newline}${outer}` });
}

/** The blanks an element is indented by; undefined where it does not begin its line. */
function indentOf(element: XmlElement): string | undefined {
  if (element.parent === undefined) return '';
  const siblings = element.parent.children;
  const before = siblings[siblings.indexOf(element) - 1];
  if (before?.kind !== 'text') return undefined;
  const newline = before.raw.lastIndexOf('\n');
  const indent = before.raw.slice(newline + 1);
  return newline === -1 || indent.trim() !== '' ? undefined : indent;
}
