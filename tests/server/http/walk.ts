/** Walks what express really serves, and compares it with what the contract says about it. */
import type { Express } from 'express';
import { RULES } from '../../../server/http/contract/rules.ts';
import type { Room } from '../../../server/http/contract/route.ts';

export interface Served {
  readonly method: string;
  readonly path: string;
}

interface Layers {
  readonly stack: readonly Layer[];
}

interface Layer {
  readonly name: string;
  readonly handle: { readonly areas?: ReadonlyMap<string, Layers> };
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method?: string }[] };
}

// Handlers that serve nothing by themselves: headers, ids, logging, failures, and files for everybody.
const MACHINERY = new Set(['helmetMiddleware', 'identify', 'refuseWhileDraining', 'forbidCaching', 'nothingThere', 'tell', 'serveStatic']);

/** The layers of a router, and in place of the routing of the contract (server/http/routing.ts) those of its areas. */
function inside({ stack }: Layers): readonly Layer[] {
  return stack.flatMap((layer) => (layer.handle.areas === undefined ? [layer] : [...layer.handle.areas.values()].flatMap(inside)));
}

/** Every method and path of the router, and every other handler in it that is not known machinery. */
export function walk(app: Express): { readonly served: readonly Served[]; readonly strangers: readonly string[] } {
  const layers = inside((app as unknown as { readonly router: Layers }).router);
  return {
    served: layers.flatMap(({ route }) => (route === undefined ? [] : route.stack.map(({ method }) => ({ method: method ?? 'all', path: route.path })))),
    strangers: layers.filter(({ route, name }) => route === undefined && !MACHINERY.has(name)).map(({ name }) => name || 'a handler without a name'),
  };
}

interface Ruled {
  readonly endpoint: { readonly method: string; readonly path: string; readonly access: string };
}

/** What is served or joined without a rule of the table, one sentence each. */
export function withoutRule(app: Express, bound: readonly Ruled[], rooms: readonly Room[]): string[] {
  const { served, strangers } = walk(app);
  const rules = new Map(bound.map(({ endpoint }) => [`${endpoint.method} ${endpoint.path}`, endpoint.access]));
  const known = (rule: string | undefined): boolean => rule !== undefined && Object.hasOwn(RULES, rule);
  return [
    ...strangers.map((name) => `${name} is in the router beside the contract`),
    ...served.filter(({ method, path }) => !known(rules.get(`${method} ${path}`))).map(({ method, path }) => `${method} ${path} has no rule`),
    ...rooms.filter((room) => !known(room.access)).map((room) => `room ${room.name} has no rule`),
  ];
}
