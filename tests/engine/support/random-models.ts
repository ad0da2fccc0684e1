/** Random well-formed models: blocks in sequence, choice, parallel, sub-process, loop, with boundary events, as the notation of bpmn.ts. */
import fc from 'fast-check';

/** A piece of a model with one way in and one way out. */
export type Block =
  | { readonly kind: 'leaf'; readonly leaf: (typeof LEAVES)[number]; readonly border: Border; readonly mapped: boolean }
  | { readonly kind: 'sequence' | 'choice' | 'parallel'; readonly parts: readonly Block[] }
  | { readonly kind: 'sub'; readonly inner: Block; readonly borders: readonly Border[]; readonly stop: boolean }
  | { readonly kind: 'loop'; readonly inner: Block; readonly times: number }
  | { readonly kind: 'race' }
  /** A fork of which one branch ends in an end event of its own. */
  | { readonly kind: 'spill'; readonly inner: Block; readonly end: 'none' | 'terminate' | 'error'; readonly endsFirst: boolean };

type Border = 'none' | 'timer' | 'cycle' | 'message' | 'error';

const LEAVES = ['task', 'user', 'service', 'script', 'timer', 'receive', 'send', 'call', 'call'] as const;
const BORDERS: readonly Border[] = ['none', 'none', 'none', 'timer', 'cycle', 'message', 'error'];

/** `depth` bounds the nesting. */
export function blocks(depth: number): fc.Arbitrary<Block> {
  const border = fc.constantFrom(...BORDERS);
  const leaf = fc.record({ kind: fc.constant('leaf' as const), leaf: fc.constantFrom(...LEAVES), border, mapped: fc.boolean() });
  if (depth === 0) return leaf;
  const inner = blocks(depth - 1);
  const parts = fc.array(inner, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('sequence' as const), parts }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('choice' as const, 'parallel' as const), parts }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sub' as const), inner, borders: fc.uniqueArray(fc.constantFrom('timer' as const, 'cycle' as const, 'message' as const, 'error' as const), { maxLength: 2 }), stop: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('loop' as const), inner, times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'race' as const }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('spill' as const), inner, end: fc.constantFrom('none' as const, 'terminate' as const, 'error' as const), endsFirst: fc.boolean() }) },
  );
}

/** The same block without end events that end more than their own branch. */
export function calm(block: Block): Block {
  switch (block.kind) {
    case 'leaf': case 'race': return block;
    case 'sequence': case 'choice': case 'parallel': return { ...block, parts: block.parts.map(calm) };
    case 'spill': return { ...block, end: 'none', inner: calm(block.inner) };
    case 'sub': case 'loop': return { ...block, inner: calm(block.inner) };
  }
}

interface Ends {
  readonly first: string;
  readonly last: string;
}

/** Writes one or more blocks; ids begin with `prefix`, durations are `delay`. */
export class ModelText {
  readonly #prefix: string;
  readonly #delay: string;
  #counter = 0;

  constructor(prefix: string, delay: string) {
    this.#prefix = prefix;
    this.#delay = delay;
  }

  /** A whole process. */
  process(block: Block): string {
    const lines: string[] = [];
    const { first, last } = this.write(block, lines);
    lines.push(`start -> ${first}`, `${last} -> end`);
    return lines.join('\n');
  }

  write(block: Block, lines: string[]): Ends {
    switch (block.kind) {
      case 'leaf': return this.#leaf(block, lines);
      case 'sequence': return this.#sequence(block.parts, lines);
      case 'choice': return this.#split('xor', block.parts, lines);
      case 'parallel': return this.#split('and', block.parts, lines);
      case 'sub': return this.#sub(block, lines);
      case 'loop': return this.#loop(block, lines);
      case 'race': return this.#race(lines);
      case 'spill': return this.#spill(block, lines);
    }
  }

  #id(kind: string): string {
    return `${this.#prefix}${kind}${String((this.#counter += 1))}`;
  }

  #leaf({ leaf, border, mapped }: Extract<Block, { kind: 'leaf' }>, lines: string[]): Ends {
    const id = this.#id(leaf);
    const declared = {
      task: `task ${id}`, user: `user ${id}`, service: `service ${id} job=work`, script: `script ${id} is="=1 + 1" result=${id}`,
      timer: `catch ${id} after=${this.#delay}`, receive: `receive ${id} message=${id} key=k`, send: `send ${id} message=${id}`, call: `call ${id} calls=Child`,
    }[leaf];
    lines.push(`${declared}${mapped ? ` in.local_${id}="=1" out.${id}="=local_${id}"` : ''}`);
    if (leaf !== 'timer') this.#boundary(id, border, lines);
    return { first: id, last: id };
  }

  #boundary(host: string, border: Border, lines: string[]): void {
    if (border === 'none') return;
    const id = this.#id('boundary');
    const trigger = { timer: `after=${this.#delay}`, cycle: 'every=R2/PT1M beside', message: `message=${id} key=k beside`, error: 'error' }[border];
    lines.push(`boundary ${id} on=${host} ${trigger} -> end ${this.#id('end')}`);
  }

  #sequence(parts: readonly Block[], lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    for (let index = 1; index < ends.length; index += 1) lines.push(`${ends[index - 1]!.last} -> ${ends[index]!.first}`);
    return { first: ends[0]!.first, last: ends.at(-1)!.last };
  }

  #split(kind: 'xor' | 'and', parts: readonly Block[], lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    const [fork, join] = [this.#id(kind), this.#id(kind)];
    lines.push(`${kind} ${fork}${kind === 'xor' ? ` default=${ends[0]!.first}` : ''}`, `${kind} ${join}`);
    ends.forEach(({ first, last }, index) => {
      lines.push(kind === 'xor' && index > 0 ? `${fork} -[pick = ${String(index)}]-> ${first}` : `${fork} -> ${first}`, `${last} -> ${join}`);
    });
    return { first: fork, last: join };
  }

  #sub({ inner, borders, stop }: Extract<Block, { kind: 'sub' }>, lines: string[]): Ends {
    const id = this.#id('sub');
    const body: string[] = [];
    const { first, last } = this.write(inner, body);
    lines.push(`sub ${id} {`, ...body, `start ${this.#id('in')} -> ${first}`, `${last} -> end ${this.#id('out')}${stop ? ' terminate' : ''}`, '}');
    for (const border of borders) this.#boundary(id, border, lines);
    return { first: id, last: id };
  }

  /** Counts up to `times`; the counter begins anew each time the loop is entered. */
  #loop({ inner, times }: Extract<Block, { kind: 'loop' }>, lines: string[]): Ends {
    const [zero, merge, count, gate, out] = [this.#id('script'), this.#id('xor'), this.#id('script'), this.#id('xor'), this.#id('task')];
    const { first, last } = this.write(inner, lines);
    lines.push(`script ${zero} is="=0" result=n${merge} -> xor ${merge} -> ${first}`);
    lines.push(`${last} -> script ${count} is="=n${merge} + 1" result=n${merge} -> xor ${gate} default=${merge}`);
    lines.push(`${gate} -[n${merge} >= ${String(times)}]-> task ${out}`, `${gate} -> ${merge}`);
    return { first: zero, last: out };
  }

  #spill({ inner, end, endsFirst }: Extract<Block, { kind: 'spill' }>, lines: string[]): Ends {
    const [fork, out] = [this.#id('and'), this.#id('end')];
    const { first, last } = this.write(inner, lines);
    const branches = [`${fork} -> end ${out}${{ none: '', terminate: ' terminate', error: ' error=E1' }[end]}`, `${fork} -> ${first}`];
    lines.push(`and ${fork}`, ...(endsFirst ? branches : branches.reverse()));
    return { first: fork, last };
  }

  #race(lines: string[]): Ends {
    const [gate, byMessage, byTimer, join] = [this.#id('first'), this.#id('catch'), this.#id('catch'), this.#id('xor')];
    lines.push(`first ${gate} -> catch ${byMessage} message=${byMessage} key=k -> xor ${join}`, `${gate} -> catch ${byTimer} after=${this.#delay} -> ${join}`);
    return { first: gate, last: join };
  }
}
