// Soundness: every kind of finding with its counter-example, and models that have none.
import { expect } from 'chai';
import fc from 'fast-check';
import { lint } from '../../../engine/bpmn/lint.ts';
import { soundness } from '../../../engine/bpmn/soundness.ts';
import type { SoundnessFinding } from '../../../engine/bpmn/soundness.ts';
import { around, extended, flow, flows, model, processOf } from './support.ts';

const timer = '<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>';
const script = (id: string): string => `<scriptTask id="${id}">${extended(`<zeebe:script expression="=1" resultVariable="r" />`)}</scriptTask>`;
const and = (...ids: readonly string[]): string => ids.map((id) => `<parallelGateway id="${id}" />`).join('');
const tasks = (...ids: readonly string[]): string => ids.map((id) => `<userTask id="${id}" />`).join('');
const ends = '<startEvent id="s" /><endEvent id="e" />';

async function findings(xml: string): Promise<readonly SoundnessFinding[]> {
  const report = soundness(await processOf(xml));
  expect(report.decided).to.equal(true);
  return report.findings;
}

const kinds = async (xml: string): Promise<readonly string[]> => (await findings(xml)).map(({ kind, elementId }) => `${kind} ${elementId}`);

const xor = (id: string, ...branches: readonly string[]): string => `<exclusiveGateway id="${id}" default="${id}-${branches[0] ?? ''}" />${branches.map((to, i) => flow(id, to, i === 0 ? undefined : '=x')).join('')}`;

describe('BPMN: soundness', () => {
  it('A sequence, a decision and a fork with its join are sound', async () => {
    expect(await kinds(around('<userTask id="n" />'))).to.deep.equal([]);
    expect(await kinds(model(`${ends}${xor('g', 'a', 'b')}<exclusiveGateway id="j" />${tasks('a', 'b')}${flows('s g', 'a j', 'b j', 'j e')}`))).to.deep.equal([]);
    expect(await kinds(model(`${ends}${and('f', 'j')}${tasks('a', 'b')}${flows('s f a j e', 'f b j')}`))).to.deep.equal([]);
  });

  it('A join behind a decision can wait for ever', async () => {
    const [finding, ...more] = await findings(model(`${ends}${xor('g', 'a', 'b')}${and('j')}${tasks('a', 'b')}${flows('s g', 'a j', 'b j', 'j e')}`));
    expect(more).to.deep.equal([]);
    expect(finding).to.include({ kind: 'deadlock', elementId: 'j' });
    expect(finding?.line).to.be.greaterThan(1);
    expect(finding?.message).to.match(/^Expected every case to end, but parallel gateway j can wait for ever: nothing comes from [ab]$/);
    expect(finding?.trace).to.deep.equal(['s', 'g', 'a']);
  });

  it('A fork whose branches meet without a join runs what follows twice', async () => {
    const [finding, ...more] = await findings(model(`${ends}${and('f')}<exclusiveGateway id="j" />${tasks('a', 'b', 'c')}${flows('s f a j c e', 'f b j')}`));
    expect(more).to.deep.equal([]);
    expect(finding).to.include({ kind: 'lack-of-synchronisation', elementId: 'j' });
    expect(finding?.trace).to.include.members(['s', 'f', 'a', 'b', 'j']);
  });

  it('A node no path leads to is unreachable', async () => {
    expect(await kinds(model(`${ends}${tasks('n', 'lost')}${flows('s n e', 'lost e')}`))).to.deep.equal(['unreachable lost']);
    expect(await kinds(model(`${ends}${tasks('n', 'a', 'b')}${flows('s n e', 'a b a')}`))).to.deep.equal(['unreachable a', 'unreachable b']);
  });

  it('A loop without a way out never ends', async () => {
    expect(await kinds(model(`<startEvent id="s" />${tasks('a', 'b')}${flows('s a b a')}`))).to.deep.equal(['dead-end a']);
    expect(await kinds(model(`${ends}${tasks('a')}${xor('g', 'a', 'e')}${flows('s a g')}`))).to.deep.equal([]);
  });

  it('A loop that waits for nothing repeats by itself', async () => {
    const [finding] = await findings(model(`<startEvent id="s" />${script('a')}${script('b')}${flows('s a b a')}`));
    expect(finding).to.include({ kind: 'endless-automatic-loop' });
    expect(await kinds(model(`${ends}${script('a')}${xor('g', 'a', 'e')}${flows('s a g')}`))).to.deep.equal([]);
  });

  it('The end of a loop that is the whole rest of a case is found', async () => {
    expect(await kinds(model(`${ends}${tasks('t')}${xor('g', 't', 'a')}${script('a')}${script('b')}${flows('s g', 't e', 'a b a')}`))).to.deep.equal(['endless-automatic-loop a']);
  });

  it('A terminate end event takes the other tokens of its scope with it', async () => {
    expect(await kinds(model(`${ends}${and('f')}${tasks('a', 'b')}<endEvent id="t"><terminateEventDefinition /></endEvent>${flows('s f a t', 'f b e')}`))).to.deep.equal([]);
    const inner = `<subProcess id="n"><startEvent id="is" />${and('f', 'j')}${tasks('a', 'b', 'c')}<endEvent id="it"><terminateEventDefinition /></endEvent>${xor('g', 'it', 'j')}${flows('is f a g', 'f b j c')}</subProcess>`;
    expect((await kinds(around(inner))).filter((kind) => kind.startsWith('lack'))).to.deep.equal([]);
  });

  it('A sub-process ends when nothing is left in it', async () => {
    expect(await kinds(around(`<subProcess id="n"><startEvent id="is" />${and('f')}${tasks('a', 'b')}${flows('is f a', 'f b')}</subProcess>`))).to.deep.equal([]);
    expect(await kinds(around(`<subProcess id="n">${tasks('a', 'b')}</subProcess>`))).to.deep.equal([]);
  });

  it('A deadlock inside a sub-process is found unless a boundary event can always end it', async () => {
    const stuck = `<subProcess id="n"><startEvent id="is" />${xor('g', 'a', 'b')}${and('j')}${tasks('a', 'b')}${flows('is g', 'a j', 'b j')}</subProcess>`;
    expect(await kinds(around(stuck))).to.deep.equal(['deadlock j']);
    expect(await kinds(around(`${stuck}<boundaryEvent id="x" attachedToRef="n">${timer}</boundaryEvent>${flow('x', 'e')}`))).to.deep.equal(['unreachable j']);
  });

  it('An interrupting boundary event replaces the way on, a non-interrupting one adds to it', async () => {
    const border = (attributes: string): string => model(`${ends}${tasks('n', 'o')}<boundaryEvent id="x" attachedToRef="n" ${attributes}>${timer}</boundaryEvent><exclusiveGateway id="j" />${flows('s n j o e', 'x j')}`);
    expect(await kinds(border(''))).to.deep.equal([]);
    expect(await kinds(border('cancelActivity="false"'))).to.deep.equal(['lack-of-synchronisation j']);
  });

  it('A non-interrupting boundary event with a path of its own is sound', async () => {
    expect(await kinds(model(`${ends}${tasks('n', 'o')}<boundaryEvent id="x" attachedToRef="n" cancelActivity="false">${timer}</boundaryEvent><endEvent id="r" />${flows('s n e', 'x o r')}`))).to.deep.equal([]);
  });

  it('A join that waits for a boundary event can wait for ever', async () => {
    expect(await kinds(model(`${ends}${tasks('n')}<boundaryEvent id="x" attachedToRef="n" cancelActivity="false">${timer}</boundaryEvent>${and('j')}${flows('s n j e', 'x j')}`))).to.deep.equal(['deadlock j']);
  });

  it('An error end event leads to the boundary event that catches it, else the case fails', async () => {
    const error = '<error id="err" errorCode="LATE" /><error id="other" errorCode="OTHER" />';
    const sub = `<subProcess id="n"><startEvent id="is" />${tasks('a')}<endEvent id="ie"><errorEventDefinition errorRef="err" /></endEvent>${flows('is a ie')}</subProcess>`;
    const catching = (ref: string): string => `<boundaryEvent id="x" attachedToRef="n"><errorEventDefinition ${ref} /></boundaryEvent>${tasks('o')}${flows('x o e')}`;
    expect(await kinds(around(`${sub}${catching('errorRef="err"')}`, error))).to.deep.equal([]);
    expect(await kinds(around(`${sub}${catching('')}`, error))).to.deep.equal([]);
    expect(await kinds(around(sub, error))).to.deep.equal(['unreachable e']);
  });

  it('Of an event-based gateway one branch happens', async () => {
    const keyed = `<message id="m" name="Paid">${extended('<zeebe:subscription correlationKey="=key" />')}</message>`;
    const race = (join: string): string => model(`${ends}<eventBasedGateway id="g" /><intermediateCatchEvent id="a"><messageEventDefinition messageRef="m" /></intermediateCatchEvent><intermediateCatchEvent id="b">${timer}</intermediateCatchEvent>${join}${flows('s g a j e', 'g b j')}`, keyed);
    expect(await kinds(race('<exclusiveGateway id="j" />'))).to.deep.equal([]);
    expect(await kinds(race(and('j')))).to.deep.equal(['deadlock j']);
  });

  it('Each way to start is tried', async () => {
    const message = `<message id="m" name="Paid" />`;
    const xml = model(`${ends}<startEvent id="s2"><messageEventDefinition messageRef="m" /></startEvent>${and('j')}${tasks('n')}${flows('s j n e', 's2 j')}`, message);
    expect(await kinds(xml)).to.deep.equal(['deadlock j']);
  });

  it('Long chains beside each other are decided quickly', async () => {
    const branches = Array.from({ length: 8 }, (_, b) => Array.from({ length: 20 }, (_, i) => `t${String(b)}x${String(i)}`));
    const xml = model(`${ends}${and('f', 'j')}${branches.map((ids) => tasks(...ids)).join('')}${flow('s', 'f')}${flow('j', 'e')}${branches.map((ids) => flows(`f ${ids.join(' ')} j`)).join('')}`);
    const report = soundness(await processOf(xml));
    expect(report.decided).to.equal(true);
    expect(report.findings).to.deep.equal([]);
    expect(report.markings).to.be.lessThan(1000);
  });

  it('What does not fit into the budget is not decided', async () => {
    const border = (id: string): string => `<boundaryEvent id="b${id}" attachedToRef="${id}" cancelActivity="false">${timer}</boundaryEvent>${flow(`b${id}`, 'e')}`;
    const ids = Array.from({ length: 14 }, (_, i) => `t${String(i)}`);
    const xml = model(`${ends}${and('f', 'j')}${tasks(...ids)}${ids.map(border).join('')}${flow('s', 'f')}${flow('j', 'e')}${ids.map((id) => flows(`f ${id} j`)).join('')}`);
    const report = soundness(await processOf(xml), { markings: 2000 });
    expect([report.decided, report.markings]).to.deep.equal([false, 2000]);
    expect(report.findings.filter(({ kind }) => kind === 'unreachable')).to.deep.equal([]);
  });

  it('Lint gives findings of the standard and of soundness together; soundness waits for a model without errors', async () => {
    const stuck = model(`${ends}${xor('g', 'a', 'b')}${and('j')}${tasks('a', 'b')}${flows('s g', 'a j', 'b j', 'j e')}`);
    const report = await lint(stuck);
    expect(report.problems).to.deep.equal([]);
    expect(report.soundness).to.include({ decided: true });
    expect(report.soundness.findings.map(({ kind, processId }) => [kind, processId])).to.deep.equal([['deadlock', 'p']]);
    const broken = await lint(stuck.replace('<bpmn:userTask id="a" />', '<bpmn:choreographyTask id="a" />'));
    expect(broken.problems.map(({ code }) => code)).to.deep.equal(['BPMN_ELEMENT_NOT_EXECUTED']);
    expect(broken.soundness).to.deep.equal({ decided: false, markings: 0, findings: [] });
    expect((await lint('no xml')).problems[0]?.code).to.equal('BPMN_XML_INVALID');
  });
});

/** A part of a block-structured model: one way in, one way out. */
type Block =
  | { readonly kind: 'task' | 'script' }
  | { readonly kind: 'sequence' | 'choice' | 'fork'; readonly parts: readonly Block[] }
  | { readonly kind: 'loop' | 'subProcess' | 'timed'; readonly inner: Block };

const block: fc.Arbitrary<Block> = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof({ maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<Block>({ kind: 'task' }, { kind: 'script' }),
    fc.record({ kind: fc.constantFrom('sequence' as const, 'choice' as const, 'fork' as const), parts: fc.array(tie('block'), { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: fc.constantFrom('loop' as const, 'subProcess' as const, 'timed' as const), inner: tie('block') })),
})).block;

class Writer {
  #count = 0;
  readonly kinds: string[] = [];

  /** XML with the ids of its first and its last node. */
  write(part: Block): { xml: string; first: string; last: string } {
    const id = `n${String(this.#count++)}`;
    this.kinds.push(part.kind);
    switch (part.kind) {
      case 'task': return { xml: `<userTask id="${id}" />`, first: id, last: id };
      case 'script': return { xml: script(id), first: id, last: id };
      case 'sequence': {
        const parts = part.parts.map((inner) => this.write(inner));
        return { xml: parts.map(({ xml }) => xml).join('') + parts.slice(1).map(({ first }, i) => flow(parts[i]?.last ?? '', first)).join(''), first: parts[0]?.first ?? '', last: parts.at(-1)?.last ?? '' };
      }
      case 'choice':
      case 'fork': {
        const parts = part.parts.map((inner) => this.write(inner));
        const gateway = part.kind === 'choice' ? 'exclusiveGateway' : 'parallelGateway';
        const split = part.kind === 'choice' ? `<exclusiveGateway id="${id}" default="${id}-${parts[0]?.first ?? ''}" />` : `<parallelGateway id="${id}" />`;
        const branches = parts.map(({ xml, first, last }, i) => `${xml}${flow(id, first, part.kind === 'choice' && i > 0 ? '=x' : undefined)}${flow(last, `${id}j`)}`);
        return { xml: `${split}<${gateway} id="${id}j" />${branches.join('')}`, first: id, last: `${id}j` };
      }
      case 'loop': {
        const { xml, first, last } = this.write(part.inner);
        return { xml: `<task id="${id}w" />${flow(`${id}w`, id)}<exclusiveGateway id="${id}" /><exclusiveGateway id="${id}j" default="${id}j-${id}x" /><task id="${id}x" />${xml}${flow(id, first)}${flow(last, `${id}j`)}${flow(`${id}j`, id, '=x')}${flow(`${id}j`, `${id}x`)}`, first: `${id}w`, last: `${id}x` };
      }
      case 'subProcess': return { xml: `<subProcess id="${id}">${this.write(part.inner).xml}</subProcess>`, first: id, last: id };
      case 'timed': return { xml: `<subProcess id="${id}">${this.write(part.inner).xml}</subProcess><boundaryEvent id="${id}b" attachedToRef="${id}">${timer}</boundaryEvent><exclusiveGateway id="${id}j" />${flows(`${id} ${id}j`, `${id}b ${id}j`)}`, first: id, last: `${id}j` };
    }
  }
}

function modelOf(part: Block): { xml: string; kinds: readonly string[] } {
  const writer = new Writer();
  const { xml, first, last } = writer.write(part);
  return { xml: model(`${ends}${xml}${flow('s', first)}${flow(last, 'e')}`), kinds: writer.kinds };
}

describe('BPMN: soundness of block-structured models', function () {
  this.timeout(60_000);

  it('Models of nested blocks are sound', async () => {
    await fc.assert(fc.asyncProperty(block, async (part) => {
      const report = soundness(await processOf(modelOf(part).xml), { markings: 20_000 });
      expect(report.findings).to.deep.equal([]);
    }), { numRuns: 300 });
  });

  it('A choice whose join becomes parallel is not sound', async () => {
    await fc.assert(fc.asyncProperty(block, async (part) => {
      const xml = modelOf({ kind: 'sequence', parts: [{ kind: 'choice', parts: [{ kind: 'task' }, { kind: 'task' }] }, part] }).xml.replace('<bpmn:exclusiveGateway id="n1j" />', '<bpmn:parallelGateway id="n1j" />');
      const { findings: [finding] } = soundness(await processOf(xml), { markings: 20_000 });
      expect([finding?.kind, finding?.elementId]).to.deep.equal(['deadlock', 'n1j']);
    }), { numRuns: 100 });
  });

  it('A fork whose join becomes exclusive is not sound', async () => {
    await fc.assert(fc.asyncProperty(block, async (part) => {
      const xml = modelOf({ kind: 'sequence', parts: [{ kind: 'fork', parts: [{ kind: 'task' }, { kind: 'task' }] }, part] }).xml.replace('<bpmn:parallelGateway id="n1j" />', '<bpmn:exclusiveGateway id="n1j" />');
      const { findings: [finding] } = soundness(await processOf(xml), { markings: 20_000 });
      expect(finding?.kind).to.equal('lack-of-synchronisation');
    }), { numRuns: 100 });
  });

  it('The trace of a finding follows the flows of the model', async () => {
    await fc.assert(fc.asyncProperty(block, async (part) => {
      const process = await processOf(modelOf({ kind: 'sequence', parts: [part, { kind: 'choice', parts: [{ kind: 'task' }, { kind: 'task' }] }] }).xml.replace(/<bpmn:exclusiveGateway id="(n\d+j)" \/>(?![\s\S]*<bpmn:exclusiveGateway id="n\d+j" \/>)/, '<bpmn:parallelGateway id="$1" />'));
      for (const { trace } of soundness(process, { markings: 20_000 }).findings) {
        trace.forEach((id, i) => {
          const node = process.nodes.get(id);
          const before = new Set(trace.slice(0, i));
          const entered = node?.incoming.some((flow) => before.has(flow.source)) === true || (node?.attachedTo !== undefined && before.has(node.attachedTo)) || (node?.incoming.length === 0 && (node.parentId === undefined || before.has(node.parentId)));
          expect(entered, `${id} in ${trace.join(' ')}`).to.equal(true);
        });
      }
    }), { numRuns: 200 });
  });
});
