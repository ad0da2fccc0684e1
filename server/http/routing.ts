/**
 * Finding the endpoint of an address: a router for each beginning of a path (`/api/v1/tasks`, `/cases`), so that a request is held
 * against the endpoints of one area instead of all of them. Within an area express decides, in the order of registration.
 */
import { Router } from 'express';
import type { RequestHandler } from 'express';
import type { Method } from './contract/route.ts';

const API = '/api/v1/';

/** An express handler that knows its routers by area; the test of the whole surface walks them. */
export interface Routing extends RequestHandler {
  readonly areas: ReadonlyMap<string, Router>;
  /** Throws where the beginning of the path is a parameter: then it would have no area. */
  add(method: Method, path: string, handle: RequestHandler): void;
}

export function createRouting(): Routing {
  const areas = new Map<string, Router>();
  const add = (method: Method, path: string, handle: RequestHandler): void => {
    const area = areaOf(path);
    if (area.includes(':')) throw new TypeError(`Expected ${path} to begin with a fixed name, but it begins with a parameter`);
    const router = areas.get(area) ?? Router({ caseSensitive: true });
    router[method](path, handle);
    areas.set(area, router);
  };
  const ofArea: RequestHandler = (request, response, next) => {
    const router = areas.get(areaOf(request.path));
    // Which methods an address has is told in one place, for all that it does not have (RFC 9110, 15.5.6).
    if (router === undefined || request.method === 'OPTIONS') next();
    else router(request, response, next);
  };
  return Object.assign(ofArea, { areas, add });
}

/** The first name of a path, of one of the API the first behind its version. */
function areaOf(path: string): string {
  const end = path.indexOf('/', path.startsWith(API) ? API.length : 1);
  return end < 0 ? path : path.slice(0, end);
}
