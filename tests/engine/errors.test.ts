// One sentence inside another: what a refusal quotes of another refusal reads as one sentence.
import { expect } from 'chai';
import { lint } from '../../engine/bpmn/lint.ts';
import { asReason } from '../../engine/errors.ts';
import { xmlOf } from './support/bpmn.ts';

describe('Engine: sentences of refusals', () => {
  it('“Expected X to be Y, but Z” becomes “X should be Y, and Z”, “Expected Y, but Z” becomes “Z where Y is expected”', () => {
    expect(asReason('Expected days of Late to be a duration, but it gave null')).to.equal('days of Late should be a duration, and it gave null');
    expect(asReason("Expected a list or a range to go through, but there is 'x'")).to.equal("there is 'x' where a list or a range to go through is expected");
    expect(asReason('the printer is out')).to.equal('the printer is out');
  });

  it('A condition that is no FEEL is told in one sentence', async () => {
    const conditions = ['a >', 'if a then', '(a', '"a', '[1,', 'for x in', 'a.'];
    for (const condition of conditions) {
      const { problems } = await lint(xmlOf(`start -> xor G default=B\nG -[${condition.replace(']', '')}]-> user A -> end\nG -> user B -> end`));
      const [found] = problems.filter(({ code }) => code === 'BPMN_FEEL_INVALID');
      expect(found?.message, condition).to.match(/^Expected the condition of .+ to be a FEEL expression, but (?!.*Expected).+ where .+ (is|are) expected/);
    }
  });
});
