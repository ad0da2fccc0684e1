// Conditional start events of processes (BPMN 2.0.2, 10.5.2): an evaluation brings variables, and what is true starts a case.
import { expect } from 'chai';
import { decideConditions, evolveConditions, newConditions } from '../../../engine/definitions/conditions.ts';
import type { EvaluateConditions } from '../../../engine/definitions/conditions.ts';
import { isRejection } from '../../../engine/errors.ts';
import { FACTS } from '../support/checked.ts';
import { processOf } from '../support/bpmn.ts';
import { inWorld } from '../support/in-world.ts';

const RICH = 'start Rich if="=income > 10" -> user Look -> end';
const evaluate = (variables: EvaluateConditions['variables'], more: Partial<EvaluateConditions> = {}): EvaluateConditions => ({ type: 'EvaluateConditions', evaluationId: 'e1', variables, ...more });

describe('Engine: conditional start events', () => {
  it('A conditional start event starts the process when its condition becomes true: an evaluation brings the variables', async () => {
    const test = await inWorld(RICH);
    test.do({ condition: { variables: { income: 10 } } });
    expect(test.cases('P')).to.deep.equal([]);
    test.do({ condition: { variables: { income: 11 }, businessKey: 'B-1' } });
    const [stream = ''] = test.cases('P');
    expect(test.variables(stream)).to.deep.equal({ income: 11 });
    expect(test.world.instances.get(stream)).to.include({ businessKey: 'B-1', startElementId: 'Rich' });
    test.do({ complete: 'Look' });
    expect(test.path(stream)).to.deep.equal(['Rich', 'Look', 'end']);
  });

  it('Every process whose condition is true starts a case, once for each evaluation', async () => {
    const test = await inWorld(`${RICH}\nprocess Q\nstart Poor if="=income < 5" -> end One\nstart Odd if="=odd(income)" -> end Two\nprocess R\nstart ByHand -> end Three`);
    test.do({ condition: { variables: { income: 3 } }, id: 'a' }, { condition: { variables: { income: 13 } }, id: 'b' });
    expect([test.cases('P').length, test.cases('Q').length, test.cases('R').length]).to.deep.equal([1, 3, 0]);
    test.do({ condition: { variables: { income: 99 } }, id: 'b' });
    expect(test.cases('P')).to.have.length(1);
    expect(test.world.evaluateConditions({ income: 99 }, 'b')).to.include({ code: 'CONDITIONS_EVALUATED' });
  });

  it('A condition that is null, or reads nothing that was brought, is not true', async () => {
    const test = await inWorld('start Old if="=age > 60" -> end\nprocess Q\nstart Always if="=true" -> end One\nprocess R\nstart None if="=not(known = true)" -> end Two');
    test.do({ condition: {} }, { condition: { variables: { name: 'x' } } }, { condition: { variables: { age: null } } });
    expect([test.cases('P').length, test.cases('Q').length, test.cases('R').length]).to.deep.equal([0, 3, 0]);
  });

  it('The latest version counts, and a condition that is one of several triggers starts the process too', async () => {
    const test = await inWorld(RICH);
    await test.deploy('start Richer if="=income > 1000" message=Letter -> end');
    test.do({ condition: { variables: { income: 500 } } }, { condition: { variables: { income: 5000 } } }, { message: 'Letter' });
    expect(test.cases('P').map((stream) => test.world.instances.get(stream)?.version)).to.deep.equal([2, 2]);
  });

  it('The evaluation is recorded with what it brought, also when nothing is true; what is too large or too deep is refused', async () => {
    const graph = await processOf(RICH);
    const state = newConditions();
    const events = decideConditions([{ graph, version: 4 }], state, evaluate({ income: 1 }), FACTS);
    expect(events).to.deep.equal([{ type: 'ConditionsEvaluated', evaluationId: 'e1', variables: { income: 1 } }]);
    if (isRejection(events)) throw new Error(events.message);
    expect(state).to.deep.equal(events.reduce(evolveConditions, newConditions()));
    expect(decideConditions([{ graph, version: 4 }], state, evaluate({ income: 20 }), FACTS)).to.include({ code: 'CONDITIONS_EVALUATED' });
    const [, started] = decideConditions([{ graph, version: 4 }], newConditions(), evaluate({ income: 20 }), FACTS) as readonly object[];
    expect(started).to.include({ type: 'ConditionStartRequested', processId: 'P', version: 4, startElementId: 'Rich' });
    let deep: EvaluateConditions['variables'][string] = 1;
    for (let depth = 0; depth < 510; depth += 1) deep = [deep];
    const small = { ...FACTS, limits: { ...FACTS.limits, variableBytes: 5_000 } };
    expect(decideConditions([], newConditions(), evaluate({ x: 'x'.repeat(6_000) }), small)).to.include({ code: 'INSTANCE_VARIABLES_TOO_LARGE' });
    expect(decideConditions([], newConditions(), evaluate({ x: deep }), small)).to.include({ code: 'INSTANCE_VARIABLES_TOO_DEEP' });
  });

  it('A condition whose evaluation goes beyond its budget is not true', async () => {
    const graph = await processOf('start Rich if="=count(for i in 1..3000, j in 1..3000 return i * income) > 0" -> end');
    expect(decideConditions([{ graph, version: 1 }], newConditions(), evaluate({ income: 1 }), FACTS)).to.have.length(1);
  });
});
