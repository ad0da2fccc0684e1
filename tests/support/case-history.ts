/**
 * The stream of one case as those see it who race for its tasks: a register that starts once, whose tasks are held by one at a time and
 * completed once (WS-HumanTask 1.1, 4.7), and whose version only grows. What the engine does by itself (timers, jobs) may write between.
 */
import { linearization } from './linearizability.ts';
import type { Call, Sequential } from './linearizability.ts';

export type CaseInput = { readonly verb: 'start' } | { readonly verb: 'claim' | 'release' | 'complete'; readonly task: string; readonly person: string };

/** `version`: of the record that was written, or of the last one where nothing had to be. */
export type CaseOutput = { readonly accepted: true; readonly version: number } | { readonly accepted: false; readonly code: string };

export type CaseCall = Call<CaseInput, CaseOutput>;

interface Task {
  readonly holder?: string;
  readonly isOpen: boolean;
}

interface CaseState {
  readonly version: number;
  /** Those that somebody did something with; the others are open and held by nobody. */
  readonly tasks: Readonly<Record<string, Task>>;
}

const UNTOUCHED: Task = { isOpen: true };

export const CASE: Sequential<CaseState, CaseInput, CaseOutput> = {
  initial: { version: 0, tasks: {} },
  key: ({ version, tasks }) => `${String(version)} ${JSON.stringify(Object.entries(tasks).sort())}`,
  step: (state, input, output) => {
    const { version, tasks } = state;
    if (input.verb === 'start') return version === 0 && output.accepted ? { ...state, version: output.version } : undefined;
    if (version === 0) return undefined;
    const before = tasks[input.task] ?? UNTOUCHED;
    const after = done(before, input.verb, input.person);
    if (typeof after === 'string') return !output.accepted && isRefusal(output.code, after) ? state : undefined;
    if (!output.accepted || output.version < version || (after !== before && output.version === version)) return undefined;
    return { version: output.version, tasks: { ...tasks, [input.task]: after } };
  },
};

/** The task after it, the same one where nothing had to be done, or the code of the refusal. */
function done(task: Task, verb: 'claim' | 'release' | 'complete', person: string): Task | string {
  const { holder, isOpen } = task;
  if (!isOpen) return 'TASK_COMPLETED';
  if (verb === 'claim') return holder === undefined ? { holder: person, isOpen } : holder === person ? task : 'TASK_ALREADY_CLAIMED';
  if (holder === undefined) return 'TASK_NOT_CLAIMED';
  if (holder !== person) return 'TASK_NOT_ASSIGNEE';
  return verb === 'release' ? UNTOUCHED : { isOpen: false };
}

/** A case that has ended has no open task. */
function isRefusal(code: string, expected: string): boolean {
  return code === expected || (expected === 'TASK_COMPLETED' && code === 'INSTANCE_ENDED');
}

/** Streams whose history no order explains. */
export function unexplained(streams: ReadonlyMap<string, readonly CaseCall[]>): string[] {
  return [...streams].filter(([, calls]) => linearization(calls, CASE) === undefined).map(([stream]) => stream);
}
