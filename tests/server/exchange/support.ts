/** Agencies with keys for tests: a seal is an Ed25519 signature with a small certificate of our own making beside it. */
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Directory } from '../../../server/ports/directory.ts';
import type { Attempts } from '../../../server/ports/documents.ts';
import type { Sealer, Verifier } from '../../../server/ports/signing.ts';

export const TITLES: Readonly<Record<string, string>> = { ministry: 'Ministry of the Public Service', 'ministry-of-finance': 'Ministry of Finance', rogue: 'Ministry of the Public Service' };

/** `trusted`: agencies whose certificate the verifier knows; the others sign as well, and are not believed. */
export function createSeals(trusted: readonly string[] = ['ministry', 'ministry-of-finance']): Pick<Sealer, 'sealDetached'> & Pick<Verifier, 'verifyDetached'> {
  const keys = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>();
  const pairOf = (agency: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } => {
    const known = keys.get(agency) ?? generateKeyPairSync('ed25519');
    keys.set(agency, known);
    return known;
  };
  const certificateOf = (agency: string): string => createHash('sha256').update(pairOf(agency).publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
  return {
    async sealDetached({ agency, content, at }) {
      const signature = Buffer.from(JSON.stringify({ agency, at, signature: sign(null, content, pairOf(agency).privateKey).toString('base64') }));
      return { name: `Seal of ${TITLES[agency] ?? agency}`, at, certificate: certificateOf(agency), signature };
    },
    async verifyDetached(content, bytes) {
      const { agency, at, signature } = JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<'agency' | 'at' | 'signature', string>>;
      const holds = verify(null, content, pairOf(agency).publicKey, Buffer.from(signature, 'base64'));
      const isTrusted = trusted.includes(agency);
      const problem = !holds ? 'the content was changed' : isTrusted ? undefined : 'the certificate is not trusted';
      return {
        valid: holds && isTrusted, changed: !holds, problems: problem === undefined ? [] : [problem],
        signatures: [{
          kind: 'seal', name: `Seal of ${TITLES[agency] ?? agency}`, organisation: TITLES[agency] ?? agency, at, certificate: certificateOf(agency), valid: holds && isTrusted,
          ...(isTrusted && { trustedBy: 'Test Root' }), ...(problem !== undefined && { problem }),
        }],
      };
    },
  };
}

/** The directory of the tests: two ministries that know each other. */
export const directory: Pick<Directory, 'groupExists' | 'groupTitle'> = { groupExists: (id) => id in TITLES, groupTitle: (id) => TITLES[id] ?? id };

/** Attempts that are noted in memory, for tests to look at. */
export function createAttempts(): Attempts & { readonly open: Map<string, { readonly kind: string; readonly sha256: string }> } {
  const open = new Map<string, { readonly kind: string; readonly sha256: string }>();
  return {
    open,
    async begin({ key, kind, sha256 }) { open.set(key, { kind, sha256 }); },
    async done(key) { open.delete(key); },
  };
}
