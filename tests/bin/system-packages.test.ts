// System packages for tests: installed only where a test needs them and the machine allows it, named otherwise. apt-get is a stand-in here.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { installMissingCommands } from '../../bin/system-packages.mjs';

// Put together here, so that this file does not look like a browser test itself.
const BROWSER_TEST = `import { chromium } from '${['playwright', 'core'].join('-')}';`;

describe('System packages', () => {
  let folder: string;
  const say = (): void => undefined;
  const calls = (): string => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '');
  const here = (more: object = {}) => ({ env: { PATH: folder, ...more }, isRoot: true, isDebian: true });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'piton-apt-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function aptGet(script: string): void {
    writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\necho "$*" >> ${folder}/calls\n${script}\n`);
    chmodSync(join(folder, 'apt-get'), 0o755);
  }

  it('installs nothing when no test needs a command', async () => {
    aptGet('exit 0');
    expect(await installMissingCommands(["import { expect } from 'chai';"], say, here())).to.deep.equal([]);
    expect(calls()).to.equal('');
  });

  it('installs what a test needs', async () => {
    aptGet(`if [ "$1" = install ]; then : > ${folder}/chromium; /bin/chmod 755 ${folder}/chromium; fi`);
    expect(await installMissingCommands([BROWSER_TEST], say, here())).to.deep.equal([]);
    expect(calls()).to.equal('update -q\ninstall -y -q --no-install-recommends chromium fonts-liberation\n');
  });

  it('installs nothing that is there', async () => {
    aptGet('exit 0');
    writeFileSync(join(folder, 'chromium'), '');
    chmodSync(join(folder, 'chromium'), 0o755);
    expect(await installMissingCommands([BROWSER_TEST], say, here())).to.deep.equal([]);
    expect(calls()).to.equal('');
  });

  it('names what is missing, and why', async () => {
    const missing = async (surroundings: ReturnType<typeof here>) => (await installMissingCommands([BROWSER_TEST], say, surroundings)).map(({ command, reason }) => `${command}: ${reason}`);
    expect(await missing(here())).to.deep.equal(['chromium: not installed, and there is no apt-get here']);
    aptGet('exit 100');
    expect(await missing(here())).to.deep.equal(['chromium: apt-get failed']);
    expect(await missing(here({ PITON_NO_APT: '1' }))).to.deep.equal(['chromium: PITON_NO_APT=1']);
    expect(await missing({ ...here(), isRoot: false })).to.deep.equal(['chromium: not installed, and only root may install it']);
  });
});
