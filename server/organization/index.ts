/** The organisation: people, posts, units, accounts and roles; implements the directory port. */
import type { HttpModule } from '../http/contract/bind.ts';
import type { FirstAdministrator, Sessions } from '../http/contract/services.ts';
import type { Clock } from '../ports/clock.ts';
import type { Notices } from '../ports/notices.ts';
import type { Projections } from '../ports/projections.ts';
import type { Vault } from '../ports/vault.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { createCommands } from './commands.ts';
import type { OrganizationCommands } from './commands.ts';
import { createDirectory } from './directory.ts';
import type { OrganizationDirectory } from './directory.ts';
import { ORGANIZATION_PRIVATE_FIELDS } from './events.ts';
import { createFirstAdministrator } from './first-administrator.ts';
import { createPasswords } from './passwords.ts';
import type { PasswordCost, Passwords } from './passwords.ts';
import { organizationModule } from './routes.ts';
import { createSubstitutions } from './substitutions.ts';
import { substitutionDesk, substitutionRoutes } from './substitution-routes.ts';
import type { SubstitutionDesk } from './substitution-routes.ts';

export { ORGANIZATION_PRIVATE_FIELDS };
export type { OrganizationCommands, OrganizationDirectory, Passwords };

/** `zone`: IANA name, where the days of a substitution begin and end. `passwordCost`: tests only. `alone`: of many nodes, runs work after other such work, on whichever node. */
export interface OrganizationNeeds {
  readonly projections: Projections;
  readonly vault: Vault;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly zone: string;
  readonly passwordCost?: PasswordCost;
  readonly alone?: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Organization {
  readonly directory: OrganizationDirectory;
  /** `load` reads the tables into memory: after `projections.open()`, before the first record is applied. */
  readonly projection: Projection & { load(): Promise<void> };
  readonly passwords: Passwords;
  /** What works once the runtime runs. `setUpCode`: as printed at start; undefined: set-up is closed. */
  start(runtime: Pick<Runtime, 'change'>, sessions: Pick<Sessions, 'endAll' | 'confirm'>, setUpCode: string | undefined): {
    readonly commands: OrganizationCommands;
    readonly absences: SubstitutionDesk;
    readonly firstAdministrator: FirstAdministrator;
    readonly http: HttpModule;
  };
}

/** Declares its tables, so call it before `projections.open()`. */
export function createOrganization({ projections, vault, notices, clock, zone, passwordCost, alone }: OrganizationNeeds): Organization {
  const { directory, projection } = createDirectory(projections, clock);
  const passwords = createPasswords(vault, passwordCost);
  return {
    directory, projection, passwords,
    start(runtime, sessions, setUpCode) {
      const commands = createCommands(runtime, directory, passwords, (person) => sessions.endAll(person), alone);
      const firstAdministrator = createFirstAdministrator(directory, commands, setUpCode);
      const substitutions = createSubstitutions({ runtime, directory, notices, clock, zone });
      const http = organizationModule(directory, commands, firstAdministrator, sessions);
      return { commands, absences: substitutionDesk(directory, substitutions), firstAdministrator, http: { ...http, routes: [...http.routes, ...substitutionRoutes(directory, substitutions)] } };
    },
  };
}
