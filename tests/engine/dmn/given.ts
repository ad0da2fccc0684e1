// Shorthands of the DMN tests: models written in few words.

import { compileDmn } from '../../../engine/dmn/compile.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import type { DecisionModel, DecisionResult } from '../../../engine/dmn/model.ts';

export const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia' };

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

/** A file with these elements. */
export function file(elements: string, namespace = 'urn:test'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="defs" name="test" namespace="${namespace}">\n${elements}\n</definitions>`;
}

export function literal(text: string): string {
  return `<literalExpression><text>${escaped(text)}</text></literalExpression>`;
}

export function input(name: string, type = 'Any'): string {
  return `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`;
}

export interface Needs {
  readonly inputs?: readonly string[];
  readonly decisions?: readonly string[];
  readonly knowledge?: readonly string[];
  readonly type?: string;
}

export function decision(name: string, logic: string, needs: Needs = {}): string {
  const requirement = (kind: string, inner: string, ids: readonly string[] = []): string => ids.map((id) => `<${kind}><${inner} href="${id.includes('#') ? id : `#${id}`}"/></${kind}>`).join('');
  return `<decision id="${name}" name="${name}"><variable name="${name}"${needs.type === undefined ? '' : ` typeRef="${needs.type}"`}/>${requirement('informationRequirement', 'requiredInput', needs.inputs)}${requirement('informationRequirement', 'requiredDecision', needs.decisions)}${requirement('knowledgeRequirement', 'requiredKnowledge', needs.knowledge)}${logic}</decision>`;
}

/** A decision table: `inputs` are expressions, each rule its cells and then its outputs. */
export function table(policy: string, inputs: readonly string[], outputs: readonly string[], rules: readonly (readonly string[])[], outputValues?: string, defaultOutput?: string): string {
  const text = (value: string): string => `<text>${escaped(value)}</text>`;
  const columns = inputs.map((expression) => `<input><inputExpression>${text(expression)}</inputExpression></input>`).join('');
  const extras = `${outputValues === undefined ? '' : `<outputValues>${text(outputValues)}</outputValues>`}${defaultOutput === undefined ? '' : `<defaultOutputEntry>${text(defaultOutput)}</defaultOutputEntry>`}`;
  const results = outputs.map((name) => `<output name="${name}">${extras}</output>`).join('');
  const rows = rules.map((cells, at) => {
    const entries = cells.map((cell, column) => (column < inputs.length ? `<inputEntry>${text(cell)}</inputEntry>` : `<outputEntry>${text(cell)}</outputEntry>`));
    return `<rule id="r${at + 1}">${entries.join('')}<annotationEntry>${text(`row ${at + 1}`)}</annotationEntry></rule>`;
  });
  return `<decisionTable id="table" ${policy}>${columns}${results}${rows.join('')}</decisionTable>`;
}

export async function model(xml: string, imported: readonly DecisionModel[] = []): Promise<DecisionModel> {
  const compiled = await compileDmn(xml, imported);
  if (Array.isArray(compiled)) throw new Error(compiled.map((problem) => `${problem.code} ${problem.message}`).join('\n'));
  return compiled;
}

export async function decide(xml: string, name: string, inputs: Record<string, unknown> = {}): Promise<DecisionResult> {
  return evaluateDecision(await model(xml), name, inputs, CLOCK);
}
