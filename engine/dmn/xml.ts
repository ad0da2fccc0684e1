// A DMN file as a tree of its elements (DMN 1.5, clause 13, of every version since 1.1), without diagrams and foreign extensions.

import { Parser } from 'saxen';
import { dmnProblem } from './errors.ts';
import type { DmnProblem } from './errors.ts';

export interface XmlElement {
  /** Local name: all elements are of the DMN namespace. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside. */
  readonly text: string;
  /** zeebe:versionTag among its extension elements. */
  readonly versionTag?: string;
}

export const LARGEST_FILE = 20_000_000;
const DEEPEST_ELEMENTS = 200;
const MODEL_NAMESPACE = /^https?:\/\/www\.omg\.org\/spec\/DMN\/\d{8}\/(?:MODEL\/?|dmn(?:11)?\.xsd)$/;

const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
  versionTag: string | undefined;
  /** Prefixes declared up to here; '' is the default namespace. */
  readonly prefixes: Readonly<Record<string, string>>;
  readonly foreign: boolean;
}

function localPart(name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  return colon < 0 ? { prefix: '', local: name } : { prefix: name.slice(0, colon), local: name.slice(colon + 1) };
}

function prefixesIn(attributes: Readonly<Record<string, string>>, outer: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let prefixes = outer;
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'xmlns') prefixes = { ...prefixes, '': value };
    else if (name.startsWith('xmlns:')) prefixes = { ...prefixes, [name.slice(6)]: value };
  }
  return prefixes;
}

class Reader {
  readonly #open: Open[] = [];
  root: XmlElement | undefined;
  problem: DmnProblem | undefined;
  #decode: (text: string) => string = (text) => text;

  openTag(name: string, attributes: Record<string, string>, decode: (text: string) => string): void {
    this.#decode = decode;
    const outer = this.#open.at(-1);
    if (this.#open.length >= DEEPEST_ELEMENTS) this.problem ??= dmnProblem('DMN_XML_TOO_DEEP', '', 1, { limit: DEEPEST_ELEMENTS });
    const prefixes = prefixesIn(attributes, outer?.prefixes ?? {});
    const { prefix, local } = localPart(name);
    const foreign = outer?.foreign === true || local === 'extensionElements' || !MODEL_NAMESPACE.test(prefixes[prefix] ?? '');
    const tagged = outer?.name === 'extensionElements' && local === 'versionTag' && prefixes[prefix] === ZEEBE ? this.#open.at(-2) : undefined;
    if (tagged !== undefined) tagged.versionTag = attributes['value']?.trim();
    this.#open.push({ name: local, attributes, children: [], text: '', versionTag: undefined, prefixes, foreign });
  }

  text(text: string, isEncoded: boolean): void {
    const inner = this.#open.at(-1);
    if (inner !== undefined && !inner.foreign) inner.text += isEncoded ? this.#decode(text) : text;
  }

  closeTag(): void {
    const closed = this.#open.pop();
    if (closed === undefined || closed.foreign) return;
    const element: XmlElement = { name: closed.name, attributes: closed.attributes, children: closed.children, text: closed.text, ...(closed.versionTag !== undefined && closed.versionTag !== '' && { versionTag: closed.versionTag }) };
    const outer = this.#open.at(-1);
    if (outer === undefined) this.root = element;
    else outer.children.push(element);
  }
}

/** The definitions element of a file. */
export function readXml(xml: string): XmlElement | DmnProblem {
  if (xml.length > LARGEST_FILE) return dmnProblem('DMN_XML_TOO_LARGE', '', 1, { limit: LARGEST_FILE, size: xml.length });
  const reader = new Reader();
  const parser = new Parser();
  parser.on('openTag', (name, attributes, decode) => {
    const read = attributes();
    reader.openTag(name, read === false ? {} : { ...read }, decode);
    if (reader.problem !== undefined) parser.stop();
  });
  parser.on('closeTag', () => reader.closeTag());
  parser.on('text', (text) => reader.text(text, true));
  parser.on('cdata', (text) => reader.text(text, false));
  parser.on('attention', () => {
    reader.problem ??= dmnProblem('DMN_XML_DOCTYPE', '', 1);
    parser.stop();
  });
  const fail = (reason: Error, place?: () => { readonly line: number }): void => {
    reader.problem ??= dmnProblem('DMN_XML_INVALID', '', (place?.().line ?? 0) + 1, { reason: reason.message });
  };
  parser.on('error', fail);
  const failure = parser.parse(xml);
  if (reader.problem !== undefined) return reader.problem;
  if (failure !== null) return dmnProblem('DMN_XML_INVALID', '', 1, { reason: failure.message });
  if (reader.root === undefined || reader.root.name !== 'definitions') {
    return dmnProblem('DMN_XML_ROOT', '', 1, { reason: reader.root === undefined ? 'there is no element of a DMN namespace' : `it is ${reader.root.name}` });
  }
  return reader.root;
}

export function isElement(read: XmlElement | DmnProblem): read is XmlElement {
  return 'children' in read;
}

export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((inner) => inner.name === name);
}

export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((inner) => inner.name === name);
}

/** The text of a child element such as `text` or `typeRef`, or of an attribute of that name (older versions differ). */
export function textOf(element: XmlElement, name: string): string | undefined {
  return element.attributes[name] ?? child(element, name)?.text;
}

/** The line (from 1) on which an element with this id begins. */
export function lineOf(xml: string, id: string): number {
  if (id === '') return 1;
  const at = xml.search(new RegExp(`\\sid\\s*=\\s*["']${id.replace(/[^\w]/g, '\\$&')}["']`));
  return at < 0 ? 1 : xml.slice(0, at).split('\n').length;
}
