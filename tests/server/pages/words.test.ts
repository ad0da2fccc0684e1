/** The history of a case as sentences, where it is now, the order of its steps, and failures in plain words. */
import { expect } from 'chai';
import { compile } from '../../../engine/index.ts';
import type { InstanceEvent, InstanceState, ProcessGraph } from '../../../engine/index.ts';
import { HttpFailure, failure } from '../../../server/http/contract/failure.ts';
import type { Directory } from '../../../server/ports/directory.ts';
import { renderFailure } from '../../../server/pages/failure-pages.ts';
import type { PagesNeeds } from '../../../server/pages/needs.ts';
import { Frames } from '../../../server/pages/shell.ts';
import { caseResource, outlineOf, placesOf } from '../../../server/pages/whereabouts.ts';
import { historyInWords } from '../../../server/pages/words.ts';
import type { DecodedRecord } from '../../../server/runtime/types.ts';
import { PERMIT } from '../../e2e/permit.ts';

const AT = '2026-03-02T12:00:00.000Z';

const directory = {
  person: (id: string) => (id === 'ana' ? { id, name: 'Ana', postTitle: 'Senior Clerk', roles: ['officer'], groups: [], active: true } : undefined),
  groupTitle: (id: string) => (id === 'officers' ? 'All officers' : id),
} as unknown as Directory;

function record(actor: string, ...events: readonly InstanceEvent[]): DecodedRecord {
  return { stream: 's', position: 1, index: 0, version: 1, commandType: 'x', at: AT, actor: { person: actor }, events, erased: false };
}

const HISTORY = [
  record('ana', { type: 'InstanceStarted', processId: 'permit', version: 1, conversation: 's', startElementId: 'asked', by: 'ana' },
    { type: 'ElementActivated', id: 1, elementId: 'examine', scope: 0 }, { type: 'UserTaskCreated', id: 1, elementId: 'examine', priority: 50, candidateGroups: ['officers'] }),
  record('ana', { type: 'UserTaskClaimed', id: 1, person: 'ana' }),
  record('ana', { type: 'UserTaskCompleted', id: 1, elementId: 'examine', person: 'ana', outcome: 'refuse', comment: 'Too loud.' }, { type: 'ElementCompleted', id: 1, elementId: 'examine' }),
  record('system', { type: 'JobCreated', id: 3, element: 2, elementId: 'issue', jobType: 'x', retries: 3 }, { type: 'JobFailed', id: 3, retriesLeft: 2, message: 'no paper' }),
  record('ana', { type: 'UserTaskAssigned', id: 1, person: 'ben', by: 'ana', reason: 'away' }),
];

describe('Pages: a case in words', () => {
  let graph: ProcessGraph;

  before(async () => {
    const compiled = await compile(PERMIT[0]!.content);
    if (!('processes' in compiled)) throw new Error(JSON.stringify(compiled));
    graph = compiled.processes[0]!;
  });

  it('The history says who did what, with which outcome and words, the newest first.', () => {
    const told = historyInWords(HISTORY, graph, directory);
    expect(told.map((entry) => entry.text)).to.deep.equal([
      '“Examine the application” was given to ben.',
      '“Issue the permit” failed and will be tried again.',
      '“Examine the application” was completed by Ana (Senior Clerk): Refuse.',
      '“Examine the application” was claimed by Ana (Senior Clerk).',
      '“Examine the application” was offered to All officers.',
      'The case was started by Ana (Senior Clerk).',
    ]);
    expect([told[2]!.quote, told[0]!.who, told[1]!.who]).to.deep.equal(['Too loud.', 'Ana, Senior Clerk', undefined]);
  });

  it('What a deputy did is told with both names, also where the system recorded it after its listeners.', () => {
    const acting = (...events: readonly InstanceEvent[]): DecodedRecord => ({ ...record('ana', ...events), actor: { person: 'ana', onBehalfOf: 'ben' } });
    const created: InstanceEvent = { type: 'UserTaskCreated', id: 1, elementId: 'examine', priority: 50 };
    const told = historyInWords([
      record('system', created), acting({ type: 'UserTaskClaimed', id: 1, person: 'ben', by: 'ana' }), acting({ type: 'UserTaskReleased', id: 1, person: 'ana' }),
      acting({ type: 'UserTaskDelegated', id: 1, person: 'cleo', by: 'ben' }), acting({ type: 'UserTaskReturned', id: 1, elementId: 'examine', person: 'ana', to: 'examine', reason: 'no' }),
      acting({ type: 'UserTaskAwaitsListeners', id: 1, on: 'completing', event: { type: 'UserTaskCompleted', id: 1, elementId: 'examine', person: 'ana', onBehalfOf: 'ben' }, variables: {} }),
      record('system', { type: 'UserTaskCompleted', id: 1, elementId: 'examine', person: 'ana', onBehalfOf: 'ben' }, { type: 'InstanceCompleted' } as unknown as InstanceEvent),
    ], graph, directory).reverse();
    expect(told.map(({ text, who }) => [text, who]).slice(1)).to.deep.equal([
      ['“Examine the application” was claimed by Ana (Senior Clerk), for ben.', undefined], ['“Examine the application” was released by Ana (Senior Clerk), for ben.', undefined],
      ['“Examine the application” was delegated to cleo.', 'Ana, Senior Clerk, for ben'], ['“Examine the application” was sent back to “Examine the application” by Ana (Senior Clerk), for ben.', undefined],
      ['“Examine the application” was handed in by Ana (Senior Clerk), for ben; the system does its part first.', undefined],
      ['“Examine the application” was completed by Ana (Senior Clerk), for ben.', undefined], ['The case was completed.', undefined],
    ]);
  });

  it('A task that waits for its listeners, what they do, and a task that changes are told as what they are.', () => {
    const listener = (on: 'completing' | 'canceling' | 'start'): Extract<InstanceEvent, { type: 'JobCreated' }> => ({ type: 'JobCreated', id: 9, element: 1, elementId: 'examine', jobType: 'x', retries: 3, listener: { on, index: 0 } });
    const told = historyInWords([
      record('ana', { type: 'UserTaskCreated', id: 1, elementId: 'examine', priority: 50 }, { type: 'UserTaskAwaitsListeners', id: 1, on: 'assigning', event: { type: 'UserTaskAssigned', id: 1, person: 'ben', by: 'ana' }, variables: {} }),
      record('ana', { type: 'UserTaskAwaitsListeners', id: 1, on: 'completing', event: { type: 'UserTaskCompleted', id: 1, elementId: 'examine', person: 'ana' }, variables: {} }, listener('completing')),
      record('system', { type: 'JobCompleted', id: 9 }), record('system', listener('canceling'), { type: 'JobFailed', id: 9, retriesLeft: 0, message: 'off' }), record('system', listener('start'), { type: 'JobErrorThrown', id: 9, code: 'E', message: 'no' }),
      record('ana', { type: 'UserTaskUpdated', id: 1, elementId: 'examine', priority: 80, candidateGroups: ['officers'], by: 'ana', reason: 'urgent', withdrawn: 'ana' }),
      record('ana', { type: 'UserTaskAwaitsListeners', id: 1, on: 'updating', variables: {} } as unknown as InstanceEvent),
    ], graph, directory);
    expect(told.map(({ text }) => text).reverse()).to.deep.equal([
      '“Examine the application” was offered to everybody.', '“Examine the application” was asked for by Ana (Senior Clerk); the system does its part first.',
      '“Examine the application” was handed in by Ana (Senior Clerk); the system does its part first.',
      'What comes before the completion of “Examine the application” was done by the system.', 'What follows the withdrawal of “Examine the application” failed.', 'What comes before the start of “Examine the application” ended with an error.',
      '“Examine the application” was changed: it is offered to All officers, its priority is 80. Ana (Senior Clerk) does not hold it any more.', '“Examine the application” is to be changed; the system does its part first.',
    ]);
    expect(told[1]!.quote).to.equal('urgent');
  });

  it('Of a task that was changed is told what is different; nothing different is told as what it offers.', () => {
    const offer = { id: 1, elementId: 'examine', priority: 50, candidateGroups: ['officers'] } as const;
    const updated = (more: object): InstanceEvent => ({ type: 'UserTaskUpdated', ...offer, by: 'ana', ...more });
    const told = historyInWords([
      record('ana', { type: 'UserTaskCreated', ...offer }), record('ana', updated({ dueAt: AT, followUpAt: AT })), record('ana', updated({ followUpAt: AT, priority: 90 })),
      record('ana', updated({ followUpAt: AT, priority: 90, candidateUsers: ['ana'] })), record('ana', updated({ followUpAt: AT, priority: 90, candidateUsers: ['ana'] })),
    ], graph, directory);
    expect(told.map(({ text }) => text.replace('“Examine the application” was changed: ', '')).reverse().slice(1)).to.deep.equal([
      'it has another due date, it has another follow-up date.', 'it has no due date any more, its priority is 90.',
      'it is offered to All officers, Ana (Senior Clerk).', 'it is offered to All officers, Ana (Senior Clerk).',
    ]);
  });

  it('A case that was taken up again names both who started it and who took it up.', () => {
    const started = (more: object): string => historyInWords([record('ana', { type: 'InstanceStarted', processId: 'permit', version: 1, conversation: 's', startElementId: 'asked', by: 'ben', restartOf: 'old', ...more })], graph, directory)[0]!.text;
    expect(started({ by: 'ana', restartedBy: 'ana' })).to.equal('The case was taken up again by Ana (Senior Clerk); it follows the ended case old, which was started by Ana (Senior Clerk).');
    expect(started({ by: 'nobody', restartedBy: 'ana' })).to.equal('The case was taken up again by Ana (Senior Clerk); it follows the ended case old.');
  });

  it('What was done by hand is told with who and why.', () => {
    const told = historyInWords([record('ana',
      { type: 'InstanceStarted', processId: 'permit', version: 1, conversation: 's', startElementId: 'asked', by: 'ana', restartOf: 'old', reason: 'by mistake' },
      { type: 'InstanceModified', by: 'ana', reason: 'wrong way', canceled: ['examine'], skipped: [], activated: ['issue', 'nowhere'] },
      { type: 'InstanceMigrated', by: 'ana', from: 1, version: 3, mapping: {}, reason: 'new law' },
      { type: 'AdHocActivated', id: 1, elementId: 'examine', activities: ['issue'], reason: 'needed' },
      { type: 'InstanceSuspended', by: 'ana', reason: 'appeal' }, { type: 'InstanceResumed', by: 'ana', reason: 'decided' })], graph, directory).reverse();
    expect(told.map(({ text, quote }) => [text, quote])).to.deep.equal([
      ['The case was started by Ana (Senior Clerk): it takes up the ended case old again.', 'by mistake'],
      ['The case was moved by hand: “Examine the application” was left; “Issue the permit”, “nowhere” were begun.', 'wrong way'],
      ['The case goes on in version 3 of its procedure, after version 1.', 'new law'],
      ['“Issue the permit” was chosen as the next step.', 'needed'],
      ['The case was suspended.', 'appeal'],
      ['The case was taken up again.', 'decided'],
    ]);
    expect(told.slice(1).every(({ who }) => who === 'Ana, Senior Clerk')).to.equal(true);
  });

  it('Events of every kind have words.', () => {
    const told = historyInWords([record('system',
      { type: 'SignalReceived', id: 4, elementId: 'examine', signalId: 's1' }, { type: 'SignalThrown', id: 5, elementId: 'examine', name: 'alarm', to: 'signal/x', variables: {} },
      { type: 'EscalationThrown', element: 1, elementId: 'examine', code: 'LATE' }, { type: 'ConditionTriggered', id: 6, elementId: 'examine' },
      { type: 'CompensationStarted', id: 7, scope: 0, entries: [1], then: [] }, { type: 'AdHocActivated', id: 8, elementId: 'examine', activities: ['examine'] },
      { type: 'AdHocActivated', id: 8, elementId: 'examine', activities: ['examine'], planned: true })], graph, directory);
    expect(told.map(({ text }) => text)).to.deep.equal([
      '“Examine the application” was chosen as the next step.', 'Earlier steps are being undone.', '“Examine the application”: what was waited for became true.',
      '“Examine the application” asked for attention.', '“Examine the application”: the signal was sent to everybody who waits for it.', '“Examine the application”: the signal came.',
    ]);
  });

  it('A decision says which rules fired on which inputs; erased, only that it was made.', () => {
    const open = { type: 'DecisionEvaluated', id: 2, elementId: 'examine', decisionId: 'fee', name: 'Fee', version: 3, hash: '' } as const;
    const event: InstanceEvent = {
      ...open, inputs: { persons: 400 }, value: 50, decisions: [{ id: 'fee', name: 'Fee', value: 50 }],
      fired: [{ element: 'fee', name: 'Fee', hitPolicy: 'UNIQUE', inputs: [{ expression: 'persons', value: 400 }], rules: [{ index: 2, id: 'r2', annotations: ['large events'] }] }],
    };
    const [told] = historyInWords([record('system', event)], graph, directory);
    expect([told?.text, told?.details]).to.deep.equal(['“Examine the application” was decided by “Fee”, version 3.', ['Fee: persons is 400; rule 2 (large events) matched; the answer is 50.']]);
    const [erased] = historyInWords([record('system', open as InstanceEvent)], graph, directory);
    expect([erased?.text, erased?.details]).to.deep.equal([told?.text, []]);
  });

  it('Every kind of event has words or is left out, also when its private fields are erased.', () => {
    const types = ['InstanceCompleted', 'InstanceTerminated', 'InstanceFailed', 'VariablesWritten', 'UserTaskReleased', 'UserTaskReturned', 'UserTaskCanceled', 'TimerFired', 'MessageCorrelated', 'MessagePublished', 'ChildRequested', 'ErrorThrown', 'JobCompleted', 'IncidentRaised', 'IncidentResolved', 'SequenceFlowTaken', 'TurnYielded'];
    for (const type of types) {
      const bare = { type, id: 1, elementId: 'gone', scope: 0, person: 'ben', to: 'examine' } as unknown as InstanceEvent;
      for (const entry of historyInWords([record('ana', bare)], graph, directory)) expect(entry.text, type).to.not.contain('undefined');
    }
  });

  it('Steps are told in the order of the flow with how often they were done.', () => {
    const state = { elements: new Map([[2, { id: 2, elementId: 'issue' }]]) } as unknown as InstanceState;
    expect(outlineOf(state, graph, HISTORY, directory).map(({ name, state: at, times }) => [name, at, times])).to.deep.equal([['Examine the application', 'done', 1], ['Issue the permit', 'current', 0]]);
  });

  it('Where it waits is told with people and times; what an administrator has to resolve comes first.', () => {
    const state = {
      stream: 's', elements: new Map<number, unknown>([
        [0, { id: 0, elementId: 'permit' }],
        [1, { id: 1, elementId: 'examine', task: { assignee: 'ana', candidateGroups: [], candidateUsers: [], dueAt: AT } }],
        [2, { id: 2, elementId: 'issue', task: undefined, child: undefined }],
      ]),
      waits: new Map([[9, { kind: 'incident', id: 9, element: 2, phase: 'job', code: 'X', message: 'no paper', job: undefined }]]),
    } as unknown as InstanceState;
    const places = placesOf(state, graph, directory, () => true);
    expect(places.map(({ text, with: who, href, trouble }) => [text, who, href, trouble])).to.deep.equal([
      ['“Issue the permit” cannot go on', 'An administrator has to look at it: no paper', undefined, true],
      ['Examine the application', 'With Ana', '/tasks/s/1', false],
    ]);
  });

  it('A case concerns who started it, who worked on it and the groups it was offered to.', () => {
    expect(caseResource({ stream: 's', startedBy: 'ana' } as InstanceState, HISTORY)).to.deep.equal({ kind: 'case', stream: 's', startedBy: 'ana', people: ['ana', 'ben'], groups: ['officers'] });
  });
});

describe('Pages: failures in plain words', () => {
  const needs = { assets: { stylesheet: '/a.css', script: '/a.js', icon: '/a.svg', islands: {} }, authorise: () => 'granted' } as unknown as PagesNeeds;
  const page = (failed: HttpFailure): string => renderFailure(new Frames(needs), failed, { requestId: 'r-1', session: { person: { id: 'ana', name: 'Ana', roles: [], groups: [], active: true }, csrf: 't' } as never });

  it('A conflict says who was faster and offers a way on.', () => {
    const html = page(new HttpFailure({ code: 'TASK_COMPLETED', status: 409, title: 'Somebody was faster', message: 'Expected “Check papers” to be open, but Ben has completed it', hint: 'The case shows what was decided.' }));
    expect(html).to.contain('Ben has completed “Check papers”.').and.contain('href="/tasks"');
  });

  it('A closed page says for whom it is open; an error of ours says nothing of its cause.', () => {
    expect(page(failure('ACCESS_DENIED', { person: 'ana', rule: 'administer', says: 'Administrators.' }))).to.contain('It is open to: administrators.');
    expect(page(failure('HTTP_UNEXPECTED'))).to.contain('Something went wrong on our side').and.contain('r-1');
    expect(page(failure('HTTP_KEY_REUSED'))).to.contain('This page was sent before');
    expect(page(failure('HTTP_ROUTE_UNKNOWN', { path: '/x' }))).to.contain('Page not found');
    expect(page(failure('ACCESS_CSRF_TOKEN'))).to.contain('The page has expired');
  });
});
