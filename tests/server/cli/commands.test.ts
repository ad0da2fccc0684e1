// The words of the command line: dispatch, options, lint, and what is wrong use.
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { COMMANDS, serveFrom } from '../../../server/cli/dispatch.ts';
import { call, Folder } from './called.ts';

describe('Command line', () => {
  const folder = new Folder();
  after(() => folder.remove());

  it('Without a command it shows its usage and ends with 2', async () => {
    const { code, err } = await call();
    expect(code).to.equal(2);
    expect(err.join('\n')).to.contain('piton run FILE.bpmn').and.contain('Exit codes');
  });

  it('An unknown command is named, with the usage, and ends with 2', async () => {
    for (const word of ['frob', 'constructor', '__proto__']) {
      const { code, err } = await call(word);
      expect(code).to.equal(2);
      expect(err[0]).to.equal(`CLI_COMMAND_UNKNOWN: Expected a command of piton, but ${word} is none`);
      expect(err.join('\n')).to.contain('Usage:');
    }
  });

  it('Help is no error', async () => {
    expect((await call('--help')).code).to.equal(0);
    for (const help of ['--help', '-h']) expect((await call('run', help)).out[0]).to.match(/^piton run/);
    expect((await call('-h')).code).to.equal(0);
  });

  it('What help shows is what the command takes, word by word', async () => {
    for (const name of Object.keys(COMMANDS).filter((each) => each !== 'serve')) {
      const shown = (await call(name, '--help')).out[0]?.split('\n').slice(0, -1) ?? [];
      const refused = (await call(name, ...(name === 'audit' ? [] : ['--no-such-option']))).err.join('\n');
      for (const usage of shown) expect(refused, name).to.contain(usage);
    }
  });

  it('Options are checked', async () => {
    const file = folder.write('a.bpmn', 'start -> end');
    for (const [args, code] of [
      [['run'], 'CLI_ARGUMENT_MISSING'], [['run', file, 'more'], 'CLI_ARGUMENT_SURPLUS'], [['run', file, '--fast'], 'CLI_OPTION_UNKNOWN'],
      [['run', file, '--process'], 'CLI_OPTION_VALUE'], [['lint', 'nowhere.bpmn'], 'CLI_FILE_NOT_READ'], [['lint', folder.path], 'CLI_FILE_NOT_READ'],
      [['lint', file, '--auto'], 'CLI_OPTION_UNKNOWN'], [['walk', 'nowhere'], 'CLI_WALKS_NOT_FOUND'],
    ] as const) {
      const called = await call(...args);
      expect([called.code, called.err[0]?.split(':')[0], called.out], args.join(' ')).to.deep.equal([2, code, []]);
      expect(called.err[1]).to.match(/^ {2}\S/);
    }
  });

  it('An option may carry its value after an equals sign', async () => {
    expect((await call('run', folder.write('a.bpmn', 'start -> end'), '--variables={"a":1}')).lines.at(-1)).to.deep.include({ variables: { a: 1 } });
  });

  it('A copy without the server says so', async () => {
    const failure = await serveFrom(pathToFileURL(`${folder.path}/main.ts`), []).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'CLI_COMMAND_ABSENT' });
  });

  it('The server is loaded, and its main called with the rest of the words', async () => {
    const file = folder.write('main.mjs', 'export const seen = []; export async function main(args) { seen.push(...args); }');
    expect(await serveFrom(pathToFileURL(file), ['--port', '1'])).to.equal(0);
    expect(((await import(pathToFileURL(file).href)) as { seen: string[] }).seen).to.deep.equal(['--port', '1']);
  });
});

describe('Command line: lint', () => {
  const folder = new Folder();
  const good = folder.write('good.bpmn', 'start -> end');
  const dead = folder.write('dead.bpmn', `
    start -> xor Gate default=Join
    Gate -[x]-> user A -> and Join -> end
    Gate -> Join`);
  const bad = folder.write('bad.bpmn', `
    start -> xor Gate
    Gate -> end
    Gate -> end`);
  after(() => folder.remove());

  it('A model without findings is 0, with empty lists', async () => {
    const { code, lines } = await call('lint', good, '--json');
    expect([code, lines]).to.deep.equal([0, [{ problems: [], soundness: { decided: true, markings: (lines[0]?.['soundness'] as { markings: number }).markings, findings: [] } }]]);
  });

  it('Findings of soundness are warnings with a counter-example, not refusals', async () => {
    const { code, lines } = await call('lint', dead, '--json');
    expect(code).to.equal(0);
    const { findings } = lines[0]?.['soundness'] as { findings: Record<string, unknown>[] };
    expect(findings.map(({ kind }) => kind)).to.include('deadlock');
    expect((await call('lint', dead)).out.join('\n')).to.match(/warning deadlock Join\n.+\n {2}on the way start -> Gate/);
  });

  it('A finding that is an error ends with 1 and says where and what to do', async () => {
    const { code, lines } = await call('lint', bad, '--json');
    expect(code).to.equal(1);
    const problems = lines[0]?.['problems'] as Record<string, unknown>[];
    expect(problems.some(({ severity }) => severity === 'error')).to.equal(true);
    const text = await call('lint', bad);
    expect([text.code, text.out.at(-1)]).to.deep.equal([1, `${bad}: ${String(problems.length)} finding${problems.length === 1 ? '' : 's'}, refused`]);
    expect(text.out[0]).to.match(/bad\.bpmn:\d+ (error|warning) BPMN_\w+/);
  });
});
