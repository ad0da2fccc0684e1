/** The verbs of a task over its room: refusals that name people and tasks, forms that are checked, assignments to people who exist. */
import { expect } from 'chai';
import type { InstanceState, ProcessGraph } from '../../../engine/index.ts';
import { HttpFailure } from '../../../server/http/contract/failure.ts';
import type { Directory } from '../../../server/ports/directory.ts';
import type { Answer, CommandMeta, Runtime } from '../../../server/runtime/types.ts';
import { TaskBook } from '../../../server/tasks/book.ts';
import { TASK_ERRORS } from '../../../server/tasks/errors.ts';
import { TaskNames } from '../../../server/tasks/names.ts';
import { Papers } from '../../../server/tasks/papers.ts';
import { TaskVerbs } from '../../../server/tasks/verbs.ts';

const META: CommandMeta = { actor: { person: 'ana', groups: [] } };
const PEOPLE = new Map([['ana', 'Officer Ana'], ['ben', 'Officer Ben']]);

const directory = {
  person: (id: string) => (PEOPLE.has(id) ? { id, name: PEOPLE.get(id)!, roles: [], groups: [], active: true } : undefined),
  groupTitle: (id: string) => (id === 'licensing' ? 'Licensing Unit' : id),
} as unknown as Directory;

const node = { id: 'check', name: 'Check papers', userTask: { form: 'papers', outcomes: [], notSameAs: [] } };

/** A case with open task 4 held by Ben and task 2 done by him; the engine refuses with `code`. */
function verbs(code: string | undefined, errors: readonly { readonly key: string; readonly target: string; readonly message: string }[] = []): { readonly verbs: TaskVerbs; readonly sent: unknown[] } {
  const sent: unknown[] = [];
  const state = {
    elements: new Map([[4, { id: 4, elementId: 'check', scope: 0, task: { assignee: 'ben', candidateGroups: ['licensing'], candidateUsers: [], form: 'papers' } }]]),
    done: new Map([[2, { elementId: 'check', person: 'ben', scope: 0 }]]), processId: 'p', version: 1,
  } as unknown as InstanceState;
  const graph = { nodes: new Map([['check', node]]) } as unknown as ProcessGraph;
  const runtime = {
    inspect: () => Promise.resolve({ state, graph }),
    execute: (_stream: string, action: unknown): Promise<Answer> => {
      sent.push(action);
      if (code !== undefined) return Promise.resolve({ outcome: 'rejected', rejection: { code, message: `Expected task 4 of ben, but ${code}`, hint: 'engine' } });
      return Promise.resolve({ outcome: 'accepted', replayed: false, stream: 's', version: 2, position: 7, events: [] });
    },
  } as unknown as Runtime;
  const names = new TaskNames({} as never, directory);
  const forms = { check: () => Promise.resolve({ values: { clean: 1 }, errors }) };
  return { verbs: new TaskVerbs(runtime, new TaskBook(runtime, names), names, directory, forms, new Papers({} as never)), sent };
}

async function refusal(work: Promise<unknown>): Promise<HttpFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
  throw new Error('Expected a refusal, but it was accepted');
}

describe('Tasks: verbs', () => {
  it('A refusal of the engine is told with the names of people, groups and steps.', async () => {
    for (const [code, task, words] of [
      ['TASK_COMPLETED', 2, 'Expected “Check papers” to be open, but Officer Ben has completed it'],
      ['TASK_ALREADY_CLAIMED', 4, 'Expected “Check papers” to be free, but Officer Ben has claimed it'],
      ['TASK_NOT_ASSIGNEE', 4, 'Expected you to hold “Check papers”, but Officer Ben does'],
      ['TASK_NOT_CLAIMED', 4, 'Expected “Check papers” to be claimed, but nobody holds it'],
      ['TASK_CANCELED', 9, 'Expected task 9 to be open, but it is no longer needed'],
      ['TASK_NOT_CANDIDATE', 4, 'Expected “Check papers” to be offered to you, but it is offered to Licensing Unit'],
    ] as const) {
      const told = await refusal(verbs(code).verbs.claim('s', task, META));
      expect([told.code, told.status, told.message]).to.deep.equal([code, 409, words]);
      expect(told.title).to.not.equal('This could not be done');
    }
  });

  it('Other refusals keep their words; what never was is not found.', async () => {
    expect((await refusal(verbs('TASK_OUTCOME_UNKNOWN').verbs.release('s', 4, META))).message).to.contain('TASK_OUTCOME_UNKNOWN');
    expect((await refusal(verbs('TASK_NOT_FOUND').verbs.return('s', 4, 'check', 'why', META))).status).to.equal(404);
  });

  it('A task is given to an active account only.', async () => {
    const { verbs: room, sent } = verbs(undefined);
    expect(await refusal(room.assign('s', 4, 'nobody', undefined, META))).to.include({ code: 'TASK_ASSIGNEE_UNKNOWN', status: 422 });
    expect(sent).to.deep.equal([]);
    await room.assign('s', 4, 'ana', 'Ben is away', META);
    expect(sent).to.deep.equal([{ type: 'AssignTask', task: 4, assignee: 'ana', reason: 'Ben is away' }]);
  });

  it('With a form only its checked values reach the engine; errors name each field.', async () => {
    const { verbs: room, sent } = verbs(undefined);
    await room.complete('s', 4, { outcome: 'ok', variables: { clean: 1, comment: 'x' }, comment: ' seen ' }, META);
    expect(sent).to.deep.equal([{ type: 'CompleteTask', task: 4, variables: { clean: 1 }, outcome: 'ok', comment: 'seen' }]);
    const told = await refusal(verbs(undefined, [{ key: 'day', target: 'v-day', message: 'Day: enter a date' }]).verbs.complete('s', 4, { variables: {} }, META));
    expect([told.code, told.status, told.errors]).to.deep.equal(['TASK_FORM_INVALID', 422, [{ pointer: '/variables/day', code: 'TASK_FORM_INVALID', detail: 'Day: enter a date' }]]);
  });

  it('The room has words for each of its own codes.', () => {
    for (const { message, hint, title } of Object.values(TASK_ERRORS)) {
      expect(message).to.match(/^Expected .*, but /);
      expect([hint, title]).to.not.include('');
    }
  });
});
