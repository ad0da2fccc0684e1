// Correlation by keys of a collaboration (BPMN 2.0.2, 8.4.2): retrieval expressions on the message, data paths of the process.
import { expect } from 'chai';
import { compile } from '../../../engine/bpmn/compile.ts';
import type { Graph } from '../../../engine/bpmn/graph.ts';
import { lint } from '../../../engine/bpmn/lint.ts';
import { messageStream } from '../../../engine/hash.ts';
import { given } from '../support/case.ts';
import { message, resolve, set, start } from '../support/verbs.ts';
import { WorldTest } from '../support/in-world.ts';

const path = (element: string, text: string): string => `<${element}>${text}</${element}>`;
const property = (id: string, messagePath: string): string => `<correlationProperty id="${id}" name="${id}"><correlationPropertyRetrievalExpression messageRef="Answer">${path('messagePath', messagePath)}</correlationPropertyRetrievalExpression></correlationProperty>`;
const binding = (id: string, dataPath: string): string => `<correlationPropertyBinding correlationPropertyRef="${id}">${path('dataPath', dataPath)}</correlationPropertyBinding>`;

interface Shape {
  readonly properties?: readonly string[];
  readonly key?: string;
  readonly subscription?: string;
  readonly message?: string;
  readonly more?: string;
}

/** `Asking` waits for the answer to its request; `Answering` sends one. */
function model({ properties = [property('Number', 'request.number')], key, subscription, message: inside = '', more = '' }: Shape = {}): string {
  const names = properties.map((text) => /id="(\w+)"/.exec(text)?.[1] ?? '');
  const written = key ?? `<correlationKey id="Key">${names.map((name) => `<correlationPropertyRef>${name}</correlationPropertyRef>`).join('')}</correlationKey>`;
  const bound = subscription ?? `<correlationSubscription id="Subscription" correlationKeyRef="Key">${names.map((name) => binding(name, `file.${name}`)).join('')}</correlationSubscription>`;
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:t">
    <message id="Answer" name="answer">${inside}</message>${properties.join('')}
    <collaboration id="c"><participant id="pa" processRef="Asking" /><participant id="pb" processRef="Answering" />${written}${more}</collaboration>
    <process id="Asking" isExecutable="true"><startEvent id="s" /><sequenceFlow id="s-Wait" sourceRef="s" targetRef="Wait" /><receiveTask id="Wait" messageRef="Answer" />${bound}</process>
    <process id="Answering" isExecutable="true"><startEvent id="t" /><sequenceFlow id="t-Send" sourceRef="t" targetRef="Send" /><sendTask id="Send" messageRef="Answer" /></process></definitions>`;
}

async function graphOf(shape: Shape = {}): Promise<Graph> {
  const graph = await compile(model(shape));
  if (Array.isArray(graph)) throw new Error(graph.map(({ code, message: words }) => `${code} ${words}`).join('\n'));
  return graph;
}

async function wordsOf(shape: Shape): Promise<string> {
  return (await lint(model(shape))).problems.map(({ code, message: words }) => `${code} ${words}`).join('\n');
}

const TWO = [property('Number', 'request.number'), property('Office', '=request.office')];

describe('Correlation: keys of a collaboration', () => {
  it('A process awaits the values its data paths give, a message carries what its retrieval expressions find in it', async () => {
    const [asking, answering] = (await graphOf()).processes;
    given(asking!).when(start({ file: { Number: 'A-7' } })).including({ type: 'MessageSubscribed', elementId: 'Wait', correlationKey: 'A-7', to: messageStream('answer', 'A-7') });
    given(answering!).when(start({ request: { number: 'A-7' } })).including({ type: 'MessagePublished', elementId: 'Send', correlationKey: 'A-7', to: messageStream('answer', 'A-7') });
  });

  it('A key of several properties matches when all of them do', async () => {
    const [asking, answering] = (await graphOf({ properties: TWO })).processes;
    given(asking!).when(start({ file: { Number: 7, Office: 'north' } })).including({ type: 'MessageSubscribed', correlationKey: '["7","north"]' });
    given(answering!).when(start({ request: { number: 7, office: 'north' } })).including({ type: 'MessagePublished', correlationKey: '["7","north"]' });
  });

  it('The case whose data matches gets the message, and no other', async () => {
    const test = new WorldTest();
    test.world.deploy(await graphOf({ properties: TWO }));
    const one = test.start('Asking', { file: { Number: 1, Office: 'north' } });
    const other = test.start('Asking', { file: { Number: 1, Office: 'south' } });
    test.start('Answering', { request: { number: 1, office: 'south' } });
    expect([test.status(one), test.status(other)]).to.deep.equal(['active', 'completed']);
  });

  it('A value that is missing is an incident; with it the case waits', async () => {
    const [asking, answering] = (await graphOf()).processes;
    given(asking!).when(start()).including({ type: 'IncidentRaised', elementId: 'Wait', code: 'INCIDENT_EXPRESSION' });
    given(asking!, start(), set({ file: { Number: 'B' } }), resolve('Wait')).when(message('Wait')).including('ElementCompleted Wait', 'InstanceCompleted');
    given(answering!).when(start()).including({ type: 'IncidentRaised', elementId: 'Send', code: 'INCIDENT_EXPRESSION' });
  });

  it('A message is correlated in one way only', async () => {
    expect(await wordsOf({ message: '<extensionElements><zeebe:subscription correlationKey="=x" /></extensionElements>' })).to.contain('BPMN_CORRELATION_INVALID').and.contain('a zeebe:subscription besides');
    expect(await wordsOf({ more: '<correlationKey id="Key2"><correlationPropertyRef>Number</correlationPropertyRef></correlationKey>' })).to.contain('BPMN_CORRELATION_INVALID').and.contain('it carries 2 keys');
    expect(await wordsOf({ subscription: '' })).to.contain('BPMN_CORRELATION_INVALID').and.contain('process Asking awaits it without a correlation subscription');
  });

  it('Keys and subscriptions that are not complete are refused, never passed over', async () => {
    expect(await wordsOf({ subscription: '<correlationSubscription id="Subscription" correlationKeyRef="Key" />' })).to.contain('a correlation subscription that is not complete');
    expect(await wordsOf({ properties: [property('Number', '')] })).to.contain('correlation keys of a collaboration');
    expect(await wordsOf({ properties: [property('Number', 'a +')] })).to.contain('BPMN_FEEL_INVALID');
    expect(await wordsOf({ properties: [property('Number', 'a').replace('<messagePath>', '<messagePath language="xpath">')] })).to.contain('BPMN_EXPRESSION_LANGUAGE');
    expect(await wordsOf({})).to.equal('');
  });
});
