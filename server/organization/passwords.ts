/** Passwords of accounts: Argon2id (RFC 9106) with the parameters OWASP recommends; the hashes lie in the vault, never in the log. */
import { hash, verify } from '@node-rs/argon2';
import type { Vault } from '../ports/vault.ts';

/** `memoryKiB`, `passes`: the cost of one attempt. */
export interface PasswordCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** OWASP password storage cheat sheet: Argon2id, m = 19 MiB, t = 2, p = 1. */
export const PASSWORD_COST: PasswordCost = { memoryKiB: 19_456, passes: 2 };

export interface Passwords {
  set(account: string, password: string): Promise<void>;
  /** False for a wrong password and for an unknown account, after the same work. */
  verify(account: string, password: string): Promise<boolean>;
  exists(account: string): Promise<boolean>;
}

export function createPasswords(vault: Vault, cost: PasswordCost = PASSWORD_COST): Passwords {
  // Algorithm 2 is Argon2id; the enum of the library cannot be imported under isolatedModules.
  const options = { algorithm: 2, memoryCost: cost.memoryKiB, timeCost: cost.passes, parallelism: 1 };
  let decoy: Promise<string> | undefined;
  return {
    async set(account, password) {
      await vault.putSecret(nameOf(account), Buffer.from(await hash(normal(password), options)));
    },
    async verify(account, password) {
      const stored = await vault.secret(nameOf(account));
      decoy ??= hash('a password that nobody has', options);
      const right = await verify(stored === undefined ? await decoy : Buffer.from(stored).toString(), normal(password));
      return right && stored !== undefined;
    },
    exists: async (account) => await vault.secret(nameOf(account)) !== undefined,
  };
}

/** What makes a password easy to guess, as the end of the sentence "this one ..."; undefined when nothing does (NIST SP 800-63B-4, 3.1.1.2). */
export function weakness(account: string, password: string): string | undefined {
  const text = normal(password).toLowerCase();
  if (new Set(text).size < 5) return 'repeats a few characters';
  if (account.length > 3 && text.replaceAll(/[^a-z0-9]/g, '').includes(account.replaceAll(/[^a-z0-9]/g, ''))) return 'contains the account name';
  if (COMMON.some((word) => text.replaceAll(/[^a-z]/g, '') === word || text === word)) return 'is on every list of common passwords';
  return undefined;
}

const COMMON = ['password', 'passwordpassword', 'qwertyuiop', 'qwertyuiopasdfghjkl', 'letmeinletmein', 'administrator', 'welcomewelcome', 'saintlucia', '123456789012', '1234567890123', '12345678901234'];

/** The same password typed on another keyboard stays the same (NIST SP 800-63B-4: NFKC). */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function nameOf(account: string): string {
  return `account/${account}`;
}
