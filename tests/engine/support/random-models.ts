/** Random well-formed models: blocks in sequence, choice, parallel, sub-process, loop, with boundary events, as the notation of bpmn.ts. */
import fc from 'fast-check';
import { xmlOf } from './bpmn.ts';

/** A piece of a model with one way in and one way out. */
export type Block =
  | { readonly kind: 'leaf'; readonly leaf: (typeof LEAVES)[number]; readonly border: Border; readonly mapped: boolean; readonly many: Many }
  | { readonly kind: 'sequence' | 'choice' | 'parallel' | 'inclusive'; readonly parts: readonly Block[] }
  | { readonly kind: 'sub'; readonly inner: Block; readonly borders: readonly Border[]; readonly stop: boolean; readonly handler: Handler; readonly many: Many }
  /** Two tasks without an order. */
  | { readonly kind: 'adhoc'; readonly sequential: boolean; readonly enough: boolean; readonly keep: boolean; readonly handler: Handler }
  | { readonly kind: 'loop'; readonly inner: Block; readonly times: number }
  | { readonly kind: 'race' }
  /** A fork of which one branch ends in an end event of its own. */
  | { readonly kind: 'spill'; readonly inner: Block; readonly end: SpillEnd; readonly endsFirst: boolean }
  /** A transaction that is cancelled when `pick` says so. */
  | { readonly kind: 'transaction'; readonly inner: Block; readonly border: Border; readonly handler: Handler; readonly many: Many }
  /** The first branches activate a complex gateway, the others reset it. */
  | { readonly kind: 'discriminator'; readonly parts: readonly Block[]; readonly needed: number; readonly again: boolean }
  /** An activity that makes several tokens, of which another needs as many. */
  | { readonly kind: 'tokens'; readonly count: number; readonly border: Border }
  /** An activity with conditional and default flows of its own. */
  | { readonly kind: 'selective'; readonly parts: readonly Block[] };

type SpillEnd = 'none' | 'terminate' | 'error' | 'escalation' | 'signal' | 'message' | 'compensate' | 'several';
type Border = 'none' | 'timer' | 'cycle' | 'message' | 'error' | 'signal' | 'condition' | 'escalation' | 'undone' | 'undoneBySub' | 'interruptingMessage' | 'interruptingEscalation' | 'either' | 'both';
/** How often an activity runs. */
type Many = 'once' | 'parallel' | 'sequential' | 'loop' | 'enough' | 'each' | 'first';
type Handler = 'none' | 'message' | 'timer' | 'error' | 'escalation' | 'condition' | 'undo' | 'interruptingSignal' | 'interruptingCondition' | 'anyError' | 'nested' | 'cycle' | 'undoAround';

const LEAVES = ['task', 'user', 'service', 'script', 'timer', 'receive', 'send', 'call', 'call', 'signal', 'condition', 'escalate', 'undo', 'undoBeside', 'link', 'shout', 'either', 'both', 'manual', 'heard'] as const;
/** What is no activity: neither border nor loop. */
const EVENTS: ReadonlySet<string> = new Set(['timer', 'signal', 'condition', 'escalate', 'undo', 'undoBeside', 'link', 'shout', 'either', 'both']);
const BORDERS: readonly Border[] = ['none', 'none', 'none', 'none', 'timer', 'cycle', 'message', 'error', 'signal', 'condition', 'escalation', 'undone', 'undone', 'undone', 'undoneBySub', 'interruptingMessage', 'interruptingEscalation', 'either', 'both'];
const SCOPE_BORDERS: readonly Border[] = ['timer', 'cycle', 'message', 'error', 'escalation', 'undone', 'interruptingEscalation', 'both'];
const MANY: readonly Many[] = ['once', 'once', 'once', 'once', 'once', 'parallel', 'sequential', 'loop', 'enough', 'each', 'first'];
const HANDLERS: readonly Handler[] = ['none', 'none', 'none', 'message', 'timer', 'error', 'escalation', 'condition', 'undo', 'interruptingSignal', 'interruptingCondition', 'anyError', 'nested', 'cycle', 'undoAround'];
const SPILL_ENDS: readonly SpillEnd[] = ['none', 'terminate', 'error', 'escalation', 'signal', 'message', 'compensate', 'several'];

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
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sub' as const), inner, borders: fc.uniqueArray(fc.constantFrom(...SCOPE_BORDERS), { maxLength: 2 }), stop: fc.boolean(), handler: fc.constantFrom(...HANDLERS), many }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('adhoc' as const), sequential: fc.boolean(), enough: fc.boolean(), keep: fc.boolean(), handler: fc.constantFrom(...HANDLERS) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('loop' as const), inner, times: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'race' as const }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('spill' as const), inner, end: fc.constantFrom(...SPILL_ENDS), endsFirst: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('transaction' as const), inner, border, handler: fc.constantFrom(...HANDLERS), many }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('discriminator' as const), parts, needed: fc.integer({ min: 1, max: 2 }), again: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tokens' as const), count: fc.integer({ min: 2, max: 3 }), border }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('selective' as const), parts }) },
  );
}

/** What looks at, or undoes, more than its own branch. */
const SWEEPING: ReadonlySet<string> = new Set(['undo', 'undoBeside', 'condition']);

function calmHandler(handler: Handler): Handler {
  return handler === 'condition' || handler === 'interruptingCondition' ? 'none' : handler;
}

/** The same block without end events that end more than their own branch. */
export function calm(block: Block): Block {
  switch (block.kind) {
    case 'leaf': return SWEEPING.has(block.leaf) || block.border === 'condition' ? { ...block, leaf: SWEEPING.has(block.leaf) ? 'task' : block.leaf, border: 'none' } : block;
    case 'race': return block;
    case 'adhoc': return { ...block, handler: calmHandler(block.handler) };
    case 'sequence': case 'choice': case 'parallel': case 'inclusive': return { ...block, parts: block.parts.map(calm) };
    case 'spill': return { ...block, end: 'none', inner: calm(block.inner) };
    case 'sub': return { ...block, handler: calmHandler(block.handler), inner: calm(block.inner) };
    case 'loop': return { ...block, inner: calm(block.inner) };
    case 'transaction': return { kind: 'loop', inner: calm(block.inner), times: 1 };
    case 'selective': case 'discriminator': return { kind: 'parallel', parts: block.parts.map(calm) };
    case 'tokens': return { ...block, border: 'none' };
  }
}

function often(many: Many): string {
  return { once: '', parallel: ' times=2', sequential: ' times=2 sequential', loop: ' while="=loopCounter < 2"', enough: ' times=3 until="=numberOfCompletedInstances > 1"', each: ' times=2 behavior=None throws=E1', first: ' times=2 behavior=One throws=E1' }[many];
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
      case 'transaction': return this.#transaction(block, lines);
      case 'discriminator': return this.#discriminator(block, lines);
      case 'tokens': return this.#tokens(block, lines);
      case 'selective': return this.#selective(block.parts, lines);
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
      timer: `catch ${id} after=${this.#delay}`, receive: `receive ${id} message=${id} key=k`, send: `send ${id} message=${id}`, call: `call ${id} calls=Child`, signal: `catch ${id} signal=Go`, condition: `catch ${id} if="=pick != 9"`, escalate: `throw ${id} escalation=E1`, undo: `throw ${id} compensate`, undoBeside: `throw ${id} compensate nowait`, shout: `throw ${id} signal=Go`,
      either: `catch ${id} message=${id} key=k after=${this.#delay}`, both: `catch ${id} message=${id} key=k signal=Go all`, manual: `manual ${id} confirm`, heard: `user ${id} hear.start=before hear.end=behind hear.canceling=before`,
    }[leaf];
    const isEvent = EVENTS.has(leaf);
    lines.push(`${declared}${isEvent ? '' : often(many)}${mapped && !isEvent ? ` in.local_${id}="=1" out.${id}="=local_${id}"` : ''}`);
    return { first: id, last: isEvent ? id : this.#boundary(id, border, lines) };
  }

  /** What interrupts comes back behind its host, so that nothing waits for a token that went another way; answers where that is. */
  #boundary(host: string, border: Border, lines: string[], from = host): string {
    if (border === 'none') return from;
    const id = this.#id('boundary');
    if (border === 'undone') {
      const handler = this.#id('undo');
      lines.push(`boundary ${id} on=${host} compensate by=${handler}`, `user ${handler} undo`);
      return from;
    }
    if (border === 'undoneBySub') {
      const [handler, first, second] = [this.#id('undo'), this.#id('user'), this.#id('service')];
      lines.push(`boundary ${id} on=${host} compensate by=${handler}`, `sub ${handler} undo {`, `start ${this.#id('in')} -> user ${first} -> service ${second} job=work -> end ${this.#id('out')}`, '}');
      lines.push(`boundary ${this.#id('boundary')} on=${handler} after=${this.#delay} -> end ${this.#id('end')}`);
      return from;
    }
    const trigger = { timer: `after=${this.#delay}`, cycle: 'every=R2/PT1M beside', message: `message=${id} key=k beside`, error: 'error', signal: 'signal=Go beside', condition: 'if="=pick = 2" beside', escalation: 'escalation beside', interruptingMessage: `message=${id} key=k`, interruptingEscalation: 'escalation=E1', either: `message=${id} key=k signal=Go`, both: `message=${id} key=k signal=Go all beside` }[border];
    if (trigger.endsWith(' beside')) {
      lines.push(`boundary ${id} on=${host} ${trigger} -> end ${this.#id('end')}`);
      return from;
    }
    const behind = this.#id('xor');
    lines.push(`boundary ${id} on=${host} ${trigger} -> user ${this.#id('user')} -> xor ${behind}`, `${from} -> ${behind}`);
    return behind;
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
    let behind = id;
    for (const border of borders) behind = this.#boundary(id, border, lines, behind);
    return { first: id, last: behind };
  }

  #handler(handler: Exclude<Handler, 'none'>): string[] {
    const [id, on, out] = [this.#id('handler'), this.#id('on'), this.#id('out')];
    const trigger = {
      message: `message=${id} key=k beside`, timer: `after=${this.#delay}`, error: 'error=E1', escalation: 'escalation beside', condition: 'if="=pick = 1" beside', undo: 'compensate',
      interruptingSignal: 'signal=Go', interruptingCondition: 'if="=pick = 2"', anyError: 'error', nested: `message=${id} key=k`, cycle: 'every=R2/PT1M beside', undoAround: 'error',
    }[handler];
    const inside = handler === 'nested' ? this.#handler('message') : [];
    const undone = handler === 'undo' || handler === 'undoAround' ? ` -> throw ${this.#id('undo')} compensate` : '';
    return [`sub ${id} event {`, ...inside, `start ${on} ${trigger}${undone} -> user ${this.#id('user')} -> end ${out}`, '}'];
  }

  #adHoc({ sequential, enough, keep, handler }: Extract<Block, { kind: 'adhoc' }>, lines: string[]): Ends {
    const id = this.#id('adhoc');
    lines.push(`adhoc ${id}${sequential ? ' sequential' : ''}${keep ? ' keep' : ''} until="=${String(enough)} or numberOfCompletedInstances > 1" {`, `user ${this.#id('user')} -> service ${this.#id('service')} job=work`, `user ${this.#id('user')}`);
    if (handler !== 'none') lines.push(...this.#handler(handler));
    lines.push('}');
    return { first: id, last: id };
  }

  #transaction({ inner, border, handler, many }: Extract<Block, { kind: 'transaction' }>, lines: string[]): Ends {
    const [id, gate, out] = [this.#id('tx'), this.#id('xor'), this.#id('out')];
    const body: string[] = [];
    const { first, last } = this.write(inner, body);
    if (handler !== 'none') body.push(...this.#handler(handler));
    lines.push(`tx ${id}${often(many)} {`, ...body, `start ${this.#id('in')} -> ${first}`, `${last} -> xor ${gate} default=${out}`, `${gate} -> end ${out}`, `${gate} -[pick = 2]-> end ${this.#id('cancel')} cancel`, '}');
    const behind = this.#id('xor');
    lines.push(`boundary ${this.#id('boundary')} on=${id} cancel -> user ${this.#id('user')} -> xor ${behind}`, `${id} -> ${behind}`);
    return { first: id, last: this.#boundary(id, border, lines, behind) };
  }

  #discriminator({ parts, needed, again }: Extract<Block, { kind: 'discriminator' }>, lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    const [fork, gate, out] = [this.#id('and'), this.#id('complex'), this.#id('task')];
    lines.push(`and ${fork}`, `complex ${gate} when="=activationCount >= ${String(needed)}"`, `${gate} -> task ${out}`);
    for (const { first, last } of ends) lines.push(`${fork} -> ${first}`, `${last} -> ${gate}`);
    if (again) lines.push(`${gate} -[not(waitingForStart)]-> user ${this.#id('user')} -> end ${this.#id('end')}`);
    return { first: fork, last: out };
  }

  #tokens({ count, border }: Extract<Block, { kind: 'tokens' }>, lines: string[]): Ends {
    const [many, few] = [this.#id('user'), this.#id('user')];
    lines.push(`user ${many} gives=${String(count)} -> user ${few} needs=${String(count)}`);
    return { first: many, last: this.#boundary(few, border, lines) };
  }

  #selective(parts: readonly Block[], lines: string[]): Ends {
    const ends = parts.map((part) => this.write(part, lines));
    const [from, join] = [this.#id('user'), this.#id('or')];
    lines.push(`user ${from} default=${ends[0]!.first}`, `or ${join}`);
    ends.forEach(({ first, last }, index) => lines.push(index === 0 ? `${from} -> ${first}` : `${from} -[pick < ${String(index + 1)}]-> ${first}`, `${last} -> ${join}`));
    return { first: from, last: join };
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
    const branches = [`${fork} -> end ${out}${{ none: '', terminate: ' terminate', error: ' error=E1', escalation: ' escalation=E1', signal: ' signal=Go', message: ` message=${out}`, compensate: ' compensate', several: ` escalation=E1 signal=Go message=${out}` }[end]}`, `${fork} -> ${first}`];
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
