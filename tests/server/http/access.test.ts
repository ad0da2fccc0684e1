/** The access decision, rule by rule and role by role (INCITS 359-2012, need-to-know). */
import { expect } from 'chai';
import type { Person, Role } from '../../../server/ports/directory.ts';
import { authorise } from '../../../server/http/access.ts';
import { capacityFor } from '../../../server/http/contract/capacity.ts';
import { RULES, needsResource } from '../../../server/http/contract/rules.ts';
import type { CaseResource, Rule, TaskResource } from '../../../server/http/contract/rules.ts';

const ROLES: readonly Role[] = ['analyst', 'officer', 'manager', 'registry', 'administrator'];

function person(id: string, roles: readonly Role[], groups: readonly string[] = [], active = true): Person {
  return { id, name: id, roles, groups, active };
}

const CASE: CaseResource = { kind: 'case', stream: 's', startedBy: 'starter', people: ['starter', 'holder'], groups: ['treasury'] };
const TASK: TaskResource = { kind: 'task', stream: 's', assignee: 'holder', candidateGroups: ['treasury'], candidateUsers: ['named'], startedBy: 'starter' };

const granted = (rule: Rule, who: Person | undefined, resource?: Parameters<typeof authorise>[2]): boolean => authorise(rule, who, resource) === 'granted';
const rolesOf = (rule: Rule, resource?: Parameters<typeof authorise>[2]): Role[] => ROLES.filter((role) => granted(rule, person('stranger', [role]), resource));

/** Rules that open to every role before the resource is known. */
const EVERYBODYS = ['signed-in', 'read-case', 'own-inbox', 'group-inbox', 'read-substitutions', 'end-substitution'] as const satisfies readonly Rule[];

/** An officer who stands in for `principal`. */
function deputy(id: string, principal: { readonly id: string; readonly groups: readonly string[] }, groups: readonly string[] = []): Person {
  return { ...person(id, ['officer'], groups), standsFor: [{ ...principal, name: principal.id, until: '2026-03-06' }] };
}

describe('authorise', () => {
  it('Only the rule public lets in who is not signed in or whose account is closed.', () => {
    for (const rule of Object.keys(RULES) as Rule[]) {
      expect(authorise(rule, undefined), rule).to.equal(rule === 'public' ? 'granted' : 'sign-in-required');
      expect(authorise(rule, person('p', ROLES, [], false)), rule).to.equal(rule === 'public' ? 'granted' : 'sign-in-required');
    }
  });

  it('Which role opens which rule, before the resource is known.', () => {
    const table = Object.fromEntries((Object.keys(RULES) as Rule[]).filter((rule) => !(EVERYBODYS as readonly Rule[]).includes(rule) && rule !== 'public').map((rule) => [rule, rolesOf(rule)]));
    expect(table).to.deep.equal({
      'deploy': ['analyst', 'administrator'],
      'model': ['analyst'],
      'start-case': ['officer', 'manager', 'registry'],
      'read-case-content': ['analyst', 'officer', 'manager', 'registry'],
      'read-all-cases': ['manager', 'administrator'],
      'manage-case': ['manager', 'administrator'],
      'migrate-cases': ['manager', 'administrator'],
      'send-message': ['manager', 'registry', 'administrator'],
      'resolve-incident': ['manager', 'administrator'],
      'list-tasks': ['officer', 'manager', 'registry'],
      'read-task': ['officer', 'manager', 'registry'],
      'work-tasks': ['officer', 'manager', 'registry'],
      'upload': ['officer', 'manager', 'registry'],
      'assign-tasks': ['manager'],
      'monitor': ['manager', 'administrator'],
      'read-registers': ['manager', 'registry'],
      'keep-registers': ['registry'],
      'name-deputy': ['officer', 'manager', 'registry', 'administrator'],
      'answer-substitution': ['officer', 'manager', 'registry'],
      'administer': ['administrator'],
    });
    for (const rule of EVERYBODYS) expect(rolesOf(rule)).to.deep.equal(ROLES);
    expect(granted('signed-in', person('p', []))).to.equal(true);
  });

  it('A person without roles may do nothing but what everybody signed in may.', () => {
    const open = (Object.keys(RULES) as Rule[]).filter((rule) => granted(rule, person('p', [])));
    expect(open).to.deep.equal(['public', ...EVERYBODYS]);
  });

  it('Need to know: a case is open to who started it, has or had a task in it, or belongs to a group that was offered one.', () => {
    expect(granted('read-case', person('starter', ['officer']), CASE)).to.equal(true);
    expect(granted('read-case', person('holder', ['officer']), CASE)).to.equal(true);
    expect(granted('read-case', person('other', ['officer'], ['treasury']), CASE)).to.equal(true);
    for (const role of ['officer', 'registry', 'analyst'] as const) expect(granted('read-case', person('other', [role], ['works']), CASE), role).to.equal(false);
  });

  it('Managers read every case; administrators see where it stands but not what people wrote.', () => {
    expect(rolesOf('read-case', CASE)).to.deep.equal(['manager', 'administrator']);
    expect(rolesOf('read-case-content', CASE)).to.deep.equal(['manager']);
    expect(rolesOf('manage-case', CASE)).to.deep.equal(['manager', 'administrator']);
    expect(granted('read-case-content', person('starter', ['administrator']), CASE)).to.equal(false);
  });

  it('A task is worked by who holds it or is offered it; a manager does not work it for them, but may read and assign it.', () => {
    for (const who of [person('holder', ['officer']), person('named', ['officer']), person('other', ['registry'], ['treasury'])]) expect(granted('work-tasks', who, TASK), who.id).to.equal(true);
    expect(granted('work-tasks', person('other', ['officer', 'manager'], ['works']), TASK)).to.equal(false);
    expect(granted('read-task', person('boss', ['manager']), TASK)).to.equal(true);
    expect(granted('read-task', person('starter', ['officer']), TASK)).to.equal(true);
    expect(granted('read-task', person('other', ['officer']), TASK)).to.equal(false);
    expect(rolesOf('assign-tasks', TASK)).to.deep.equal(['manager']);
    expect(rolesOf('work-tasks', TASK)).to.deep.equal([]);
  });

  it('Who asked a colleague to do the work of a task may read it, and so may who stands in for them; the colleague works on it.', () => {
    const lent: TaskResource = { ...TASK, owner: 'owner' };
    const deputy: Person = { ...person('deputy', ['officer']), standsFor: [{ id: 'owner', name: 'Owner', groups: [], until: '2026-12-31' }] };
    for (const who of [person('owner', ['officer']), deputy]) expect([granted('read-task', who, lent), granted('work-tasks', who, lent), granted('read-task', who, TASK)], who.id).to.deep.equal([true, false, false]);
  });

  it('A task that is offered to nobody by name is open to every officer.', () => {
    const open: TaskResource = { kind: 'task', stream: 's', candidateGroups: [], candidateUsers: [] };
    expect(rolesOf('work-tasks', open)).to.deep.equal(['officer', 'manager', 'registry']);
  });

  it('A process is started by the groups it names; by every officer when it names none.', () => {
    const closed = { kind: 'definition', processId: 'p', starters: ['treasury'] } as const;
    expect(rolesOf('start-case', closed)).to.deep.equal([]);
    expect(granted('start-case', person('p', ['officer'], ['treasury']), closed)).to.equal(true);
    expect(granted('start-case', person('p', ['analyst'], ['treasury']), closed)).to.equal(false);
    expect(rolesOf('start-case', { ...closed, starters: [] })).to.deep.equal(['officer', 'manager', 'registry']);
  });

  it('The rules that need a resource say so.', () => {
    const needing = (Object.keys(RULES) as Rule[]).filter((rule) => needsResource(rule));
    expect(needing).to.have.members(['start-case', 'read-case', 'read-case-content', 'manage-case', 'read-task', 'work-tasks', 'assign-tasks', 'own-inbox', 'group-inbox', 'read-substitutions', 'name-deputy', 'answer-substitution', 'end-substitution']);
  });

  it('The changes of a work list are told to the person it belongs to and to the members of the group, to no manager.', () => {
    expect(granted('own-inbox', person('ana', ['officer']), { kind: 'person', id: 'ana' })).to.equal(true);
    expect(rolesOf('own-inbox', { kind: 'person', id: 'ana' })).to.deep.equal([]);
    expect(granted('group-inbox', person('ana', ['officer'], ['works']), { kind: 'group', id: 'works' })).to.equal(true);
    expect(rolesOf('group-inbox', { kind: 'group', id: 'works' })).to.deep.equal([]);
  });

  it('Who stands in for somebody works on what that person holds or is offered, hears of it and reads those cases; but not what the absent one merely started.', () => {
    for (const principal of [{ id: 'holder', groups: [] }, { id: 'named', groups: [] }, { id: 'away', groups: ['treasury'] }]) {
      for (const rule of ['work-tasks', 'read-task'] as const) expect(granted(rule, deputy('ana', principal), TASK), `${rule} for ${principal.id}`).to.equal(true);
    }
    expect(granted('work-tasks', deputy('ana', { id: 'away', groups: ['works'] }), TASK)).to.equal(false);
    expect(granted('work-tasks', { ...deputy('ana', { id: 'holder', groups: [] }), roles: ['analyst'] }, TASK)).to.equal(false);
    expect(granted('assign-tasks', deputy('ana', { id: 'holder', groups: [] }), TASK), 'no role goes over').to.equal(false);
    for (const rule of ['read-case', 'read-case-content'] as const) {
      expect(granted(rule, deputy('ana', { id: 'holder', groups: [] }), CASE), rule).to.equal(true);
      expect(granted(rule, deputy('ana', { id: 'away', groups: ['treasury'] }), CASE), rule).to.equal(true);
      expect(granted(rule, deputy('ana', { id: 'starter', groups: [] }), { ...CASE, people: ['holder'] }), rule).to.equal(false);
    }
    expect(granted('own-inbox', deputy('ana', { id: 'holder', groups: ['treasury'] }), { kind: 'person', id: 'holder' })).to.equal(true);
    expect(granted('group-inbox', deputy('ana', { id: 'holder', groups: ['treasury'] }), { kind: 'group', id: 'treasury' })).to.equal(true);
    expect(granted('start-case', deputy('ana', { id: 'holder', groups: ['treasury'] }), { kind: 'definition', processId: 'p', starters: ['treasury'] })).to.equal(false);
  });

  it('A deputy is named by who will be absent or by an administrator, answers themselves, and any of the three ends it.', () => {
    const one = { kind: 'substitution', absent: 'away', deputy: 'ana' } as const;
    for (const rule of ['name-deputy', 'read-substitutions'] as const) {
      expect(granted(rule, person('away', ['officer']), { kind: 'person', id: 'away' }), rule).to.equal(true);
      expect(rolesOf(rule, { kind: 'person', id: 'away' }), rule).to.deep.equal(['administrator']);
      expect(granted(rule, deputy('ana', { id: 'away', groups: [] }), { kind: 'person', id: 'away' }), `${rule} by the deputy`).to.equal(false);
    }
    expect(granted('name-deputy', person('away', ['analyst']), { kind: 'person', id: 'away' })).to.equal(false);
    expect(granted('answer-substitution', person('ana', ['officer']), one)).to.equal(true);
    expect(granted('answer-substitution', person('away', ['officer', 'administrator']), one), 'nobody accepts for another').to.equal(false);
    for (const who of ['away', 'ana']) expect(granted('end-substitution', person(who, ['officer']), one), who).to.equal(true);
    expect(rolesOf('end-substitution', one)).to.deep.equal(['administrator']);
  });

  it('In whose right: their own wherever that is possible, else of who holds the task, else of who is offered it and not barred.', () => {
    const two: Person = { ...person('ana', ['officer'], ['works']), standsFor: [{ id: 'ben', name: 'ben', groups: ['treasury'], until: 'x' }, { id: 'cleo', name: 'cleo', groups: ['treasury', 'works'], until: 'x' }] };
    const free: TaskResource = { kind: 'task', stream: 's', candidateGroups: ['treasury'], candidateUsers: [] };
    const whose = (task: TaskResource, barred?: (id: string) => boolean): string | undefined => { const found = capacityFor(two, task, barred); return typeof found === 'object' ? found.id : found; };
    expect(whose({ ...free, candidateGroups: ['treasury', 'works'] })).to.equal('own');
    expect(whose({ ...free, candidateGroups: [] })).to.equal('own');
    expect(whose({ ...free, assignee: 'ana' })).to.equal('own');
    expect(whose({ ...free, assignee: 'cleo', candidateGroups: ['works'] }), 'what another holds is theirs').to.equal('cleo');
    expect(whose(free)).to.equal('ben');
    expect(whose(free, (id) => id === 'ben')).to.equal('cleo');
    expect(whose(free, () => true)).to.equal('ben');
    expect(whose({ ...free, candidateGroups: [], candidateUsers: ['cleo'] })).to.equal('cleo');
    expect(whose({ ...free, candidateGroups: ['elsewhere'] })).to.equal(undefined);
  });
});
