// A small writer of BPMN files for the tests of this room.
import { compile, examine } from '../../../engine/bpmn/compile.ts';
import type { CompileOptions } from '../../../engine/bpmn/compile.ts';
import type { Graph, ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { Problem } from '../../../engine/errors.ts';

const NAMESPACES = [
  'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"',
  'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"',
  'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"',
  'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
  'xmlns:gov="urn:piton:gov:1"',
  'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
].join(' ');

/** A whole file; elements may be written without `bpmn:`. */
export function file(contents: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions ${NAMESPACES} id="definitions" targetNamespace="urn:test">\n${prefixed(contents)}\n</bpmn:definitions>`;
}

/** A file with one executable process `p`; `roots` stands before it (messages, errors, collaborations). */
export function model(contents: string, roots = '', attributes = 'isExecutable="true"'): string {
  return file(`${roots}\n<process id="p" ${attributes}>\n${contents}\n</process>`);
}

/** `start -> contents -> end` where contents is the one node `n`. */
export function around(node: string, roots = '', more = ''): string {
  return model(`<startEvent id="s" />${flow('s', 'n')}\n${node}\n${flow('n', 'e')}<endEvent id="e" />${more}`, roots);
}

/** A sequence flow named after its ends. */
export function flow(source: string, target: string, condition?: string): string {
  const open = `<sequenceFlow id="${source}-${target}" sourceRef="${source}" targetRef="${target}"`;
  return condition === undefined ? `${open} />` : `${open}><conditionExpression>${condition}</conditionExpression></sequenceFlow>`;
}

/** Flows along a path of nodes: `flows('s a b e')`. */
export function flows(...paths: readonly string[]): string {
  return paths.map((path) => {
    const nodes = path.split(' ');
    return nodes.slice(1).map((node, i) => flow(nodes[i] ?? '', node)).join('');
  }).join('\n');
}

export function extended(contents: string): string {
  return `<extensionElements>${contents}</extensionElements>`;
}

function prefixed(xml: string): string {
  return xml.replace(/<(\/?)([A-Za-z]+)(?=[\s/>])/g, '<$1bpmn:$2');
}

/** All findings of a file. */
export async function problemsOf(xml: string, options: CompileOptions = {}): Promise<readonly Problem[]> {
  return (await examine(xml, options)).problems;
}

/** The codes of all findings, each once, sorted. */
export async function codesOf(xml: string, options: CompileOptions = {}): Promise<readonly string[]> {
  return [...new Set((await problemsOf(xml, options)).map((finding) => finding.code))].sort();
}

/** The findings with one code. */
export async function found(code: string, xml: string, options: CompileOptions = {}): Promise<readonly Problem[]> {
  return (await problemsOf(xml, options)).filter((finding) => finding.code === code);
}

/** The graph of a file that must compile. */
export async function graphOf(xml: string, options: CompileOptions = {}): Promise<Graph> {
  const graph = await compile(xml, options);
  if (Array.isArray(graph)) throw new Error(`Expected a model without errors, but: ${graph.map((finding) => `${finding.code} ${finding.message}`).join('; ')}`);
  return graph;
}

/** The first process of a file that must compile. */
export async function processOf(xml: string, options: CompileOptions = {}): Promise<ProcessGraph> {
  const [process] = (await graphOf(xml, options)).processes;
  if (process === undefined) throw new Error('Expected a process, but there is none');
  return process;
}
