// `piton run`: the contract of its JSON lines, options and exit codes (DESIGN, section 5).
import { expect } from 'chai';
import { call, Folder } from './called.ts';
import type { Called } from './called.ts';

const APPROVAL = `
  start -> user Review groups=clerks outcomes=approve,refuse! name="Review it" -> xor Gate default=Refused
  Gate -[outcome = "approve"]-> service Print job=print -> end Done
  Gate -> end Refused
  boundary Late on=Review after=PT1H -> end TooLate`;

const completed = ({ lines }: Called): unknown[] => lines.flatMap((line) => (line['type'] === 'ElementCompleted' ? [line['elementId']] : []));
const last = ({ lines }: Called): Record<string, unknown> => lines.at(-1) ?? {};

describe('Command line: run', () => {
  const folder = new Folder();
  const file = folder.write('approval.bpmn', APPROVAL);
  after(() => folder.remove());

  it('Every completed flow node is a line with its process, case, id, type, name and time', async () => {
    const called = await call('run', file);
    expect(called.code).to.equal(0);
    const line = called.lines.find(({ type }) => type === 'ElementCompleted');
    expect(Object.keys(line ?? {})).to.deep.equal(['type', 'processId', 'instanceId', 'elementId', 'elementType', 'elementName', 'at']);
    expect(line).to.include({ processId: 'P', elementId: 'start', elementType: 'startEvent', elementName: '', at: '2026-01-05T09:00:00.000Z' });
  });

  it('The last line is RunEnded with the state, variables and incidents of the case', async () => {
    expect(last(await call('run', file, '--variables', '{"a":1}'))).to.deep.equal({ type: 'RunEnded', state: 'active', processId: 'P', variables: { a: 1 }, incidents: [] });
  });

  it('Other events are lines too, with their own fields', async () => {
    const { lines } = await call('run', file);
    expect(lines.find(({ type }) => type === 'UserTaskCreated')).to.deep.include({ elementId: 'Review', candidateGroups: ['clerks'] });
    expect(lines.find(({ type }) => type === 'TimerScheduled')).to.include({ elementId: 'Late', dueAt: '2026-01-05T10:00:00.000Z' });
    expect(lines.every((line) => 'at' in line || line['type'] === 'RunEnded')).to.equal(true);
  });

  it('Steps complete tasks with variables and outcomes', async () => {
    const called = await call('run', file, '--steps', '[{"complete":"Review","outcome":"approve","variables":{"n":2}},{"complete":"Print"}]');
    expect([called.code, last(called)['state'], last(called)['variables']]).to.deep.equal([0, 'completed', { outcome: 'approve', n: 2 }]);
    expect(completed(called)).to.deep.equal(['start', 'Review', 'Gate', 'Print', 'Done']);
    expect(called.lines.find(({ elementId, type }) => type === 'ElementCompleted' && elementId === 'Review')).to.include({ elementType: 'userTask', elementName: 'Review it' });
  });

  it('--auto completes tasks and jobs at once, in order of creation; without it they wait', async () => {
    const auto = await call('run', file, '--auto');
    expect(completed(auto)).to.deep.equal(['start', 'Review', 'Gate', 'Print', 'Done']);
    expect(completed(await call('run', file))).to.deep.equal(['start']);
  });

  it('With --auto a step keeps what it is about', async () => {
    const called = await call('run', file, '--auto', '--steps', '[{"complete":"Review","outcome":"refuse","comment":"no"}]');
    expect(completed(called)).to.deep.equal(['start', 'Review', 'Gate', 'Refused']);
  });

  it('--auto goes on while the clock advances', async () => {
    const model = folder.write('later.bpmn', 'start -> catch Wait after=PT1M -> user A -> catch Again after=PT1M -> user B -> end');
    expect(completed(await call('run', model, '--auto', '--advance', 'PT5M'))).to.deep.equal(['start', 'Wait', 'A', 'Again', 'B', 'end']);
  });

  it('--advance fires due timers in due order on the virtual clock', async () => {
    const called = await call('run', file, '--advance', 'PT2H');
    expect(completed(called)).to.deep.equal(['start', 'Late', 'TooLate']);
    expect(called.lines.find(({ type }) => type === 'TimerFired')).to.include({ at: '2026-01-05T10:00:00.000Z' });
  });

  it('--at sets the start of the clock', async () => {
    const { lines } = await call('run', file, '--at', '2027-03-01T08:00:00Z');
    expect(lines[0]).to.include({ at: '2027-03-01T08:00:00.000Z' });
  });

  it('Variables and steps are read from a file after @', async () => {
    const variables = folder.write('v.json', '{"a":[1,2]}');
    const steps = folder.write('s.json', '[{"advance":"PT2H"}]');
    const called = await call('run', file, '--variables', `@${variables}`, '--steps', `@${steps}`);
    expect([last(called)['variables'], last(called)['state']]).to.deep.equal([{ a: [1, 2] }, 'completed']);
  });

  it('An uncaught error is failed, with its code, and exit code 1', async () => {
    const called = await call('run', folder.write('failed.bpmn', 'start -> end Wrong error=E1 name="No funds"'));
    expect(called.code).to.equal(1);
    expect(last(called)).to.deep.include({ state: 'failed', error: { code: 'E1', message: 'No funds' } });
  });

  it('An incident leaves the case active, is listed, and is exit code 1', async () => {
    const called = await call('run', folder.write('stuck.bpmn', 'start -> service S job="=kind" -> end'));
    expect([called.code, last(called)['state']]).to.deep.equal([1, 'active']);
    const [incident] = last(called)['incidents'] as Record<string, unknown>[];
    expect(Object.keys(incident ?? {})).to.deep.equal(['elementId', 'code', 'message']);
    expect(incident).to.include({ elementId: 'S', code: 'INCIDENT_EXPRESSION' });
  });

  it('A process that only a condition starts begins when its step comes, and a model with data stores runs to its end', async () => {
    const model = folder.write('count.bpmn', `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">
      <process id="audit" isExecutable="true"><dataStoreReference id="r" name="Total" />
      <startEvent id="large"><conditionalEventDefinition id="c"><condition>=amount &gt; 10</condition></conditionalEventDefinition></startEvent>
      <task id="add"><property id="p" name="known" /><dataInputAssociation id="i"><sourceRef>r</sourceRef><targetRef>p</targetRef></dataInputAssociation>
      <dataOutputAssociation id="o"><targetRef>r</targetRef><assignment><from>=if known = null then amount else known + amount</from><to>Total</to></assignment></dataOutputAssociation></task>
      <sequenceFlow id="f" sourceRef="large" targetRef="add" /></process></definitions>`);
    const steps = [20, 5, 30].map((amount) => ({ condition: { variables: { amount } } }));
    const called = await call('run', model, '--steps', JSON.stringify(steps), '--trace');
    expect([called.code, last(called)['state'], last(called)['processId']]).to.deep.equal([0, 'completed', 'audit']);
    expect(called.lines.filter(({ type }) => type === 'DataStoreWritten').map(({ value }) => value)).to.deep.equal([20, 50]);
  });

  it('A signal of the scenario reaches every case that waits for it', async () => {
    const heard = folder.write('heard.bpmn', 'start -> catch Hear signal=Alarm -> end');
    const called = await call('run', heard, '--steps', JSON.stringify([{ signal: 'Alarm', variables: { level: 3 } }]));
    expect([called.code, last(called)['state'], last(called)['variables']]).to.deep.equal([0, 'completed', { level: 3 }]);
  });

  it('A terminated case is neither failed nor wrong', async () => {
    const called = await call('run', folder.write('stop.bpmn', 'start -> end Stop terminate'));
    expect([called.code, last(called)['state']]).to.deep.equal([0, 'terminated']);
  });

  it('A file that is refused is one Problem per finding and exit code 1', async () => {
    const called = await call('run', folder.write('bad.bpmn', '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><process id="P" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/><choreographyTask id="x"/></process></definitions>'));
    expect(called.code).to.equal(1);
    const found = called.lines.find(({ elementId }) => elementId === 'x');
    expect(Object.keys(found ?? {})).to.include.members(['type', 'code', 'elementId', 'line', 'message', 'hint', 'clause']);
    expect(called.lines.every(({ type }) => type === 'Problem')).to.equal(true);
  });

  it('Every process of the file is deployed; messages go between them; --start-first starts one before', async () => {
    const pair = folder.write('pair.bpmn', `
      process Citizen
      start -> send Ask message=Application -> end
      process Office
      start OStart -> catch Got message=Application key=k -> end ODone
      process Desk
      start Received message=Application -> user Decide -> end Decided`);
    const called = await call('run', pair, '--start-first', 'Office', '--process', 'Citizen', '--auto');
    expect(completed(called)).to.deep.equal(['OStart', 'start', 'Ask', 'end', 'Got', 'ODone', 'Received', 'Decide', 'Decided']);
    expect(last(called)).to.include({ processId: 'Citizen', state: 'completed' });
  });

  it('A process that only a message starts is started by a step', async () => {
    const model = folder.write('letter.bpmn', 'start Letter message=Letter -> user Read -> end');
    const called = await call('run', model, '--steps', '[{"message":"Letter","variables":{"from":"Ann"}}]');
    expect(last(called)).to.deep.include({ state: 'active', variables: { from: 'Ann' } });
    const never = await call('run', model);
    expect([never.code, never.err[0]?.split(':')[0]]).to.deep.equal([1, 'INSTANCE_START_ELEMENT_UNKNOWN']);
  });

  it('A process with isExecutable="false" runs only with --force-executable', async () => {
    const model = folder.write('drawn.bpmn', 'process P executable=false\nstart -> end');
    expect((await call('run', model)).lines[0]).to.include({ type: 'Problem', code: 'BPMN_NOTHING_EXECUTABLE' });
    expect(last(await call('run', model, '--force-executable'))).to.include({ state: 'completed' });
  });

  it('--trace also tells the commands and the streams between cases', async () => {
    const model = folder.write('wait.bpmn', 'start -> catch Paid message=Paid key=k -> end');
    const plain = await call('run', model);
    const traced = await call('run', model, '--trace');
    expect(plain.lines.map(({ type }) => type)).not.to.include('SubscriptionOpened');
    expect(traced.lines.map(({ type }) => type)).to.include.members(['Record', 'ProcessDeployed', 'SubscriptionOpened']);
  });

  it('A step that does not fit is told with code and hint, after the state of the case', async () => {
    const called = await call('run', file, '--steps', '[{"complete":"Print"}]');
    expect([called.code, last(called)['type']]).to.deep.equal([1, 'RunEnded']);
    expect(called.err[0]).to.match(/^RUN_NOTHING_WAITS: Expected Print to wait in step 1, but what waits is Review$/);
    expect(called.err[1]).to.match(/^ {2}\S/);
  });

  it('Words that are no steps, no time, no JSON, no file, no process are wrong use: exit code 2', async () => {
    for (const [args, code] of [
      [['--steps', '[{"do":"it"}]'], 'RUN_STEP_UNKNOWN'], [['--advance', 'soon'], 'RUN_TIME_INVALID'], [['--at', 'noon'], 'RUN_TIME_INVALID'],
      [['--steps', '{"complete":"Review"}'], 'CLI_JSON_INVALID'], [['--steps', '[7]'], 'CLI_JSON_INVALID'], [['--variables', '{'], 'CLI_JSON_INVALID'],
      [['--variables', '@nowhere.json'], 'CLI_FILE_NOT_READ'], [['--process', 'Q'], 'CLI_PROCESS_UNKNOWN'], [['--start-first', 'Q'], 'CLI_PROCESS_UNKNOWN'],
    ] as const) {
      const called = await call('run', file, ...args);
      expect([called.code, called.err[0]?.split(':')[0]], args.join(' ')).to.deep.equal([2, code]);
    }
  });

  it('Working days are counted in the calendars that come with the server', async () => {
    const called = await call('run', folder.write('days.bpmn', 'start -> catch Wait after=P2BD calendar=saint-lucia -> end'), '--advance', 'P10D');
    expect([called.code, JSON.parse(called.out.at(-1) ?? '{}')]).to.deep.include(0).and.to.have.nested.property('[1].state', 'completed');
  });

  it('Cases that never come to rest are a no, not a crash', async () => {
    const called = await call('run', folder.write('self.bpmn', 'start -> xor Again -> catch Wait after="=x" -> Again'), '--variables', '{"x":"PT0S"}', '--advance', 'PT1S');
    expect([called.code, called.err[0]?.split(':')[0]]).to.deep.equal([1, 'RUN_ENDLESS']);
  }).timeout(60_000);

  it('A process that loops through its tasks for ever is stopped under --auto', async () => {
    const called = await call('run', folder.write('loop.bpmn', 'start -> xor Again -> user Work -> Again'), '--auto');
    expect([called.code, called.err[0]?.split(':')[0]]).to.deep.equal([1, 'CLI_AUTO_ENDLESS']);
  }).timeout(60_000);
});
