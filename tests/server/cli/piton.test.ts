// bin/piton as a program: callable from any folder, its exit codes, and a reader that has seen enough.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../../architecture/source-tree.ts';
import { Folder } from './called.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function piton(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(join(repository, 'bin/piton'), args, { cwd: tmpdir() }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('Command line: bin/piton', () => {
  const folder = new Folder();
  after(() => folder.remove());

  it('From any folder it runs a case and prints JSON lines', async () => {
    const { code, stdout, stderr } = await piton('run', folder.write('a.bpmn', 'start -> user A -> end'), '--auto');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).to.deep.equal({ type: 'RunEnded', state: 'completed', processId: 'P', variables: {}, incidents: [] });
  }).timeout(30_000);

  it('Its exit codes are 1 for a no and 2 for wrong use, the reason on standard error', async () => {
    const no = await piton('run', folder.write('b.bpmn', 'start -> end Wrong error=E1'));
    expect(no.code).to.equal(1);
    const wrong = await piton('frob');
    expect([wrong.code, wrong.stdout, wrong.stderr.split('\n')[0]]).to.deep.equal([2, '', 'CLI_COMMAND_UNKNOWN: Expected a command of piton, but frob is none']);
  }).timeout(30_000);

  it('A large output arrives whole', async () => {
    const tasks = Array.from({ length: 2_000 }, (_, index) => `task T${String(index)}`).join(' -> ');
    const { stdout } = await piton('run', folder.write('c.bpmn', `start -> ${tasks} -> end`));
    expect(stdout.trimEnd().split('\n').at(-1)).to.contain('"state":"completed"');
    expect(stdout.match(/"type":"ElementCompleted"/g)).to.have.length(2_002);
  }).timeout(30_000);
});
