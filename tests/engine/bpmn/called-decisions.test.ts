// The decisions a process calls, and which of them are missing (BPMN 2.0.2, 10.3.3).
import { expect } from 'chai';
import { calledDecisions, missingDecisions } from '../../../engine/bpmn/called-decisions.ts';
import { processOf } from '../support/bpmn.ts';

describe('BPMN: called decisions', () => {
  const text = 'start -> rule A decides=authority result=a -> rule B decides=rate result=b binding=deployment -> rule C decides="=which" result=c -> rule D decides=authority result=d -> end';

  it('are known by binding; computed ids are known when they are called', async () => {
    expect(calledDecisions(await processOf(text))).to.deep.equal({ latest: ['authority'], deployment: ['rate'], tagged: [], computed: true });
    expect(calledDecisions(await processOf('start -> end'))).to.deep.equal({ latest: [], deployment: [], tagged: [], computed: false });
  });

  it('that are neither deployed together nor, by binding latest, before are problems with their element', async () => {
    const process = await processOf(text);
    const missing = (together: string[], before: string[]): string[] => missingDecisions(process, new Set(together), (id) => before.includes(id)).map(({ code, elementId, line }) => `${code} ${elementId} ${String(line > 1)}`);
    expect(missing([], [])).to.deep.equal(['BPMN_DECISION_MISSING A true', 'BPMN_DECISION_MISSING B true', 'BPMN_DECISION_MISSING D true']);
    expect(missing([], ['authority', 'rate'])).to.deep.equal(['BPMN_DECISION_MISSING B true']);
    expect(missing(['authority', 'rate'], [])).to.deep.equal([]);
  });
});
