/** The proof of the tables of errors: every code is thrown somewhere, named in a test, and says what was expected and what to do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { QUEUE_ERRORS } from '../../../server/queues/errors.ts';
import { STORE_ERRORS } from '../../../server/stores/errors.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

function texts(...folders: string[]): string {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('errors.ts') && !file.endsWith('errors.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe('the errors of stores and queues', () => {
  const source = texts('server/stores', 'server/queues');
  const tests = texts('tests/contracts', 'tests/server/stores', 'tests/server/queues', 'tests/server/cli');

  for (const [code, { message, hint }] of Object.entries({ ...STORE_ERRORS, ...QUEUE_ERRORS })) {
    it(`${code} is thrown, tested, and follows the grammar`, () => {
      expect(source).to.contain(`'${code}'`);
      expect(tests).to.contain(code);
      expect(message).to.match(/^Expected .+, but .+[^.]$/);
      expect(hint).to.match(/^[A-Z].+\.$/);
    });
  }
});
