/** The judge itself: it agrees with trying every order, accepts what one server could have answered and refuses what none could. */
import { expect } from 'chai';
import fc from 'fast-check';
import { CASE, unexplained } from '../support/case-history.ts';
import type { CaseCall, CaseInput, CaseOutput } from '../support/case-history.ts';
import { linearization } from '../support/linearizability.ts';

const call = (invoked: number, answered: number, input: CaseInput, output: CaseOutput): CaseCall => ({ invoked, answered, input, output });
const accepted = (version: number): CaseOutput => ({ accepted: true, version });
const refused = (code: string): CaseOutput => ({ accepted: false, code });
const START = call(0, 1, { verb: 'start' }, accepted(1));
const on = (verb: 'claim' | 'release' | 'complete', person: string): CaseInput => ({ verb, task: 'prepare', person });

/** Every order of these. */
function orders(indexes: readonly number[]): number[][] {
  if (indexes.length === 0) return [[]];
  return indexes.flatMap((first) => orders(indexes.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

/** The definition, word by word. */
function isExplained(calls: readonly CaseCall[]): boolean {
  return orders(calls.map((_, index) => index)).some((order) => {
    const inTime = order.every((index, place) => order.slice(place + 1).every((later) => calls[later]!.answered >= calls[index]!.invoked));
    let state: ReturnType<typeof CASE.step> = CASE.initial;
    for (const index of order) state = state && CASE.step(state, calls[index]!.input, calls[index]!.output);
    return inTime && state !== undefined;
  });
}

const anyCall = fc.record({
  from: fc.integer({ min: 0, max: 8 }), lasts: fc.integer({ min: 1, max: 6 }), verb: fc.constantFrom('claim', 'release', 'complete'), person: fc.constantFrom('anna', 'ben'),
  output: fc.oneof(fc.integer({ min: 1, max: 4 }).map(accepted), fc.constantFrom('TASK_ALREADY_CLAIMED', 'TASK_NOT_CLAIMED', 'TASK_NOT_ASSIGNEE', 'TASK_COMPLETED').map(refused)),
}).map(({ from, lasts, verb, person, output }) => call(from, from + lasts, on(verb, person), output));

/** What one server answers to commands one after the other, each seen from a while before to a while after. */
const sequentialHistory = fc.array(fc.record({ verb: fc.constantFrom('claim', 'release', 'complete'), person: fc.constantFrom('anna', 'ben', 'cleo'), before: fc.integer({ min: 0, max: 35 }), after: fc.integer({ min: 0, max: 35 }) }), { maxLength: 12 }).map((asked) => {
  const calls = [START];
  let state = CASE.initial;
  state = CASE.step(state, START.input, START.output)!;
  for (const [index, { verb, person, before, after }] of asked.entries()) {
    const input = on(verb, person);
    const answers = [state.version, state.version + 1].map(accepted).concat(['TASK_ALREADY_CLAIMED', 'TASK_NOT_CLAIMED', 'TASK_NOT_ASSIGNEE', 'TASK_COMPLETED'].map(refused));
    const output = answers.find((answer) => CASE.step(state, input, answer) !== undefined)!;
    state = CASE.step(state, input, output)!;
    const at = 10 * (index + 1);
    calls.push(call(Math.max(1, at - before), at + 1 + after, input, output));
  }
  return calls;
});

describe('The judge of linearizability', () => {
  const none = (calls: readonly CaseCall[]): boolean => unexplained(new Map([['case', calls]])).length === 1;

  it('agrees with trying every order of a small history', () => {
    const verdicts = new Set<boolean>();
    fc.assert(fc.property(fc.array(anyCall, { maxLength: 4 }), fc.boolean(), (calls, second) => {
      const history = [START, ...calls, ...(second ? [call(9, 12, on('complete', 'anna'), accepted(4))] : [])];
      const found = linearization(history, CASE) !== undefined;
      verdicts.add(found);
      expect(found).to.equal(isExplained(history));
    }), { numRuns: 2_000, seed: 20_260_105 });
    expect([...verdicts].sort()).to.deep.equal([false, true]);
  });

  it('accepts what one server answered, however the commands overlap', () => {
    fc.assert(fc.property(sequentialHistory, (calls) => {
      const order = linearization(calls, CASE);
      expect(order).to.have.length(calls.length);
    }), { numRuns: 300, seed: 20_260_105 });
  });

  it('refuses two who completed the same task, and two who held it at once', () => {
    const claimed = call(2, 3, on('claim', 'anna'), accepted(2));
    expect(none([START, claimed, call(4, 9, on('complete', 'anna'), accepted(3)), call(4, 9, on('complete', 'ben'), accepted(4))])).to.equal(true);
    expect(none([START, claimed, call(4, 9, on('complete', 'anna'), accepted(3)), call(4, 9, on('complete', 'anna'), accepted(4))])).to.equal(true);
    expect(none([START, claimed, call(4, 9, on('claim', 'ben'), accepted(3))])).to.equal(true);
  });

  it('refuses an answer from the past, from the future, and a version that was given twice', () => {
    const claim = call(2, 3, on('claim', 'anna'), accepted(2));
    expect(none([START, claim, call(4, 5, on('complete', 'anna'), refused('TASK_NOT_CLAIMED'))])).to.equal(true);
    expect(none([START, call(2, 3, on('claim', 'anna'), refused('TASK_COMPLETED')), call(4, 5, on('claim', 'ben'), accepted(2)), call(6, 7, on('complete', 'ben'), accepted(3))])).to.equal(true);
    expect(none([START, claim, call(4, 5, on('complete', 'anna'), accepted(2))])).to.equal(true);
    // The same answers are right where the commands overlapped.
    expect(none([START, call(2, 5, on('claim', 'anna'), accepted(2)), call(4, 5, on('complete', 'anna'), refused('TASK_NOT_CLAIMED'))])).to.equal(false);
  });

  it('lets a command that was never answered have happened, or not', () => {
    const lost = call(2, Infinity, on('claim', 'anna'), accepted(2));
    expect(none([START, lost, call(6, 7, on('claim', 'ben'), refused('TASK_ALREADY_CLAIMED'))])).to.equal(false);
    expect(none([START, lost, call(6, 7, on('claim', 'ben'), accepted(2))])).to.equal(false);
    expect(none([START, lost, call(6, 7, on('claim', 'ben'), refused('TASK_COMPLETED'))])).to.equal(true);
  });
});
