/** `piton verify`: who signed a file, when, trusted by which root, and whether it was changed since; without a server and without a network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCaseProof, verifyCaseProof } from '../audit/proof.ts';
import type { Proven } from '../audit/proof.ts';
import { readConfig } from '../config.ts';
import { isEnvelope, verifyEnvelope } from '../exchange/verify.ts';
import type { SignatureFinding, Verification, Verifier } from '../ports/signing.ts';
import { createVerifier, ROOT_FILE } from '../signing/verifier.ts';
import { systemClock } from '../system.ts';
import { CliError } from './errors.ts';
import { parseOptions, readBytes, readText } from './options.ts';
import type { ExitCode, Grammar, Terminal } from './options.ts';
import { USAGE } from './usage.ts';

const GRAMMAR: Grammar = { usage: USAGE.verify, positional: ['FILE'], flags: ['--json'], values: ['--trust', '--signature'] };

/** Exit code 0 only when there is a signature, all of them are valid, and nothing was changed since. */
export async function verify(args: readonly string[], { out }: Terminal): Promise<ExitCode> {
  const { positional, flags, values } = parseOptions(args, GRAMMAR);
  const [file = ''] = positional;
  const content = readBytes(file);
  const verifier = createVerifier(anchors(values.get('--trust')), systemClock);
  const signature = values.get('--signature');
  const verification = await (signature === undefined ? verifyContent(content, file, verifier) : verifier.verifyDetached(content, readBytes(signature)));
  if (flags.has('--json')) out(JSON.stringify(verification));
  else for (const line of words(file, verification)) out(line);
  return verification.valid && !verification.changed ? 0 : 1;
}

/** What a file is, is told by its first bytes: the checks of each kind stand in a line of their own. Throws CLI_FILE_NOT_SIGNED. */
async function verifyContent(content: Buffer, file: string, verifier: Verifier): Promise<Verification & { readonly proven?: Proven }> {
  if (content.subarray(0, 5).toString('latin1') === '%PDF-') return verifier.verifyPdf(content);
  if (isEnvelope(content)) return verifyEnvelope(content, verifier);
  if (isCaseProof(content)) return verifyCaseProof(content, verifier);
  throw new CliError('CLI_FILE_NOT_SIGNED', { file });
}

/** The PEM certificates of the file given, else the root of the installation whose data folder is configured. */
function anchors(trust: string | undefined): readonly string[] {
  const file = trust ?? join(dataFolder(), ROOT_FILE);
  const found = (trust === undefined ? installed(file) : readText(file)).match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    createVerifier(found, systemClock);
  } catch {
    throw new CliError('CLI_TRUST_INVALID', { file });
  }
  if (found.length === 0) throw new CliError('CLI_TRUST_INVALID', { file });
  return found;
}

/** A setting that is wrong stops the server, not this. */
function dataFolder(): string {
  try {
    return readConfig().data;
  } catch {
    throw new CliError('CLI_TRUST_MISSING', { file: 'the data folder that is configured' });
  }
}

function installed(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CliError('CLI_TRUST_MISSING', { file });
  }
}

function words(file: string, { valid, changed, signatures, problems, proven }: Verification & { readonly proven?: Proven }): string[] {
  const verdict = valid && !changed ? 'valid, and not changed since' : changed ? 'NOT VALID: it was changed' : 'NOT VALID';
  const told = problems.filter((problem) => signatures.every((signature) => signature.problem !== problem));
  return [`${file}: ${verdict}`, ...(proven === undefined ? [] : describeCase(proven)), ...signatures.flatMap(describe), ...told.map((problem) => `  ${problem}`)];
}

/** The acts of a case as its records say: who reads the file sees what is proven. */
function describeCase({ case: stream, records, segment, head }: Proven): string[] {
  return [
    `  Case ${stream}, closed: ${String(records.length)} records, sealed in segment ${String(segment)}, in the head of ${head.at} (commit ${String(head.position)}, agency ${head.agency})`,
    ...records.map(({ version, at, commandType }) => `    ${String(version)}. ${at} ${commandType}`),
  ];
}

const KINDS = { signature: 'Signed by', seal: 'Sealed by', timestamp: 'Time stamp of' } as const;

function describe({ kind, name, organisation, at, provenAt, trustedBy, problem }: SignatureFinding): string[] {
  const when = provenAt === undefined ? `${at ?? 'time unknown'} (claimed, not proven)` : `${provenAt} (proven by a time stamp)`;
  return [
    `  ${KINDS[kind]} ${name}${organisation === undefined ? '' : `, ${organisation}`}`,
    `    at ${when}`,
    `    ${trustedBy === undefined ? 'not trusted' : `trusted by ${trustedBy}`}`,
    ...(problem === undefined ? [] : [`    ${problem}`]),
  ];
}
