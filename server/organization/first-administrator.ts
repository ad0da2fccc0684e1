/** The first administrator of an installation without accounts: made once, with the code that is printed at start. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { accepted, refused } from '../http/contract/failure.ts';
import type { FirstAdministrator } from '../http/contract/services.ts';
import type { Directory } from '../ports/directory.ts';
import type { OrganizationCommands } from './commands.ts';
import { refusal } from './errors.ts';

/** `code`: printed at start; undefined when the installation has accounts already. */
export function createFirstAdministrator(directory: Directory, commands: OrganizationCommands, code: string | undefined): FirstAdministrator {
  // Closed while the first is being made, and after, before the directory knows.
  let closed = false;
  const needed = (): boolean => !closed && code !== undefined && directory.people().length === 0;
  return {
    needed,
    async create(request, meta) {
      if (!needed()) throw refused(refusal('SETUP_NOT_OPEN'));
      if (!equal(request.code.trim(), code!)) throw refused(refusal('SETUP_CODE_WRONG'));
      closed = true;
      try {
        const person = { id: request.account, name: request.name, roles: ['administrator'] as const, password: request.password };
        // The actor is the account itself: nobody else exists yet.
        const answer = accepted(await commands.addPerson(person, { ...meta, actor: { person: request.account, groups: [] } }));
        return { position: answer.position };
      } catch (error) {
        closed = false;
        throw error;
      }
    },
  };
}

function equal(left: string, right: string): boolean {
  const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
