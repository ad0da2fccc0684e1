/** All routes of the API and all rooms of the live connection, in the order of the documentation. */
import { CALENDAR_ROUTES } from './calendars.ts';
import { DATA_STORE_ROUTES } from './data-stores.ts';
import { DEFINITION_ROUTES } from './definitions.ts';
import { DEPLOYMENT_ROUTES } from './deployments.ts';
import { INCIDENT_ROUTES } from './incidents.ts';
import { INSTANCE_ROUTES } from './instances.ts';
import { MESSAGE_ROUTES } from './messages.ts';
import { MODEL_ROUTES } from './models.ts';
import { MONITOR_ROUTES } from './monitor.ts';
import { NOTICE_ROUTES } from './notices.ts';
import { OPERATION_ROUTES } from './operations.ts';
import { ORGANIZATION_ROUTES } from './organization.ts';
import type { Route } from './route.ts';
import { REGISTRY_ROUTES } from './registry.ts';
import { SESSION_ROUTES } from './session.ts';
import { SIGNING_ROUTES } from './signing.ts';
import { SUBSTITUTION_ROUTES } from './substitutions.ts';
import { SYSTEM_ROUTES } from './system.ts';
import { TASK_ROUTES } from './tasks.ts';
import { UPLOAD_ROUTES } from './uploads.ts';

export const ROUTES: readonly Route[] = [
  ...SYSTEM_ROUTES, ...SESSION_ROUTES, ...DEPLOYMENT_ROUTES, ...DEFINITION_ROUTES, ...INSTANCE_ROUTES, ...OPERATION_ROUTES, ...TASK_ROUTES, ...UPLOAD_ROUTES, ...MESSAGE_ROUTES, ...INCIDENT_ROUTES,
  ...MODEL_ROUTES, ...MONITOR_ROUTES, ...NOTICE_ROUTES, ...ORGANIZATION_ROUTES, ...SUBSTITUTION_ROUTES, ...CALENDAR_ROUTES, ...REGISTRY_ROUTES, ...DATA_STORE_ROUTES, ...SIGNING_ROUTES,
];

export { ROOMS } from './rooms.ts';
