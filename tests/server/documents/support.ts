/** Requests for the sample letter, and other programs that look at the files. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../../engine/index.ts';
import type { DocumentErrorCode, DocumentErrorValues } from '../../../server/documents/errors.ts';
import type { RenderRequest } from '../../../server/ports/renderer.ts';

export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));
const LETTER = join(TEMPLATES, 'reply-letter');
export const LETTER_TEXT = readFileSync(join(LETTER, 'template.hbs'), 'utf8');
export const SAMPLE = JSON.parse(readFileSync(join(LETTER, 'sample.json'), 'utf8')) as Readonly<Record<string, Json>>;

export function letterRequest(data: Readonly<Record<string, Json>> = {}, other: Partial<RenderRequest> = {}): RenderRequest {
  return {
    template: LETTER_TEXT, templateName: 'reply-letter', data: { ...SAMPLE, ...data }, title: (data['subject'] ?? SAMPLE['subject']) as string, language: 'en-LC', at: '2026-11-22T12:00:00.000Z',
    metadata: { documentNumber: 'PS-OUT/2026/0001', creator: { orgId: 'ministry', orgName: 'Ministry of the Public Service' } }, qr: 'PITON:PS-OUT/2026/0001', ...other,
  };
}

/** A request for a template of its own; data as given. */
export function pageRequest(template: string, data: Readonly<Record<string, Json>> = {}, other: Partial<RenderRequest> = {}): RenderRequest {
  return { ...letterRequest(), template, templateName: 'page', data, title: 'A page', ...other };
}

/** Keeps a process busy for centuries and writes nothing. */
const LOOPS = `${'{{#each @root.a}}'.repeat(6)}${'{{/each}}'.repeat(6)}`;
export const BOMB = pageRequest(LOOPS, { a: Array.from({ length: 1_000 }, (_, at) => at) }, { templateName: 'bomb' });

export interface Refusal {
  readonly code?: DocumentErrorCode;
  readonly values?: DocumentErrorValues;
  readonly message: string;
}

/** What a promise rejects with. */
export async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('Expected a refusal, but it was accepted');
}

/** What a call throws. */
export function thrownBy(call: () => unknown): Refusal {
  try {
    call();
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('Expected a refusal, but it was accepted');
}

/** Skips the test where the machine lacks a program; `npm test` installs them where it may, and names what it skipped. */
export function needs(test: Mocha.Context, ...commands: readonly string[]): void {
  const folders = execPath().split(delimiter);
  const isThere = (command: string): boolean => folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!commands.every(isThere)) test.skip();
}

function execPath(): string {
  return execFileSync('sh', ['-c', 'printf %s "$PATH"'], { encoding: 'utf8' });
}

/** Standard output of a program. Throws when it ends with a failure. */
export function output(command: string, parameters: readonly string[]): string {
  return execFileSync(command, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
