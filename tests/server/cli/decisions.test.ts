// Decision files beside a process file (decisions/*.dmn): `run`, `walk` and `lint` read them as a deployment would.
import { expect } from 'chai';
import { decision, file, input, literal, table } from '../../engine/dmn/given.ts';
import { call, Folder } from './called.ts';

const FEE = file(input('persons', 'number') + decision('fee', table('hitPolicy="FIRST"', ['persons'], ['fee'], [['<= 100', '25'], ['-', '75']]), { inputs: ['persons'] }));
const model = (binding: string): string => `start -> rule Charge decides=fee result=fee binding=${binding} -> end`;

describe('Command line: decisions beside the process', () => {
  const folder = new Folder();
  const good = folder.write('good/process.bpmn', model('deployment'));
  folder.write('good/decisions/fee.dmn', FEE);
  folder.write('good/walk.json', JSON.stringify([{ title: 'A large event', variables: { persons: 400 }, expect: { state: 'completed', variables: { fee: 75 } } }]));
  const alone = folder.write('alone/process.bpmn', model('latest'));
  const bound = folder.write('bound/process.bpmn', model('deployment'));
  const bad = folder.write('bad/process.bpmn', model('latest'));
  folder.write('bad/decisions/fee.dmn', file(decision('fee', literal('1 +'))));
  folder.write('bad/walk.json', '[{"title":"never","expect":{"state":"completed"}}]');
  folder.write('alone/walk.json', '[{"title":"never","expect":{"state":"completed"}}]');
  after(() => { folder.remove(); });

  it('run evaluates them and tells the decision with the rules that fired', async () => {
    const { code, lines } = await call('run', good, '--variables', '{"persons":40}');
    expect(code).to.equal(0);
    expect(lines.find(({ type }) => type === 'DecisionEvaluated')).to.deep.include({ elementId: 'Charge', decisionId: 'fee', version: 1, inputs: { persons: 40 }, value: 25 });
    expect(lines.at(-1)).to.deep.include({ state: 'completed', variables: { persons: 40, fee: 25 } });
  });

  it('run refuses a decision that is missing or does not compile', async () => {
    const missing = await call('run', alone);
    expect([missing.code, missing.lines]).to.deep.equal([1, [{ type: 'Problem', code: 'BPMN_DECISION_MISSING', severity: 'error', elementId: 'Charge', line: missing.lines[0]?.['line'], message: 'Expected decision fee, called by Charge, to be deployed before or together with the process, but it is not', hint: 'Add the .dmn file, or correct the decisionId in the model.', clause: '10.3.3' }]]);
    const broken = await call('run', bad);
    expect([broken.code, broken.lines.map(({ code, fileName }) => [code, fileName])]).to.deep.equal([1, [['DMN_EXPRESSION_INVALID', 'decisions/fee.dmn']]]);
  });

  it('walk plays with them, and says what is wrong with them', async () => {
    expect((await call('walk', `${folder.path}/good`)).out.at(-1)).to.equal('1 walks passed, 0 failed');
    expect((await call('walk', `${folder.path}/bad`)).out.join('\n')).to.match(/FAIL bad: its decisions are refused\n {7}decisions\/fee\.dmn:\d+ DMN_EXPRESSION_INVALID: /);
    expect((await call('walk', `${folder.path}/alone`)).out.join('\n')).to.match(/process\.bpmn:\d+ BPMN_DECISION_MISSING: /);
  });

  it('lint lists what is wrong in both; a decision that may have been deployed before is a warning', async () => {
    expect(await lintOf(good)).to.deep.equal([0]);
    expect(await lintOf(alone)).to.deep.equal([0, 'warning BPMN_DECISION_MISSING']);
    expect(await lintOf(bound)).to.deep.equal([1, 'error BPMN_DECISION_MISSING']);
    expect(await lintOf(bad)).to.deep.equal([1, 'error DMN_EXPRESSION_INVALID']);
    expect((await call('lint', bad)).out[0]).to.match(/bad\/decisions\/fee\.dmn:\d+ error DMN_EXPRESSION_INVALID fee\n/);
  });

  async function lintOf(path: string): Promise<unknown[]> {
    const { code, lines } = await call('lint', path, '--json');
    return [code, ...(lines[0]?.['problems'] as { severity: string; code: string }[]).map((problem) => `${problem.severity} ${problem.code}`)];
  }
});
