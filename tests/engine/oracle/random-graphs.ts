/** Random graphs of exclusive, parallel, inclusive and complex gateways between user tasks, with loops, as BPMN 2.0 XML. Every loop waits at a task. */
import fc from 'fast-check';

type Kind = 'task' | 'xor' | 'and' | 'or' | 'complex';

export interface RandomGraph {
  readonly kinds: readonly Kind[];
  /** For each node: where its flows lead, as numbers that choose among the possible targets. */
  readonly flows: readonly (readonly number[])[];
  /** For each flow: whether its condition holds. */
  readonly holds: readonly boolean[];
}

const NAMES = { task: 'userTask', xor: 'exclusiveGateway', and: 'parallelGateway', or: 'inclusiveGateway', complex: 'complexGateway' } as const;

export const graphs: fc.Arbitrary<RandomGraph> = fc.integer({ min: 3, max: 9 }).chain((size) => fc.record({
  kinds: fc.array(fc.constantFrom<Kind>('task', 'task', 'xor', 'and', 'or', 'or', 'complex'), { minLength: size, maxLength: size }),
  flows: fc.array(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 3 }), { minLength: size, maxLength: size }),
  holds: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
}));

/** The graph as a file. Node 0 follows the start; a flow leads forward, to the end, or back to a task. */
export function xmlOf({ kinds, flows, holds }: RandomGraph): string {
  const size = kinds.length;
  const edges: [number, number][] = [];
  kinds.forEach((kind, from) => {
    const back = kinds.flatMap((other, to) => (to <= from && other === 'task' && to !== from ? [to] : []));
    const forward = kinds.flatMap((_, to) => (to > from ? [to] : []));
    // Mostly forward; `size` is the end.
    const possible = [...forward, ...forward, ...forward, ...back, size];
    const wanted = kind === 'task' ? (flows[from] ?? []).slice(0, 1) : (flows[from] ?? []);
    const targets = new Set(wanted.map((number) => possible[number % possible.length] ?? size));
    for (const to of targets) edges.push([from, to]);
  });
  // What nothing leads to is reached from the node before it.
  for (let node = 1; node < size; node += 1) if (!edges.some(([, to]) => to === node)) edges.push([node - 1, node]);
  const name = (node: number): string => (node === size ? 'end' : `${kinds[node] ?? ''}${String(node)}`);
  const perNode = (node: number): [number, number][] => edges.filter(([from]) => from === node);
  const id = ([from, to]: [number, number]): string => `${name(from)}_${name(to)}`;
  const parts = ['<startEvent id="start"/>', '<endEvent id="end"/>', `<sequenceFlow id="start_${name(0)}" sourceRef="start" targetRef="${name(0)}"/>`];
  kinds.forEach((kind, node) => {
    const own = perNode(node);
    const chooses = (kind === 'xor' || kind === 'or' || kind === 'complex') && own.length > 1;
    const fallback = chooses && own[0] ? ` default="${id(own[0])}"` : '';
    const arriving = edges.filter(([, to]) => to === node).length;
    const needed = 1 + (((flows[node] ?? [])[0] ?? 0) % Math.max(1, arriving));
    const activation = kind === 'complex' ? `<activationCondition>=activationCount &gt;= ${String(needed)}</activationCondition>` : '';
    parts.push(`<${NAMES[kind]} id="${name(node)}"${fallback}>${activation}</${NAMES[kind]}>`);
    own.forEach((edge, index) => {
      const condition = chooses && index > 0 ? `<conditionExpression>=${String(holds[(node * 3 + index) % holds.length] ?? false)}</conditionExpression>` : '';
      parts.push(`<sequenceFlow id="${id(edge)}" sourceRef="${name(edge[0])}" targetRef="${name(edge[1])}">${condition}</sequenceFlow>`);
    });
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="urn:piton:test"><process id="P" isExecutable="true">
${parts.join('\n')}
</process></definitions>`;
}
