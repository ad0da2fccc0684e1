/**
 * Records the data folder of a whole server: `node tests/histories/record-letter.ts NAME` makes tests/histories/NAME from nothing:
 * a letter from the registry to both files, a letter that waits to be signed, and a claim a decision table sent to its approver.
 * A recorded folder is never made again: later versions must open it as it is.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { startPiton } from '../../server/main.ts';
import { ROOT_FILE } from '../../server/signing/verifier.ts';
import { accountsOf, exchange, LetterDrive, PEOPLE, scanOf, signIn } from '../support/letter.ts';
import type { Ask, Signed } from '../support/letter.ts';
import { openHistory, writeExpected } from './host.ts';

const CLAIM = { purpose: 'Lock for the store room', kind: 'repairs', amount: 200.01, spentOn: { $: 'date', v: '2026-01-02' }, receiptNumber: 'R-1182' };
const SIGNATORY = 'permanent.secretary';

const [name] = process.argv.slice(2);
if (name === undefined || existsSync(new URL(`${name}/`, import.meta.url))) throw new Error(`Expected the name of a new history, but it is ${String(name)}`);
const target = fileURLToPath(new URL(`${name}/`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'piton-record-'));

// Histories are opened as of the same instant, soon after this one.
const began = Date.now();
const clock = { now: () => new Date(Date.parse('2026-11-23T12:00:00.000Z') + Date.now() - began).toISOString() };
const piton = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0' }), pino({ level: 'warn' }), clock);
const accounts = accountsOf(piton.lines);
const sessions = new Map<string, Signed>();
for (const account of PEOPLE) sessions.set(account, await signIn(piton.url, account, accounts.get(account)?.password ?? ''));
const ask: Ask = (asked) => exchange(piton.url, sessions.get(asked.account)!, asked);
const pin = accounts.get(SIGNATORY)?.pin ?? '';

const filed = new LetterDrive(ask, 'filed', scanOf(2_000));
await filed.upToSignature();
await filed.onToFiled(pin);
await new LetterDrive(ask, 'waiting', scanOf(2_100)).upToSignature();
const claimed = await ask({ account: 'administrative.officer', method: 'POST', path: '/api/v1/instances', key: 'claim', body: { processId: 'petty-cash', variables: CLAIM } });
if (claimed?.status !== 201) throw new Error(JSON.stringify(claimed));
const events = (await piton.runtime.history(filed.stream)).flatMap((record) => record.events) as readonly { readonly type: string; readonly values?: Readonly<Record<string, { readonly sha256?: string; readonly state?: string }>> }[];
const signed = events.flatMap(({ type, values = {} }) => (type !== 'VariablesWritten' ? [] : [values['reply'], values['envelope']].flatMap((document) => (document?.sha256 !== undefined && document.state !== 'generated' ? [document.sha256] : []))));
await piton.stop();

for (const part of ['log.db', 'vault.db', 'installation.key', 'blobs', ROOT_FILE]) cpSync(join(folder, part), join(target, part), { recursive: true });
rmSync(folder, { recursive: true, force: true });
await writeExpected(target, await openHistory(target, clock), { signed: [...new Set(signed)], pins: { [SIGNATORY]: pin } });
