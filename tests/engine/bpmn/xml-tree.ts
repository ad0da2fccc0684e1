// A file as a canonical tree and the differences of two of them: what a reader of XML and of BPMN must not tell apart is made equal, and nothing else.
import { Parser } from 'saxen';

export interface Tree {
  /** `{namespace}local`. */
  readonly name: string;
  /** Namespaced names to values, sorted; without namespace declarations. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly children: readonly Tree[];
}

const BPMN = '{http://www.omg.org/spec/BPMN/20100524/MODEL}';
const XSI = '{http://www.w3.org/2001/XMLSchema-instance}';
const WAYPOINT = '{http://www.omg.org/spec/DD/20100524/DI}waypoint';

/** Defaults of the schema: writing them or leaving them out is the same. */
const DEFAULTS: Readonly<Record<string, string>> = {
  cancelActivity: 'true', isInterrupting: 'true', parallelMultiple: 'false', isForCompensation: 'false', startQuantity: '1', completionQuantity: '1', triggeredByEvent: 'false', instantiate: 'false',
  isCollection: 'false', isUnlimited: 'true', isSequential: 'false', behavior: 'All', testBefore: 'false', waitForCompletion: 'true', cancelRemainingInstances: 'true', gatewayDirection: 'Unspecified', eventGatewayType: 'Exclusive',
  minimum: '0', maximum: '1', textFormat: 'text/plain', mustUnderstand: 'false', expressionLanguage: 'http://www.w3.org/1999/XPath', typeLanguage: 'http://www.w3.org/2001/XMLSchema', itemKind: 'Information', loopType: 'None',
};

interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly scope: ReadonlyMap<string, string>;
  text: string;
  readonly children: Tree[];
}

/** Throws when the text is no XML. */
export function treeOf(xml: string): Tree {
  const document: Open = { name: '', attributes: new Map(), scope: new Map([['xml', 'xml']]), text: '', children: [] };
  const open = [document];
  const parser = new Parser();
  parser
    .on('openTag', (name, attributesOf, decode) => {
      const written = Object.entries(attributesOf() || {}).map(([attribute, value]) => [attribute, decode(value)] as const);
      const scope = new Map(open.at(-1)!.scope);
      for (const [attribute, value] of written) if (attribute === 'xmlns' || attribute.startsWith('xmlns:')) scope.set(attribute.slice(6), value);
      open.push({ name: expanded(name, scope, scope.get('') ?? ''), attributes: attributesIn(expanded(name, scope, scope.get('') ?? ''), written, scope), scope, text: '', children: [] });
    })
    .on('text', (text) => { open.at(-1)!.text += entities(text); })
    .on('cdata', (text) => { open.at(-1)!.text += text; })
    .on('error', (reason) => { throw reason; })
    .on('closeTag', () => {
      const { children, ...element } = open.pop()!;
      open.at(-1)!.children.push(canonical({ ...element, text: numeric(element.text.replace(/\s+/g, ' ').trim()), children }));
    });
  const failed = parser.parse(xml);
  if (failed !== null) throw failed;
  if (document.children.length !== 1) throw new Error(`Expected one root element, but there are ${String(document.children.length)}`);
  return document.children[0]!;
}

function entities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|lt|gt|amp|quot|apos);/gi, (whole, name: string) => {
    if (name.startsWith('#')) return String.fromCodePoint(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
    return { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[name] ?? whole;
  });
}

function expanded(name: string, scope: ReadonlyMap<string, string>, without: string): string {
  const colon = name.indexOf(':');
  const uri = colon === -1 ? without : scope.get(name.slice(0, colon)) ?? name.slice(0, colon);
  return uri === '' ? name : `{${uri}}${name.slice(colon + 1)}`;
}

function attributesIn(element: string, written: readonly (readonly [string, string])[], scope: ReadonlyMap<string, string>): Map<string, string> {
  const own = element.slice(0, element.indexOf('}') + 1);
  const named = written.filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:')).map(([name, value]) => [expanded(name, scope, ''), value] as const);
  const plain = new Map(named);
  return new Map(named
    // Where the schema lies, and the one type a waypoint can have, say nothing about the model.
    .filter(([name]) => name !== `${XSI}schemaLocation` && !(element === WAYPOINT && name === `${XSI}type`))
    .filter(([name, value]) => DEFAULTS[name] !== value)
    // An attribute may stand with and without the namespace of its element.
    .filter(([name, value]) => !(own !== '' && name.startsWith(own) && plain.get(name.slice(own.length)) === value))
    .map(([name, value]) => [name, name === `${XSI}type` ? value.slice(value.indexOf(':') + 1) : numeric(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** 10.0 and 10 are the same coordinate. */
function numeric(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text;
}

/** An expression may be written as an element formalExpression or as a type. */
function canonical(element: Tree): Tree {
  if (element.name !== `${BPMN}formalExpression`) return element;
  return { ...element, name: `${BPMN}expression`, attributes: new Map([...element.attributes, [`${XSI}type`, 'tFormalExpression'] as const].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Lists in which the order of the same kind of child is part of the model: texts of values, way points. For others it is kept as well, within one name. */
function grouped(tree: Tree): ReadonlyMap<string, readonly Tree[]> {
  const groups = new Map<string, Tree[]>();
  for (const child of tree.children) {
    const group = groups.get(child.name);
    if (group === undefined) groups.set(child.name, [child]);
    else group.push(child);
  }
  return groups;
}

export interface Difference {
  readonly path: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/**
 * Everything in which two trees differ. Children of different names may stand in any order (the writer follows the schema); those of one name
 * are matched by their ids, else one after the other.
 */
export function differences(left: Tree, right: Tree, path = ''): readonly Difference[] {
  const at = `${path}/${short(left)}`;
  const found: Difference[] = [];
  if (left.name !== right.name) found.push({ path: at, left: left.name, right: right.name });
  for (const name of new Set([...left.attributes.keys(), ...right.attributes.keys()])) {
    const [a, b] = [left.attributes.get(name), right.attributes.get(name)];
    if (a !== b) found.push({ path: `${at}/@${name}`, left: a, right: b });
  }
  if (left.text !== right.text) found.push({ path: `${at}/text()`, left: left.text, right: right.text });
  const [ours, theirs] = [grouped(left), grouped(right)];
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) found.push(...inGroup(ours.get(name) ?? [], theirs.get(name) ?? [], at));
  return found;
}

function inGroup(left: readonly Tree[], right: readonly Tree[], at: string): readonly Difference[] {
  const found: Difference[] = [];
  const byId = new Map(right.flatMap((tree) => (tree.attributes.has('id') ? [[tree.attributes.get('id')!, tree] as const] : [])));
  const matched = new Set<Tree>();
  const rest: Tree[] = [];
  for (const tree of left) {
    const other = byId.get(tree.attributes.get('id') ?? '');
    if (other === undefined || matched.has(other)) { rest.push(tree); continue; }
    matched.add(other);
    found.push(...differences(tree, other, at));
  }
  const others = right.filter((tree) => !matched.has(tree));
  for (let index = 0; index < Math.max(rest.length, others.length); index += 1) {
    const [a, b] = [rest[index], others[index]];
    if (a !== undefined && b !== undefined) found.push(...differences(a, b, at));
    else found.push({ path: `${at}/${short((a ?? b)!)}`, left: whole(a), right: whole(b) });
  }
  return found;
}

/** A leaf is told by its text. */
function whole(tree: Tree | undefined): string | undefined {
  return tree === undefined || tree.children.length > 0 || tree.text === '' ? tree?.name : tree.text;
}

function short(tree: Tree): string {
  const id = tree.attributes.get('id');
  return `${tree.name.slice(tree.name.indexOf('}') + 1)}${id === undefined ? '' : `[${id}]`}`;
}

/** How many elements there are, itself included. */
export function sizeOf(tree: Tree): number {
  return tree.children.reduce((sum, child) => sum + sizeOf(child), 1);
}
