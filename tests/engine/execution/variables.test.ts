// The one variable rule, and zeebe:ioMapping (BPMN 2.0.2, 10.5.7).
import { expect } from 'chai';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { done, jobDone, message, resolve, set, start } from '../support/verbs.ts';

const inside = (task: string): string => `
  sub S in.x="=1" {
    start In -> ${task} -> end Out
  }
  start -> S -> user After -> end`;

describe('Engine: variables', () => {
  it('Reading goes from the inside out: the local value hides the outer one', async () => {
    given(await processOf(inside('script Look is="=x" result=seen'))).when(start({ x: 99 })).including({ type: 'VariablesWritten', scope: 0, values: { seen: 1 } });
  });

  it('What a task brings is written to the nearest scope that has the name (trap 25)', async () => {
    const process = await processOf(inside('service Work job=work'));
    given(process, start({ x: 99 })).when(jobDone('Work', { x: 2, y: 3 })).including(
      { type: 'VariablesWritten', scope: 2, values: { x: 2 } }, { type: 'VariablesWritten', scope: 0, values: { y: 3 } }, 'ElementCompleted Work',
    ).and((on) => expect(on.variables()).to.deep.equal({ x: 99, y: 3 }));
  });

  it('A name that no scope has is made in the case', async () => {
    given(await processOf(inside('service Work job=work')), start()).when(jobDone('Work', { fresh: true })).including({ type: 'VariablesWritten', scope: 0, values: { fresh: true } });
  });

  it('With output mappings what a task brings is local first, and only the mapped targets leave', async () => {
    const process = await processOf('start -> service Work job=work out.total="=a + b" out.twice="=total * 2" -> end');
    given(process, start({ a: 100 })).when(jobDone('Work', { a: 1, b: 2 })).then(
      'JobCompleted', { type: 'VariablesWritten', scope: 2, values: { a: 1, b: 2 } }, { type: 'VariablesWritten', scope: 0, values: { total: 3, twice: 6 } },
      'ElementCompleted Work', 'SequenceFlowTaken Work-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    ).and((on) => expect(on.variables()).to.deep.equal({ a: 100, total: 3, twice: 6 }));
  });

  it('Input mappings are evaluated in order; a later one sees what an earlier one made', async () => {
    const process = await processOf('start -> service Work job=work in.a="=n + 1" in.b="=a * 10" in.c=text -> end');
    given(process).when(start({ n: 1 })).including({ type: 'VariablesWritten', scope: 2, values: { a: 2, b: 20, c: 'text' } }, 'JobCreated Work');
  });

  it('A target may be a path: the rest of the context is kept', async () => {
    const process = await processOf('start -> task T out.person.name.first="=n" -> end');
    given(process).when(start({ n: 'Ann', person: { age: 7, name: { last: 'B' } } })).including({ type: 'VariablesWritten', values: { person: { age: 7, name: { last: 'B', first: 'Ann' } } } });
    given(process).when(start({ n: 'Ann' })).including({ type: 'VariablesWritten', values: { person: { name: { first: 'Ann' } } } });
  });

  it('A path into something that is no context is an incident; corrected, it goes on', async () => {
    const process = await processOf('start -> task T out.person.name="=n" -> end');
    given(process).when(start({ n: 1, person: 'Ann' })).including({ type: 'IncidentRaised', elementId: 'T', phase: 'complete', code: 'INCIDENT_MAPPING_TARGET' });
    given(process, start({ n: 1, person: 'Ann' }), set({ person: {} })).when(resolve('T')).including({ type: 'VariablesWritten', values: { person: { name: 1 } } }, 'InstanceCompleted');
  });

  it('An input mapping that is stuck is retried from the inputs on', async () => {
    const process = await processOf('start -> service Work job=work in.p.q="=1" -> end');
    given(process).when(start({ p: 5 })).including({ type: 'IncidentRaised', elementId: 'Work', phase: 'inputs', code: 'INCIDENT_MAPPING_TARGET' }).without('JobCreated');
    given(process, start({ p: 5 }), set({ p: {} })).when(resolve('Work')).then('IncidentResolved', { type: 'VariablesWritten', scope: 2, values: { p: { q: 1 } } }, 'JobCreated Work');
  });

  it('Input mappings of a boundary event, or of an event behind an event-based gateway, are made when it has fired', async () => {
    const boundary = await processOf(`
      start -> service Work job=work -> end
      boundary Stop on=Work message=Stop key=k in.a.b="=why" out.reason="=a.b" -> end Stopped`);
    given(boundary, start(), message('Stop', { why: 'moved' })).when(start()).refused('INSTANCE_EXISTS').and((on) => expect(on.variables()).to.deep.equal({ reason: 'moved' }));
    const stuck = [start({ a: 1 }), message('Stop', { why: 'moved' })];
    given(boundary, stuck, set({ a: {} })).when(resolve('Stop')).then(
      'IncidentResolved', { type: 'VariablesWritten', values: { a: { b: 'moved' } } }, { type: 'VariablesWritten', scope: 0, values: { reason: 'moved' } }, 'ElementCompleted Stop',
      'SequenceFlowTaken Stop-Stopped', 'ElementActivated Stopped', 'ElementCompleted Stopped', 'InstanceCompleted',
    );
    const gateway = await processOf(`
      start -> first Which -> catch Paid message=Paid key=k in.a.b="=1" -> end ByMessage
      Which -> catch Late after=PT1H -> end ByTimer`);
    given(gateway, start({ a: 1 })).when(message('Paid')).including({ type: 'ElementActivated', elementId: 'Paid', fired: true }, { type: 'IncidentRaised', elementId: 'Paid', phase: 'inputs' })
      .when(set({ a: {} })).when(resolve('Paid')).including('ElementCompleted Paid', 'InstanceCompleted').without('MessageSubscribed');
  });

  it('Two branches that write the same name: the last in the log wins (trap 25)', async () => {
    const process = await processOf(`
      start -> and Fork -> service A job=a out.x="=v" -> and Join -> end
      Fork -> service B job=b out.x="=v" -> Join`);
    given(process, start(), jobDone('A', { v: 'A' }), jobDone('B', { v: 'B' })).when(start()).refused('INSTANCE_EXISTS').and((on) => expect(on.variables()).to.deep.equal({ x: 'B' }));
  });

  it('Names such as __proto__ and constructor are only names', async () => {
    const process = await processOf('start -> user A in.constructor.x="=1" out.toString.y="=2" -> end');
    const hostile = JSON.parse('{"__proto__": {"polluted": true}, "hasOwnProperty": 1}') as Record<string, never>;
    given(process, start(hostile), done('A', { variables: hostile })).when(start()).refused('INSTANCE_EXISTS').and((on) => {
      expect(Object.keys(on.variables())).to.include.members(['__proto__', 'hasOwnProperty', 'toString']);
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    });
  });

  it('The variable initiator is who started the case, until the case has one of its own', async () => {
    const process = await processOf('start -> script Who is="=initiator" result=me -> end');
    given(process).when(start({}, { by: 'anna' })).and((on) => expect(on.variables()['me']).to.equal('anna'));
    given(process).when(start({ initiator: 'ben' }, { by: 'anna' })).and((on) => expect(on.variables()['me']).to.equal('ben'));
  });
});
