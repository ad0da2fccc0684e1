/** Decision files for the tests of the editor: read, edited, and compared with what they were. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compileDmn } from '../../../engine/index.ts';
import type { DecisionModel } from '../../../engine/index.ts';
import { tableOf, viewOf } from '../../../designer/decisions/model.ts';
import type { DecisionView, FileView, TableView } from '../../../designer/decisions/model.ts';
import { patched, readSource } from '../../../designer/decisions/source.ts';
import type { Patch } from '../../../designer/decisions/source.ts';

export const PETTY_CASH = readFileSync(new URL('../../../processes/petty-cash/decisions/approval-authority.dmn', import.meta.url), 'utf8');

export function open(text: string): FileView {
  const source = readSource(text);
  if (source === undefined) throw new Error('Expected a well-formed file, but it is not');
  return viewOf(source);
}

export function decisionIn(view: FileView, id: string): DecisionView {
  const found = view.decisions.find((decision) => decision.id === id);
  if (found === undefined) throw new Error(`Expected decision ${id}, but there is none`);
  return found;
}

export function tableIn(text: string, id: string): TableView {
  return tableOf(decisionIn(open(text), id).logic!);
}

/** Applies an edit to the table of a decision. */
export function edited(text: string, id: string, edit: (view: FileView, table: TableView) => readonly Patch[]): string {
  const view = open(text);
  return patched(text, edit(view, tableOf(decisionIn(view, id).logic!)));
}

/** The lines that are not in the other text, in their order. */
export function linesOnlyIn(text: string, other: string): string[] {
  const left = new Map<string, number>();
  for (const line of other.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  return text.split('\n').filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}

export async function compiled(text: string): Promise<DecisionModel> {
  const model = await compileDmn(text);
  expect(Array.isArray(model) ? model : [], 'problems').to.deep.equal([]);
  return model as DecisionModel;
}

/** Of another tool: DMN 1.1 with a prefix, CDATA, comments, foreign extensions, an empty tag, and windows line ends. */
export const FOREIGN = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r
<!-- by hand -->\r
<dmn:definitions xmlns:dmn="http://www.omg.org/spec/DMN/20151101/dmn.xsd" xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:tool="urn:tool" id='d' name='Fees' namespace="urn:fees">\r
  <dmn:extensionElements><tool:note decision="<x>"><dmn:decision id="hidden" name="Hidden"/></tool:note></dmn:extensionElements>\r
  <dmn:decision id="fee" name="Fee" tool:colour="red">\r
    <dmn:variable name="Fee" typeRef="feel:number"/>\r
    <dmn:informationRequirement><dmn:requiredInput href="#kind"/></dmn:informationRequirement>\r
    <dmn:decisionTable id="fee-table" hitPolicy="FIRST">\r
      <dmn:input id="i"><dmn:inputExpression typeRef="feel:string"><dmn:text>kind</dmn:text></dmn:inputExpression></dmn:input>\r
      <dmn:output id="o" typeRef="feel:number"/>\r
      <dmn:rule id="r1" tool:pinned="yes"><dmn:description>Shops &amp; stalls</dmn:description><dmn:inputEntry id="e1"><dmn:text><![CDATA["shop" , "<stall>"]]></dmn:text></dmn:inputEntry><dmn:outputEntry id="e2"><dmn:text>40 + 10</dmn:text></dmn:outputEntry></dmn:rule>\r
      <dmn:rule id="r2"><dmn:inputEntry id="e3"><dmn:text/></dmn:inputEntry><dmn:outputEntry id="e4"><dmn:text>20</dmn:text></dmn:outputEntry></dmn:rule>\r
    </dmn:decisionTable>\r
  </dmn:decision>\r
  <dmn:inputData id="kind" name="kind"><dmn:variable name="kind" typeRef="feel:string"/></dmn:inputData>\r
</dmn:definitions>\r
`;
