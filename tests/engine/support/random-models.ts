/** Random well-formed models: blocks in sequence, choice, parallel, sub-process, loop, with boundary events, as the notation of bpmn.ts. */
import fc from 'fast-check';
import { xmlOf } from './bpmn.ts';

/** A piece of a model with one way in and one way out. */
export type Block =
  | { readonly kind: 'leaf'; readonly leaf: (typeof LEAVES)[number]; readonly border: Border; readonly mapped: boolean; readonly many: Many }
  | { readonly kind: 'sequence' | 'choice' | 'parallel' | 'inclusive'; readonly parts: readonly Block[] }
  | { readonly kind: 'sub'; readonly inner: Block; readonly borders: readonly Border[]; readonly stop: boolean; readonly handler: Handler; readonly many: Many }
  /** Two tasks without an order. */
  | { readonly kind: 'adhoc'; readonly sequential: boolean; readonly enough: boolean }
  | { readonly kind: 'loop'; readonly inner: Block; readonly times: number }
  | { readonly kind: 'race' }
  /** A fork of which one branch ends in an end event of its own. */
  | { readonly kind: 'spill'; readonly inner: Block; readonly end: 'none' | 'terminate' | 'error'; readonly endsFirst: boolean };

type Border = 'none' | 'timer' | 'cycle' | 'message' | 'error' | 'signal' | 'condition' | 'escalation' | 'undone';
/** How often an activity runs. */
type Many = 'once' | 'parallel' | 'sequential' | 'loop';
type Handler = 'none' | 'message' | 'timer' | 'error' | 'escalation' | 'condition';

const LEAVES = ['task', 'user', 'service', 'script', 'timer', 'receive', 'send', 'call', 'call', 'signal', 'condition', 'escalate', 'undo', 'link'] as const;
/** What is no activity: neither border nor loop. */
const EVENTS: ReadonlySet<string> = new Set(['timer', 'signal', 'condition', 'escalate', 'undo', 'link']);
const BORDERS: readonly Border[] = ['none', 'none', 'none', 'timer', 'cycle', 'message', 'error', 'signal', 'condition', 'escalation', 'undone', 'undone'];
const MANY: readonly Many[] = ['once', 'once', 'once', 'once', 'parallel', 'sequential', 'loop'];
const HANDLERS: readonly Handler[] = ['none', 'none', 'message', 'timer', 'error', 'escalation', 'condition'];

/** `depth` bounds the nesting. */
export function blocks(depth: number): fc.Arbitrary<Block> {
  const border = fc.constantFrom(...BORDERS);
  const many = fc.constantFrom(...MANY);
  const leaf = fc.record({ kind: fc.constant('leaf' as const), leaf: fc.constantFrom(...LEAVES), border, mapped: fc.boolean(), many });
  if (depth === 0) return leaf;
  const inner = blocks(depth - 1);
  const parts = fc.array(inner, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('sequence' as const), parts }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('choice' as const, 'parallel' as const, 'inclusive' as const), parts }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sub' as const), inner, borders: fc.uniqueArray(fc.constantFrom('timer' as const, 'cycle' as const, 'message' as const, 'error' as const, 'escalation' as const, 'undone' as const), { maxLength: 2 }), stop: fc.boolean(), handler: fc.constantFrom(...HANDLERS), many }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('adhoc' as const), sequential: fc.boolean(), enough: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('loop' as const), inner, times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'race' as const }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('spill' as const), inner, end: fc.constantFrom('none' as const, 'terminate' as const, 'error' as const), endsFirst: fc.boolean() }) },
  );
}

/** The same block without end events that end more than their own branch. */
export function calm(block: Block): Block {
  switch (block.kind) {
    case 'leaf': return block.leaf === 'undo' || block.leaf === 'condition' || block.border === 'condition' ? { ...block, leaf: block.leaf === 'undo' || block.leaf === 'condition' ? 'task' : block.leaf, border: 'none' } : block;
    case 'race': case 'adhoc': return block;
    case 'sequence': case 'choice': case 'parallel': case 'inclusive': return { ...block, parts: block.parts.map(calm) };
    case 'spill': return { ...block, end: 'none', inner: calm(block.inner) };
    case 'sub': return { ...block, handler: block.handler === 'condition' ? 'none' : block.handler, inner: calm(block.inner) };
    case 'loop': return { ...block, inner: calm(block.inner) };
  }
}

function often(many: Many): string {
  return { once: '', parallel: ' times=2', sequential: ' times=2 sequential', loop: ' while="=loopCounter < 2"' }[many];
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
      case 'inclusive': return this.#split('or', block.parts, lines);
      case 'adhoc': return this.#adHoc(block, lines);
      case 'sub': return this.#sub(block, lines);
      case 'loop': return this.#loop(block, lines);
      case 'race': return this.#race(lines);
      case 'spill': return this.#spill(block, lines);
    }
  }

  #id(kind: string): string {
    return `${this.#prefix}${kind}${String((this.#counter += 1))}`;
  }

  #leaf({ leaf, border, mapped, many }: Extract<Block, { kind: 'leaf' }>, lines: string[]): Ends {
    const id = this.#id(leaf);
    if (leaf === 'link') {
      const to = this.#id('catch');
      lines.push(`throw ${id} link=${id}`, `catch ${to} link=${id}`);
      return { first: id, last: to };
    }
    const declared = {
      task: `task ${id}`, user: `user ${id}`, service: `service ${id} job=work`, script: `script ${id} is="=1 + 1" result=${id}`,
      timer: `catch ${id} after=${this.#delay}`, receive: `receive ${id} message=${id} key=k`, send: `send ${id} message=${id}`, call: `call ${id} calls=Child`, signal: `catch ${id} signal=Go`, condition: `catch ${id} if="=pick != 9"`, escalate: `throw ${id} escalation=E1`, undo: `throw ${id} compensate`,
    }[leaf];
    const isEvent = EVENTS.has(leaf);
    lines.push(`${declared}${isEvent ? '' : often(many)}${mapped && !isEvent ? ` in.local_${id}="=1" out.${id}="=local_${id}"` : ''}`);
    if (!isEvent) this.#boundary(id, border, lines);
    return { first: id, last: id };
  }

  #boundary(host: string, border: Border, lines: string[]): void {
    if (border === 'none') return;
    const id = this.#id('boundary');
    if (border === 'undone') {
      const handler = this.#id('undo');
      lines.push(`boundary ${id} on=${host} compensate by=${handler}`, `user ${handler} undo`);
      return;
    }
    const trigger = { timer: `after=${this.#delay}`, cycle: 'every=R2/PT1M beside', message: `message=${id} key=k beside`, error: 'error', signal: 'signal=Go beside', condition: 'if="=pick = 2" beside', escalation: 'escalation beside' }[border];
    lines.push(`boundary ${id} on=${host} ${trigger} -> end ${this.#id('end')}`);
  }

  #sequence(parts: readonly Block[], lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    for (let index = 1; index < ends.length; index += 1) lines.push(`${ends[index - 1]!.last} -> ${ends[index]!.first}`);
    return { first: ends[0]!.first, last: ends.at(-1)!.last };
  }

  #split(kind: 'xor' | 'and' | 'or', parts: readonly Block[], lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    const [fork, join] = [this.#id(kind), this.#id(kind)];
    lines.push(`${kind} ${fork}${kind === 'and' ? '' : ` default=${ends[0]!.first}`}`, `${kind} ${join}`);
    ends.forEach(({ first, last }, index) => {
      if (kind === 'or' && index > 0) lines.push(`${fork} -[pick < ${String(index + 1)}]-> ${first}`, `${last} -> ${join}`);
      else lines.push(kind === 'xor' && index > 0 ? `${fork} -[pick = ${String(index)}]-> ${first}` : `${fork} -> ${first}`, `${last} -> ${join}`);
    });
    return { first: fork, last: join };
  }

  #sub({ inner, borders, stop, handler, many }: Extract<Block, { kind: 'sub' }>, lines: string[]): Ends {
    const id = this.#id('sub');
    const body: string[] = [];
    const { first, last } = this.write(inner, body);
    if (handler !== 'none') body.push(...this.#handler(handler));
    lines.push(`sub ${id}${often(many)} {`, ...body, `start ${this.#id('in')} -> ${first}`, `${last} -> end ${this.#id('out')}${stop ? ' terminate' : ''}`, '}');
    for (const border of borders) this.#boundary(id, border, lines);
    return { first: id, last: id };
  }

  #handler(handler: Exclude<Handler, 'none'>): string[] {
    const [id, on, out] = [this.#id('handler'), this.#id('on'), this.#id('out')];
    const trigger = { message: `message=${id} key=k beside`, timer: `after=${this.#delay}`, error: 'error=E1', escalation: 'escalation beside', condition: 'if="=pick = 1" beside' }[handler];
    return [`sub ${id} event {`, `start ${on} ${trigger} -> user ${this.#id('user')} -> end ${out}`, '}'];
  }

  #adHoc({ sequential, enough }: Extract<Block, { kind: 'adhoc' }>, lines: string[]): Ends {
    const id = this.#id('adhoc');
    lines.push(`adhoc ${id}${sequential ? ' sequential' : ''} until="=${String(enough)} or numberOfCompletedInstances > 1" {`, `user ${this.#id('user')}`, `user ${this.#id('user')}`, '}');
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

/** One random model as a file; the same seed gives the same. */
export function randomModel(seed: number): string {
  const [block] = fc.sample(blocks(3), { seed, numRuns: 1 });
  return xmlOf(new ModelText('', 'PT10S').process(block!));
}
