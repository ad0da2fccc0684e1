/** The history of a case as people read it: its events in order, with element names, and without what the reader may not see. */
import { decisionWords, PRIVATE_FIELDS } from '../../engine/index.ts';
import type { InstanceEvent, ProcessGraph } from '../../engine/index.ts';
import type { Directory } from '../ports/directory.ts';
import type { DecodedRecord } from '../runtime/types.ts';

export interface HistoryItem {
  readonly version: number;
  readonly n: number;
  readonly position: number;
  readonly at: string;
  readonly actor: { readonly person: string; readonly name: string; readonly post?: string; readonly onBehalfOf?: string };
  readonly command: string;
  readonly type: string;
  readonly elementId?: string;
  readonly elementName?: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** In plain words: of a decision, which rules fired on which inputs. For who may read what people wrote. */
  readonly words?: readonly string[];
}

// To repair a case an administrator must see what failed, though not what people wrote.
const TECHNICAL = new Set<string>(['IncidentRaised', 'JobFailed']);

/** All items of the records. `content`: also what people wrote (values, comments, reasons). */
export function historyItems(records: readonly DecodedRecord[], graph: ProcessGraph, directory: Directory, content: boolean): HistoryItem[] {
  const elements = new Map<number, string>();
  return records.flatMap((record) => record.events.map((stored, n) => {
    const event = stored as InstanceEvent;
    const elementId = elementOf(event, elements);
    const { type, ...fields } = event;
    const { person, post, onBehalfOf } = record.actor;
    return {
      version: record.version, n, position: record.position, at: record.at, command: record.commandType, type,
      actor: { person, name: directory.person(person)?.name ?? person, ...(post === undefined ? {} : { post }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) },
      ...(elementId === undefined ? {} : { elementId, elementName: nameOf(graph, elementId) }),
      event: content || TECHNICAL.has(type) ? fields : withoutPrivate(type, fields),
      // Of an erased case nothing is left to tell.
      ...(content && event.type === 'DecisionEvaluated' && 'fired' in event && { words: decisionWords(event) }),
    };
  }));
}

/** Later events name a counter only; the event that made it said which element it belongs to. */
function elementOf(event: InstanceEvent, elements: Map<number, string>): string | undefined {
  if ('elementId' in event) {
    if ('id' in event) elements.set(event.id, event.elementId);
    return event.elementId;
  }
  return 'id' in event ? elements.get(event.id) : undefined;
}

function withoutPrivate(type: InstanceEvent['type'], fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const hidden = PRIVATE_FIELDS[type] ?? [];
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !hidden.includes(name)));
}

/** What the model calls the element; its id where it has no name. */
export function nameOf(graph: ProcessGraph, elementId: string): string {
  const name = graph.nodes.get(elementId)?.name ?? '';
  return name === '' ? elementId : name;
}
