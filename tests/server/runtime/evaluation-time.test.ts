/** The time the server gives to evaluating: all expressions of one decision on a case share it, so that no case holds up the others. */
import { expect } from 'chai';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';

/** Each alone ends by its steps, after about a third of a second on the machine the steps were measured on. */
const DEAR = 'count(for i in 1..1000000000 return exp(x / 7))';
const BRANCHES = 40;

describe('Runtime: time for evaluating', () => {
  it('Dear expressions of one decision are stopped together, by their time; the case has an incident for each and goes on with the rest', async () => {
    const host = await startRuntime();
    const scripts = Array.from({ length: BRANCHES }, (_, at) => `Fork -> script S${String(at)} is="=${DEAR}" result=r${String(at)} -> end E${String(at)}`);
    const deployed = await host.runtime.deploy([{ name: 'dear.bpmn', content: xmlOf(`start -> and Fork\n${scripts.join('\n')}\nFork -> user Sign -> end`) }], OFFICER);
    expect(deployed.outcome, JSON.stringify(deployed)).to.not.equal('refused');
    const answer = await host.runtime.startInstance({ processId: 'P', variables: { x: 10 } }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    const reasons = answer.events.flatMap((event) => (event.type === 'IncidentRaised' ? [event.message] : []));
    expect(reasons).to.have.length(BRANCHES);
    expect(reasons.at(-1)).to.include('it takes longer on this machine');
    expect(answer.events.some((event) => event.type === 'UserTaskCreated'), 'a short one beside them').to.equal(true);
    await host.stop();
  }).timeout(60_000);
});
