/** The PINs of demo accounts: made here, kept in the vault to be printed at start, forgotten when somebody changes theirs. */
import { randomInt } from 'node:crypto';
import type { Vault } from '../ports/vault.ts';
import { weakness } from './pki/officers.ts';

const SECRET = 'demo/pins';

export interface DemoPins {
  /** By account, those that are still as they were made. */
  all(): Promise<Readonly<Record<string, string>>>;
  /** Makes PINs for accounts that never had one; kept before the first of them is used. */
  make(accounts: readonly string[]): Promise<Readonly<Record<string, string>>>;
  forget(account: string): Promise<void>;
}

export function createDemoPins(vault: Vault): DemoPins {
  const all = async (): Promise<Record<string, string>> => {
    const stored = await vault.secret(SECRET);
    return stored === undefined ? {} : JSON.parse(Buffer.from(stored).toString()) as Record<string, string>;
  };
  const keep = (pins: Readonly<Record<string, string>>): Promise<void> => vault.putSecret(SECRET, Buffer.from(JSON.stringify(pins)));
  return {
    all,
    async make(accounts) {
      const known = await all();
      const missing = accounts.filter((account) => !Object.hasOwn(known, account));
      if (missing.length === 0) return known;
      const pins = { ...known, ...Object.fromEntries(missing.map((account) => [account, newPin()])) };
      await keep(pins);
      return pins;
    },
    async forget(account) {
      const { [account]: forgotten, ...others } = await all();
      if (forgotten !== undefined) await keep(others);
    },
  };
}

function newPin(): string {
  const pin = String(randomInt(1_000_000)).padStart(6, '0');
  return weakness(pin) === undefined ? pin : newPin();
}
