/** A model as a tree of words in the order of its flow: every element once, for those who cannot or will not use the drawing. */
import { elementOf, extensionOf, idOf, kindOf, listOf, textOf } from './moddle.ts';
import type { ModdleElement } from './moddle.ts';
import { laneOf, registerOf, storesIn } from './references.ts';

/** `label`: what it is called. `detail`: who, when, and what follows. `number`: of a step, within its container: "3", "3.1". */
export interface OutlineItem {
  readonly id: string;
  readonly element: ModdleElement;
  readonly label: string;
  readonly detail: string;
  readonly number: string;
  readonly children: readonly OutlineItem[];
}

/** How elements are called in words; the panel owns the words. */
export type TypeWords = (element: ModdleElement) => string;

/** One item for each process of the file, with its pool's name. */
export function outlineOf(definitions: ModdleElement, words: TypeWords): readonly OutlineItem[] {
  const participants = listOf(definitions, 'rootElements').flatMap((root) => listOf(root, 'participants'));
  return listOf(definitions, 'rootElements').filter((root) => root.$type === 'bpmn:Process').map((process) => {
    const pool = participants.find((participant) => elementOf(participant, 'processRef') === process);
    const lanes = listOf(process, 'laneSets').flatMap((set) => listOf(set, 'lanes'));
    const at = pool ?? process;
    const children = [...steps(process, words, ''), ...lanes.map((lane) => leaf(lane, 'Lane', words)), ...storesIn(process).map((store) => ({ ...leaf(store, 'Data store', words), label: registerOf(store) }))];
    return { id: idOf(at), element: at, label: textOf(at, 'name') || idOf(at), detail: words(at), number: '', children };
  });
}

/** All items in the order they are shown. */
export function flattened(items: readonly OutlineItem[]): OutlineItem[] {
  return items.flatMap((item) => [item, ...flattened(item.children)]);
}

function leaf(element: ModdleElement, detail: string, words: TypeWords): OutlineItem {
  return { id: idOf(element), element, label: textOf(element, 'name') || words(element), detail, number: '', children: [] };
}

function steps(container: ModdleElement, words: TypeWords, prefix: string): OutlineItem[] {
  const nodes = inFlowOrder(container);
  const numbers = new Map(nodes.map((node, at) => [node, `${prefix}${String(at + 1)}`]));
  return nodes.map((node) => step(node, numbers, words));
}

function step(node: ModdleElement, numbers: ReadonlyMap<ModdleElement, string>, words: TypeWords): OutlineItem {
  const number = numbers.get(node) ?? '';
  const outgoing = listOf(node, 'outgoing');
  const branches = outgoing.length > 1 ? outgoing.map((flow) => branch(flow, node, numbers, words)) : [];
  const inner = node.$instanceOf('bpmn:SubProcess') ? steps(node, words, `${number}.`) : [];
  const boundary = attached(node).map((event) => step(event, numbers, words));
  const next = outgoing.length === 1 ? goal(outgoing[0]!, numbers) : '';
  return {
    id: idOf(node), element: node, label: textOf(node, 'name') || words(node), number,
    detail: [words(node), doneBy(node), due(node), next === '' ? '' : `then ${next}`].filter((part) => part !== '').join(', '),
    children: [...inner, ...boundary, ...branches],
  };
}

function branch(flow: ModdleElement, source: ModdleElement, numbers: ReadonlyMap<ModdleElement, string>, words: TypeWords): OutlineItem {
  const condition = textOf(elementOf(flow, 'conditionExpression'), 'body').replace(/^=\s*/, '');
  const name = textOf(flow, 'name');
  const when = elementOf(source, 'default') === flow ? 'Otherwise' : name !== '' ? `If ${name}` : condition !== '' ? `If ${condition}` : 'Branch';
  return { id: idOf(flow), element: flow, label: name === '' || when === `If ${name}` ? when : `${when}: ${name}`, detail: [words(flow), `to ${goal(flow, numbers)}`].join(', '), number: '', children: [] };
}

function goal(flow: ModdleElement, numbers: ReadonlyMap<ModdleElement, string>): string {
  const target = elementOf(flow, 'targetRef');
  if (target === undefined) return 'nowhere';
  const name = textOf(target, 'name') || kindOf(target);
  const number = numbers.get(target);
  return number === undefined ? name : `${number} ${name}`;
}

function doneBy(node: ModdleElement): string {
  if (node.$type !== 'bpmn:UserTask') return '';
  const assignment = extensionOf(node, 'zeebe:AssignmentDefinition');
  const named = [textOf(assignment, 'assignee'), textOf(assignment, 'candidateGroups'), textOf(assignment, 'candidateUsers')].filter((text) => text !== '').join(', ');
  if (/^=\s*initiator$/.test(named)) return 'done by whoever began the case';
  if (named !== '') return `done by ${named}`;
  const lane = laneOf(node);
  return lane === undefined ? '' : `done by ${textOf(lane, 'name') || idOf(lane)}`;
}

function due(node: ModdleElement): string {
  const text = textOf(extensionOf(node, 'gov:Sla'), 'due');
  return text === '' ? '' : `due in ${durationWords(text)}`;
}

const UNITS: readonly (readonly [RegExp, string])[] = [[/^P(\d+)BD$/, 'working day'], [/^P(\d+)D$/, 'day'], [/^P(\d+)W$/, 'week'], [/^P(\d+)M$/, 'month'], [/^PT(\d+)H$/, 'hour'], [/^PT(\d+)M$/, 'minute']];

/** "5 working days" of `P5BD`; anything less plain as it is. */
export function durationWords(text: string): string {
  for (const [pattern, unit] of UNITS) {
    const count = pattern.exec(text)?.[1];
    if (count !== undefined) return `${count} ${unit}${count === '1' ? '' : 's'}`;
  }
  return text;
}

function attached(node: ModdleElement): readonly ModdleElement[] {
  return listOf(node.$parent, 'flowElements').filter((element) => element.$type === 'bpmn:BoundaryEvent' && elementOf(element, 'attachedToRef') === node);
}

/**
 * Starts first, then what they lead to, a join after all its branches where no loop forbids it: reverse postorder of a depth-first
 * search. What nothing leads to comes last. Boundary events stand under their host.
 */
export function inFlowOrder(container: ModdleElement): readonly ModdleElement[] {
  const nodes = listOf(container, 'flowElements').filter((element) => element.$instanceOf('bpmn:FlowNode') && element.$type !== 'bpmn:BoundaryEvent');
  const seen = new Set<ModdleElement>();
  const finished: ModdleElement[] = [];
  const follow = (node: ModdleElement): readonly ModdleElement[] => [node, ...attached(node)].flatMap((from) => listOf(from, 'outgoing').flatMap((flow) => elementOf(flow, 'targetRef') ?? []));
  const visit = (start: ModdleElement): void => {
    if (seen.has(start)) return;
    seen.add(start);
    const trail = [{ node: start, left: [...follow(start)] }];
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) finished.push(trail.pop()!.node);
      else if (nodes.includes(next) && !seen.has(next)) {
        seen.add(next);
        trail.push({ node: next, left: [...follow(next)] });
      }
    }
  };
  const isStart = (node: ModdleElement): boolean => node.$type === 'bpmn:StartEvent' || listOf(node, 'incoming').length === 0;
  // The last visited is finished last and so comes first.
  for (const node of nodes.filter(isStart).reverse()) visit(node);
  const lost = nodes.filter((node) => !seen.has(node));
  return [...finished.reverse(), ...lost];
}
