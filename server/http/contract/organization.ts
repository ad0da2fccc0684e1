/** The organisation: units, posts, people, their accounts and roles. */
import { z } from 'zod';
import { ROLES } from '../../ports/directory.ts';
import { Position } from './common.ts';
import { defineRoute } from './route.ts';
import { AccountName, NewPassword } from './session.ts';

const GroupId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Lower-case letters, digits and hyphen, at most 63.');
const Title = z.string().trim().min(1).max(200);
const Roles = z.array(z.enum(ROLES)).max(ROLES.length);
const OnePerson = z.object({ person: AccountName });
const Done = z.object({ position: Position });

export const PersonBody = z.object({
  id: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)), post: z.string().optional(), postTitle: z.string().optional(), unit: z.string().optional(),
  groups: z.array(z.string()), active: z.boolean(),
}).meta({ id: 'Person' });

export const getOrganization = defineRoute({
  operationId: 'getOrganization', method: 'get', path: '/api/v1/organization', area: 'organization', access: 'signed-in',
  summary: 'Units, posts and functional groups.',
  responses: {
    200: z.object({
      units: z.array(z.object({ id: z.string(), title: z.string(), parent: z.string().optional() })),
      posts: z.array(z.object({ id: z.string(), title: z.string(), unit: z.string(), groups: z.array(z.string()) })),
      groups: z.array(z.object({ id: z.string(), title: z.string() })),
    }),
  },
});

export const createUnit = defineRoute({
  operationId: 'createUnit', method: 'post', path: '/api/v1/units', area: 'organization', access: 'administer',
  summary: 'Create a unit.',
  body: z.strictObject({ id: GroupId, title: Title, parent: GroupId.optional() }),
  responses: { 201: Done, 202: Done },
});

export const createPost = defineRoute({
  operationId: 'createPost', method: 'post', path: '/api/v1/posts', area: 'organization', access: 'administer',
  summary: 'Create a post in a unit; its holder is offered the tasks of the post, the unit and the groups.',
  body: z.strictObject({ id: GroupId, title: Title, unit: GroupId, groups: z.array(GroupId).max(20).default([]) }),
  responses: { 201: Done, 202: Done },
});

export const createGroup = defineRoute({
  operationId: 'createGroup', method: 'post', path: '/api/v1/groups', area: 'organization', access: 'administer',
  summary: 'Create a functional group, such as all supervisors.',
  body: z.strictObject({ id: GroupId, title: Title }),
  responses: { 201: Done, 202: Done },
});

export const listPeople = defineRoute({
  operationId: 'listPeople', method: 'get', path: '/api/v1/people', area: 'organization', access: 'signed-in',
  summary: 'Everybody with an account.',
  responses: { 200: z.object({ items: z.array(PersonBody) }) },
});

export const addPerson = defineRoute({
  operationId: 'addPerson', method: 'post', path: '/api/v1/people', area: 'organization', access: 'administer',
  summary: 'Add a person with an account.',
  secrets: ['password'],
  body: z.strictObject({ id: AccountName, name: Title, roles: Roles, post: GroupId.optional(), password: NewPassword }),
  responses: { 201: Done, 202: Done },
});

export const grantRoles = defineRoute({
  operationId: 'grantRoles', method: 'put', path: '/api/v1/people/:person/roles', area: 'organization', access: 'administer',
  summary: 'Set the roles of a person.',
  params: OnePerson, body: z.strictObject({ roles: Roles }),
  responses: { 200: Done, 202: Done },
});

export const assignPost = defineRoute({
  operationId: 'assignPost', method: 'put', path: '/api/v1/people/:person/post', area: 'organization', access: 'administer',
  summary: 'Give a person a post, or none.',
  params: OnePerson, body: z.strictObject({ post: GroupId.nullable() }),
  responses: { 200: Done, 202: Done },
});

export const deactivateAccount = defineRoute({
  operationId: 'deactivateAccount', method: 'post', path: '/api/v1/people/:person/deactivate', area: 'organization', access: 'administer',
  summary: 'Close an account; its sessions end at once, what it did stays.',
  params: OnePerson, body: z.strictObject({}),
  responses: { 200: Done, 202: Done },
});

export const reactivateAccount = defineRoute({
  operationId: 'reactivateAccount', method: 'post', path: '/api/v1/people/:person/reactivate', area: 'organization', access: 'administer',
  summary: 'Open a closed account again.',
  params: OnePerson, body: z.strictObject({}),
  responses: { 200: Done, 202: Done },
});

export const setPassword = defineRoute({
  operationId: 'setPassword', method: 'put', path: '/api/v1/people/:person/password', area: 'organization', access: 'administer',
  summary: 'Set a new password for a person; all sessions of the account end.',
  params: OnePerson, secrets: ['password'], body: z.strictObject({ password: NewPassword }),
  responses: { 200: Done, 202: Done },
});

export const changeOwnPassword = defineRoute({
  operationId: 'changeOwnPassword', method: 'put', path: '/api/v1/session/password', area: 'session', access: 'signed-in',
  summary: 'Change your own password; all your sessions end, this one too.',
  secrets: ['current', 'next'],
  body: z.strictObject({ current: z.string().min(1).max(200), next: NewPassword }),
  responses: { 200: Done, 202: Done },
});

export const getSetUp = defineRoute({
  operationId: 'getSetUp', method: 'get', path: '/api/v1/setup', area: 'organization', access: 'public',
  summary: 'Does this installation still need its first administrator?',
  responses: { 200: z.object({ needed: z.boolean() }) },
});

export const setUp = defineRoute({
  operationId: 'setUp', method: 'post', path: '/api/v1/setup', area: 'organization', access: 'public',
  summary: 'Create the first administrator with the code that is printed at start.',
  secrets: ['code', 'password'],
  body: z.strictObject({ code: z.string().min(1).max(100), account: AccountName, name: Title, password: NewPassword }),
  responses: { 201: Done, 202: Done },
});

export const ORGANIZATION_ROUTES = [
  getOrganization, createUnit, createPost, createGroup, listPeople, addPerson, grantRoles, assignPost, deactivateAccount, reactivateAccount, setPassword,
  changeOwnPassword, getSetUp, setUp,
];
