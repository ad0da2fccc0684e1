// Data stores (BPMN 2.0.2, 10.4.1): read before an activity begins, written after its work, kept beyond the case.
import { expect } from 'chai';
import { decideDataStore, evolveDataStore, newDataStore } from '../../../engine/data-stores/data-store.ts';
import type { DataStoreWritten, WriteDataStore } from '../../../engine/data-stores/data-store.ts';
import { isRejection } from '../../../engine/errors.ts';
import { codesOf, extended, flow, flows, found, graphOf, model, processOf } from '../bpmn/support.ts';
import { given } from '../support/case.ts';
import { FACTS } from '../support/checked.ts';
import { WorldTest } from '../support/in-world.ts';
import { cancel, done, jobDone, jobFails, jobThrows, message, resolve, set, start } from '../support/verbs.ts';

const ends = '<startEvent id="s" /><endEvent id="e" />';
const STORE = '<dataStore id="store" name="Vehicle register" />';
const REFERENCE = '<dataStoreReference id="r" name="Vehicles" dataStoreRef="store" />';
const io = (inputs: readonly string[], outputs: readonly string[]): string => `<ioSpecification>${inputs.map((name) => `<dataInput id="in_${name}" name="${name}" />`).join('')}${outputs.map((name) => `<dataOutput id="out_${name}" name="${name}" />`).join('')}<inputSet /><outputSet /></ioSpecification>`;
const into = (source: string, target: string, more = ''): string => `<dataInputAssociation id="ia_${source}_${target}"><sourceRef>${source}</sourceRef><targetRef>${target}</targetRef>${more}</dataInputAssociation>`;
const outOf = (source: string, target: string, more = ''): string => `<dataOutputAssociation id="oa_${source}_${target}"><sourceRef>${source}</sourceRef><targetRef>${target}</targetRef>${more}</dataOutputAssociation>`;
const assign = (from: string, to: string): string => `<assignment><from>${from}</from><to>${to}</to></assignment>`;
const service = (id: string, inner: string, more = ''): string => `<serviceTask id="${id}">${extended(`<zeebe:taskDefinition type="work" />${more}`)}${inner}</serviceTask>`;
const keyed = (id: string, key: string): string => `<dataStoreReference id="${id}" name="Vehicles" dataStoreRef="store">${extended(`<zeebe:properties><zeebe:property name="key" value="${key}" /></zeebe:properties>`)}</dataStoreReference>`;

const READER = model(`${ends}${REFERENCE}${service('n', `${io(['known'], [])}${into('r', 'in_known')}`)}${flows('s n e')}`, STORE);
const WRITER = model(`${ends}${REFERENCE}${service('n', `${io([], ['entry'])}${outOf('out_entry', 'r')}`)}${flows('s n e')}`, STORE);

describe('Engine: data stores', () => {
  it('An activity that reads a data store begins when it has been read; its data input association copies what the store holds', async () => {
    const { when } = given(await processOf(READER), start());
    when(jobDone('n', { Vehicle_register: { plates: 3 }, other: 1 }))
      .then('JobCompleted', { type: 'VariablesWritten', values: { known: { plates: 3 } } }, { type: 'JobCreated', jobType: 'work' });
    expect(given(await processOf(READER)).when(start()).events.at(-1)).to.deep.include({
      type: 'JobCreated', jobType: 'data-store-read', listener: { on: 'read', index: 0 }, headers: { store: 'Vehicle register', variable: 'Vehicle_register' },
    });
  });

  it('What is not copied out of the store does not enter the case, and a store that is empty gives null', async () => {
    const { case: on } = given(await processOf(READER), start({ Vehicle_register: 'of the case' }), jobDone('n'));
    expect(on.state.elements.get(on.element('n'))?.variables).to.deep.equal(new Map([['known', null]]));
  });

  it('A data output association writes the data store after the work of its activity, before it completes', async () => {
    const process = await processOf(WRITER);
    given(process, start()).when(jobDone('n', { entry: 7, note: 'x' }))
      .then('JobCompleted', 'VariablesWritten', { type: 'VariablesWritten', values: { Vehicle_register: 7 } }, { type: 'JobCreated', jobType: 'data-store-write', listener: { on: 'write', index: 0 } })
      .when(jobDone('n')).including('ElementCompleted n', 'InstanceCompleted').and((on) => { expect(on.variables()).to.deep.equal({}); });
  });

  it('Transformations, assignments and a key are FEEL; assignments to parts of an entry replace these parts only', async () => {
    const inner = `${io(['owner'], ['fee'])}${into('k', 'in_owner', '<transformation>=Vehicle_register.owner</transformation>')}${outOf('out_fee', 'k', `${assign('=fee * 2', 'Vehicle_register.fee.paid')}${assign('="ok"', 'Vehicle_register.state')}`)}`;
    const process = await processOf(model(`${ends}${keyed('k', '=plate')}${service('n', inner)}${flows('s n e')}`, STORE));
    const { case: on } = given(process, start({ plate: 'P 1' }), jobDone('n', { Vehicle_register: { owner: 'Ana' } }));
    expect(on.state.elements.get(on.element('n'))?.variables?.get('owner')).to.equal('Ana');
    const written = given(process, start({ plate: 'P 1' }), jobDone('n', { Vehicle_register: { owner: 'Ana' } })).when(jobDone('n', { fee: 4 })).events.at(-1);
    expect(written).to.deep.include({ type: 'JobCreated', headers: { store: 'Vehicle register', variable: 'Vehicle_register', paths: 'fee.paid,state', key: 'P 1' } });
  });

  it('Cases hand on what they write: the store outlives its cases, and the last write wins', async () => {
    const inner = `${io(['total'], [])}${into('r', 'in_total')}${outOf('in_total', 'r', assign('=if total = null then 1 else total + 1', 'Vehicle_register'))}`;
    const test = new WorldTest();
    expect(test.world.deploy(await graphOf(model(`${ends}${REFERENCE}<task id="n">${inner}</task>${flows('s n e')}`, STORE)))).to.equal(undefined);
    for (let count = 0; count < 3; count += 1) expect(test.status(test.start('p'))).to.equal('completed');
    const written = test.records.flatMap(({ events }) => events.filter((event): event is DataStoreWritten => event.type === 'DataStoreWritten'));
    expect(written.map(({ value, version }) => [value, version])).to.deep.equal([[1, 1], [2, 2], [3, 3]]);
    expect(new Set(written.map(({ by }) => by.stream)).size).to.equal(3);
  });

  it('Two processes know the same store by its name, and each key is an entry of its own', async () => {
    const test = new WorldTest();
    const writes = model(`${ends}${keyed('k', '=plate')}<scriptTask id="n">${extended('<zeebe:script expression="={owner: owner}" resultVariable="entry" />')}${io([], ['entry'])}${outOf('out_entry', 'k')}</scriptTask>${flows('s n e')}`, STORE);
    const reads = model(`${ends}<dataStoreReference id="other" name="Vehicle register">${extended('<zeebe:properties><zeebe:property name="key" value="=plate" /></zeebe:properties>')}</dataStoreReference>
      <task id="n">${io(['found'], [])}${into('other', 'in_found')}</task><scriptTask id="m">${extended('<zeebe:script expression="=1" resultVariable="done" />')}</scriptTask>${flows('s n m e')}`).replace('id="p"', 'id="q"');
    for (const xml of [writes, reads]) expect(test.world.deploy(await graphOf(xml))).to.equal(undefined);
    test.start('p', { plate: 'A', owner: 'Ana' });
    test.start('p', { plate: 'B', owner: 'Bo' });
    const reader = test.start('q', { plate: 'A' });
    const seen = test.records.filter(({ stream }) => stream === reader).flatMap(({ events }) => events.flatMap((event) => (event.type === 'VariablesWritten' && 'found' in event.values ? [event.values['found']] : [])));
    expect(seen).to.deep.equal([{ owner: 'Ana' }]);
  });

  it('Each instance of a multi-instance activity reads and writes for itself', async () => {
    const loop = `<multiInstanceLoopCharacteristics>${extended('<zeebe:loopCharacteristics inputCollection="=plates" inputElement="plate" />')}</multiInstanceLoopCharacteristics>`;
    const test = new WorldTest();
    test.world.deploy(await graphOf(model(`${ends}${keyed('k', '=plate')}<task id="n">${io([], ['x'])}${outOf('out_x', 'k', assign('=plate', 'Vehicle_register'))}${loop}</task>${flows('s n e')}`, STORE)));
    expect(test.status(test.start('p', { plates: ['A', 'B', 'C'] }))).to.equal('completed');
    const keys = test.records.flatMap(({ events }) => events.flatMap((event) => (event.type === 'DataStoreWritten' ? [event.key] : [])));
    expect(keys).to.deep.equal(['A', 'B', 'C']);
  });

  it('A message event writes what it brought, a throw event sends what it has read', async () => {
    const roots = `${STORE}<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=id" />')}</message>`;
    const process = await processOf(model(`${ends}${REFERENCE}<intermediateCatchEvent id="c"><dataOutput id="out_amount" name="amount" />${outOf('out_amount', 'r')}<messageEventDefinition messageRef="m" /></intermediateCatchEvent>
      <intermediateThrowEvent id="t"><dataInput id="in_what" name="what" />${into('r', 'in_what')}<messageEventDefinition messageRef="m" /></intermediateThrowEvent>${flows('s c t e')}`, roots));
    given(process, start({ id: '1' }), message('c', { amount: 5, note: 'x' }), jobDone('c')).when(jobDone('t', { Vehicle_register: 8 })).including({ type: 'MessagePublished', elementId: 't', variables: { what: 8 } });
  });

  it('A read or write that fails is an incident; resolved, only it is tried again', async () => {
    given(await processOf(READER), start()).when(jobFails('n', 0)).then('JobFailed', { type: 'IncidentRaised', code: 'INCIDENT_JOB_FAILED' })
      .when(resolve('n')).then('IncidentResolved').when(jobDone('n', { Vehicle_register: 1 })).including({ type: 'JobCreated', jobType: 'work' });
    given(await processOf(WRITER), start(), jobDone('n', { entry: 1 })).when(jobFails('n', 0)).including('IncidentRaised n')
      .when(resolve('n')).then('IncidentResolved').when(jobDone('n')).including('ElementCompleted n').without('JobCreated');
  });

  it('A mapping that is stuck is tried again: behind the store it was read from, and before anything is written', async () => {
    const broken = model(`${ends}${REFERENCE}${service('n', `${io(['a'], ['b'])}${into('r', 'in_a', assign('=Vehicle_register', 'a.b'))}${outOf('out_b', 'r', assign('=b', 'Vehicle_register.x'))}`)}${flows('s n e')}`, STORE);
    const process = await processOf(broken);
    given(process, start({ a: 1 })).when(jobDone('n', { Vehicle_register: 2 })).then('JobCompleted', { type: 'IncidentRaised', phase: 'listen', listener: { on: 'read', index: 0 } })
      .when(set({ a: {} })).then('VariablesWritten').when(resolve('n')).then('IncidentResolved', { type: 'JobCreated', jobType: 'data-store-read' });
    given(process, start({ Vehicle_register: 1 }), jobDone('n')).when(jobDone('n')).then('JobCompleted', { type: 'IncidentRaised', phase: 'complete' })
      .when(set({ Vehicle_register: {} })).then('VariablesWritten').when(resolve('n')).including({ type: 'JobCreated', jobType: 'data-store-write' });
  });

  it('What was written is not written again when the completion is stuck', async () => {
    const process = await processOf(model(`${ends}${REFERENCE}${service('n', `${io([], ['x'])}${outOf('out_x', 'r')}`, '<zeebe:ioMapping><zeebe:output source="=x" target="y.z" /></zeebe:ioMapping>')}${flows('s n e')}`, STORE));
    given(process, start({ y: 1 }), jobDone('n', { x: 1 })).when(jobDone('n')).then('JobCompleted', { type: 'IncidentRaised', phase: 'listen', listener: { on: 'write', index: 1 } })
      .when(set({ y: {} })).then('VariablesWritten').when(resolve('n')).including('ElementCompleted n').without('JobCreated');
  });

  it('A worker can throw an error out of its element, and what is cancelled waits for no store', async () => {
    const roots = `${STORE}<error id="gone" errorCode="GONE" />`;
    const process = await processOf(model(`${ends}${REFERENCE}<subProcess id="sub"><startEvent id="is" />${service('n', `${io(['known'], [])}${into('r', 'in_known')}`)}${flow('is', 'n')}</subProcess><boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="gone" /></boundaryEvent><userTask id="u" />${flows('s sub e', 'b u')}`, roots));
    given(process, start()).when(jobThrows('n', 'GONE')).including('ErrorThrown n', 'ElementActivated u').when(done('u')[0]!);
    given(process, start()).when(cancel).including('JobCanceled', 'InstanceTerminated');
  });

  it('capacity is the number of entries a store may hold, unless isUnlimited', async () => {
    const limited = (attributes: string): string => model(`${ends}${keyed('k', '=plate')}<task id="n">${io([], ['x'])}${outOf('out_x', 'k', assign('=1', 'Vehicle_register'))}</task>${flows('s n e')}`, `<dataStore id="store" name="Vehicle register" ${attributes} />`);
    const run = async (attributes: string): Promise<string[]> => {
      const test = new WorldTest();
      test.world.deploy(await graphOf(limited(attributes)));
      return ['A', 'B', 'B', 'C'].map((plate) => test.status(test.start('p', { plate })));
    };
    expect(await run('capacity="2" isUnlimited="false"')).to.deep.equal(['completed', 'completed', 'completed', 'active']);
    expect(await run('capacity="2"')).to.deep.equal(['completed', 'completed', 'completed', 'completed']);
  });

  it('An incident of a full store is resolved when there is room', async () => {
    const test = new WorldTest();
    const xml = (capacity: string): string => model(`${ends}${keyed('k', '=plate')}<task id="n">${io([], ['x'])}${outOf('out_x', 'k', assign('=1', 'Vehicle_register'))}</task>${flows('s n e')}`, `<dataStore id="store" name="Vehicle register" capacity="${capacity}" isUnlimited="false" />`);
    test.world.deploy(await graphOf(xml('1')));
    test.start('p', { plate: 'A' });
    const stuck = test.start('p', { plate: 'B' });
    const incident = [...test.world.instances.get(stuck)!.waits.values()].find(({ kind }) => kind === 'incident')!;
    expect(incident).to.include({ code: 'INCIDENT_JOB_FAILED' });
    expect('message' in incident && incident.message).to.contain('capacity of 1');
    test.execute(stuck, { type: 'ResolveIncident', incident: incident.id });
    expect([...test.world.instances.get(stuck)!.waits.values()].map(({ kind }) => kind)).to.deep.equal(['job', 'incident']);
    expect(test.records.filter(({ commandType }) => commandType === 'WriteDataStore')).to.have.length(1);
  });

  it('A store that was asked for while an endless loop stopped the case answers when it goes on', async () => {
    const test = new WorldTest({ limits: { stepsWithoutWait: 60 } });
    const xml = model(`${ends}${REFERENCE}<parallelGateway id="f" /><task id="n">${io(['known'], [])}${into('r', 'in_known')}</task><exclusiveGateway id="x" default="x-e" /><task id="again" />${flows('s f n e', 'f x e', 'again x')}${flow('x', 'again', '=looping')}`, STORE);
    test.world.deploy(await graphOf(xml));
    const stream = test.start('p', { looping: true });
    const waits = (): string[] => [...(test.world.instances.get(stream)?.waits.values() ?? [])].map(({ kind }) => kind);
    expect(waits()).to.deep.equal(['job', 'incident']);
    const incident = [...test.world.instances.get(stream)!.waits.values()].find(({ kind }) => kind === 'incident')!.id;
    test.execute(stream, { type: 'SetVariables', variables: { looping: false }, reason: 'mended' }).execute(stream, { type: 'ResolveIncident', incident });
    expect([test.status(stream), waits()]).to.deep.equal(['completed', []]);
  });

  it('The state of a store is the fold of its writes, and a refused write changes nothing', () => {
    const state = newDataStore();
    const by = { stream: 'case', processId: 'p', elementId: 'n' };
    const write = (more: Partial<WriteDataStore>): WriteDataStore => ({ type: 'WriteDataStore', store: 'S', key: '', value: null, paths: [], by, ...more });
    const events: DataStoreWritten[] = [];
    for (const command of [write({ value: { a: { b: 1, c: 2 } } }), write({ value: { a: { b: 3 } }, paths: ['a.b'] }), write({ key: 'k', value: 5 }), write({ key: '__proto__', value: { a: 1 }, paths: ['a'] })]) {
      const outcome = decideDataStore(state, command, FACTS);
      if (isRejection(outcome)) throw new Error(outcome.message);
      events.push(...outcome);
      expect(state).to.deep.equal(events.reduce(evolveDataStore, newDataStore()));
    }
    expect(state.entries.get('')).to.deep.equal({ value: { a: { b: 3, c: 2 } }, version: 2 });
    const before = structuredClone(state);
    const refused = (command: WriteDataStore): string => {
      const outcome = decideDataStore(state, command, { limits: { ...FACTS.limits, variableBytes: 1_500 } });
      return isRejection(outcome) ? outcome.code : 'accepted';
    };
    let deep: WriteDataStore['value'] = 1;
    for (let depth = 0; depth < 510; depth += 1) deep = [deep];
    expect([refused(write({ key: 'new', capacity: 3 })), refused(write({ key: 'k', value: { x: 1 }, paths: ['x'] })), refused(write({ value: 'x'.repeat(2_000) })), refused(write({ value: deep }))])
      .to.deep.equal(['DATA_STORE_FULL', 'DATA_STORE_PATH', 'INSTANCE_VARIABLES_TOO_LARGE', 'INSTANCE_VARIABLES_TOO_DEEP']);
    expect(state).to.deep.equal(before);
  });

  it('What leads to a store writes into it, and a store is not mixed with other sources', async () => {
    const wrong = model(`${ends}${REFERENCE}${service('n', `${io([], ['x'])}${outOf('out_x', 'r', assign('=x', 'somewhere'))}`)}${flows('s n e')}`, STORE);
    expect((await found('BPMN_DATA_STORE_TARGET', wrong)).map(({ message: said }) => said)).to.deep.equal(['Expected the assignments of n that lead to the data store Vehicle register to write into it, but one writes into somewhere']);
    const mixed = model(`${ends}${REFERENCE}<dataObject id="o" />${service('n', `${io(['x'], [])}<dataInputAssociation id="ia"><sourceRef>r</sourceRef><sourceRef>o</sourceRef><targetRef>in_x</targetRef></dataInputAssociation>`)}${flows('s n e')}`, STORE);
    expect(await codesOf(mixed)).to.deep.equal(['BPMN_FEATURE_NOT_EXECUTED']);
  });
});
