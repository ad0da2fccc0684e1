// Business rule tasks (BPMN 2.0.2, 10.3.3): a decision is evaluated, and the case keeps how.
import { expect } from 'chai';
import { callableIn, compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { PRIVATE_FIELDS } from '../../../engine/events.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import type { Decisions, DeployedDecision } from '../../../engine/facts.ts';
import { DEFAULT_LIMITS } from '../../../engine/facts.ts';
import { decision, file, input, literal, table } from '../dmn/given.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { facing, jobDone, resolve, set, start } from '../support/verbs.ts';

const AUTHORITY = file([
  input('amount', 'number'), input('kind', 'string'),
  decision('level', table('hitPolicy="UNIQUE"', ['amount'], ['level'], [['<= 100', '1'], ['> 100', '2']]), { inputs: ['amount'] }),
  decision('authority', table('hitPolicy="FIRST"', ['level', 'kind'], ['who'], [['1', '"paper", "stamps"', '"clerk"'], ['1', '-', '"head"'], ['2', '-', '"secretary"']]), { inputs: ['kind'], decisions: ['level'] }),
  decision('endless', literal('count(for i in 1..100000, j in 1..100000 return i)')),
  decision('deep', literal('(function(f) f(f))(function(f) f(f))')),
  decision('large', literal('for i in 1..2000 return "0123456789"')),
].join(''));

function deployed(xml: string, version = 1): Record<string, DeployedDecision> {
  const { files, problems } = compileDecisionFiles([{ name: 'rules.dmn', content: xml }]);
  expect(problems).to.deep.equal([]);
  return Object.fromEntries(files.flatMap((one) => callableIn(one).map(({ id, name }) => [id, { decisionId: id, name, version, hash: one.hash, model: one.model }])));
}

const decisions = (latest: Decisions['latest'], deployment: Decisions['deployment'] = {}): ReturnType<typeof facing> => facing({ decisions: { latest, deployment } });
const known = decisions(deployed(AUTHORITY));

describe('Engine: business rule tasks', () => {
  it('A business rule task evaluates its decision and writes the result variable', async () => {
    const process = await processOf('start -> rule Decide decides=authority result=who -> end');
    given(process, known).when(start({ amount: 40, kind: 'paper' })).then(
      'InstanceStarted', 'VariablesWritten', 'ElementActivated start', 'ElementCompleted start', 'SequenceFlowTaken start-Decide', 'ElementActivated Decide',
      { type: 'DecisionEvaluated', elementId: 'Decide', decisionId: 'authority', name: 'authority', version: 1, inputs: { amount: 40, kind: 'paper' }, value: 'clerk' },
      { type: 'VariablesWritten', scope: 0, values: { who: 'clerk' } }, 'ElementCompleted Decide',
      'SequenceFlowTaken Decide-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('The event keeps every decision on the way and the rules that fired on which inputs', async () => {
    const process = await processOf('start -> rule Decide decides=authority result=who -> end');
    const { events } = given(process, known).when(start({ amount: 400, kind: 'paper', secret: 'not asked for' }));
    const event = events.find((one): one is Extract<InstanceEvent, { type: 'DecisionEvaluated' }> => one.type === 'DecisionEvaluated');
    expect(event?.inputs).to.deep.equal({ kind: 'paper', amount: 400 });
    expect(event?.decisions).to.deep.equal([{ id: 'level', name: 'level', value: 2 }, { id: 'authority', name: 'authority', value: 'secretary' }]);
    expect(event?.fired).to.deep.equal([
      { element: 'level', name: 'level', hitPolicy: 'UNIQUE', inputs: [{ expression: 'amount', value: 400 }], rules: [{ index: 2, id: 'r2', annotations: ['row 2'] }] },
      { element: 'authority', name: 'authority', hitPolicy: 'FIRST', inputs: [{ expression: 'level', value: 2 }, { expression: 'kind', value: 'paper' }], rules: [{ index: 3, id: 'r3', annotations: ['row 3'] }] },
    ]);
    expect(event?.hash).to.match(/^[0-9a-f]{64}$/);
  });

  it('What a decision read and answered is private: encrypted at rest', () => {
    expect(PRIVATE_FIELDS.DecisionEvaluated).to.deep.equal(['inputs', 'value', 'decisions', 'fired', 'notes']);
  });

  it('Input mappings give a decision its inputs, output mappings take from its result', async () => {
    const process = await processOf('start -> rule Decide decides=authority result=who in.amount="=claim.total" in.kind="=claim.kind" out.signs="=upper case(who)" -> end');
    given(process, known).when(start({ claim: { total: 40, kind: 'pens' } })).including({ type: 'DecisionEvaluated', inputs: { kind: 'pens', amount: 40 } })
      .and((on) => expect(on.variables()).to.deep.equal({ claim: { total: 40, kind: 'pens' }, signs: 'HEAD' }));
  });

  it('Binding latest takes what was deployed last, binding deployment what came with the process', async () => {
    const text = (binding: string): string => `start -> rule Decide decides=authority result=who binding=${binding} -> end`;
    const facts = decisions(deployed(AUTHORITY.replace('secretary', 'minister'), 7), deployed(AUTHORITY, 3));
    const inputs = { amount: 400, kind: 'paper' };
    given(await processOf(text('latest')), facts).when(start(inputs)).including({ type: 'DecisionEvaluated', version: 7, value: 'minister' });
    given(await processOf(text('deployment')), facts).when(start(inputs)).including({ type: 'DecisionEvaluated', version: 3, value: 'secretary' });
  });

  it('A decision id can be computed; one that is not deployed is an incident until it is', async () => {
    const process = await processOf('start -> rule Decide decides="=which" result=who -> end');
    given(process, known).when(start({ which: 'level', amount: 4 })).including({ type: 'VariablesWritten', values: { who: 1 } });
    given(process, known).when(start({ which: 'tax' })).including({ type: 'IncidentRaised', elementId: 'Decide', phase: 'behave', code: 'INCIDENT_CALLED_DECISION_UNKNOWN', message: 'Expected decision tax, called by Decide, to be deployed, but it is not' });
    given(process, known).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_CALLED_DECISION_UNKNOWN' });
    given(process, known, start({ which: 'toString' })).when(resolve('Decide')).including({ type: 'IncidentRaised', code: 'INCIDENT_CALLED_DECISION_UNKNOWN' });
    given(process, known, start({ which: 'tax', amount: 4 }), set({ which: 'level' })).when(resolve('Decide')).including('DecisionEvaluated', 'InstanceCompleted');
  });

  it('A decision that does too much work is an incident that names it', async () => {
    const process = await processOf('start -> rule Decide decides=endless result=n -> end');
    given(process, known).when(start()).including({ type: 'IncidentRaised', elementId: 'Decide', code: 'INCIDENT_DECISION_STOPPED', message: 'Expected decision endless (version 1), called by Decide, to be evaluated within its bounds, but it takes more than 250000 steps' });
    given(process, known, facing({ expired: () => true })).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_DECISION_STOPPED', message: 'Expected decision endless (version 1), called by Decide, to be evaluated within its bounds, but it takes longer than the time there is' });
    const deep = await processOf('start -> rule Decide decides=deep result=n -> end');
    given(deep, known).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_DECISION_STOPPED' });
  });

  it('An answer larger than a case may hold is an incident, not an event', async () => {
    const process = await processOf('start -> rule Decide decides=large result=n -> end');
    const tight = facing({ limits: { ...DEFAULT_LIMITS, variableBytes: 10_000 } });
    given(process, known, tight).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_DECISION_STOPPED' }).and((on) => expect(on.variables()).to.deep.equal({}));
  });

  it('A null answer is kept with its reasons, and routing on it is an incident that names variable and decision', async () => {
    const process = await processOf(`
      start -> rule Decide decides=authority result=who -> xor Route
      Route -[who = "clerk"]-> end
      Route -[who != "clerk"]-> end Other`);
    const { events } = given(process, known).when(start({ kind: 'paper' }));
    const event = events.find((one): one is Extract<InstanceEvent, { type: 'DecisionEvaluated' }> => one.type === 'DecisionEvaluated');
    expect(event).to.deep.include({ value: null, inputs: { amount: null, kind: 'paper' } });
    expect(event?.notes?.map(({ element }) => element)).to.include.members(['amount', 'level', 'authority']);
    given(process, known).when(start({ kind: 'paper' })).and((on) => expect(on.variables()).to.deep.include({ who: null }));
    const total = await processOf(`
      start -> rule Decide decides=level result=level -> xor Route
      Route -[level > 1]-> end
      Route -[level <= 1]-> end Other`);
    given(total, known).when(start()).including({
      type: 'IncidentRaised', elementId: 'Route', code: 'INCIDENT_CONDITION_NULL',
      message: 'Expected the condition level > 1 of sequence flow Route-end to be true or false, but it is null because variable level is missing or null (level is what decision level of Decide gives)',
    });
  });

  it('A null answer that no condition takes is an incident that says where it comes from', async () => {
    const process = await processOf(`
      start -> rule Decide decides=authority result=who -> xor Route
      Route -[who = "clerk"]-> end
      Route -[who != "clerk" and who != null]-> end Other`);
    given(process, known).when(start({ kind: 'paper' })).including({
      type: 'IncidentRaised', elementId: 'Route', code: 'INCIDENT_NO_FLOW',
      message: 'Expected one of the conditions after Route to be true, but none is and there is no default flow: variable who is missing or null (who is what decision authority of Decide gives)',
    });
  });

  it('A null answer does not choose the default flow, unless a condition speaks of null', async () => {
    const model = (condition: string, rule = 'result=who'): string => `
      start -> rule Decide decides=authority ${rule} -> xor Route default=Other
      Route -[${condition}]-> end
      Route -> end Other`;
    given(await processOf(model('who = "clerk"')), known).when(start({ kind: 'paper' })).including({
      type: 'IncidentRaised', elementId: 'Route', code: 'INCIDENT_CONDITION_NULL',
      message: 'Expected the condition who = "clerk" of sequence flow Route-end to be true or false, but it is null because variable who is missing or null (who is what decision authority of Decide gives)',
    });
    given(await processOf(model('signs = "clerk"', 'result=who out.signs="=who"')), known).when(start({ kind: 'paper' })).including({ type: 'IncidentRaised', code: 'INCIDENT_CONDITION_NULL' });
    given(await processOf(model('who != null and who = "clerk"')), known).when(start({ kind: 'paper' })).including('ElementCompleted Other', 'InstanceCompleted');
    given(await processOf(model('who = "clerk"')), known).when(start({ amount: 400, kind: 'paper' })).including('ElementCompleted Other', 'InstanceCompleted');
  });

  it('A variable that no decision has answered yet is like any other', async () => {
    const process = await processOf(`
      start -> xor Known default=Decide
      Known -[who = "clerk"]-> end
      Known -> rule Decide decides=authority result=who -> Known`);
    given(process, known).when(start({ amount: 40, kind: 'paper' })).including('DecisionEvaluated', 'ElementCompleted end', 'InstanceCompleted');
  });

  it('Without calledDecision a business rule task is a job for a worker', async () => {
    const process = await processOf('start -> rule Decide job=rules-engine -> end');
    given(process).when(start()).including({ type: 'JobCreated', elementId: 'Decide', jobType: 'rules-engine' });
    given(process, start()).when(jobDone('Decide', { who: 'head' })).including({ type: 'VariablesWritten', values: { who: 'head' } }, 'InstanceCompleted');
  });
});
