/** The history of a case in words: each record's events as sentences with who and when, newest first. */
import { decisionWords } from '../../engine/index.ts';
import type { InstanceEvent, ProcessGraph } from '../../engine/index.ts';
import { words } from '../../desk/format.ts';
import type { HistoryEntry } from '../../desk/case.ts';
import type { Directory } from '../ports/directory.ts';
import type { DecodedRecord } from '../runtime/types.ts';

interface Sentence {
  readonly text: string;
  readonly quote?: string | undefined;
  readonly details?: readonly string[];
  readonly weight: HistoryEntry['weight'];
  /** The sentence does not say who did it: the actor of the record did. */
  readonly byActor?: true;
}

export function historyInWords(records: readonly DecodedRecord[], graph: ProcessGraph, directory: Directory): HistoryEntry[] {
  const teller = new Teller(graph, directory);
  const entries: HistoryEntry[] = [];
  for (const record of records) {
    const who = teller.actor(record);
    for (const event of record.events as readonly InstanceEvent[]) {
      const sentence = teller.tell(event, record.actor.onBehalfOf);
      if (sentence !== undefined) entries.push({ at: record.at, text: sentence.text, quote: sentence.quote, ...(sentence.details && { details: sentence.details }), weight: sentence.weight, who: sentence.byActor === true ? who : undefined });
    }
  }
  return entries.reverse();
}

type ListenerMoment = NonNullable<Extract<InstanceEvent, { type: 'JobCreated' }>['listener']>['on'];

const LISTENING: Readonly<Record<ListenerMoment, string>> = {
  start: 'comes before the start of', end: 'comes before the end of', creating: 'comes before the offer of', assigning: 'comes before anybody gets', updating: 'comes before a change of', completing: 'comes before the completion of', canceling: 'follows the withdrawal of', read: 'reads a register for', write: 'writes to a register for', warning: 'warns of the deadline of', breach: 'follows the missed deadline of',
};

type Offer = Extract<InstanceEvent, { type: 'UserTaskCreated' | 'UserTaskUpdated' }>;

class Teller {
  readonly #graph: ProcessGraph;
  readonly #directory: Directory;
  /** Counters of tasks and jobs -> the element they belong to. */
  readonly #elements = new Map<number, string>();
  /** Whom the actor of the record stood in for. */
  #principal: string | undefined;
  /** What tasks offered last, by their counters. */
  readonly #offers = new Map<number, Offer>();
  /** Counters of jobs that are listeners. */
  readonly #listeners = new Map<number, ListenerMoment>();

  constructor(graph: ProcessGraph, directory: Directory) {
    this.#graph = graph;
    this.#directory = directory;
  }

  /** "Name, post", "A for B"; undefined when the system acted. */
  actor({ actor }: DecodedRecord): string | undefined {
    const person = this.#directory.person(actor.person);
    if (person === undefined) return undefined;
    const post = person.postTitle === undefined || person.postTitle === person.name ? '' : `, ${person.postTitle}`;
    return actor.onBehalfOf === undefined ? `${person.name}${post}` : `${person.name}${post}, for ${this.#person(actor.onBehalfOf)}`;
  }

  tell(event: InstanceEvent, principal: string | undefined): Sentence | undefined {
    this.#principal = principal;
    if (event.type === 'DecisionEvaluated') {
      // Of an erased case nothing is left to tell.
      return { text: `${this.#element(event.elementId)} was decided by “${event.name}”, version ${String(event.version)}.`, details: 'fired' in event ? decisionWords(event) : [], weight: 'main' };
    }
    return this.#tellTask(event) ?? this.#tellCase(event) ?? this.#tellSystem(event);
  }

  #tellTask(event: InstanceEvent): Sentence | undefined {
    switch (event.type) {
      case 'UserTaskCreated':
        this.#elements.set(event.id, event.elementId);
        this.#offers.set(event.id, event);
        return { text: `${this.#element(event.elementId)} was offered to ${this.#offered(event)}.`, weight: 'side' };
      case 'UserTaskClaimed': return { text: `${this.#task(event.id)} was claimed by ${event.by === undefined ? this.#person(event.person) : this.#doer(event.by, event.person)}.`, weight: 'side' };
      case 'UserTaskReleased': return { text: `${this.#task(event.id)} was released by ${this.#doer(event.person)}.`, weight: 'side' };
      case 'UserTaskAssigned': return { text: `${this.#task(event.id)} was given to ${this.#person(event.person)}.`, quote: event.reason, weight: 'side', byActor: true };
      case 'UserTaskDelegated': return { text: `${this.#task(event.id)} was delegated to ${this.#person(event.person)}.`, quote: event.reason, weight: 'main', byActor: true };
      case 'UserTaskResolved': return { text: `${this.#task(event.id)} was given back to ${this.#person(event.person)}.`, quote: event.comment, weight: 'main', byActor: true };
      case 'UserTaskCompleted': return { text: `${this.#element(event.elementId)} was completed by ${this.#doer(event.person, event.onBehalfOf)}${this.#outcome(event.elementId, event.outcome)}.${event.signed === undefined ? '' : ` ${words(event.signed.document)} was signed, version ${event.signed.sha256.slice(0, 12)}.`}`, quote: event.comment, weight: 'main' };
      case 'UserTaskReturned': return { text: `${this.#element(event.elementId)} was sent back to ${this.#element(event.to)} by ${this.#doer(event.person)}.`, quote: event.reason, weight: 'main' };
      case 'UserTaskUpdated': return { text: `${this.#element(event.elementId)} was changed: ${this.#changed(event)}.${event.withdrawn === undefined ? '' : ` ${this.#person(event.withdrawn)} does not hold it any more.`}`, quote: event.reason, weight: 'side', byActor: true };
      case 'UserTaskAwaitsListeners': return this.#awaited(event);
      case 'UserTaskCanceled': return { text: `${this.#task(event.id)} is no longer needed.`, weight: 'side' };
      default: return undefined;
    }
  }

  #tellCase(event: InstanceEvent): Sentence | undefined {
    switch (event.type) {
      case 'InstanceStarted': return { text: this.#started(event), quote: event.reason, weight: 'main' };
      case 'InstanceCompleted': return { text: 'The case was completed.', weight: 'main' };
      case 'InstanceTerminated': return { text: 'The case was ended early.', quote: event.reason, weight: 'main', byActor: true };
      case 'InstanceFailed': return { text: 'The case was ended by an error.', quote: event.message, weight: 'main' };
      case 'VariablesWritten': return event.reason === undefined ? undefined : { text: 'The data of the case was corrected.', quote: event.reason, weight: 'main', byActor: true };
      case 'InstanceReopened': return { text: 'What this case did is being undone.', weight: 'main' };
      case 'InstanceCompensated': return { text: 'What this case did was undone.', weight: 'main' };
      case 'InstanceSuspended': return { text: 'The case was suspended.', quote: event.reason, weight: 'main', byActor: true };
      case 'InstanceResumed': return { text: 'The case was taken up again.', quote: event.reason, weight: 'main', byActor: true };
      case 'InstanceMigrated': return { text: `The case goes on in version ${event.version} of its procedure, after version ${event.from}.`, quote: event.reason, weight: 'main', byActor: true };
      case 'InstanceModified': return { text: `The case was moved by hand: ${this.#moved(event)}.`, quote: event.reason, weight: 'main', byActor: true };
      case 'TimerFired': return { text: `The time of ${this.#element(event.elementId)} came.`, weight: 'main' };
      case 'MessageCorrelated': return { text: `${this.#element(event.elementId)}: the message arrived.`, weight: 'main' };
      case 'MessagePublished': return { text: `${this.#element(event.elementId)}: the message was sent.`, weight: 'side' };
      case 'ChildRequested': return { text: `${this.#element(event.elementId)} was begun as a case of its own.`, weight: 'side' };
      case 'EscalationThrown': return { text: `${this.#element(event.elementId)} asked for attention.`, weight: 'main' };
      case 'SignalReceived': return { text: `${this.#element(event.elementId)}: the signal came.`, weight: 'main' };
      case 'SignalThrown': return { text: `${this.#element(event.elementId)}: the signal was sent to everybody who waits for it.`, weight: 'side' };
      case 'ConditionTriggered': return { text: `${this.#element(event.elementId)}: what was waited for became true.`, weight: 'main' };
      case 'CompensationStarted': return { text: 'Earlier steps are being undone.', weight: 'main' };
      case 'AdHocActivated': return event.planned === true ? undefined : { text: `${event.activities.map((id) => this.#element(id)).join(', ')} was chosen as the next step.`, quote: event.reason, weight: 'side', byActor: true };
      case 'ErrorThrown': return { text: `${this.#element(event.elementId)} ended with an error.`, quote: event.message, weight: 'side' };
      default: return undefined;
    }
  }

  #tellSystem(event: InstanceEvent): Sentence | undefined {
    switch (event.type) {
      case 'JobCreated':
        this.#elements.set(event.id, event.elementId);
        if (event.listener) this.#listeners.set(event.id, event.listener.on);
        return undefined;
      case 'JobCompleted': return { text: `${this.#job(event.id)} was done by the system.`, weight: 'side' };
      case 'JobFailed': return { text: `${this.#job(event.id)} failed${event.retriesLeft > 0 ? ' and will be tried again' : ''}.`, quote: event.message, weight: 'side' };
      case 'JobErrorThrown': return { text: `${this.#job(event.id)} ended with an error.`, quote: event.message, weight: 'side' };
      case 'IncidentRaised': return { text: `${this.#element(event.elementId)} needs the attention of an administrator.`, quote: event.message, weight: 'main' };
      case 'IncidentResolved': return { text: 'The problem was resolved.', weight: 'side', byActor: true };
      default: return undefined;
    }
  }

  #started({ by, restartOf, restartedBy }: Extract<InstanceEvent, { type: 'InstanceStarted' }>): string {
    const name = (id: string): string => (this.#directory.person(id) === undefined ? '' : ` by ${this.#person(id)}`);
    if (restartOf === undefined) return `The case was started${name(by)}.`;
    // Of a case from before that was kept, who took it up again counted as who started it.
    if (restartedBy === undefined) return `The case was started${name(by)}: it takes up the ended case ${restartOf} again.`;
    return `The case was taken up again${name(restartedBy)}; it follows the ended case ${restartOf}${name(by) === '' ? '' : `, which was started${name(by)}`}.`;
  }

  /** Somebody has asked for it; it counts when the listeners have done their jobs. Of an erased case the person is not told. */
  #awaited({ id, on, event }: Extract<InstanceEvent, { type: 'UserTaskAwaitsListeners' }>): Sentence {
    const asked = event as typeof event | undefined;
    const person = asked === undefined || !('person' in asked) ? '' : ` by ${this.#doer(('by' in asked ? asked.by : undefined) ?? asked.person)}`;
    const what = { assigning: `was asked for${person}`, updating: 'is to be changed', completing: `was handed in${person}` }[on];
    return { text: `${this.#task(id)} ${what}; the system does its part first.`, weight: 'side' };
  }

  /** A job beside the work of an element is told as what it comes before or after. */
  #job(counter: number): string {
    const on = this.#listeners.get(counter);
    return on === undefined ? this.#task(counter) : `What ${LISTENING[on]} ${this.#task(counter)}`;
  }

  #element(elementId: string): string {
    return `“${this.#graph.nodes.get(elementId)?.name || elementId}”`;
  }

  #moved({ canceled, skipped, activated }: Extract<InstanceEvent, { type: 'InstanceModified' }>): string {
    const named = (ids: readonly string[], what: string): string[] => (ids.length === 0 ? [] : [`${ids.map((id) => this.#element(id)).join(', ')} ${ids.length === 1 ? 'was' : 'were'} ${what}`]);
    return [...named(canceled, 'left'), ...named(skipped, 'passed over'), ...named(activated, 'begun')].join('; ');
  }

  #task(counter: number): string {
    const elementId = this.#elements.get(counter);
    return elementId === undefined ? 'A step' : this.#element(elementId);
  }

  #person(id: string): string {
    const person = this.#directory.person(id);
    if (person === undefined) return id;
    return person.postTitle === undefined || person.postTitle === person.name ? person.name : `${person.name} (${person.postTitle})`;
  }

  /** "A", or "A, for B" where A was the deputy of B. */
  #doer(person: string, principal = this.#principal): string {
    return principal === undefined ? this.#person(person) : `${this.#person(person)}, for ${this.#person(principal)}`;
  }

  #offered(event: Extract<InstanceEvent, { type: 'UserTaskCreated' | 'UserTaskUpdated' }>): string {
    if (event.assignee !== undefined) return this.#person(event.assignee);
    const names = [...(event.candidateGroups ?? []).map((id) => this.#directory.groupTitle(id)), ...(event.candidateUsers ?? []).map((id) => this.#person(id))];
    return names.length === 0 ? 'everybody' : names.join(', ');
  }

  /** What is different from before; of an erased case only the dates and the priority are left. */
  #changed(event: Extract<InstanceEvent, { type: 'UserTaskUpdated' }>): string {
    const before = this.#offers.get(event.id);
    this.#offers.set(event.id, event);
    const offered = `it is offered to ${this.#offered(event)}`;
    if (before === undefined) return offered;
    const people = ({ assignee, candidateGroups, candidateUsers }: Offer): string => JSON.stringify([assignee, candidateGroups, candidateUsers]);
    const date = (name: string, was: string | undefined, is: string | undefined): string[] => (was === is ? [] : [is === undefined ? `it has no ${name} any more` : `it has another ${name}`]);
    const told = [
      ...(people(before) === people(event) ? [] : [offered]), ...date('due date', before.dueAt, event.dueAt), ...date('follow-up date', before.followUpAt, event.followUpAt),
      ...(before.priority === event.priority ? [] : [`its priority is ${String(event.priority)}`]),
    ];
    return told.length === 0 ? offered : told.join(', ');
  }

  #outcome(elementId: string, outcome: string | undefined): string {
    if (outcome === undefined) return '';
    const known = this.#graph.nodes.get(elementId)?.userTask?.outcomes.find((candidate) => candidate.value === outcome);
    return `: ${known?.label ?? outcome}`;
  }
}
