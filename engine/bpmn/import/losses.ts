/** What a file loses on its way through a tool (BPMN 2.0.2, 2.2.2 interchange): what stands in the one text and not in the other, whatever the order, the prefixes and the blanks. */
import bpmn from 'bpmn-moddle/resources/bpmn/json/bpmn.json' with { type: 'json' };
import { DESCRIPTORS } from '../descriptors.ts';
import { elementsOf, readXml, textOf } from './xml.ts';
import type { XmlAttribute, XmlElement } from './xml.ts';

/** `what`, for example `messageRef="other:M"`; `elementId`: the nearest element with an id; `line`: in the text before, from 1. */
export interface Loss {
  readonly elementId: string;
  readonly line: number;
  readonly what: string;
}

const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

interface Described {
  readonly types: readonly { readonly properties?: readonly { readonly name: string; readonly default?: string | number | boolean }[] }[];
}

/** `name=value` of the defaults of BPMN and of our extensions: writing them or leaving them out is the same. */
const DEFAULTS = /* @__PURE__ */ defaultsOf([bpmn, ...Object.values(DESCRIPTORS)] as readonly Described[]);

function defaultsOf(descriptors: readonly Described[]): ReadonlySet<string> {
  const properties = descriptors.flatMap(({ types }) => types).flatMap((type) => type.properties ?? []);
  return new Set(properties.flatMap((property) => (property.default === undefined ? [] : [`${property.name}=${String(property.default)}`])));
}

interface Said {
  readonly key: string;
  readonly what: string;
}

/** What is said of an element and of nothing in it; `own` says that it is there at all. */
interface Facts {
  readonly own: string;
  readonly said: readonly Said[];
}

type Visit = (element: XmlElement, facts: Facts, elementId: string) => boolean;

/** Everything of `before` that `after` does not have; nothing when one of them is no XML. Of what is gone as a whole only the outermost element is named. */
export function lossesBetween(before: string, after: string): readonly Loss[] {
  const [from, to] = [readXml(before), readXml(after)];
  if ('code' in from || 'code' in to) return [];
  const left = new Map<string, number>();
  const count = (key: string): void => { left.set(key, (left.get(key) ?? 0) + 1); };
  walk(to.root, (_element, { own, said }) => {
    count(own);
    for (const { key } of said) count(key);
    return true;
  });
  const losses: Loss[] = [];
  const isLeft = (key: string): boolean => {
    const number = left.get(key) ?? 0;
    left.set(key, number - 1);
    return number > 0;
  };
  walk(from.root, (element, { own, said }, elementId) => {
    if (!isLeft(own)) {
      losses.push({ elementId, line: element.line, what: `<${element.name}>` });
      return false;
    }
    for (const { key, what } of said) if (!isLeft(key)) losses.push({ elementId, line: element.line, what });
    return true;
  });
  return losses;
}

/** Elements from the outside in, as long as the visitor wants to go on. */
function walk(root: XmlElement, visit: Visit): void {
  const target = root.attributes.find(({ name }) => name === 'targetNamespace')?.value;
  const rest: { readonly element: XmlElement; readonly path: string; readonly outer: string }[] = [{ element: root, path: '', outer: '' }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { element, path, outer } = next;
    const id = element.attributes.find(({ name }) => name === 'id')?.value;
    // What has an id is the same wherever it stands.
    const at = id === undefined ? `${path}/${nameOf(element)}` : `#${id}`;
    if (!visit(element, factsOf(element, at, target), id ?? outer)) continue;
    rest.push(...[...elementsOf(element)].reverse().map((child) => ({ element: child, path: at, outer: id ?? outer })));
  }
}

function factsOf(element: XmlElement, at: string, target: string | undefined): Facts {
  const said = new Map<string, string>();
  for (const attribute of element.attributes) {
    if (attribute.name === 'xmlns' || attribute.name.startsWith('xmlns:') || attribute.uri === XSI) continue;
    const value = plain(attribute.value, element, target);
    if (!DEFAULTS.has(`${attribute.local}=${value}`)) said.set(`${at}@${attributeName(attribute, element)}=${value}`, `${attribute.name}="${attribute.value}"`);
  }
  const text = plain(textOf(element), element, target);
  // A reference that is an element of its own is gone with its text: one finding.
  const reference = element.uri === BPMN && said.size === 0;
  if (!reference && text !== '') said.set(`${at}=${text}`, `the text “${text.slice(0, 60)}”`);
  return { own: `${at}<${nameOf(element)}${reference && text !== '' ? `=${text}` : ''}`, said: [...said].map(([key, what]) => ({ key, what })) };
}

/** An expression may be written as an element formalExpression, or as a type. */
function nameOf({ uri, local }: XmlElement): string {
  return uri === BPMN && local === 'formalExpression' ? `${uri} expression` : `${uri} ${local}`;
}

/** An attribute may stand with and without the namespace of its element. */
function attributeName({ uri, local }: XmlAttribute, element: XmlElement): string {
  return uri === '' || uri === element.uri ? local : `${uri} ${local}`;
}

/** 10.0 is 10, and a name in the namespace of the file itself needs no prefix. */
function plain(text: string, { scope }: XmlElement, target: string | undefined): string {
  const trimmed = text.replace(/\s+/g, ' ').trim();
  if (/^-?\d+(?:\.\d+)?$/.test(trimmed)) return String(Number(trimmed));
  const [, prefix, local] = /^([^\s:]+):([^\s:]+)$/.exec(trimmed) ?? [];
  return prefix !== undefined && local !== undefined && target !== undefined && scope.get(prefix) === target ? local : trimmed;
}
