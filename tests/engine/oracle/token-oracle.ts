/**
 * A second opinion on gateways (BPMN 2.0.2, 13.4.1 to 13.4.3 and 13.4.5): a brute-force token game that reads the XML itself and imports
 * nothing of the engine. It follows every order in which tokens may move; every path is walked, nothing is computed in advance.
 */

interface Flow {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly condition: string | undefined;
}

type Kind = 'startEvent' | 'endEvent' | 'userTask' | 'exclusiveGateway' | 'parallelGateway' | 'inclusiveGateway' | 'complexGateway';

interface Node {
  readonly id: string;
  readonly kind: Kind;
  readonly fallback: string | undefined;
  /** Of a complex gateway: how many of its flows must have a token. */
  readonly needed: number;
  readonly incoming: Flow[];
  readonly outgoing: Flow[];
}

/** Tokens by place: a flow's id, `task <id>`, or `reset <id> <flow>` for each flow a complex gateway that was activated took one from. */
type Tokens = ReadonlyMap<string, number>;

const attribute = (tag: string, name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];

export class TokenOracle {
  readonly #nodes = new Map<string, Node>();
  readonly #flows = new Map<string, Flow>();
  readonly #limit: number;

  /** `limit`: states to look at in one step before it gives up. */
  constructor(xml: string, limit = 20_000) {
    this.#limit = limit;
    for (const [tag, kind, needed] of xml.matchAll(/<(startEvent|endEvent|userTask|exclusiveGateway|parallelGateway|inclusiveGateway|complexGateway) [^>]*>(?:<activationCondition>=activationCount &gt;= (\d+)<)?/g)) {
      const id = attribute(tag, 'id') ?? '';
      this.#nodes.set(id, { id, kind: kind as Kind, fallback: attribute(tag.slice(0, tag.indexOf('>')), 'default'), needed: Number(needed ?? 1), incoming: [], outgoing: [] });
    }
    for (const [whole] of xml.matchAll(/<sequenceFlow [^>]*?(?:\/>|>.*?<\/sequenceFlow>)/gs)) {
      const flow: Flow = { id: attribute(whole, 'id') ?? '', source: attribute(whole, 'sourceRef') ?? '', target: attribute(whole, 'targetRef') ?? '', condition: /<conditionExpression>=(.*?)<\/conditionExpression>/.exec(whole)?.[1] };
      this.#flows.set(flow.id, flow);
      this.#node(flow.source).outgoing.push(flow);
      this.#node(flow.target).incoming.push(flow);
    }
  }

  /** Every marking the process can come to rest in after its start, as text; undefined: too many orders to follow. */
  start(): ReadonlySet<string> | undefined {
    const first = [...this.#nodes.values()].filter(({ kind }) => kind === 'startEvent').flatMap(({ outgoing }) => outgoing.map(({ id }) => id));
    return this.#rest(add(new Map(), first));
  }

  /** The same after one token has left task `task` in one of `before`. */
  complete(before: ReadonlySet<string>, task: string): ReadonlySet<string> | undefined {
    const after = new Set<string>();
    for (const text of before) {
      const tokens = read(text);
      if ((tokens.get(`task ${task}`) ?? 0) === 0) continue;
      const rest = this.#rest(add(remove(tokens, [`task ${task}`]), this.#node(task).outgoing.map(({ id }) => id)));
      if (!rest) return undefined;
      for (const marking of rest) after.add(marking);
    }
    return after;
  }

  #node(id: string): Node {
    const node = this.#nodes.get(id);
    if (!node) throw new Error(`Expected ${id} in the XML`);
    return node;
  }

  #rest(from: Tokens): ReadonlySet<string> | undefined {
    const seen = new Set([write(from)]);
    const queue = [from];
    const atRest = new Set<string>();
    for (const tokens of queue) {
      if (queue.length > this.#limit) return undefined;
      const next = this.#moves(tokens);
      if (next.length === 0) atRest.add(write(tokens));
      for (const other of next) {
        const text = write(other);
        if (seen.has(text)) continue;
        seen.add(text);
        queue.push(other);
      }
    }
    return atRest;
  }

  /** One move of one node, in every way that is possible now. */
  #moves(tokens: Tokens): Tokens[] {
    const moves: Tokens[] = [];
    for (const node of this.#nodes.values()) {
      const marked = node.incoming.filter(({ id }) => (tokens.get(id) ?? 0) > 0);
      if (node.kind === 'complexGateway') {
        moves.push(...this.#complexMoves(node, marked, tokens));
        continue;
      }
      if (marked.length === 0) continue;
      const out = (): string[] => this.#chosen(node).map(({ id }) => id);
      switch (node.kind) {
        case 'startEvent': break;
        case 'endEvent': for (const flow of marked) moves.push(remove(tokens, [flow.id])); break;
        case 'userTask': for (const flow of marked) moves.push(add(remove(tokens, [flow.id]), [`task ${node.id}`])); break;
        case 'exclusiveGateway': for (const flow of marked) moves.push(add(remove(tokens, [flow.id]), out())); break;
        case 'parallelGateway': if (marked.length === node.incoming.length) moves.push(add(remove(tokens, marked.map(({ id }) => id)), out())); break;
        case 'inclusiveGateway': if (node.incoming.length === 1 || this.#isActivated(node, tokens)) moves.push(add(remove(tokens, marked.map(({ id }) => id)), out())); break;
      }
    }
    return moves;
  }

  /** 13.4.5: activated by its condition, then reset when what it has not had has come or can no longer come. */
  #complexMoves(node: Node, marked: readonly Flow[], tokens: Tokens): Tokens[] {
    const { id, incoming, outgoing, fallback, needed } = node;
    const had = incoming.filter((flow) => tokens.has(`reset ${id} ${flow.id}`));
    const holding = outgoing.filter((flow) => flow.id !== fallback && flow.condition === 'true');
    const orDefault = (flows: readonly Flow[]): string[] => (flows.length > 0 ? flows : outgoing.filter((flow) => flow.id === fallback)).map((flow) => flow.id);
    if (incoming.length < 2) return marked.map((flow) => add(remove(tokens, [flow.id]), orDefault(outgoing.filter((other) => other.id !== fallback && (other.condition ?? 'true') === 'true'))));
    if (had.length === 0) {
      if (marked.length === 0 || marked.length < needed) return [];
      const unconditional = outgoing.filter((flow) => flow.id !== fallback && flow.condition === undefined);
      return [add(add(remove(tokens, marked.map((flow) => flow.id)), marked.map((flow) => `reset ${id} ${flow.id}`)), orDefault([...holding, ...unconditional]))];
    }
    if (!this.#isActivated(node, tokens, had)) return [];
    const missing = marked.filter((flow) => !had.includes(flow));
    return [add(remove(tokens, [...missing.map((flow) => flow.id), ...had.map((flow) => `reset ${id} ${flow.id}`)]), orDefault(holding))];
  }

  #chosen({ kind, outgoing, fallback }: Node): readonly Flow[] {
    if (kind === 'parallelGateway') return outgoing;
    const holding = outgoing.filter(({ id, condition }) => id !== fallback && (condition ?? 'true') === 'true');
    const chosen = holding.length > 0 ? holding : outgoing.filter(({ id }) => id === fallback);
    return kind === 'exclusiveGateway' ? chosen.slice(0, 1) : chosen;
  }

  /** 13.4.3, word by word: for every path from a token to an empty incoming flow there is one to an incoming flow that has a token; or had one (13.4.5). */
  #isActivated(gateway: Node, tokens: Tokens, had: readonly Flow[] = []): boolean {
    const isFull = (id: string): boolean => (tokens.get(id) ?? 0) > 0 || had.some((flow) => flow.id === id);
    for (const place of tokens.keys()) {
      if (place.startsWith('reset ')) continue;
      const task = /^task (.*)$/.exec(place)?.[1];
      const begins = task === undefined ? [place] : this.#node(task).outgoing.map(({ id }) => id);
      const ends = new Set(begins.flatMap((flow) => [...this.#ends(flow, gateway, new Set())]));
      const empty = [...ends].some((id) => !isFull(id));
      const full = [...ends].some((id) => isFull(id));
      if (empty && !full) return false;
    }
    return true;
  }

  /** The incoming flows of `gateway` in which paths that begin with `flow` and do not visit it end. */
  #ends(flow: string, gateway: Node, seen: Set<string>): ReadonlySet<string> {
    if (seen.has(flow)) return new Set();
    seen.add(flow);
    const target = this.#flows.get(flow)?.target ?? '';
    if (target === gateway.id) return new Set([flow]);
    return new Set(this.#node(target).outgoing.flatMap(({ id }) => [...this.#ends(id, gateway, seen)]));
  }
}

/** A marking as text, the same for the same tokens. */
export function write(tokens: Tokens): string {
  return [...tokens].filter(([, count]) => count > 0).map(([place, count]) => `${place} x${String(count)}`).sort().join('; ');
}

function read(text: string): Tokens {
  return new Map(text === '' ? [] : text.split('; ').map((part): [string, number] => {
    const [, place = '', count = '0'] = /^(.*) x(\d+)$/.exec(part) ?? [];
    return [place, Number(count)];
  }));
}

function add(tokens: Tokens, places: readonly string[]): Tokens {
  const next = new Map(tokens);
  for (const place of places) next.set(place, (next.get(place) ?? 0) + 1);
  return next;
}

function remove(tokens: Tokens, places: readonly string[]): Tokens {
  const next = new Map(tokens);
  for (const place of places) {
    const left = (next.get(place) ?? 0) - 1;
    if (left > 0) next.set(place, left);
    else next.delete(place);
  }
  return next;
}
