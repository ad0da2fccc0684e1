// Tasks that need no person: abstract, manual, service, script, send, receive (BPMN 2.0.2, 10.3.3 and 13.3.3).
import { expect } from 'chai';
import { around, codesOf, extended, graphOf } from '../bpmn/support.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { facing, jobDone, jobFails, jobThrows, message, resolve, set, start } from '../support/verbs.ts';

describe('Engine: tasks', () => {
  it('An abstract task and a manual task pass their token on at once', async () => {
    const process = await processOf('start -> task Abstract -> manual ByHand -> end');
    given(process).when(start()).including('ElementCompleted Abstract', 'ElementCompleted ByHand', 'InstanceCompleted');
  });

  it('A service task becomes a job and completes with it', async () => {
    const process = await processOf('start -> service Print job=print -> end');
    given(process).when(start()).then(
      'InstanceStarted', 'ElementActivated start', 'ElementCompleted start', 'SequenceFlowTaken start-Print',
      'ElementActivated Print', { type: 'JobCreated', elementId: 'Print', jobType: 'print', retries: 3, element: 2, id: 3 },
    ).when(jobDone('Print', { pages: 2 })).then(
      'JobCompleted', { type: 'VariablesWritten', scope: 0, values: { pages: 2 } }, 'ElementCompleted Print',
      'SequenceFlowTaken Print-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('A job takes its type, retries and headers from the model, evaluated when it is created', async () => {
    const process = await processOf('start -> service Print job="=kind" retries="=tries" header.tray="=tray" header.colour=blue -> end');
    given(process).when(start({ kind: 'print', tries: 5, tray: 'A4' })).including({ type: 'JobCreated', jobType: 'print', retries: 5, headers: { tray: 'A4', colour: 'blue' } });
  });

  it('A job without a type is an incident; with the variable set it is created', async () => {
    const process = await processOf('start -> service Print job="=kind" -> end');
    given(process).when(start()).including({ type: 'IncidentRaised', elementId: 'Print', phase: 'behave', code: 'INCIDENT_EXPRESSION' });
    given(process, start(), set({ kind: 'print' })).when(resolve('Print')).then('IncidentResolved', { type: 'JobCreated', jobType: 'print' });
  });

  it('Retries that are no whole number from 1 are an incident', async () => {
    const process = await processOf('start -> service Print job=print retries="=tries" -> end');
    for (const tries of [0, 1.5, 'many', null]) given(process).when(start({ tries })).including({ type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION' });
  });

  it('A service task with an operation invokes it: a job whose type is the name of the operation (8.4.3)', async () => {
    const graph = await graphOf(around('<serviceTask id="n" operationRef="op" implementation="urn:post" />', '<message id="m" name="Letter" /><interface id="if" name="Post office"><operation id="op" name="send letter"><inMessageRef>m</inMessageRef></operation></interface>'));
    given(graph.processes[0]!).when(start()).including({ type: 'JobCreated', elementId: 'n', jobType: 'send letter', headers: { operation: 'send letter', interface: 'Post office', implementation: 'urn:post' } });
  });

  it('A script task evaluates FEEL and writes its result variable', async () => {
    const process = await processOf('start -> script Sum is="=a + b" result=total -> end');
    given(process).when(start({ a: 2, b: 3 })).including({ type: 'VariablesWritten', scope: 0, values: { total: 5 } }, 'ElementCompleted Sum', 'InstanceCompleted');
  });

  it('A script task sees the clock of the decision, not another', async () => {
    const process = await processOf('start -> script Stamp is="=string(today())" result=day -> end');
    given(process, facing({ now: '2026-03-01T02:30:00.000Z' })).when(start()).and((on) => expect(on.variables()['day']).to.equal('2026-02-28'));
  });

  it('An expression that exceeds its budget is an incident, not an endless wait', async () => {
    const process = await processOf('start -> script Sum is="=sum(for i in 1..2000, j in 1..2000 return i * j)" result=total -> end');
    given(process).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_BUDGET', phase: 'behave' });
  });

  it('An expression that is told its time is over is an incident; tried again when there is time, it goes on', async () => {
    const process = await processOf('start -> script Sum is="=count(for i in 1..3000 return i)" result=total -> end');
    const late = facing({ expired: () => true });
    given(process, late).when(start()).including({ type: 'IncidentRaised', code: 'INCIDENT_BUDGET', phase: 'behave' }).and((on) => {
      expect(on.events.find(({ type }) => type === 'IncidentRaised')).to.have.property('message').that.includes('takes longer on this machine');
    });
    given(process, late, start(), facing({ expired: () => false })).when(resolve('Sum')).including('InstanceCompleted').and((on) => expect(on.variables()['total']).to.equal(3_000));
  });

  it('A job has the priority of its element, else that of its process, else none', async () => {
    const created = async (model: string, variables = {}): Promise<unknown> => given(await processOf(model)).when(start(variables)).case.events.find(({ type }) => type === 'JobCreated');
    expect(await created('start -> service S job=work urgent=70 -> end')).to.have.property('priority', 70);
    expect(await created('start -> service S job=work urgent="=if big then 90 else 10" -> end', { big: true })).to.have.property('priority', 90);
    expect(await created('process P urgent=20\nsub In {\nstart I -> service S job=work -> end O\n}\nstart -> In -> end')).to.have.property('priority', 20);
    expect(await created('process P urgent=20\nstart -> service S job=work urgent=70 -> end')).to.have.property('priority', 70);
    expect(await created('start -> service S job=work -> end')).to.not.have.property('priority');
    expect(await created('start -> service S job=work hear.start=first urgent=70 -> end'), 'a listener is not the work').to.include({ jobType: 'first' }).and.to.not.have.property('priority');
    for (const x of [101, 1.5, '70', null]) given(await processOf('start -> service S job=work urgent="=x" -> end')).when(start({ x })).including({ type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION', elementId: 'S' });
  });

  it('A script task with a job is done by a worker', async () => {
    const process = await processOf('start -> script Sum job=python -> end');
    given(process).when(start()).including({ type: 'JobCreated', elementId: 'Sum', jobType: 'python' });
    given(process, start()).when(jobDone('Sum', { total: 5 })).including({ type: 'VariablesWritten', values: { total: 5 } }, 'InstanceCompleted');
  });

  it('A send task publishes its message with all it can see and completes', async () => {
    const process = await processOf('start -> send Tell message=News -> end');
    given(process).when(start({ a: 1 })).including({ type: 'MessagePublished', elementId: 'Tell', name: 'News', correlationKey: 'case-1', conversation: 'case-1', variables: { a: 1 } }, 'ElementCompleted Tell', 'InstanceCompleted');
  });

  it('A send task with input mappings publishes only what they made', async () => {
    const process = await processOf('start -> send Tell message=News key="=id" in.text="=a" -> end');
    given(process).when(start({ a: 1, secret: 2, id: 'K' })).including({ type: 'MessagePublished', correlationKey: 'K', variables: { text: 1 } });
  });

  it('A send task with a job and a message gives the job first, then publishes what it was given and what the job brought', async () => {
    const process = await processOf('start -> send Tell job=pack message=News key="=id" in.text="=a" out.sent="=envelope" -> end');
    given(process).when(start({ id: '7', a: 'x', b: 'y' })).including('JobCreated').when(jobDone('Tell', { envelope: 'e1' })).then(
      'JobCompleted', 'VariablesWritten', 'VariablesWritten', { type: 'MessagePublished', name: 'News', correlationKey: '7', variables: { text: 'x', envelope: 'e1' } },
      'ElementCompleted Tell', 'SequenceFlowTaken Tell-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });

  it('Without a correlation key after the job the send task waits in an incident and publishes when it is resolved', async () => {
    const process = await processOf('start -> send Tell job=pack message=News key="=id" -> end');
    given(process, start()).when(jobDone('Tell')).then('JobCompleted', { type: 'IncidentRaised', code: 'INCIDENT_EXPRESSION' });
    given(process, start(), jobDone('Tell'), set({ id: '7' })).when(resolve('Tell')).including('IncidentResolved', { type: 'MessagePublished', correlationKey: '7' }, 'InstanceCompleted');
  });

  it('A send task with a job is done by a worker', async () => {
    const process = await processOf('start -> send Tell job=mail -> end');
    given(process, start()).when(jobDone('Tell')).including('ElementCompleted Tell', 'InstanceCompleted');
  });

  it('A receive task waits for its message and takes its variables', async () => {
    const process = await processOf('start -> receive Wait message=Paid key="=order" -> end');
    given(process).when(start({ order: 'o-1' })).including({ type: 'MessageSubscribed', elementId: 'Wait', name: 'Paid', correlationKey: 'o-1', processId: 'P' });
    given(process, start({ order: 'o-1' })).when(message('Wait', { amount: 5 })).then(
      { type: 'MessageCorrelated', elementId: 'Wait', messageId: 'm1' }, { type: 'VariablesWritten', values: { amount: 5 } },
      'ElementCompleted Wait', 'SequenceFlowTaken Wait-end', 'ElementActivated end', 'ElementCompleted end', 'InstanceCompleted',
    );
  });
});

describe('Engine: jobs', () => {
  it('A job waits as long as its back-off says after each failure (gov:retry), whatever the worker says', async () => {
    const retried = (backoff: string): string => around(`<serviceTask id="n">${extended(`<zeebe:taskDefinition type="t" /><gov:retry backoff="${backoff}" />`)}</serviceTask>`);
    const first = async (xml: string) => (await graphOf(xml)).processes[0]!;
    const process = await first(retried('PT10M'));
    given(process, start()).when(jobFails('n', 2, { retryAt: '2026-01-05T09:00:10.000Z' })).then({ type: 'JobFailed', retriesLeft: 2, retryAt: '2026-01-05T09:10:00.000Z' })
      .when(jobFails('n', 0)).including('JobFailed', 'IncidentRaised n');
    const far = await first(retried('P99999999Y'));
    given(far, start()).when(jobFails('n', 1)).then({ type: 'JobFailed', retryAt: '9999-12-31T23:59:59.999Z' });
    for (const wrong of ['', 'soon', 'P2BD', '-PT1M']) expect(await codesOf(retried(wrong)), wrong).to.deep.equal(['BPMN_RETRY_INVALID']);
  });

  it('A failed job with retries left stays open and says when it may be tried again', async () => {
    const process = await processOf('start -> service Print job=print -> end');
    given(process, start()).when(jobFails('Print', 2, { retryAt: '2026-01-05T09:05:00.000Z' }))
      .then({ type: 'JobFailed', retriesLeft: 2, message: 'the printer is out', retryAt: '2026-01-05T09:05:00.000Z' })
      .when(jobDone('Print')).including('InstanceCompleted');
  });

  it('A worker cannot give itself more retries than the job has', async () => {
    const process = await processOf('start -> service Print job=print retries=2 -> end');
    given(process, start()).when(jobFails('Print', 99)).then({ type: 'JobFailed', retriesLeft: 2 });
    given(process, start()).when(jobFails('Print', -1)).including({ type: 'JobFailed', retriesLeft: 0 }, 'IncidentRaised Print');
  });

  it('A failed job without retries raises an incident; resolved, the job is offered again with the retries given', async () => {
    const process = await processOf('start -> service Print job=print -> end');
    given(process, start()).when(jobFails('Print', 0))
      .then({ type: 'JobFailed', retriesLeft: 0 }, { type: 'IncidentRaised', elementId: 'Print', phase: 'job', code: 'INCIDENT_JOB_FAILED' })
      .when(resolve('Print', 2)).then({ type: 'IncidentResolved', retries: 2 })
      .when(jobFails('Print', 1)).then({ type: 'JobFailed', retriesLeft: 1 })
      .when(jobDone('Print')).including('InstanceCompleted');
  });

  it('A job that waits for its incident cannot fail again, but its late success counts', async () => {
    const process = await processOf('start -> service Print job=print -> end');
    given(process, start(), jobFails('Print', 0)).when(jobFails('Print', 0)).refused('JOB_HAS_INCIDENT');
    given(process, start(), jobFails('Print', 0)).when(jobDone('Print')).including('JobCompleted', 'IncidentCanceled', 'ElementCompleted Print', 'InstanceCompleted');
  });

  it('A second completion of a job changes nothing', async () => {
    const process = await processOf('start -> service Print job=print -> user Next -> end');
    given(process, start(), jobDone('Print')).when(jobDone('Print')).refused('JOB_NOT_FOUND');
    given(process, start(), jobDone('Print')).when(jobFails('Print', 1)).refused('JOB_NOT_FOUND');
    given(process, start(), jobDone('Print')).when(jobThrows('Print', 'E')).refused('JOB_NOT_FOUND');
  });

  it('A failing condition after a task retries the condition only, not the task (trap 27)', async () => {
    const process = await processOf(`
      start -> service Work job=work -> xor Gate default=No
      Gate -[x > 3]-> end Yes
      Gate -> end No`);
    given(process, start(), jobDone('Work'), set({ x: 5 })).when(resolve('Gate')).then(
      'IncidentResolved', 'ElementCompleted Gate', 'SequenceFlowTaken Gate-Yes', 'ElementActivated Yes', 'ElementCompleted Yes', 'InstanceCompleted',
    );
  });
});
