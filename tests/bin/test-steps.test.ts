// `npm test` itself: what it counts, what it says about skipped tests, and that its last line can be read by a machine.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../architecture/source-tree.ts';

describe('The steps of npm test', () => {
  let copy: string;

  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'piton-steps-'));
    for (const path of ['bin', 'package.json', '.mocharc.json', 'tests/support/reporter.ts']) cpSync(join(repository, path), join(copy, path), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
    mkdirSync(join(copy, 'tests/kinds'));
    const write = (name: string, body: string): void => {
      writeFileSync(join(copy, 'tests/kinds', name), body);
    };
    write('good.test.ts', "describe('good', () => { it('passes', () => {}); it('needs a printer', function () { this.skip(); }); });");
    write('bad.test.ts', "describe('bad', () => { it('fails', () => { throw new Error('Expected 1, but got 2'); }); it('passes', () => {}); });");
    write('broken.test.ts', "import './nowhere.ts';");
    write('proof.long.test.ts', "describe('proof', () => { it('takes long', () => {}); });");
  });

  after(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  function steps(args: readonly string[], env: NodeJS.ProcessEnv = {}): { code: number | null; text: string; last: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'bin/test-steps.mjs'), ...args], { cwd: copy, encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } });
    return { code: status, text: stdout + stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
  }

  it('names what was skipped and counts it apart', () => {
    const { code, text, last } = steps(['tests/kinds/good.test.ts']);
    expect(last).to.equal('1 passed, 0 failed, 1 skipped');
    expect(text).to.contain('Skipped:\n  - good needs a printer\n');
    expect(code).to.equal(0);
  });

  it('counts a skip as a failure where PITON_REQUIRE=all', () => {
    const { code, last } = steps(['tests/kinds/good.test.ts'], { PITON_REQUIRE: 'all' });
    expect(last).to.equal('1 passed, 1 failed');
    expect(code).to.equal(1);
  });

  it('shows a failure in full and ends with exit code 1', () => {
    const { code, text, last } = steps(['tests/kinds/bad.test.ts']);
    expect(text).to.contain('FAIL  bad fails\n      Expected 1, but got 2\n');
    expect(last).to.equal('1 passed, 1 failed');
    expect(code).to.equal(1);
  });

  it('counts a test file that cannot be loaded as a failure', () => {
    const { code, text, last } = steps(['tests/kinds/broken.test.ts']);
    expect(text).to.contain('nowhere.ts');
    expect(last).to.equal('0 passed, 1 failed');
    expect(code).to.equal(1);
  });

  it('runs one test by a part of its title', () => {
    expect(steps(['tests/kinds/good.test.ts', 'tests/kinds/bad.test.ts', '--grep', 'passes']).last).to.equal('2 passed, 0 failed');
  });

  it('leaves long proofs to --long', () => {
    expect(steps(['--long']).last).to.equal('1 passed, 0 failed');
    expect(steps(['tests/kinds/proof.long.test.ts']).last).to.equal('1 passed, 0 failed');
    expect(steps(['tests/kinds/[gp]*.test.ts', '--grep', 'takes long|passes']).text).not.to.contain('broken');
  });

  it('refuses a path without tests and an option it does not know with exit code 2', () => {
    const nowhere = steps(['tests/nowhere']);
    expect(nowhere.code).to.equal(2);
    expect(nowhere.text).to.match(/^Expected test files at tests\/nowhere, but found none\./);
    expect(steps(['--fast']).code).to.equal(2);
  });
});
