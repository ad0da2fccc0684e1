/** The description of the API: its form (OpenAPI 3.1.1) and that it says what is served. */
import { expect } from 'chai';
import { z } from 'zod';
import { ROUTES } from '../../../server/http/contract/all.ts';
import { defineRoute } from '../../../server/http/contract/route.ts';
import { openApi } from '../../../server/http/openapi.ts';
import { send, startShell } from './support.ts';
import type { Shell } from './support.ts';
import { walk } from './walk.ts';

interface Parameter { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: object }
interface Content { readonly content?: Readonly<Record<string, { schema: { readonly required?: readonly string[] } | { readonly $ref: string } }>> }
interface Operation {
  operationId: string;
  parameters: readonly Parameter[];
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description?: string }>>;
  readonly 'x-piton-access': string;
}
interface Description {
  readonly openapi: string;
  readonly info: { readonly title?: string; readonly version?: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** What breaks the rules of OpenAPI 3.1.1 for the parts in use. */
function violations(description: Description): string[] {
  const found: string[] = [];
  const wrong = (is: boolean, said: string): void => { if (is) found.push(said); };
  wrong(!/^3\.1\.\d+$/.test(description.openapi), 'openapi is not 3.1');
  wrong(typeof description.info.title !== 'string' || typeof description.info.version !== 'string', 'info lacks title or version');
  const ids = new Set<string>();
  for (const [path, item] of Object.entries(description.paths)) {
    wrong(!path.startsWith('/'), `${path} does not begin with /`);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const [method, operation] of Object.entries(item)) {
      const at = `${method} ${path}`;
      wrong(!METHODS.includes(method), `${at} is no method`);
      wrong(ids.has(operation.operationId), `${at} repeats operationId ${operation.operationId}`);
      ids.add(operation.operationId);
      const { parameters } = operation;
      for (const name of inPath) wrong(!parameters.some((parameter) => parameter.in === 'path' && parameter.name === name && parameter.required === true), `${at} does not describe {${name}}`);
      for (const parameter of parameters) {
        wrong(!['path', 'query', 'header', 'cookie'].includes(parameter.in), `${at}: parameter in ${parameter.in}`);
        wrong(parameter.schema === undefined, `${at}: parameter ${parameter.name} has no schema`);
        wrong(parameter.in === 'path' && !inPath.includes(parameter.name), `${at}: ${parameter.name} is not in the path`);
      }
      wrong(new Set(parameters.map(({ in: place, name }) => `${place} ${name}`)).size !== parameters.length, `${at} repeats a parameter`);
      wrong(Object.keys(operation.responses).length === 0, `${at} has no responses`);
      for (const [status, response] of Object.entries(operation.responses)) {
        wrong(!/^([1-5]\d\d|default)$/.test(status), `${at}: ${status} is no status`);
        wrong(typeof response.description !== 'string', `${at}: ${status} is not described`);
      }
      for (const requirement of operation.security) {
        for (const name of Object.keys(requirement)) wrong(description.components.securitySchemes[name] === undefined, `${at}: security scheme ${name} is unknown`);
      }
      for (const tag of operation.tags) wrong(!description.tags.some((known) => known.name === tag), `${at}: tag ${tag} is unknown`);
    }
  }
  visit(description, (key, value) => {
    if (key === '$ref') wrong(resolve(description, String(value)) === undefined, `${String(value)} leads nowhere`);
    if (key === '$defs') found.push('$defs were left inside');
  });
  return found;
}

function visit(value: unknown, see: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    see(key, item);
    visit(item, see);
  }
}

function resolve(description: Description, reference: string): unknown {
  return reference.split('/').slice(1).reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[part] : undefined), description);
}

describe('OpenAPI 3.1', () => {
  let shell: Shell;
  let description: Description;

  before(async () => {
    shell = await startShell();
    description = (await send(shell.url, 'GET', '/api/openapi.json')).body as unknown as Description;
  });
  after(async () => { await shell.stop(); });

  it('GET /api/openapi.json is public and well formed; every reference leads somewhere.', () => {
    expect(violations(description)).to.deep.equal([]);
  });

  it('The check of the form finds what is wrong (the test tests itself).', () => {
    const broken = structuredClone(description);
    broken.paths['/api/v1/session']!['get']!.operationId = 'signIn';
    broken.paths['/api/v1/instances/{id}']!['get']!.parameters = [];
    broken.paths['/api/v1/people']!['get']!.responses['200']!.content!['application/json']!.schema = { $ref: '#/components/schemas/Nobody' };
    expect(violations(broken)).to.have.members(['get /api/v1/session repeats operationId signIn', 'get /api/v1/instances/{id} does not describe {id}', '#/components/schemas/Nobody leads nowhere']);
  });

  it('What express serves under /api is described, and what is described is served.', () => {
    const served = walk(shell.app.express).served.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const described = Object.entries(description.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
    expect(described.toSorted()).to.deep.equal(served.toSorted());
  });

  it('The whole contract can be described, tasks included.', () => {
    const whole = openApi(ROUTES, '1.2.3') as unknown as Description;
    expect(violations(whole)).to.deep.equal([]);
    expect(Object.values(whole.paths).flatMap((item) => Object.keys(item))).to.have.length(ROUTES.length);
    expect(whole.info.version).to.equal('1.2.3');
  });

  it('A route says its rule in words, its parameters, its body and its problem.', () => {
    const start = description.paths['/api/v1/instances']!['post']!;
    expect(start.description).to.include('as far as the process names them as starters');
    expect(start['x-piton-access']).to.equal('start-case');
    expect(start.security).to.deep.equal([{ session: [], csrf: [] }]);
    expect(start.requestBody!.content!['application/json']!.schema).to.deep.include({ required: ['processId'] });
    expect(start.responses['default']!.content).to.have.property('application/problem+json');
    const list = description.paths['/api/v1/instances']!['get']!;
    expect(list.parameters.find((parameter) => parameter.name === 'limit')).to.deep.include({ in: 'query', required: false });
    expect(description.paths['/api/v1/session']!['post']!.security).to.deep.equal([]);
  });

  it('Two different schemas of one name are refused when the description is made.', () => {
    const route = (path: `/api/v1/${string}`, body: z.ZodType) => defineRoute({ operationId: path, method: 'get', path, area: 'x', access: 'public', summary: 'x', responses: { 200: body } });
    const one = z.object({ a: z.string() }).meta({ id: 'SameName' });
    const two = z.object({ b: z.string() });
    expect(() => openApi([route('/api/v1/a', one), route('/api/v1/b', z.object({ two: two.meta({ id: 'SameName2' }) }))], '0')).to.not.throw();
    z.globalRegistry.remove(two);
    expect(() => openApi([route('/api/v1/a', one), { ...route('/api/v1/b', two), responses: { 200: rename(two) } }], '0')).to.throw('SameName');
  });
});

/** A schema that gives itself a name already taken. */
function rename(schema: z.ZodType): z.ZodType {
  z.globalRegistry._idmap.delete('SameName');
  return schema.meta({ id: 'SameName' });
}
