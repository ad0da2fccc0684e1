// Mutants: the engine broken on purpose, one place at a time, in a copy; for each the tests that must see it are run and must fail. So they can fail.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../architecture/source-tree.ts';

interface Mutant {
  readonly name: string;
  /** Under engine/. */
  readonly file: string;
  /** Stands once in the file. */
  readonly from: string;
  readonly to: string;
  /** Under tests/engine, without `.test.ts`. */
  readonly tests: readonly string[];
}

const ORACLE = 'oracle/gateways';
const PROPERTIES = 'properties';

const MUTANTS: readonly Mutant[] = [
  { name: 'a parallel join that fires with one token', file: 'execution/joins.ts', from: 'if (!node.incoming.every((flow)', to: 'if (!node.incoming.some((flow)', tests: [ORACLE] },
  { name: 'a join that loses surplus tokens', file: 'evolve.ts', from: 'if (left > 0) parent.waiting?.set(flowId, left);', to: 'if (left > 1) parent.waiting?.set(flowId, left);', tests: ['elements/gateways'] },
  { name: 'an inclusive join that does not see tokens on their way', file: 'execution/joins.ts', from: 'return decision.steps.some((step) => {', to: 'return decision.steps.length < 0 && decision.steps.some((step) => {', tests: [ORACLE] },
  { name: 'an inclusive join that does not see tokens in activities', file: 'execution/joins.ts', from: 'if (!blocks(decision.element(id).elementId)) continue;', to: 'if (id > 0 || !blocks(decision.element(id).elementId)) continue;', tests: [ORACLE] },
  { name: 'an inclusive join that is never looked at again', file: 'execution/lifecycle.ts', from: 'if (moved) reconsiderJoins(decision, moved);', to: 'if (moved && moved.length < 0) reconsiderJoins(decision, moved);', tests: [ORACLE] },
  { name: 'an inclusive join that waits although the token can also reach a flow that has one', file: 'execution/joins.ts', from: ' && !places.some((place) => marked[place] === true);', to: ';', tests: [ORACLE] },
  { name: 'a complex gateway that needs no condition', file: 'execution/joins.ts', from: 'if (node.activationCondition && !evaluateTruth', to: 'if (node.activationCondition && joined.length < 0 && !evaluateTruth', tests: ['elements/complex-gateway'] },
  { name: 'a complex gateway that is never reset', file: 'execution/joins.ts', from: "if (node.type === 'complexGateway' && consumed === undefined) continue;", to: "if (node.type === 'complexGateway') continue;", tests: ['elements/complex-gateway'] },
  { name: 'a loop that goes on until its condition is true', file: 'execution/loops.ts', from: 'return evaluateTruth(decision, body.id, { loopCounter: progress.started }', to: 'return !evaluateTruth(decision, body.id, { loopCounter: progress.started }', tests: ['elements/loops'] },
  { name: 'a loop that runs once too often', file: 'execution/loops.ts', from: 'progress.started >= loop.maximum', to: 'progress.started > loop.maximum', tests: ['elements/loops'] },
  { name: 'a sequential multi-instance that stops after its first', file: 'execution/loops.ts', from: ' || node.loop.sequential || ', to: ' || ', tests: ['elements/loops'] },
  { name: 'a multi-instance that ignores its completion condition', file: 'execution/loops.ts', from: 'enough: loop.completionCondition !== undefined &&', to: 'enough: loop.completionCondition === undefined && completed < 0 && loop.completionCondition !== undefined &&', tests: ['elements/loops'] },
  { name: 'an output collection in the order of completion', file: 'evolve.ts', from: 'loop.outputs[event.counter - 1] = event.output;', to: 'loop.outputs[loop.completed - 1] = event.output;', tests: ['elements/loops'] },
  { name: 'an interrupting boundary event that runs beside', file: 'event-definitions/firing.ts', from: 'if (event.interrupting) decision.follow({', to: 'if (event.interrupting && host.id < 0) decision.follow({', tests: ['event-definitions/timer'] },
  { name: 'boundary events that stay armed when their activity has completed', file: 'execution/lifecycle.ts', from: '  closeWaits(decision, self);\n  const { scope, role } = self;', to: '  const { scope, role } = self;', tests: ['event-definitions/timer'] },
  { name: 'an event sub-process that starts although another took over', file: 'evolve.ts', from: 'particularsOf(parent).interrupted = true;', to: 'particularsOf(parent).interrupted = parent.id < 0;', tests: ['elements/event-sub-process'] },
  { name: 'an event sub-process whose scope stays as if it were being cancelled', file: 'evolve.ts', from: 'parent.terminating = undefined;', to: '', tests: ['elements/event-sub-process'] },
  { name: 'a complex gateway that forgets its surplus tokens', file: 'elements/complex-gateway.ts', from: "{ do: 'join', scope: self.scope }, ", to: '', tests: ['elements/complex-gateway'] },
  { name: 'a scope that does not wait for what is being undone', file: 'execution/lifecycle.ts', from: 'element.particulars.awaitsReset.size + element.particulars.runs.size > 0', to: 'element.particulars.awaitsReset.size > 0', tests: ['elements/compensation'] },
  { name: 'an ad-hoc sub-process whose condition is asked at the end of a path only', file: 'elements/ad-hoc-sub-process.ts', from: 'progress.enough || isEnough(', to: 'progress.enough && isEnough(', tests: ['elements/ad-hoc-sub-process'] },
  { name: 'a condition that happens while the case is suspended', file: 'event-definitions/conditional.ts', from: 'if (holds && !deferred) (decision.triggered ??= []).push({ do: \'trigger\', wait: wait.id });', to: 'if (holds) (decision.triggered ??= []).push({ do: \'trigger\', wait: wait.id });', tests: ['execution/moving'] },
  { name: 'an interrupting event sub-process that leaves its scope at work', file: 'execution/throwing.ts', from: "return start.interrupting ? {", to: "return start.interrupting && scope < 0 ? {", tests: ['elements/event-sub-process'] },
  { name: 'a terminate end event that ends the whole case', file: 'event-definitions/ending.ts', from: "return { do: 'terminate', id: scope, inside: true, then: [then] };", to: "return { do: 'terminate', id: 0, inside: true, then: [{ do: 'end', as: 'terminated', message: String(then.do) }] };", tests: ['elements/sub-process'] },
  { name: 'a cancellation from the outside in', file: 'execution/termination.ts', from: 'return found.reverse();', to: 'return found;', tests: ['elements/sub-process', PROPERTIES] },
  { name: 'a catch-all that goes before the exact code', file: 'execution/throwing.ts', from: 'if (codes.includes(undefined)) catchAll ??= event;', to: 'if (codes.includes(undefined)) return event;', tests: ['event-definitions/error'] },
  { name: 'compensation in the order of completion', file: 'evolve.ts', from: 'for (const id of [...event.entries].reverse()) {', to: 'for (const id of event.entries) {', tests: ['elements/compensation'] },
  { name: 'a handler that reads the data as it is now', file: 'execution/variables.ts', from: 'if (element?.particulars?.snapshot !== undefined) {', to: 'if (element?.particulars?.snapshot !== undefined && id < 0) {', tests: ['elements/compensation'] },
  { name: 'a cycle that drifts', file: 'event-definitions/timer.ts', from: 'nextOccurrence(cycle, armedAt, after, zone)', to: 'nextOccurrence(cycle, now, after, zone)', tests: ['event-definitions/timer'] },
  { name: 'a condition that fires for every writing', file: 'event-definitions/conditional.ts', from: 'if (holds === wait.holds) return;', to: 'if (holds === wait.holds && !holds) return;', tests: ['event-definitions/conditional'] },
  { name: 'a message that reaches every case of a process', file: 'correlation/correlation.ts', from: 'message?.served.add(subscription.processId);', to: 'message?.served.has(subscription.processId);', tests: ['correlation/correlation', 'correlation/storm'] },
  { name: 'a state that knows what no event says (fold)', file: 'execution/lifecycle.ts', from: 'if (step.do === \'enter\') entered += 1;', to: 'if (step.do === \'enter\') { entered += 1; decision.state.taken = entered; }', tests: [PROPERTIES] },
  { name: 'an output that depends on what was asked before (same input, same output)', file: 'execution/decision.ts', from: 'return this.state.counter + 1;', to: 'return this.state.counter + 1 + Number(((globalThis as { asked?: number }).asked = ((globalThis as { asked?: number }).asked ?? 0) + 1) % 3 === 0);', tests: [PROPERTIES] },
  { name: 'a rejection that leaves a trace', file: 'elements/job-verbs.ts', from: "return wait?.kind === 'job' ? wait : reject(", to: "if (wait?.kind !== 'job') decision.state.counter += 1;\n  return wait?.kind === 'job' ? wait : reject(", tests: [PROPERTIES] },
  { name: 'a timer that can fire twice (second delivery)', file: 'evolve.ts', from: "case 'TimerFired': case 'TimerCanceled':", to: "case 'TimerFired': return state;\n    case 'TimerCanceled':", tests: [PROPERTIES] },
  { name: 'a turn that goes on with its oldest step (size of turns)', file: 'decide.ts', from: 'decision.steps.push(...pending);', to: 'decision.steps.push(...[...pending].reverse());', tests: [PROPERTIES, 'execution/turns'] },
  { name: 'a branch that withdraws what the other waits for (independent branches)', file: 'execution/termination.ts', from: 'for (const id of [...self.waits]) closeWait(decision, id);', to: 'for (const id of [...self.waits, ...(self.id % 2 === 0 ? [...decision.state.waits.keys()].slice(-1) : [])]) closeWait(decision, id);', tests: [PROPERTIES] },
  { name: 'an event that is not plain JSON (crash after a record)', file: 'elements/job-verbs.ts', from: "decision.record({ type: 'JobCompleted', id: job.id });", to: "decision.record({ type: 'JobCompleted', id: job.id, ...({ at: undefined } as object) });", tests: [PROPERTIES] },
];

/** The engine and its tests in a folder of their own. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'piton-mutants-'));
  for (const part of ['engine', 'tests/engine', 'tests/support', 'tests/architecture', 'bin', 'processes', 'package.json', '.mocharc.json', 'tsconfig.json', 'tsconfig.base.json']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** What the run says; undefined when all tests passed. */
function failure(folder: string, tests: readonly string[]): string | undefined {
  const files = tests.map((test) => `tests/engine/${test}.test.ts`);
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/mocha/bin/mocha.js', '--bail', '--reporter', 'dot', ...files], { cwd: folder, encoding: 'utf8', timeout: 120_000, env: { ...process.env, PITON_SEED: '42' } });
  return status === 0 ? undefined : stdout;
}

describe('Engine: mutants', () => {
  let folder = '';
  before(() => { folder = copied(); });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  it('Without a change the copy passes', () => {
    expect(failure(folder, [...new Set(MUTANTS.flatMap(({ tests }) => tests))])).to.equal(undefined);
  }).timeout(180_000);

  for (const { name, file, from, to, tests } of MUTANTS) {
    it(`Caught: ${name}`, () => {
      const path = join(folder, 'engine', file);
      const text = readFileSync(path, 'utf8');
      expect(text.split(from), `${file} has this place once: ${from}`).to.have.length(2);
      writeFileSync(path, text.replace(from, () => to));
      try {
        const said = failure(folder, tests);
        expect(said, `${tests.join(' and ')} pass all the same`).not.to.equal(undefined);
        console.log(`    ${name}: ${/^\s+1\) (.+(?:\n.+)?)/m.exec(said ?? '')?.[1]?.replace(/\s+/g, ' ') ?? 'does not even start'}`);
      } finally {
        writeFileSync(path, text);
      }
    }).timeout(180_000);
  }
});
