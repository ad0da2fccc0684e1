// Set-up: installs once, says why it cannot, and never runs twice at the same time. npm is a stand-in here.
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../architecture/source-tree.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An npm that notes its calls and does in moments what the real one does: packages, its own record of them, the runtime. */
const FAKE_NPM = `#!${process.execPath}
import fs from 'node:fs';
const args = process.argv.slice(2);
fs.appendFileSync('npm-calls.txt', args.slice(0, 2).join(' ') + '\\n');
const mode = fs.existsSync('npm-mode.txt') ? fs.readFileSync('npm-mode.txt', 'utf8') : '';
if (mode.startsWith('fail')) { console.error('npm error ' + mode.slice(5)); process.exit(7); }
if (args[0] === 'ci') {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/one', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
}
if (args[0] === 'rebuild' && mode !== 'no runtime') {
  fs.mkdirSync('node_modules/node/bin', { recursive: true });
  fs.symlinkSync(process.execPath, 'node_modules/node/bin/node');
}
setTimeout(() => {}, mode === 'slow' ? 600 : 0);
`;

const LOCKFILE = { lockfileVersion: 3, packages: { '': { name: 'copy' }, 'node_modules/one': { version: '1.0.0' } } };

describe('Set-up', () => {
  let copy: string;
  let path: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'piton-setup-'));
    path = join(copy, 'path');
    cpSync(join(repository, 'bin'), join(copy, 'bin'), { recursive: true });
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ name: 'copy', type: 'module' }));
    writeLock('1.0.0');
    mkdirSync(path);
    writeFileSync(join(path, 'npm'), FAKE_NPM);
    chmodSync(join(path, 'npm'), 0o755);
  });

  afterEach(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  function writeLock(version: string): void {
    LOCKFILE.packages['node_modules/one'].version = version;
    writeFileSync(join(copy, 'package-lock.json'), JSON.stringify(LOCKFILE));
  }

  function run(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [file, ...args], { cwd: tmpdir(), env: { PATH: path, ...env } });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.on('error', fail);
      child.on('close', (code) => {
        done({ code, stdout, stderr });
      });
    });
  }

  const setUp = (...args: string[]): Promise<Ended> => run(join(copy, 'bin/setup.mjs'), args);
  const npmMode = (mode: string): void => {
    writeFileSync(join(copy, 'npm-mode.txt'), mode);
  };
  const npmCalls = (): string[] => (existsSync(join(copy, 'npm-calls.txt')) ? readFileSync(join(copy, 'npm-calls.txt'), 'utf8').trim().split('\n') : []);

  it('installs packages without their scripts, then the pinned Node, and says so', async () => {
    const { code, stderr } = await setUp();
    expect(code, stderr).to.equal(0);
    expect(npmCalls()).to.deep.equal(['ci --ignore-scripts', 'rebuild node']);
    expect(stderr).to.match(/first call here[^]*installing the packages \(npm ci\): done after \d+\.\d s[^]*ready after \d+\.\d s, runtime Node 2\d/);
  });

  it('does nothing the second time', async () => {
    await setUp();
    const { code, stderr } = await setUp();
    expect(code).to.equal(0);
    expect(stderr).to.equal('Set-up: nothing to do.\n');
    expect(npmCalls()).to.have.lengthOf(2);
  });

  it('installs anew when package-lock.json has changed', async () => {
    await setUp();
    writeLock('2.0.0');
    const { code, stderr } = await setUp();
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain('differ, installing anew');
    expect(npmCalls()).to.have.lengthOf(4);
  });

  it('keeps packages somebody installed with npm when they are those of package-lock.json', async () => {
    mkdirSync(join(copy, 'node_modules/one'), { recursive: true });
    mkdirSync(join(copy, 'node_modules/node/bin'), { recursive: true });
    symlinkSync(process.execPath, join(copy, 'node_modules/node/bin/node'));
    cpSync(join(copy, 'package-lock.json'), join(copy, 'node_modules/.package-lock.json'));
    const { code, stderr } = await setUp();
    expect(code, stderr).to.equal(0);
    expect(npmCalls()).to.deep.equal([]);
  });

  it('brings the pinned Node back when it was deleted', async () => {
    await setUp();
    rmSync(join(copy, 'node_modules/node'), { recursive: true });
    const { code } = await setUp();
    expect(code).to.equal(0);
    expect(npmCalls()).to.deep.equal(['ci --ignore-scripts', 'rebuild node', 'rebuild node']);
  });

  it('goes on with the Node of the machine when it is new enough and the package is not usable', async () => {
    npmMode('no runtime');
    const { code, stderr } = await setUp();
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain('going on with the Node of this machine');
    expect((await setUp()).stderr).to.equal('Set-up: nothing to do.\n');
  });

  it('leaves packages for development out when asked, until tests ask for them', async () => {
    await setUp('--production');
    expect((await setUp()).stderr).to.equal('Set-up: nothing to do.\n');
    const { stderr } = await run('--input-type=module', ['-e', `const { ensureReady } = await import(${JSON.stringify(join(copy, 'bin/setup.mjs'))}); await ensureReady({ production: false });`]);
    expect(stderr).to.contain('ready after');
  });

  it('lets the second of two calls wait for the first instead of installing twice', async () => {
    npmMode('slow');
    const ends = await Promise.all([setUp(), setUp(), setUp()]);
    expect(ends.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(npmCalls()).to.deep.equal(['ci --ignore-scripts', 'rebuild node']);
    expect(ends.filter(({ stderr }) => /another one is running \(process \d+\)/.test(stderr))).to.have.lengthOf(2);
    expect(existsSync(join(copy, '.artefacts/setup.lock'))).to.equal(false);
  });

  it('takes over a lock whose process is gone', async () => {
    mkdirSync(join(copy, '.artefacts/setup.lock'), { recursive: true });
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => gone.on('close', done));
    writeFileSync(join(copy, '.artefacts/setup.lock/pid'), String(gone.pid));
    const { code, stderr } = await setUp();
    expect(code, stderr).to.equal(0);
    expect(existsSync(join(copy, '.artefacts/setup.lock'))).to.equal(false);
  });

  it('runs again after a failure', async () => {
    npmMode('fail code ENOTFOUND');
    expect((await setUp()).code).to.equal(1);
    rmSync(join(copy, 'npm-mode.txt'));
    expect((await setUp()).code).to.equal(0);
  });

  it('refuses an argument it does not know with exit code 2', async () => {
    const { code, stderr } = await setUp('--fast');
    expect(code).to.equal(2);
    expect(stderr).to.match(/^Expected --quiet or --production, but got --fast/);
  });

  it('prints nothing when quiet and all is well', async () => {
    expect(await setUp('--quiet')).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  describe('says what is wrong and what to do, without a stack trace', () => {
    const cases: readonly [code: string, npmSays: string][] = [
      ['SETUP_NO_NETWORK', 'fail code ENOTFOUND'],
      ['SETUP_NO_NETWORK', 'fail network request failed, reason: connect ECONNREFUSED 127.0.0.1:9'],
      ['SETUP_DISK_FULL', 'fail ENOSPC: no space left on device, write'],
      ['SETUP_NO_PERMISSION', 'fail EACCES: permission denied, mkdir'],
      ['SETUP_LOCK_MISMATCH', 'fail `npm ci` can only install packages when your package.json and package-lock.json are in sync'],
      ['SETUP_NPM_FAILED', 'fail something nobody has seen before'],
    ];
    for (const [code, npmSays] of cases) {
      it(`${code} (${npmSays.slice(5, 40)})`, async () => {
        npmMode(npmSays);
        const ended = await setUp();
        expect(ended.code).to.equal(1);
        expect(ended.stderr).to.match(new RegExp(`^${code}: Expected .+, but .+\\.\\n  \\S.+$`, 'm'));
        expect(ended.stderr).not.to.match(/^\s+at /m);
      });
    }

    it('SETUP_NO_NPM', async () => {
      rmSync(join(path, 'npm'));
      const { code, stderr } = await setUp();
      expect(code).to.equal(1);
      expect(stderr).to.contain('SETUP_NO_NPM: Expected the command npm, but it is not on the PATH.');
    });

    it('SETUP_NO_LOCKFILE', async () => {
      rmSync(join(copy, 'package-lock.json'));
      const { code, stderr } = await setUp();
      expect(code).to.equal(1);
      expect(stderr).to.match(/^SETUP_NO_LOCKFILE: /);
    });

    it('SETUP_NO_RUNTIME, SETUP_NODE_TOO_OLD and SETUP_LOCK_HELD read the same way', async () => {
      const { SETUP_ERRORS } = await import('../../bin/errors.mjs');
      for (const code of ['SETUP_NO_RUNTIME', 'SETUP_NODE_TOO_OLD', 'SETUP_LOCK_HELD']) {
        expect(SETUP_ERRORS[code]?.message('x')).to.match(/^Expected .+, but .+\.$/);
      }
    });
  });

  it('chooses the first Node that can run TypeScript', async () => {
    const { chooseRuntime } = await import('../../bin/setup.mjs');
    expect(chooseRuntime([{ nodePath: '/a', version: 'v24.21.0' }], 'v26.0.0', '/b')).to.deep.equal({ nodePath: '/a' });
    expect(chooseRuntime([{ nodePath: '/a', version: 'v22.1.0' }], 'v24.0.0', '/b')).to.deep.equal({ nodePath: '/b' });
    expect(chooseRuntime([], 'v20.20.2', '/b')).to.equal(undefined);
  });

  describe('of the commands', () => {
    beforeEach(() => {
      mkdirSync(join(copy, 'server/cli'), { recursive: true });
      writeFileSync(
        join(copy, 'server/cli/main.ts'),
        `const [what, ...rest]: string[] = process.argv.slice(2);
        if (what === 'echo') console.log(JSON.stringify({ rest, main: import.meta.main, version: process.version, setting: process.env.PITON_X }));
        if (what === 'exit') process.exit(Number(rest[0]));
        if (what === 'wait') { process.on('SIGTERM', () => { console.log('stopped'); process.exit(5); }); setInterval(() => {}, 1000); console.log('waiting'); }`,
      );
      writeFileSync(join(copy, 'server/main.ts'), `console.log('server', process.argv.slice(2).join(' ')); process.on('SIGINT', () => process.exit(130)); if (process.argv[2] === 'wait') setInterval(() => {}, 1000);`);
    });

    it('piton sets itself up at the first call, on stderr, and hands arguments and settings on', async () => {
      const first = await run(join(copy, 'bin/piton'), ['echo', 'a b', '--json'], { PITON_X: 'set' });
      expect(first.code, first.stderr).to.equal(0);
      expect(first.stderr).to.contain('Set-up: ready');
      expect(JSON.parse(first.stdout)).to.deep.equal({ rest: ['a b', '--json'], main: true, version: process.version, setting: 'set' });
      expect((await run(join(copy, 'bin/piton'), ['echo'])).stderr).to.equal('');
    });

    it('piton works through a link', async () => {
      await setUp();
      symlinkSync(join(copy, 'bin/piton'), join(path, 'piton'));
      const { code, stdout } = await run(join(path, 'piton'), ['echo', 'x']);
      expect(code).to.equal(0);
      expect(stdout).to.contain('"rest":["x"]');
    });

    it('piton ends with the exit code of what it ran', async () => {
      await setUp();
      expect((await run(join(copy, 'bin/piton'), ['exit', '2'])).code).to.equal(2);
    });

    it('piton run by another Node starts the pinned one and hands signals and exit codes on', async () => {
      await setUp();
      const other = join(copy, 'other-node');
      cpSync(process.execPath, other);
      const child = spawn(other, [join(copy, 'bin/piton'), 'wait'], { env: { PATH: path } });
      let stdout = '';
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        if (stdout === 'waiting\n') child.kill('SIGTERM');
      });
      const code = await new Promise((done) => child.on('close', done));
      expect(stdout).to.equal('waiting\nstopped\n');
      expect(code).to.equal(5);
    });

    it('start runs the server with its arguments', async () => {
      const { code, stdout } = await run(join(copy, 'bin/start.mjs'), ['--port', '0']);
      expect(code).to.equal(0);
      expect(stdout).to.equal('server --port 0\n');
    });

    it('start ends without a failure after Ctrl-C', async () => {
      await setUp();
      const child = spawn(process.execPath, [join(copy, 'bin/start.mjs'), 'wait'], { env: { PATH: `${path}${delimiter}${dirname(process.execPath)}` } });
      child.stdout.once('data', () => child.kill('SIGINT'));
      const code = await new Promise((done) => child.on('close', done));
      expect(code).to.equal(0);
    });
  });
});
