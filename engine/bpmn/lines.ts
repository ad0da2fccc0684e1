/** One pass over the text of a BPMN file (BPMN 2.0.2, 15.3.1 document structure): the line of every element, and what must be known before the file is trusted to a parser. */
import { Parser } from 'saxen';
import type { Attributes } from 'saxen';
import { problem } from './errors.ts';
import type { Problem } from '../errors.ts';

/** An attribute or element of another engine's namespace. */
export interface ForeignUse {
  /** As written with the usual prefix, for example `camunda:class`. */
  readonly name: string;
  /** The BPMN element it stands on or in, for example `bpmn:serviceTask`. */
  readonly on: string;
  readonly value: string;
  readonly elementId: string;
  readonly line: number;
}

export interface Scan {
  /** The line (from 1) in which the start tag of an element begins, by id. */
  readonly lines: ReadonlyMap<string, number>;
  /** Elements with an id in the order of the file. */
  readonly starts: readonly { readonly id: string; readonly line: number }[];
  readonly foreign: readonly ForeignUse[];
  /** How many tags were opened. */
  readonly tags: number;
  readonly problems: readonly Problem[];
  /** The text must not be read any further. */
  readonly fatal: boolean;
}

export const MAX_CHARACTERS = 10_000_000;
export const MAX_DEPTH = 200;
const MAX_FINDINGS = 50;

const NAMESPACES: Readonly<Record<string, string>> = {
  'http://www.omg.org/spec/BPMN/20100524/MODEL': 'bpmn',
  'http://www.omg.org/spec/BPMN/20100524/DI': 'bpmndi',
  'http://www.omg.org/spec/DD/20100524/DC': 'dc',
  'http://www.omg.org/spec/DD/20100524/DI': 'di',
  'http://www.w3.org/XML/1998/namespace': 'xml',
  'http://camunda.org/schema/zeebe/1.0': 'zeebe',
  'urn:piton:gov:1': 'gov',
  'http://camunda.org/schema/1.0/bpmn': 'camunda',
  'http://flowable.org/bpmn': 'flowable',
  'http://activiti.org/bpmn': 'activiti',
};
/** Where text that stands in the wrong place can be told. */
const OWN = new Set(['bpmn', 'bpmndi', 'dc', 'di', 'zeebe', 'gov']);
const FOREIGN = /^(?:camunda|flowable|activiti):/;
const ID = /^[A-Za-z_][\w.-]*$/;

/** What the schemas say and the parser does not check. */
export interface Vocabulary {
  /** Local names of the elements that may hold text. */
  readonly textual: ReadonlySet<string>;
  /** The values of attributes that have only a few: truth values and enumerations. */
  readonly closed: ReadonlyMap<string, readonly string[]>;
}

/** Reads the text once. */
export function scan(xml: string, vocabulary: Vocabulary): Scan {
  if (xml.length > MAX_CHARACTERS) {
    return { lines: new Map(), starts: [], foreign: [], tags: 0, problems: [problem('BPMN_XML_TOO_LARGE', { id: '', line: 1 }, { limit: MAX_CHARACTERS, size: xml.length })], fatal: true };
  }
  return new Scanner(xml, vocabulary).run();
}

/** Ends the reading of a text that is not worth reading. */
const ENOUGH = new Error('enough');

interface Open {
  readonly name: string;
  readonly id: string;
}

class Scanner {
  readonly #xml: string;
  readonly #vocabulary: Vocabulary;
  readonly #parser = new Parser();
  readonly #lines = new Map<string, number>();
  readonly #starts: { id: string; line: number }[] = [];
  readonly #foreign: ForeignUse[] = [];
  readonly #problems: Problem[] = [];
  readonly #stack: Open[] = [];
  #fatal = false;
  #tags = 0;
  /** Everything before `#at` was reported; `#line` is the line of `#counted`. */
  #at = 0;
  #counted = 0;
  #line = 1;

  constructor(xml: string, vocabulary: Vocabulary) {
    this.#xml = xml;
    this.#vocabulary = vocabulary;
  }

  run(): Scan {
    this.#parser
      .ns(NAMESPACES)
      .on('openTag', (name, attributes, decode) => { this.#open(name, attributes, decode); })
      .on('closeTag', (_name, _decode, selfClosing) => { this.#close(selfClosing); })
      .on('text', (text) => { this.#text(text); })
      .on('cdata', (text) => { this.#text(text); this.#skip(text.length + 12); })
      .on('comment', (text) => { this.#skip(text.length + 7); })
      .on('question', (text) => { this.#skip(text.length); })
      .on('attention', (text) => { this.#attention(text); })
      .on('warn', (reason) => { this.#malformed(reason); })
      .on('error', (reason) => { this.#malformed(reason); });
    try {
      this.#parser.parse(this.#xml);
    } catch (reason) {
      if (reason !== ENOUGH) throw reason;
    }
    return { lines: this.#lines, starts: this.#starts, foreign: this.#foreign, tags: this.#tags, problems: this.#problems, fatal: this.#fatal };
  }

  #open(name: string, attributesOf: () => Attributes | false, decode: (text: string) => string): void {
    this.#toTag();
    const line = this.#line;
    this.#tags++;
    const attributes = attributesOf();
    const inner = this.#stack.at(-1);
    const known = name.startsWith('bpmn:') || name.startsWith('bpmndi:') || name.startsWith('di:') || name.startsWith('dc:');
    let id = inner?.id ?? '';
    if (attributes !== false) {
      const own = attributes['id'];
      if (known && own !== undefined) id = this.#identify(decode(own), line, id);
      if (this.#isOwn(name)) this.#checkValues(attributes, id, line);
      if (this.#foreign.length < 1000) this.#noteForeign(name, attributes, decode, id, line, inner);
    }
    this.#at = endOfTag(this.#xml, this.#at);
    this.#stack.push({ name, id });
    if (this.#stack.length > MAX_DEPTH) this.#stop(problem('BPMN_XML_TOO_DEEP', { id, line }, { limit: MAX_DEPTH }));
  }

  #close(selfClosing: boolean): void {
    this.#stack.pop();
    if (selfClosing) return;
    this.#toTag();
    this.#at = this.#xml.indexOf('>', this.#at) + 1;
  }

  /** Gives the id that counts for this element and its contents. */
  #identify(own: string, line: number, outer: string): string {
    if (!ID.test(own)) {
      this.#report(problem('BPMN_ID_INVALID', { id: outer, line }, { value: own.slice(0, 100) }));
      return outer;
    }
    const first = this.#lines.get(own);
    if (first !== undefined) this.#report(problem('BPMN_ID_DUPLICATE', { id: own, line }, { first }));
    else {
      this.#lines.set(own, line);
      this.#starts.push({ id: own, line });
    }
    return own;
  }

  #isOwn(name: string): boolean {
    return OWN.has(name.slice(0, name.indexOf(':')));
  }

  #checkValues(attributes: Attributes, id: string, line: number): void {
    for (const name in attributes) {
      const allowed = this.#vocabulary.closed.get(name);
      const value = attributes[name] ?? '';
      if (allowed !== undefined && !allowed.includes(value)) this.#report(problem('BPMN_ATTRIBUTE_INVALID', { id, line }, { name, allowed: allowed.join(' or '), value: value.slice(0, 100) }));
    }
  }

  #noteForeign(name: string, attributes: Attributes, decode: (text: string) => string, id: string, line: number, inner: Open | undefined): void {
    if (FOREIGN.test(name) && (inner === undefined || !FOREIGN.test(inner.name))) {
      this.#foreign.push({ name, on: this.#carrier(), value: '', elementId: id, line });
    }
    for (const attribute in attributes) {
      if (FOREIGN.test(attribute)) this.#foreign.push({ name: attribute, on: name, value: decode(attributes[attribute] ?? ''), elementId: id, line });
    }
  }

  /** The BPMN element whose extension elements are open. */
  #carrier(): string {
    for (let depth = this.#stack.length - 1; depth >= 0; depth--) {
      const name = this.#stack[depth]?.name ?? '';
      if (name.startsWith('bpmn:') && name !== 'bpmn:extensionElements') return name;
    }
    return '';
  }

  #text(text: string): void {
    const inner = this.#stack.at(-1);
    if (inner === undefined || text.trim() === '') return;
    const colon = inner.name.indexOf(':');
    if (!this.#isOwn(inner.name)) return;
    if (this.#vocabulary.textual.has(inner.name.slice(colon + 1))) return;
    this.#toTag();
    this.#report(problem('BPMN_XML_TEXT', { id: inner.id, line: this.#line }, { name: inner.name.slice(colon + 1) }));
  }

  #attention(text: string): void {
    this.#toTag();
    if (/^<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text)) this.#stop(problem('BPMN_XML_DOCTYPE', { id: '', line: this.#line }));
    this.#skip(text.length);
  }

  #malformed(reason: Error): void {
    this.#toTag();
    this.#fatal = true;
    this.#report(problem('BPMN_XML_INVALID', { id: this.#stack.at(-1)?.id ?? '', line: this.#line }, { reason: reason.message }));
  }

  #report(finding: Problem): void {
    this.#problems.push(finding);
    if (this.#problems.length >= MAX_FINDINGS) this.#giveUp();
  }

  #stop(finding: Problem): void {
    this.#problems.push(finding);
    this.#giveUp();
  }

  /** Thrown, because the XML library goes on through the attributes of a tag when it is only asked to stop. */
  #giveUp(): never {
    this.#fatal = true;
    throw ENOUGH;
  }

  /** Moves to the next `<` and counts the line breaks passed. */
  #toTag(): void {
    const next = this.#xml.indexOf('<', this.#at);
    if (next === -1) return;
    this.#at = next;
    let newline = this.#xml.indexOf('\n', this.#counted);
    while (newline !== -1 && newline < next) {
      this.#line++;
      this.#counted = newline + 1;
      newline = this.#xml.indexOf('\n', this.#counted);
    }
  }

  #skip(length: number): void {
    this.#toTag();
    this.#at += length;
  }
}

/** The index after the `>` that ends the tag beginning at `start`; quoted attribute values may contain `>`. */
function endOfTag(xml: string, start: number): number {
  for (let at = start + 1; at < xml.length; at++) {
    const character = xml.charCodeAt(at);
    if (character === 62) return at + 1;
    if (character === 34 || character === 39) {
      const closing = xml.indexOf(character === 34 ? '"' : "'", at + 1);
      if (closing !== -1) at = closing;
    }
  }
  return xml.length;
}
