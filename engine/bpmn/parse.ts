/** From XML text to a tree (BPMN 2.0.2, 15.3 XSD): every BPMN element plus `zeebe:*` and `gov:*`; foreign extension elements are kept as they are. */
import { BpmnModdle } from 'bpmn-moddle';
import type { ImportResult, ImportWarning } from 'bpmn-moddle';
import { DESCRIPTORS, LIBRARY_DESCRIPTORS } from './descriptors.ts';
import { problem } from './errors.ts';
import type { BpmnCode, Place } from './errors.ts';
import { scan } from './lines.ts';
import type { ForeignUse, Scan, Vocabulary } from './lines.ts';
import { resolveQualified } from './qualified-names.ts';
import { identified, localName } from './tree.ts';
import type { Element } from './tree.ts';
import type { Problem } from '../errors.ts';

export interface ParsedFile {
  readonly definitions: Element;
  readonly lines: ReadonlyMap<string, number>;
  /** Uses of camunda:, flowable: and activiti:. */
  readonly foreign: readonly ForeignUse[];
  readonly problems: readonly Problem[];
}

let shared: { readonly moddle: BpmnModdle; readonly vocabulary: Vocabulary } | undefined;

function reader(): { readonly moddle: BpmnModdle; readonly vocabulary: Vocabulary } {
  if (shared === undefined) {
    const moddle = new BpmnModdle({ ...LIBRARY_DESCRIPTORS, ...DESCRIPTORS });
    shared = { moddle, vocabulary: { textual: namesOfTexts(moddle), closed: closedValues(moddle) } };
  }
  return shared;
}

/** Attributes whose type is Boolean or an enumeration, wherever they stand. */
function closedValues(moddle: BpmnModdle): ReadonlyMap<string, readonly string[]> {
  const packages = moddle.getPackages();
  const values = new Map([['boolean', ['true', 'false']]]);
  for (const { enumerations } of packages) for (const { name, literalValues } of enumerations ?? []) values.set(localName(name), literalValues.map((literal) => literal.name));
  const closed = new Map<string, readonly string[]>();
  const open = new Set<string>();
  for (const property of packages.flatMap(({ types }) => types).flatMap(({ properties }) => properties ?? [])) {
    if (property.isAttr !== true) continue;
    const allowed = values.get(localName(property.type));
    const name = localName(property.name);
    if (allowed === undefined) open.add(name);
    else closed.set(name, [...new Set([...(closed.get(name) ?? []), ...allowed])]);
  }
  for (const name of open) closed.delete(name);
  return closed;
}

const PLAIN = new Set(['string', 'boolean', 'integer', 'real']);

/** Local names of the BPMN and diagram elements that may hold text: references, plain values, and types with a body. */
function namesOfTexts(moddle: BpmnModdle): ReadonlySet<string> {
  const names = new Set<string>();
  const bodied = new Set<string>();
  const types = moddle.getPackages().flatMap((p) => (p.prefix === 'bpmn' ? p.types : []));
  for (const type of types) if (type.properties?.some((property) => property.isBody === true)) bodied.add(localName(type.name));
  for (const type of types) if (type.superClass?.some((parent) => bodied.has(localName(parent)))) bodied.add(localName(type.name));
  for (const name of bodied) names.add(name);
  // The one extension element with a body.
  names.add('userTaskForm');
  for (const type of types) {
    for (const property of type.properties ?? []) {
      if (property.isAttr === true) continue;
      const kind = localName(property.type);
      if (property.isReference === true || PLAIN.has(kind) || bodied.has(kind)) names.add(localName(property.name));
    }
  }
  return names;
}

/**
 * Above this product of tags and characters only the first misplaced element is reported: the XML library counts lines from
 * the beginning of the file for each one.
 */
const PATIENCE = 500_000_000;

/** Reads a file. The list of problems alone means that nothing could be read; refuses with BPMN_XML_*, BPMN_ID_*, BPMN_REFERENCE_*, BPMN_ATTRIBUTE_*. */
export async function parse(xml: string): Promise<ParsedFile | Problem[]> {
  const { moddle, vocabulary } = reader();
  const scanned = scan(xml, vocabulary);
  if (scanned.fatal) return [...scanned.problems];
  let read: ImportResult;
  try {
    read = await moddle.fromXML(xml, { lax: scanned.tags * xml.length <= PATIENCE });
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return [...scanned.problems, unparsable(reason, scanned) ?? problem('BPMN_XML_ROOT', { id: '', line: 1 }, { reason: oneLine(reason) })];
  }
  const found = resolveQualified(read).flatMap((warning) => fromWarning(warning, scanned) ?? []);
  return { definitions: read.rootElement as Element, lines: scanned.lines, foreign: scanned.foreign, problems: [...scanned.problems, ...found] };
}

/** Writes a tree back, foreign extensions and diagrams included. */
export async function format(definitions: Element): Promise<string> {
  return (await reader().moddle.toXML(definitions, { format: true })).xml;
}

/** References without which a process does not mean what was drawn. */
const NEEDED = new Set(['sourceRef', 'targetRef', 'default', 'attachedToRef', 'messageRef', 'errorRef', 'processRef', 'flowNodeRef', 'incoming', 'outgoing', 'eventDefinitionRef', 'signalRef', 'escalationRef', 'activityRef', 'oneBehaviorEventRef', 'noneBehaviorEventRef']);

function fromWarning(warning: ImportWarning, scanned: Scan): Problem | undefined {
  const element = warning.element as Element | undefined;
  if (element === undefined) {
    if (warning.message.startsWith('unsupported document encoding')) return problem('BPMN_XML_ENCODING', { id: '', line: 1 }, { reason: warning.message });
    return unparsable(warning.message, scanned);
  }
  const at = placeIn(scanned.lines, element);
  const drawn = !element.$type.startsWith('bpmn:') && !element.$type.startsWith('zeebe:') && !element.$type.startsWith('gov:');
  if (warning.message.startsWith('unresolved reference')) {
    const property = localName(warning.property ?? '');
    const code: BpmnCode = !drawn && NEEDED.has(property) ? 'BPMN_REFERENCE_UNRESOLVED' : 'BPMN_REFERENCE_NOT_FOUND';
    return problem(code, at, { property, value: warning.value ?? '' });
  }
  return problem(drawn ? 'BPMN_ATTRIBUTE_NOT_DRAWN' : 'BPMN_ATTRIBUTE_UNKNOWN', at, { name: warning.property ?? '' });
}

/** The XML library says `unparsable content <x> detected, line: (from 0), nested error: ...`. */
function unparsable(message: string, scanned: Scan): Problem | undefined {
  const match = /^unparsable content ([\s\S]*?)detected\s+line: (\d+)\s+column: \d+\s+nested error: ([\s\S]*)$/.exec(message);
  if (match === null) return undefined;
  const reason = match[3] ?? '';
  // Both are found, with better words, before the file is read.
  if (reason.startsWith('duplicate ID') || reason.startsWith('illegal ID') || reason.startsWith('unexpected body text')) return undefined;
  const line = Number(match[2]) + 1;
  const tag = /^<[^\s>]+/.exec(match[1] ?? '')?.[0];
  const code: BpmnCode = reason.startsWith('unexpected element') ? 'BPMN_XML_ROOT' : 'BPMN_XML_CONTENT';
  return problem(code, { id: nearest(scanned, line), line }, { reason: oneLine(tag === undefined ? reason : `${tag}> does not belong there (${reason})`) });
}

/** The last element with an id that begins at or before a line. */
function nearest(scanned: Scan, line: number): string {
  let low = 0;
  let high = scanned.starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((scanned.starts[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return scanned.starts[low - 1]?.id ?? '';
}

function placeIn(lines: ReadonlyMap<string, number>, element: Element): Place {
  const id = identified(element)?.id ?? '';
  return { id, line: lines.get(id) ?? 1 };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}
