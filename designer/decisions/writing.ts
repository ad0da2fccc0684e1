/** Writing into a DMN file: patches for an attribute, a text, an element, in the indentation and the prefix the file has already. */
import { attributeOf, bodyOf, childOf, encoded, everyElement } from './source.ts';
import type { Patch, Source, SourceElement } from './source.ts';

/** An element to be written; its prefix is that of the element it is written into, unless it has a `tag` of its own. */
export interface Fresh {
  readonly name: string;
  readonly tag?: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly (Fresh | undefined)[];
  readonly text?: string;
}

/** `<name><text>…</text></name>`: an entry or expression. */
export function entry(name: string, text: string, attributes: Fresh['attributes'] = {}): Fresh {
  return { name, attributes, children: [{ name: 'text', text }] };
}

/** The white space a line of the file begins with, where an element begins a line; undefined where it stands behind another. */
function indentOf({ text }: Source, element: SourceElement): string | undefined {
  const start = text.lastIndexOf('\n', element.from - 1) + 1;
  const before = text.slice(start, element.from);
  return /^\s*$/.test(before) && start > 0 ? before : undefined;
}

/** What the file indents by for each level. */
function stepOf(source: Source): string {
  const outer = source.root;
  const inner = outer.children[0];
  const own = inner === undefined ? undefined : indentOf(source, inner);
  return own === undefined || own === '' ? '  ' : own.slice((indentOf(source, outer) ?? '').length);
}

function prefixOf({ tag, name }: SourceElement): string {
  return tag.slice(0, tag.length - name.length);
}

function written({ name, tag: own, attributes = {}, children = [], text = '' }: Fresh, prefix: string, indent: string | undefined, step: string): string {
  const tag = own ?? prefix + name;
  const said = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${encoded(value, true)}"`])).join('');
  const inner = children.filter((child) => child !== undefined);
  if (inner.length === 0) return text === '' && name !== 'text' ? `<${tag}${said} />` : `<${tag}${said}>${encoded(text)}</${tag}>`;
  const deeper = indent === undefined ? undefined : indent + step;
  const [before, after] = indent === undefined ? ['', ''] : [`\n${deeper ?? ''}`, `\n${indent}`];
  return `<${tag}${said}>${inner.map((child) => before + written(child, prefix, deeper, step)).join('')}${after}</${tag}>`;
}

/** Writes an element behind a sibling, on a line of its own where the sibling has one. */
export function insertAfter(source: Source, sibling: SourceElement, fresh: Fresh): Patch {
  const indent = indentOf(source, sibling);
  return { from: sibling.to, to: sibling.to, text: (indent === undefined ? '' : `\n${indent}`) + written(fresh, prefixOf(sibling), indent, stepOf(source)) };
}

export function insertBefore(source: Source, sibling: SourceElement, fresh: Fresh, prefix = prefixOf(sibling)): Patch {
  const indent = indentOf(source, sibling);
  return { from: sibling.from, to: sibling.from, text: written(fresh, prefix, indent, stepOf(source)) + (indent === undefined ? '' : `\n${indent}`) };
}

/** Writes an element into another: behind the last child of one of the names in `behind`, else as the first child. */
export function insertInto(source: Source, parent: SourceElement, fresh: Fresh, behind: readonly string[]): Patch {
  const last = parent.children.findLast((child) => child.isModel && behind.includes(child.name));
  if (last !== undefined) return insertAfter(source, last, fresh);
  const first = parent.children[0];
  // It may be foreign: the prefix is that of the parent.
  if (first !== undefined) return insertBefore(source, first, fresh, prefixOf(parent));
  const indent = indentOf(source, parent);
  const step = stepOf(source);
  const inner = indent === undefined ? undefined : indent + step;
  const text = (inner === undefined ? '' : `\n${inner}`) + written(fresh, prefixOf(parent), inner, step) + (indent === undefined ? '' : `\n${indent}`);
  if (parent.closing < parent.to) return { from: parent.opened, to: parent.closing, text };
  const head = source.text.slice(parent.from, parent.to).replace(/\s*\/>$/, '>');
  return { from: parent.from, to: parent.to, text: `${head}${text}</${parent.tag}>` };
}

/** Takes an element out, with the white space before it. */
export function removal({ text }: Source, element: SourceElement): Patch {
  let from = element.from;
  while (from > 0 && /\s/.test(text[from - 1]!)) from -= 1;
  return { from, to: element.to, text: '' };
}

/** Undefined takes it away. */
export function setAttribute(element: SourceElement, name: string, value: string | undefined): Patch[] {
  const known = element.attributes.get(name);
  if (known === undefined) {
    const at = [...element.attributes.values()].at(-1)?.whole[1] ?? element.from + 1 + element.tag.length;
    return value === undefined ? [] : [{ from: at, to: at, text: ` ${name}="${encoded(value, true)}"` }];
  }
  if (value === undefined) return [{ from: known.whole[0], to: known.whole[1], text: '' }];
  return known.value === value ? [] : [{ from: known.from, to: known.to, text: encoded(value, true).replaceAll("'", '&#39;') }];
}

/** Puts text in place of everything inside an element. */
export function setText(source: Source, element: SourceElement, text: string): Patch {
  if (element.closing < element.to) return { from: element.opened, to: element.closing, text: encoded(text) };
  const head = source.text.slice(element.from, element.to).replace(/\s*\/>$/, '>');
  return { from: element.from, to: element.to, text: `${head}${encoded(text)}</${element.tag}>` };
}

/** The child `text` of an expression or entry; it is made where there is none. */
export function setBody(source: Source, element: SourceElement, text: string): Patch[] {
  if (bodyOf(element) === text) return [];
  const body = childOf(element, 'text');
  return [body === undefined ? insertInto(source, element, { name: 'text', text }, ['description', 'extensionElements']) : setText(source, body, text)];
}

/** A child that holds a text, such as inputValues: it comes and goes with its text. `behind`: what it stands behind. */
export function setBodyOf(source: Source, parent: SourceElement, name: string, text: string, behind: readonly string[]): Patch[] {
  const child = childOf(parent, name);
  if (child === undefined) return text === '' ? [] : [insertInto(source, parent, entry(name, text), behind)];
  return text === '' ? [removal(source, child)] : setBody(source, child, text);
}

/** Gives ids that nothing in the file has. */
export class Ids {
  readonly #taken: Set<string>;

  constructor({ root }: Source) {
    this.#taken = new Set(everyElement(root).map((element) => attributeOf(element, 'id')));
  }

  /** `base`, or `base-2` and so on. */
  fresh(base: string): string {
    let id = base;
    for (let count = 2; this.#taken.has(id); count += 1) id = `${base}-${String(count)}`;
    this.#taken.add(id);
    return id;
  }

  /** The text of an element with every id in it new. */
  renewed(text: string): string {
    return text.replace(/(\sid\s*=\s*)(["'])([^"']*)\2/g, (_whole, before: string, quote: string, id: string) => before + quote + this.fresh(`${id.replace(/-copy(-\d+)?$/, '')}-copy`) + quote);
  }
}

/** An id made from a name: letters, digits and hyphens, as business rule tasks can call it. */
export function idFromName(name: string, otherwise: string): string {
  const words = name.toLowerCase().normalize('NFKD').replace(/\p{M}+/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
  return /^[a-z]/.test(words) ? words : `${otherwise}${words === '' ? '' : `-${words}`}`;
}
