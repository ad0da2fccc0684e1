/** What nobody should ask of a case: any id, any name, any value that JSON can hold. */
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { InstanceAction, InstanceCommand } from '../../../engine/commands.ts';
import { migrationBasis } from '../../../engine/migration/basis.ts';
import type { Json, Variables } from '../../../engine/facts.ts';
import type { InstanceState } from '../../../engine/state.ts';
import { pick } from './mutations.ts';
import type { Random } from './mutations.ts';

const NAMES: readonly string[] = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'pick', 'x', 'loopCounter', 'initiator', 'outcome', 'a b', '', '1', 'ü', '\u0000', '$', 'items'];
const PEOPLE: readonly string[] = ['anna', 'ben', '', '__proto__', 'system'];
const INSTANTS: readonly string[] = ['2026-01-05T09:00:00.000Z', '1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', 'yesterday', ''];

function deep(levels: number): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Any JSON, now and then large or deep; numbers that are no doubles and dates are tagged. */
function anyValue(random: Random, levels = 3): Json {
  switch (Math.floor(random() * 16)) {
    case 0: return null;
    case 1: return random() < 0.5;
    case 2: return pick(random, [0, -0.5, 1, 2, 3, -1, 1e308, -1e308, 5e-324, 2 ** 53, 1e21, 0.1]);
    case 3: return pick(random, NAMES);
    case 4: return 'x'.repeat(Math.floor(random() ** 4 * 100_000));
    case 5: return { $: pick(random, ['number', 'date', 'time', 'dateTime', 'duration', 'nothing']), v: pick(random, ['1', '1e400', '2026-02-30', 'P1D', '-PT0S', '24:00:00', 'x', '9'.repeat(400)]) };
    case 6: return deep(Math.floor(random() ** 3 * 600));
    case 7: return Array.from({ length: Math.floor(random() ** 5 * 20_000) }, (_, index) => index % 3);
    case 8: case 9: return levels === 0 ? [] : Array.from({ length: Math.floor(random() * 5) }, () => anyValue(random, levels - 1));
    case 10: case 11: return levels === 0 ? {} : anyVariables(random, levels - 1);
    default: return Math.floor(random() * 4);
  }
}

/** Variables as they come out of JSON.parse: `__proto__` is a name like any other. */
export function anyVariables(random: Random, levels = 3): Variables {
  const values: Record<string, Json> = {};
  for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
    Object.defineProperty(values, pick(random, NAMES), { value: anyValue(random, levels), enumerable: true, configurable: true, writable: true });
  }
  return values;
}

/** Mostly a number that could be meant. */
function anyNumber(state: InstanceState, random: Random): number {
  if (random() < 0.12) return pick(random, [-1, 0, 0.5, 1e9, 2 ** 53, -2_147_483_648, 1e308]);
  const known = [...state.elements.keys(), ...state.waits.keys()];
  return known.length > 0 && random() < 0.8 ? pick(random, known) : Math.floor(random() * (state.counter + 3));
}

/** One command of any type; what it names may or may not be there. */
export function wild(graph: ProcessGraph, state: InstanceState, random: Random): InstanceCommand {
  const id = anyNumber(state, random);
  const variables = anyVariables(random);
  const nodes = [...graph.nodes.keys(), 'nowhere', '__proto__'];
  const node = (): string => pick(random, nodes);
  const text = pick(random, NAMES);
  const person = pick(random, PEOPLE);
  const some = <T>(make: () => T): T[] => Array.from({ length: Math.floor(random() * 3) }, make);
  const choices: (() => InstanceAction)[] = [
    () => ({ type: 'StartInstance', processId: random() < 0.5 ? graph.id : text, version: id, variables, ...(random() < 0.5 && { startElementId: node() }) }),
    () => ({ type: 'ClaimTask', task: id }), () => ({ type: 'ReleaseTask', task: id }), () => ({ type: 'AssignTask', task: id, assignee: person, reason: text }),
    () => ({ type: 'DelegateTask', task: id, to: person }), () => ({ type: 'ResolveTask', task: id, variables, comment: text }),
    () => ({ type: 'CompleteTask', task: id, variables, ...(random() < 0.3 && { outcome: text }), ...(random() < 0.2 && { signed: { document: text, sha256: '', certificate: '' } }) }),
    () => ({ type: 'ReturnTask', task: id, to: node(), reason: text }),
    () => ({ type: 'CompleteJob', job: id, variables }), () => ({ type: 'FailJob', job: id, message: text, retriesLeft: pick(random, [0, 1, -5, 1e9, 0.5]), ...(random() < 0.5 && { retryAt: pick(random, INSTANTS) }) }),
    () => ({ type: 'ThrowJobError', job: id, code: pick(random, ['E1', 'LATE', ...NAMES]), message: text, variables }), () => ({ type: 'FireTimer', timer: id }),
    () => ({ type: 'CorrelateMessage', subscription: id, messageId: text, variables }), () => ({ type: 'ReceiveSignal', subscription: id, signalId: text, variables }),
    () => ({ type: 'EscalateChild', element: id, code: pick(random, ['E1', text]), variables }), () => ({ type: 'CompensateInstance', answer: { stream: text, scope: id, run: id } }), () => ({ type: 'CompensationDone', scope: id, run: anyNumber(state, random) }),
    () => ({ type: 'ActivateAdHoc', element: id, activities: [node(), ...some(node)], reason: text }),
    () => ({ type: 'CompleteChild', element: id, ended: pick(random, ['completed', 'failed', 'terminated']), variables, ...(random() < 0.5 && { error: { code: pick(random, ['E1', text]), message: text } }), ...(random() < 0.3 && { compensable: true as const }) }),
    () => ({ type: 'ResolveIncident', incident: id, ...(random() < 0.5 && { retries: pick(random, [1, 0, -1, 1e9]) }) }), () => ({ type: 'SetVariables', variables, reason: text, ...(random() < 0.5 && { scope: id }) }),
    () => ({ type: 'SuspendInstance', reason: text }), () => ({ type: 'ResumeInstance', reason: text }),
    () => ({ type: 'ModifyInstance', reason: 'test', cancel: some(() => anyNumber(state, random)), skip: some(() => anyNumber(state, random)), activate: some(() => ({ elementId: node(), ...(random() < 0.5 && { scope: anyNumber(state, random) }) })) }),
    () => ({ type: 'UpdateTask', task: id, priority: pick(random, [0, 50, 101, 0.5]), ...(random() < 0.5 && { candidateGroups: some(() => text) }), ...(random() < 0.5 && { dueAt: pick(random, [null, ...INSTANTS]) }) }),
    // Into the same model, with nodes that change places: what a mapping between two versions can do at worst.
    () => ({ type: 'MigrateInstance', version: id, basis: migrationBasis(graph, []), mapping: Object.fromEntries(some(() => [node(), node()] as const)), reason: text }),
    () => ({ type: 'Continue' }),
  ];
  // A case that is cancelled has nothing more to say.
  const action: InstanceAction = random() < 0.01 ? { type: 'CancelInstance', reason: text } : pick(random, choices)();
  return { ...action, actor: { person, groups: some(() => text) } };
}
