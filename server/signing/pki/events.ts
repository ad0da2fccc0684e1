/** The events of the certification authority: what was issued to whom, and what became of PINs. Keys and PINs are never in the log. */

export const AUTHORITY_STREAM = 'authority/main';

export const PROFILES = ['root', 'issuing', 'timestamps', 'seal', 'officer'] as const;
export type Profile = (typeof PROFILES)[number];

/** `serial` and `sha256` (of the DER): hex. `certificate`: DER, base64. `replaces`: serial of the one whose key was destroyed for it. Instants are ISO 8601 UTC. */
export interface CertificateIssued {
  readonly type: 'CertificateIssued';
  readonly profile: Profile;
  readonly serial: string;
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly certificate: string;
  readonly person?: string;
  readonly agency?: string;
  readonly replaces?: string;
}

export type AuthorityEvent =
  | CertificateIssued
  | { readonly type: 'PinChanged'; readonly person: string }
  | { readonly type: 'PinLocked'; readonly person: string }
  | { readonly type: 'PinUnlocked'; readonly person: string };
