/** Large cases: what they cost in processor time, events and turns. */
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { Doer, InstanceAction } from '../../../engine/commands.ts';
import { decide } from '../../../engine/decide.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Variables } from '../../../engine/facts.ts';
import { newInstance } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { addDuration, parseDuration } from '../../../engine/time/duration.ts';
import { FACTS } from './checked.ts';
import { metered } from './metered.ts';
import type { Meter } from './metered.ts';

const ANNA = { person: 'anna', groups: [] };

/** `mostEvents`: of one turn. */
export interface Cost {
  readonly ms: number;
  readonly events: number;
  readonly turns: number;
  readonly mostEvents: number;
}

/** Processor time so far, in milliseconds: unlike the clock it does not run for the neighbours of a shared machine. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export class LargeCase {
  readonly graph: ProcessGraph;
  readonly state: InstanceState = newInstance('case-1');
  /** A minute later with each command: what is due is overdue. */
  #minutes = 0;

  constructor(graph: ProcessGraph) {
    this.graph = graph;
  }

  /** One command and all its turns; with a meter, what it looks at in the state is counted. */
  give(action: InstanceAction, meter?: Meter): Cost {
    const state = meter ? metered(this.state, meter) : this.state;
    const begin = processorMs();
    const cost = { events: 0, turns: 0, mostEvents: 0 };
    let next: InstanceAction = action;
    const facts = { ...FACTS, now: addDuration(FACTS.now, parseDuration(`PT${String((this.#minutes += 1))}M`)!, FACTS.zone) };
    do {
      const outcome = decide(this.graph, state, { ...next, actor: ANNA }, facts);
      if (isRejection(outcome)) throw new Error(outcome.message);
      cost.events += outcome.length;
      cost.turns += 1;
      cost.mostEvents = Math.max(cost.mostEvents, outcome.length);
      next = { type: 'Continue' };
    } while (this.state.pending.length > 0 && this.state.status === 'active');
    return { ...cost, ms: processorMs() - begin };
  }

  start(variables: Variables, done?: readonly Doer[]): Cost {
    return this.give({ type: 'StartInstance', processId: this.graph.id, version: 1, variables, ...(done && { done }) });
  }
}
