/** Elements a version no longer has, what each could be called in the other version, and which of that is meant most likely. */
import type { FlowNode, FlowNodeType, ProcessGraph } from '../../engine/index.ts';
import { nameOf } from './history.ts';

/** `candidates`: elements of the other version it could go on as. `suggested`: one of them. */
export interface MissingElement {
  readonly elementId: string;
  readonly elementName: string;
  readonly elementType: FlowNodeType;
  readonly candidates: readonly { readonly elementId: string; readonly elementName: string }[];
  readonly suggested: string | undefined;
}

/** Where a case can stand, or what waits for it. A token never rests on the others. */
const STOOD_AT: ReadonlySet<FlowNodeType> = new Set<FlowNodeType>([
  'task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'callActivity', 'subProcess', 'transaction', 'adHocSubProcess',
  'intermediateCatchEvent', 'intermediateThrowEvent', 'boundaryEvent', 'eventBasedGateway',
]);

/** In the order of the model. */
export function missingElements(from: ProcessGraph, to: ProcessGraph): MissingElement[] {
  const missing = [...from.nodes.values()].filter(({ id, type }) => STOOD_AT.has(type) && !to.nodes.has(id));
  const fresh = [...to.nodes.values()].filter(({ id }) => !from.nodes.has(id));
  return missing.map((node) => {
    const candidates = fresh.filter(({ type }) => type === node.type);
    return {
      elementId: node.id, elementName: nameOf(from, node.id), elementType: node.type,
      candidates: candidates.map(({ id }) => ({ elementId: id, elementName: nameOf(to, id) })), suggested: suggestion(node, candidates, missing)?.id,
    };
  });
}

/** The same name; else the only new element of its kind where it is the only one that is gone; else what stands between the same neighbours. */
function suggestion(node: FlowNode, candidates: readonly FlowNode[], missing: readonly FlowNode[]): FlowNode | undefined {
  const named = candidates.filter(({ name }) => name !== '' && plain(name) === plain(node.name));
  if (named.length === 1) return named[0];
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0 && missing.filter(({ type }) => type === node.type).length === 1) return only;
  const between = candidates.filter((other) => neighbours(other) === neighbours(node) && neighbours(node) !== '|');
  return between.length === 1 ? between[0] : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

function neighbours({ incoming, outgoing, attachedTo }: FlowNode): string {
  return `${incoming.map(({ source }) => source).sort().join()}|${outgoing.map(({ target }) => target).sort().join()}${attachedTo ?? ''}`;
}
