/** The pages as HTML: what people wrote stays text, errors are tied to their inputs, forms carry their keys. */
import { expect } from 'chai';
import { absencePage } from '../../desk/absence.ts';
import type { AbsencePage } from '../../desk/absence.ts';
import { allCasesPage, incidentsPage } from '../../desk/all-cases.ts';
import type { AttachmentField } from '../../desk/attachments.ts';
import { casePage } from '../../desk/case.ts';
import type { DocumentView } from '../../desk/documents.ts';
import { dataStoreAddress, dataStorePage, dataStoresPage, entryPage } from '../../desk/data-stores.ts';
import { errorPage } from '../../desk/error.ts';
import { filesPage } from '../../desk/files.ts';
import type { FiledView } from '../../desk/files.ts';
import { Formats } from '../../desk/format.ts';
import type { Shell } from '../../desk/layout.ts';
import { myCasesPage, noticesPage } from '../../desk/lists.ts';
import { migrationPage, versionMigrationPage } from '../../desk/migration.ts';
import type { ManageCaseView } from '../../desk/manage-case.ts';
import { monitorCasesPage, monitorListPage, monitorPage } from '../../desk/monitor.ts';
import type { CaseTitle } from '../../desk/reference.ts';
import { registerPage } from '../../desk/register.ts';
import { signInPage } from '../../desk/sign-in.ts';
import { startPage } from '../../desk/start.ts';
import { taskListPage } from '../../desk/task-list.ts';
import { taskChangePage } from '../../desk/task-change.ts';
import { taskPage } from '../../desk/task.ts';
import type { TaskPage } from '../../desk/task.ts';
import type { MonitorSnapshot } from '../../server/http/contract/monitor.ts';
import type { SubstitutionView } from '../../server/http/contract/substitutions.ts';
import type { FormView, TaskDetail } from '../../server/http/contract/tasks.ts';
import { presentForm } from '../../server/forms/present.ts';
import { parseSubmission } from '../../server/forms/submission.ts';
import { FACTS, formOf } from '../server/forms/support.ts';

const ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'';
const NOW = '2026-03-02T14:00:00.000Z';
const formats = new Formats('America/St_Lucia');

const shell: Shell = {
  assets: { stylesheet: '/assets/a.css', script: '/assets/a.js', icon: '/assets/a.svg', islands: {} }, keys: { csrf: 'the-token', key: 'the-key' },
  person: { name: ATTACK, post: ATTACK }, nav: [{ name: 'Tasks', href: '/tasks', current: true, count: 2, live: 'mine', countMeans: 'held by you' }],
  flash: { kind: 'success', title: ATTACK, text: ATTACK },
};

const TASK: TaskDetail = {
  id: 'case/4', stream: 'case', counter: 4, elementId: 'check', name: ATTACK, processId: 'p', processName: ATTACK, version: 1, businessKey: ATTACK,
  startedBy: { id: 'x', name: ATTACK }, assignee: { id: 'ana', name: ATTACK }, candidateGroups: [{ id: 'g', name: ATTACK }], candidateUsers: [], priority: 50,
  dueAt: '2026-03-01T14:00:00Z', overdue: true, followUpAt: NOW, createdAt: NOW, status: 'open', form: 'f',
  outcomes: [{ value: 'approve', label: ATTACK, kind: 'approve', requiresComment: false, requiresSignature: false }, { value: 'refuse', label: 'Refuse', kind: 'refuse', requiresComment: true, requiresSignature: false }],
  signature: null, attachments: [], variables: {}, returnTargets: [{ elementId: 'e', name: ATTACK }], delegatedBy: null,
};

const TITLE = { reference: ATTACK, subject: ATTACK };

const ANSWERS = [{ label: ATTACK, value: { [ATTACK]: ATTACK }, asked: true }, { label: ATTACK, value: [ATTACK], asked: false }];
const HISTORY = [{ at: NOW, text: ATTACK, who: ATTACK, quote: ATTACK, details: [ATTACK], weight: 'main' as const }];

const FILED: readonly FiledView[] = [{ recordId: 'r', fileNumber: 'ADM/4/2026/0001', title: ATTACK, recordClass: ATTACK, retention: 'P5Y', filedAt: NOW, instanceId: 'case', documents: [{ sha256: 'ab'.repeat(32), bytes: 2_048, title: ATTACK, number: 'PS-OUT/2026/0001' }] }];
const DOCUMENTS: readonly DocumentView[] = [{
  href: '/api/v1/instances/case/documents/abc', title: ATTACK, state: 'signed', number: ATTACK, kind: ATTACK, format: 'PDF', bytes: 2_048, version: 'abc', shown: true,
  signatures: [{ kind: 'signature', name: ATTACK, at: NOW, reason: ATTACK }],
}];
const ATTACHMENTS: readonly AttachmentField[] = [{
  kind: ATTACK, id: 'attachment-1', required: true, accept: ATTACK, maxBytes: 1_048_576, page: '/tasks/case/4', rows: [{ id: 'u', fileName: ATTACK, bytes: 10, offset: 5 }], held: 1,
}];

const FORM = formOf(
  { type: 'text', text: `# ${ATTACK}\n\n**${ATTACK}**` }, { type: 'textfield', key: 'subject', label: ATTACK, description: ATTACK, validate: { required: true } },
  { type: 'radio', key: 'place', label: 'Place', values: [{ value: ATTACK, label: ATTACK }], validate: { required: true } },
  { type: 'datetime', subtype: 'date', key: 'day', dateLabel: 'Day', validate: { required: true } }, { type: 'textarea', key: 'notes', label: 'Notes' },
);

function formView(): FormView {
  const typed = { 'v-notes': ATTACK, 'v-place': 'elsewhere' };
  const { errors } = parseSubmission(FORM, typed, {}, FACTS);
  return presentForm(FORM, {}, FACTS, typed, errors);
}

function page(change: Partial<TaskPage> = {}): string {
  return taskPage({
    shell, formats, now: NOW, task: TASK, title: TITLE, me: 'ana', onBehalfOf: undefined, mayClaim: false, mayNot: undefined, documentation: ATTACK, form: formView(), comment: ATTACK, outcome: undefined,
    errors: formView().errors, draftFrom: NOW, answers: ANSWERS, history: HISTORY, documents: DOCUMENTS, attachments: ATTACHMENTS, rooms: ['person:ana'],
    signature: { document: DOCUMENTS[0], sha256: 'b'.repeat(64), reason: ATTACK, hasCertificate: true }, mayChange: true, colleagues: [{ id: 'b', name: ATTACK }], asked: ATTACK, helpers: [{ id: 'c', name: ATTACK }], ...change,
  });
}

const NOBODY = { id: 'ana', name: ATTACK };
const SUBSTITUTION: SubstitutionView = {
  absent: NOBODY, number: 1, deputy: { id: 'ben', name: ATTACK }, from: '2026-03-02', until: '2026-03-06', startsAt: NOW, endsAt: NOW, reason: ATTACK, instrument: ATTACK, state: 'proposed', inForce: false, over: false,
  proposedBy: NOBODY, proposedAt: NOW, answeredAt: null, endedBy: null, endedAt: null, note: ATTACK,
};
const TYPED = { absent: ATTACK, deputy: ATTACK, from: { day: ATTACK, month: ATTACK, year: ATTACK }, until: { day: '', month: '', year: '' }, reason: ATTACK, instrument: ATTACK };

function absence(change: Partial<AbsencePage> = {}): string {
  return absencePage({
    shell: { ...shell, absence: { asked: 1, current: true } }, formats, me: 'ana', asked: [SUBSTITUTION],
    open: [{ ...SUBSTITUTION, number: 2, state: 'accepted', inForce: true }, { ...SUBSTITUTION, number: 3, until: '2026-03-02' }],
    over: [{ ...SUBSTITUTION, number: 4, state: 'ended', over: true, endedBy: NOBODY, endedAt: NOW }, { ...SUBSTITUTION, number: 5, state: 'declined', over: true }],
    form: { deputies: [{ id: 'ben', name: ATTACK }], officers: [NOBODY], typed: TYPED }, errors: [{ key: 'from', target: 'from-day', message: ATTACK }], ...change,
  });
}

const SNAPSHOT: MonitorSnapshot = {
  processId: ATTACK, name: ATTACK, version: 1, seq: 1, at: NOW, versions: [{ version: 1, inProgress: 2, latest: false }, { version: 2, inProgress: 0, latest: true }],
  elements: [{ index: 0, elementId: ATTACK, name: ATTACK, type: 'userTask', stays: true, who: ATTACK, waiting: 2, claimed: 0, overdue: 1, incidents: 0, oldest: NOW }],
  totals: { inProgress: 2, started: 0, done: 0, failed: 0, overdue: 1, incidents: 0 }, pools: [{ processId: ATTACK, version: 3, name: ATTACK }],
};

const TASK_CHANGE = { elementId: 'a', elementName: ATTACK, form: ATTACK, dueAt: NOW, candidateGroups: [ATTACK], candidateUsers: [ATTACK], lostBy: ATTACK, givenTo: ATTACK };
const CHOICE = { elementId: 'g', elementName: ATTACK, at: NOW, went: [ATTACK], would: [ATTACK], stuck: ATTACK };
const MANAGE: ManageCaseView = { stream: 'case', active: true, suspended: false, standing: [{ value: '1', name: ATTACK }], steps: [{ value: '0:a', name: ATTACK }], data: [ATTACK], adHoc: [{ element: 4, name: ATTACK, sequential: false, busy: true, next: [{ value: 'x', name: ATTACK, atWork: true }] }, { element: 5, name: ATTACK, sequential: true, busy: false, next: [{ value: 'y', name: ATTACK, atWork: false }] }], version: 1, liveVersion: 2, mayRestart: true, keys: shell.keys };

const WRITER = { stream: 'case', ...TITLE, processName: ATTACK, step: ATTACK, agencyName: ATTACK };
const ENTRY = { store: ATTACK, key: ATTACK, value: { [ATTACK]: ATTACK, list: [ATTACK] }, version: 12, writtenAt: NOW, instanceId: 'case', processId: 'p', elementId: 'e', agency: 'a', ...WRITER };

const PAGES: Readonly<Record<string, () => string>> = {
  'task to be changed': () => taskChangePage({
    shell, formats, task: TASK, title: TITLE, errors: [{ target: 'reason', message: ATTACK }, { target: 'offered', message: ATTACK }], groups: [{ id: ATTACK, name: ATTACK }], people: [{ id: ATTACK, name: ATTACK }],
    form: { priority: ATTACK, wasPriority: '50', due: { day: ATTACK, month: '3', year: '2026', time: ATTACK }, wasDue: '', followUp: { day: '', month: '', year: '', time: '' }, wasFollowUp: '', offered: ['group g'], shown: ['group g'], addGroup: '', addPerson: ATTACK, reason: ATTACK },
  }),
  'data stores': () => dataStoresPage({ shell, stores: [{ store: ATTACK, entries: 3 }] }),
  'data store': () => dataStorePage({ shell, formats, store: ATTACK, search: ATTACK, entries: [ENTRY, { ...ENTRY, key: '', value: ATTACK }], next: dataStoreAddress(ATTACK, { after: ATTACK }), further: true }),
  'data store, nothing found': () => dataStorePage({ shell, formats, store: ATTACK, search: ATTACK, entries: [], next: undefined, further: false }),
  'entry of a data store': () => entryPage({ shell, formats, entry: ENTRY, writes: [{ ...ENTRY, record: 7 }], most: 1 }),
  'task held': () => page(),
  'task delegated to me': () => page({ task: { ...TASK, delegatedBy: { id: 'b', name: ATTACK } } }),
  'migration plan': () => migrationPage({
    shell, formats, stream: 'case', title: ATTACK, errors: [{ target: 'migrate-reason', message: ATTACK }], map: [ATTACK],
    plan: { from: 1, to: 2, possible: true, tasks: [TASK_CHANGE], choices: [CHOICE], moves: [{ id: 1, elementId: 'a', elementName: ATTACK, elementType: 'userTask', to: 'b', toName: `${ATTACK}.` }], waits: [{ kind: 'timer', elementId: 'c', elementName: ATTACK, change: 'begins', dueAt: NOW }] },
  }),
  'migration refused': () => migrationPage({
    shell, formats, stream: 'case', title: ATTACK, errors: [], map: [],
    plan: { from: 1, to: 2, possible: false, refusal: { code: 'C', message: ATTACK, hint: ATTACK, reasons: [ATTACK] }, tasks: [], choices: [], moves: [{ id: 1, elementId: 'a', elementName: ATTACK, elementType: 'userTask', to: null, toName: null }], waits: [] },
  }),
  'migration of a version': () => versionMigrationPage({
    shell, formats, processId: ATTACK, name: ATTACK, versions: [{ version: 1, inProgress: 2 }, { version: 2, inProgress: 0 }], from: 1, to: 2, map: [ATTACK], next: `/?${ATTACK}`, gone: 1, errors: [{ target: 'migrate-reason', message: ATTACK }],
    missing: [{ elementId: 'a', elementName: ATTACK, candidates: [{ elementId: 'b', elementName: ATTACK }], chosen: 'b' }], canary: { stream: 'other', ...TITLE },
    cases: [
      { stream: 'case', ...TITLE, plan: { from: 1, to: 2, possible: true, tasks: [TASK_CHANGE], choices: [CHOICE], moves: [{ id: 1, elementId: 'a', elementName: ATTACK, elementType: 'userTask', to: 'b', toName: ATTACK }], waits: [{ kind: 'timer', elementId: 'c', elementName: ATTACK, change: 'begins', dueAt: NOW }] } },
      { stream: 'case2', ...TITLE, plan: { from: 1, to: 2, possible: false, refusal: { code: 'C', message: ATTACK, hint: ATTACK, reasons: [ATTACK] }, tasks: [], choices: [], moves: [], waits: [] } },
    ],
  }),
  'task offered': () => page({ task: { ...TASK, assignee: null }, mayClaim: true }),
  'task of another': () => page({ me: 'ben', mayNot: ATTACK }),
  'task held by whom one stands in for': () => page({ me: 'eve', onBehalfOf: { id: 'ana', name: ATTACK, until: '2026-03-06' } }),
  'task offered to whom one stands in for': () => page({ me: 'eve', onBehalfOf: { id: 'ben', name: ATTACK, until: '2026-03-06' }, task: { ...TASK, assignee: null }, mayClaim: true }),
  absence: () => absence(),
  'absence without anything': () => absence({ asked: [], open: [], over: [], errors: [], form: { deputies: [], officers: undefined, typed: TYPED } }),
  'task done': () => page({ task: { ...TASK, status: 'done', done: { person: { id: 'b', name: ATTACK }, outcome: 'x', outcomeLabel: ATTACK, at: NOW, returned: false } } }),
  'task list': () => taskListPage({ shell, formats, now: NOW, view: 'groups', standsFor: [{ name: ATTACK, until: '2026-03-06' }], counts: { mine: 1, delegated: 1, groups: 2, acting: 1, overdue: 1 }, withOthers: [{ ...TASK, ...TITLE, delegated: { by: { id: 'ana', name: ATTACK }, at: NOW } }], items: [{ ...TASK, ...TITLE, onBehalfOf: { id: 'b', name: ATTACK } }, { ...TASK, ...TITLE, id: 'case/5', assignee: null, dueAt: null }], next: '/tasks?after=x', further: true, me: 'ana', fragment: '/tasks/list?view=groups', rooms: ['person:ana'] }),
  case: () => casePage({
    shell, formats, now: NOW, case: { stream: 'case', ...TITLE, processName: ATTACK, version: 1, status: 'active', startedBy: ATTACK, startedAt: NOW, endedAt: undefined },
    standsStill: { by: ATTACK, at: NOW, reason: ATTACK },
    places: [{ text: ATTACK, with: ATTACK, dueAt: NOW, until: undefined, href: '/tasks/case/4', trouble: true }], outline: [{ name: ATTACK, by: ATTACK, state: 'current', times: 2, depth: 1 }], history: HISTORY, answers: ANSWERS, documents: DOCUMENTS, filed: FILED, manage: MANAGE,
    related: [{ stream: 'other', reference: ATTACK, processName: ATTACK, status: 'active' }], fragment: ATTACK, rooms: [ATTACK],
  }),
  start: () => startPage({ shell, formats, procedure: { processId: 'p', name: ATTACK, documentation: ATTACK }, me: ATTACK, form: formView(), errors: formView().errors, draftFrom: NOW, attachments: ATTACHMENTS }),
  'sign in': () => signInPage({ shell, account: ATTACK, next: `/${ATTACK}`, errors: [{ target: 'account', message: ATTACK }], kept: true, hint: ATTACK }),
  'my cases': () => myCasesPage({ shell, formats, items: [{ stream: 'case', processName: ATTACK, ...TITLE, status: 'failed', startedAt: NOW, endedAt: NOW }], next: undefined, mayStart: true }),
  'all cases': () => allCasesPage({ shell, formats, filter: { process: ATTACK, status: 'active', search: ATTACK }, processes: [{ id: ATTACK, name: ATTACK }], items: [{ stream: 'case', processName: ATTACK, ...TITLE, status: 'active', startedBy: ATTACK, startedAt: NOW, endedAt: null }], next: '/cases/all?after=x', further: true }),
  incidents: () => incidentsPage({ shell, formats, items: [{ stream: 'case', reference: ATTACK, incident: 3, processName: ATTACK, element: ATTACK, code: 'CODE', message: ATTACK, at: NOW }], next: undefined }),
  notices: () => noticesPage({ shell, formats, items: [{ key: 'k', subject: ATTACK, text: ATTACK, at: NOW, stream: 'case', reference: ATTACK, fresh: true }] }),
  monitor: () => monitorPage({ shell, formats, now: NOW, drawing: { width: 900, height: 300 }, snapshot: SNAPSHOT, mayMigrate: true }),
  'monitor list': () => monitorListPage({ shell, formats, now: NOW, items: [{ processId: ATTACK, name: ATTACK, version: 1, totals: SNAPSHOT.totals }] }),
  'monitor cases': () => monitorCasesPage({
    shell, formats, now: NOW, processId: ATTACK, version: 1, name: ATTACK, step: ATTACK, elementId: ATTACK, state: 'overdue', next: ATTACK,
    items: [{ stream: 'case', ...TITLE, since: NOW, dueAt: NOW, overdue: true, heldBy: ATTACK }],
  }),
  register: () => registerPage({
    shell, formats, tabs: [{ name: 'PS-IN', href: '/register?registry=PS-IN', current: true }], registry: 'PS-IN', year: 2026, years: [{ year: 2026, href: '/register?year=2026' }, { year: 2025, href: '/register?year=2025' }], next: '/register?after=x', newLetter: '/start/correspondence',
    lines: [{ number: 'PS-IN/2026/0001', registry: 'PS-IN', year: 2026, at: NOW, instanceId: 'case', from: ATTACK, subject: ATTACK, reference: ATTACK, void: ATTACK }],
  }),
  files: () => filesPage({ shell, formats, tabs: [{ name: 'Files', href: '/files', current: true }], series: [{ series: 'ADM/4', title: ATTACK, recordClass: ATTACK, retention: ATTACK }], chosen: { fileNumber: ATTACK, series: 'ADM/4' }, records: FILED, next: '/files?after=x' }),
  error: () => errorPage({ shell, status: 409, title: ATTACK, text: ATTACK, hint: ATTACK, code: 'CODE', requestId: 'id', ways: [{ href: '/tasks', text: ATTACK }] }),
};

describe('Desk: pages as HTML', () => {
  for (const [name, render] of Object.entries(PAGES)) {
    it(`What people wrote stays text: ${name}.`, () => {
      const html = render();
      expect(html.startsWith('<!doctype html><html lang="en"')).to.equal(true);
      expect(html.match(/<script/g)).to.have.length(1);
      expect(html).to.not.contain('<img');
      expect(html).to.not.contain(ATTACK.slice(0, 5));
      expect(html).to.not.match(/\sstyle="/);
    });
  }

  it('A record on file shows its class, how long it is kept in words, and the hash of each document.', () => {
    for (const name of ['case', 'files']) {
      const text = PAGES[name]!().replaceAll(/<[^>]+>/g, ' ');
      expect(text, name).to.contain('ADM/4/2026/0001').and.contain('5 years').and.contain('ab'.repeat(32)).and.contain('PS-OUT/2026/0001 · 2 KB');
    }
  });

  it('Every form that changes something carries the token of its session and a key of its own.', () => {
    for (const name of ['task to be changed', 'absence', 'task held', 'task delegated to me', 'case', 'migration plan', 'migration of a version', 'task list', 'start', 'notices']) {
      const html = PAGES[name]!();
      const forms = html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
      const keys = forms.map((form) => /name="_key" value="([^"]+)"/.exec(form)?.[1]);
      expect(forms.every((form) => form.includes('name="_csrf" value="the-token"')), name).to.equal(true);
      expect(new Set(keys).size, name).to.equal(forms.length);
    }
  });

  it('A deputy is told for whom they act, and is offered what the holder is; in their own right nothing is said.', () => {
    expect(page({ task: { ...TASK, assignee: { id: 'ana', name: 'Ana' } } })).to.not.contain('You stand in for');
    const held = page({ me: 'eve', onBehalfOf: { id: 'ana', name: 'Ana', until: '2026-03-06' }, task: { ...TASK, assignee: { id: 'ana', name: 'Ana' } } });
    expect(held).to.contain('You stand in for Ana').and.contain(' until 06 March 2026').and.contain('action="/tasks/case/4/complete"').and.contain('action="/tasks/case/4/release"');
    expect(page({ me: 'eve', task: { ...TASK, assignee: { id: 'ana', name: 'Ana' } } })).to.not.contain('/complete"');
    const free = page({ me: 'eve', onBehalfOf: { id: 'ana', name: 'Ana', until: '2026-03-06' }, task: { ...TASK, assignee: null }, mayClaim: true });
    expect(free).to.contain('Claim for Ana');
  });

  it('What can be done with a substitution follows from how it stands.', () => {
    const html = absence();
    const forms = [...html.matchAll(/action="(\/absence[^"]*)"/g)].map((match) => match[1]);
    expect(forms).to.deep.equal(['/absence/ana/1/accept', '/absence/ana/1/decline', '/absence/ana/2/end', '/absence/ana/3/end', '/absence']);
    for (const words of ['In force', 'Waits for an answer', 'Ended early', 'Taken back', 'Declined', 'on 02 March 2026', 'from 02 March 2026 to 06 March 2026', 'Past and declined (2)']) expect(html.includes(words), words).to.equal(words !== 'Ended early');
    expect(absence({ over: [{ ...SUBSTITUTION, state: 'ended', over: true, answeredAt: NOW, endedBy: NOBODY, endedAt: NOW }] })).to.contain('Ended early');
    expect(absence({ over: [{ ...SUBSTITUTION, state: 'accepted', over: true }, { ...SUBSTITUTION, over: true }] })).to.contain('Never answered').and.contain('>Over<');
    expect(absence({ open: [], asked: [] })).to.contain('Nobody stands in for anybody.');
  });

  it('Labels, hints and errors belong to their inputs.', () => {
    const html = page();
    for (const id of ['v-subject', 'v-notes', 'comment', 'v-day-day', 'v-day-month', 'v-day-year']) expect(html, id).to.contain(`for="${id}"`);
    expect(html).to.contain('id="v-subject" name="v-subject"').and.contain('aria-describedby="v-subject-hint v-subject-error"');
    expect(html).to.match(/<fieldset[^>]*role="group"[^>]*aria-describedby="v-day-hint v-day-error"/);
    for (const target of formView().errors.map((error) => error.target)) expect(html.includes(`href="#${target}"`) && html.includes(`id="${target}"`), target).to.equal(true);
    expect(html).to.contain('<title>Error: ');
    expect(html).to.not.contain('placeholder=');
  });

  it('A case is named by its reference and its subject; without them by the end of its id, and who may not know the subject reads none.', () => {
    const row = { stream: '0123456789abcdef', processName: 'Letter', status: 'active' as const, startedAt: NOW, endedAt: null };
    const list = (title: CaseTitle): string => myCasesPage({ shell, formats, items: [{ ...row, ...title }], next: undefined, mayStart: false });
    expect(list({ reference: 'PS-IN/2026/0001', subject: 'Staff list' })).to.contain('>PS-IN/2026/0001</a><span class="desk-about">Staff list</span>');
    expect(list({ reference: null, subject: null })).to.contain('>Case 89abcdef</a>').and.not.contain('desk-about');
    const task = (startedBy: TaskDetail['startedBy']): string => page({ task: { ...TASK, startedBy }, title: { reference: 'MOF-IN/2026/0001', subject: 'Staff list' } });
    expect(task({ id: 'system', name: 'system' })).to.contain('>MOF-IN/2026/0001</a><span class="desk-sub">Staff list</span>').and.not.contain('from system');
    expect(task({ id: 'ana', name: 'Ana' })).to.contain('</a> from Ana<span');
  });

  it('A task shows what is to be signed, or lays open what waits to be judged; anything else is folded, and there is always a link.', () => {
    const [document] = DOCUMENTS as readonly [DocumentView];
    const shows = (documents: readonly DocumentView[], change: Partial<TaskPage> = {}): string => page({ documents, signature: undefined, ...change });
    const frames = (html: string): number => html.match(/<object/g)?.length ?? 0;
    const draft = { ...document, href: '/draft', state: 'generated' as const };
    const scan = { ...document, href: '/scan', state: 'received' as const };
    const open = /<details class="govuk-details desk-further desk-read" open><summary[\s\S]*?data="\/draft#/;
    expect(shows([draft, scan])).to.match(open);
    expect(shows([draft, scan], { me: 'ben' })).to.not.match(open);
    expect(shows([scan])).to.contain('data="/scan#').and.not.contain('desk-read" open');
    expect(frames(shows([{ ...scan, shown: false }]))).to.equal(0);
    expect(frames(shows([draft], { task: { ...TASK, status: 'canceled' } }))).to.equal(0);
    expect(frames(page({ documents: [draft, scan] }))).to.equal(1);
    expect(shows([scan])).to.match(/<object[\s\S]*?<a class="govuk-link" href="\/scan"[\s\S]*?<\/object>/);
  });

  it('A seal is named within its sentence; who was given a task is told that it is theirs, not everybody\'s; a colleague reads what they are asked.', () => {
    const sealed = (name: string): string => page({ documents: [{ ...DOCUMENTS[0]!, signatures: [{ kind: 'seal', name, at: NOW, reason: undefined }] }] });
    expect(sealed('Seal of the Ministry of Finance')).to.contain('Sealed with the seal of the Ministry of Finance on ');
    expect(sealed('Ministry of Finance')).to.contain('Sealed with the seal of Ministry of Finance on ');
    const mine = (groups: typeof TASK.candidateGroups): string => taskListPage({ shell, formats, now: NOW, view: 'mine', standsFor: [], counts: { mine: 1, delegated: 0, groups: 0, acting: 0, overdue: 0 }, withOthers: [], items: [{ ...TASK, ...TITLE, candidateGroups: groups, candidateUsers: [] }], next: undefined, further: false, me: 'ana', fragment: '/tasks/list', rooms: [] });
    expect(mine([])).to.contain('data-name="Offered to"><div>You</div>');
    expect(mine([{ id: 'registry', name: 'Registry' }])).to.contain('data-name="Offered to"><div>Registry</div>');
    const asked = page({ task: { ...TASK, assignee: { id: 'ana', name: 'Ana' }, delegatedBy: { id: 'b', name: 'Ben' } }, asked: 'Look up the old circulars' });
    expect(asked).to.contain('Ben asked you to do the work').and.to.contain('>Look up the old circulars</blockquote>');
  });

  it('Beside a task stands what was filled in, not what was left open.', () => {
    const html = page({ answers: [{ label: 'Given', value: false, asked: true }, { label: 'Empty', value: '', asked: true }, { label: 'Nothing', value: null, asked: true }, { label: 'None', value: [], asked: true }] });
    expect(html).to.contain('>Given<').and.not.contain('>Empty<').and.not.contain('>Nothing<').and.not.contain('>None<');
  });

  it('An empty list of cases leads to starting one only who may.', () => {
    const empty = (mayStart: boolean): string => myCasesPage({ shell, formats, items: [], next: undefined, mayStart });
    expect(empty(true)).to.contain('href="/start"');
    expect(empty(false).replace(/<header[\s\S]*?<\/header>/, '').replace(/<nav[\s\S]*?<\/nav>/g, '')).to.not.contain('href="/start"');
  });

  it('A register names who it came from or went to, strikes out what is void, and says what it will show while it is empty.', () => {
    const base = { shell, formats, tabs: [], registry: 'PS-OUT', year: 2026, years: [], next: undefined, newLetter: undefined };
    const line = { number: 'PS-OUT/2026/0001', registry: 'PS-OUT', year: 2026, at: NOW, instanceId: 'case', to: 'Ministry of Finance' };
    const html = registerPage({ ...base, lines: [line, { ...line, number: 'PS-OUT/2026/0002', void: 'Stamped twice' }] });
    expect(html).to.contain('data-name="To"').and.contain('Ministry of Finance').and.contain('<del>PS-OUT/2026/0002</del>').and.contain('Struck out: Stamped twice').and.contain('href="/cases/case"').and.contain('02 March 2026, 10:00');
    expect(html).to.not.contain('Register a letter').and.not.contain('data-name="From"');
    const empty = registerPage({ ...base, registry: undefined, lines: [] });
    expect(empty).to.contain('Nothing is registered yet').and.not.contain('<table');
  });

  it('The first button of the task form saves, because Enter presses it.', () => {
    const form = /<form[^>]*data-draft[\s\S]*?<\/form>/.exec(page())![0];
    expect(/<button[^>]*>/.exec(form)![0]).to.contain('formaction="/tasks/case/4/draft"').and.contain('hidden');
  });

  it('Decisions are styled by their kind; the one way forward is the main button.', () => {
    const forward = [{ value: 'go', label: 'Go on', kind: 'forward', requiresComment: false, requiresSignature: false }, { value: 'back', label: 'Back', kind: 'return', requiresComment: false, requiresSignature: false }];
    expect(page()).to.match(/<button type="submit" class="govuk-button govuk-button--warning"[^>]*>Refuse/);
    expect(page({ task: { ...TASK, outcomes: forward } })).to.match(/<button type="submit" class="govuk-button" name="outcome" value="go">/);
    expect(page({ task: { ...TASK, outcomes: [...forward, { ...forward[0]!, value: 'other' }] } })).to.match(/<button type="submit" class="govuk-button govuk-button--secondary" name="outcome" value="go">/);
  });
});
