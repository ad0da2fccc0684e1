// Link events (BPMN 2.0.2, 10.5.5): a sequence flow that is not drawn.
import { expect } from 'chai';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, start } from '../support/verbs.ts';

const LINKED = `
  start -> user Work -> throw Out link=Page2
  catch In link=Page2 -> user Next -> end`;

describe('Engine: link events', () => {
  it('A token that reaches a link throw event goes on at the link catch event of the same name', async () => {
    const process = await processOf(LINKED);
    given(process, start(), done('Work')[0]!).when(done('Work')[1]!).including('ElementCompleted Out', 'ElementActivated In', 'ElementCompleted In', 'UserTaskCreated Next');
    expect(soundness(process).findings).to.deep.equal([]);
  });

  it('Several throw events may lead to one catch event; each token goes on by itself', async () => {
    const process = await processOf(`
      start -> and Fork -> throw Out1 link=L
      Fork -> throw Out2 link=L
      catch In link=L -> user Next -> end`);
    expect(given(process, start()).case.active()).to.deep.equal(['Next', 'Next']);
  });

  it('A link can lead back: a loop', async () => {
    const process = await processOf(`
      start -> xor Again -> script Count is="=n + 1" result=n -> xor Enough default=end
      Enough -[n < 3]-> throw Back link=L
      Enough -> end
      catch Here link=L -> Again`);
    expect(given(process, start({ n: 0 })).case.variables()).to.deep.equal({ n: 3 });
  });
});
