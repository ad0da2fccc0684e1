/** One file on its way from another engine's extensions to ours (BPMN 2.0.2, 8.3.3): what the rows of the alias table read, write and say. */
import { EXTENSION_ALTERNATIVES, EXTENSIONS } from '../not-executed.ts';
import { convertNames, convertValue } from './juel-to-feel.ts';
import type { Converted } from './juel-to-feel.ts';
import { finding } from './findings.ts';
import type { ImportFinding, ImportRow } from './findings.ts';
import { addChild, elementsOf, makeElement, removeElement, setAttribute, textOf } from './xml.ts';
import type { XmlAttribute, XmlDocument, XmlElement } from './xml.ts';

/** A file that is made beside the model. */
export interface ImportedFile {
  readonly name: string;
  readonly content: string;
}

export const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';

/** The namespaces whose contents are converted; they share the names of their common ancestor. */
export const FOREIGN: Readonly<Record<string, string>> = {
  'http://camunda.org/schema/1.0/bpmn': 'camunda',
  'http://operaton.org/schema/1.0/bpmn': 'operaton',
  'http://flowable.org/bpmn': 'flowable',
  'http://activiti.org/bpmn': 'activiti',
};

/** Ours, by prefix. */
const OWN: Readonly<Record<string, string>> = { zeebe: 'http://camunda.org/schema/zeebe/1.0', gov: 'urn:piton:gov:1' };

const PARTS: Readonly<Record<string, string>> = { 'zeebe:input': 'zeebe:IoMapping', 'zeebe:output': 'zeebe:IoMapping', 'zeebe:header': 'zeebe:TaskHeaders', 'zeebe:property': 'zeebe:Properties' };

/** An attribute or element of another engine. */
export interface Use {
  /** Where our own words go, and where the finding is. */
  readonly element: XmlElement;
  /** Where an attribute stands. */
  readonly owner: XmlElement;
  readonly node: XmlAttribute | XmlElement;
  readonly value: string;
  /** With the usual prefix, for example `camunda:assignee`. */
  readonly property: string;
}

export class Converter {
  readonly findings: ImportFinding[] = [];
  readonly files: ImportedFile[] = [];
  readonly #document: XmlDocument;
  /** Kept, and a finding tells why. */
  readonly #told = new Set<XmlAttribute | XmlElement>();
  /** May have become empty by what was taken out of them. */
  readonly #emptied = new Set<XmlElement>();

  constructor(document: XmlDocument) {
    this.#document = document;
  }

  get root(): XmlElement {
    return this.#document.root;
  }

  isBpmn(element: XmlElement): boolean {
    return element.uri === BPMN;
  }

  /** The attribute of another engine with this name; `element` is where our words go. */
  attribute(owner: XmlElement, local: string, element = owner): Use | undefined {
    const node = owner.attributes.find((attribute) => attribute.local === local && isForeign(attribute));
    return node === undefined ? undefined : { element, owner, node, value: node.value, property: nameOf(node) };
  }

  /** The elements of another engine with this name, in the extension elements of a BPMN element or directly in another of theirs. */
  elements(owner: XmlElement, local: string, element = owner): readonly Use[] {
    const holder = this.isBpmn(owner) ? this.extensionsOf(owner) : owner;
    if (holder === undefined) return [];
    return elementsOf(holder).filter((node) => node.local === local && isForeign(node)).map((node) => ({ element, owner, node, value: textOf(node).trim(), property: nameOf(node) }));
  }

  extensionsOf(element: XmlElement): XmlElement | undefined {
    return this.bpmnChild(element, 'extensionElements');
  }

  bpmnChild(element: XmlElement, local: string): XmlElement | undefined {
    return elementsOf(element).find((child) => this.isBpmn(child) && child.local === local);
  }

  /** Takes it out of the file: it was converted. */
  remove({ owner, node }: Pick<Use, 'owner' | 'node'>): void {
    if ('raw' in node) {
      owner.attributes = owner.attributes.filter((other) => other !== node);
      return;
    }
    if (node.parent !== undefined) this.#emptied.add(node.parent);
    removeElement(node);
  }

  /** It stays in the file. */
  keep({ node }: Pick<Use, 'node'>): void {
    this.#told.add(node);
  }

  isTold(node: XmlAttribute | XmlElement): boolean {
    return this.#told.has(node);
  }

  /** Says something; a conversion into what is not executed yet becomes a finding to look at. */
  say(row: ImportRow, use: Use, to = '', values: Readonly<Record<string, string>> = {}): void {
    const said = { elementId: idOf(use.element), line: lineOf(use), property: use.property, from: use.value, to };
    const type = /^(?:zeebe|gov):\w+/.exec(to)?.[0];
    const key = type === undefined ? undefined : PARTS[type] ?? typeOf(type);
    if (row === 'moved' && key !== undefined && !Object.hasOwn(EXTENSIONS, key)) {
      this.findings.push(finding('notYet', said, { alternative: EXTENSION_ALTERNATIVES[key] ?? 'Remove it.' }));
    } else this.findings.push(finding(row, said, values));
  }

  /** Kept because it cannot be converted. */
  refuse(use: Use, row: ImportRow, values: Readonly<Record<string, string>>): void {
    this.keep(use);
    this.say(row, use, '', values);
  }

  /** The value in our words, or undefined after it was refused. */
  value(use: Use, written = use.value): string | undefined {
    return this.#converted(use, convertValue(written));
  }

  names(use: Use): string | undefined {
    return this.#converted(use, convertNames(use.value));
  }

  #converted(use: Use, converted: Converted): string | undefined {
    if ('text' in converted) return converted.text;
    this.refuse(use, 'expression', { reason: converted.reason, todo: converted.hint });
    return undefined;
  }

  /** Moves a value into an attribute of one of our extension elements: `zeebe:assignmentDefinition`, `assignee`. What stands there already wins. */
  move(use: Use, type: string, attribute: string, value: string): void {
    const to = `${type} ${attribute}="${value}"`;
    if (!this.put(use.element, type, { [attribute]: value })) {
      this.keep(use);
      this.say('present', use, `${type} ${attribute}`);
      return;
    }
    this.remove(use);
    this.say('moved', use, to);
  }

  /** Our extension element of an element, undefined where it has none. */
  own(element: XmlElement, type: string): XmlElement | undefined {
    const [prefix = '', local] = type.split(':');
    const holder = this.extensionsOf(element);
    return holder === undefined ? undefined : elementsOf(holder).find((node) => node.uri === OWN[prefix] && node.local === local);
  }

  /** Writes attributes of our extension element, which is made where it is missing; false when one of them has another value already. */
  put(element: XmlElement, type: string, attributes: Readonly<Record<string, string>>): boolean {
    const present = this.own(element, type);
    if (present !== undefined) {
      const value = (name: string): string | undefined => present.attributes.find((other) => other.name === name)?.value;
      if (Object.entries(attributes).some(([name, text]) => value(name) !== undefined && value(name) !== text)) return false;
      for (const [name, text] of Object.entries(attributes)) setAttribute(present, name, text);
      return true;
    }
    const holder = this.#holder(element);
    addChild(holder, makeElement(holder, ...this.#prefixed(type), attributes), this.#document.newline);
    return true;
  }

  /** Adds a part to our extension element: `zeebe:ioMapping`, `zeebe:input`. */
  add(element: XmlElement, type: string, part: string, attributes: Readonly<Record<string, string>>): XmlElement {
    this.put(element, type, {});
    const whole = this.own(element, type) ?? element;
    const made = makeElement(whole, ...this.#prefixed(part), attributes);
    // The schema wants inputs before outputs.
    const inputs = elementsOf(whole).filter(({ local }) => local === 'input');
    addChild(whole, made, this.#document.newline, part === 'zeebe:input' ? inputs.at(-1) ?? null : undefined);
    return made;
  }

  addTo(parent: XmlElement, part: string, attributes: Readonly<Record<string, string>>): XmlElement {
    const made = makeElement(parent, ...this.#prefixed(part), attributes);
    addChild(parent, made, this.#document.newline);
    return made;
  }

  /** The extension elements of an element, made behind its documentation where there are none. */
  #holder(element: XmlElement): XmlElement {
    const present = this.extensionsOf(element);
    if (present !== undefined) return present;
    const prefix = element.name.includes(':') ? element.name.slice(0, element.name.indexOf(':') + 1) : '';
    const made = makeElement(element, `${prefix}extensionElements`, BPMN, {});
    const documentation = elementsOf(element).filter((child) => this.isBpmn(child) && child.local === 'documentation').at(-1);
    addChild(element, made, this.#document.newline, documentation ?? null);
    return made;
  }

  /** The name with the prefix this file uses for its namespace, which is declared at the root where it is not; and the namespace. */
  #prefixed(type: string): readonly [name: string, uri: string] {
    const [usual = '', local = ''] = type.split(':');
    const uri = OWN[usual] ?? '';
    const { root } = this;
    const declared = root.attributes.find(({ name, value }) => name.startsWith('xmlns:') && value === uri);
    if (declared !== undefined) return [`${declared.name.slice(6)}:${local}`, uri];
    let prefix = usual;
    for (let number = 2; root.attributes.some(({ name }) => name === `xmlns:${prefix}`); number += 1) prefix = `${usual}${String(number)}`;
    setAttribute(root, `xmlns:${prefix}`, uri);
    return [`${prefix}:${local}`, uri];
  }

  /** Removes what holds nothing any more since something was taken out of it. */
  prune(): void {
    for (const element of this.#emptied) {
      let at: XmlElement | undefined = element;
      while (at !== undefined && (isForeign(at) || at.local === 'extensionElements') && isEmpty(at)) {
        const { parent }: XmlElement = at;
        removeElement(at);
        at = parent;
      }
    }
  }
}

function isEmpty(element: XmlElement): boolean {
  return element.children.every((node) => node.kind === 'text' && node.raw.trim() === '') && element.attributes.every(({ uri }) => uri === '');
}

/** True for what belongs to another engine. */
export function isForeign({ uri }: { readonly uri: string }): boolean {
  return Object.hasOwn(FOREIGN, uri);
}

/** With the usual prefix. */
export function nameOf({ uri, local }: { readonly uri: string; readonly local: string }): string {
  return `${FOREIGN[uri] ?? 'bpmn'}:${local}`;
}

/** The id of the nearest element that has one; '' above all. */
export function idOf(element: XmlElement): string {
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const id = attributeOf(at, 'id');
    if (at.uri === BPMN && id !== undefined) return id;
  }
  return '';
}

/** An attribute without a prefix. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.name === name)?.value;
}

function lineOf({ owner, node }: Use): number {
  return 'line' in node ? node.line : owner.line;
}

/** `zeebe:taskDefinition` as the tables name it: `zeebe:TaskDefinition`. */
function typeOf(type: string): string {
  const at = type.indexOf(':') + 1;
  return `${type.slice(0, at)}${type.charAt(at).toUpperCase()}${type.slice(at + 1)}`;
}
