/** The outline: every element of a model once, in the order of its flow; and findings in words. */
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { lint } from '../../engine/index.ts';
import { findingsOf, inWords, namesIn } from '../../designer/model/findings.ts';
import { idOf, listOf } from '../../designer/model/moddle.ts';
import { durationWords, flattened, inFlowOrder, outlineOf } from '../../designer/model/outline.ts';
import { nodesOf } from '../../designer/model/references.ts';
import { typeWords } from '../../designer/panel/sections.ts';
import { MODEL, read } from './support.ts';

describe('Designer: the outline', () => {
  it('Steps come in the order of the flow, joins after their branches, what nothing leads to last.', async () => {
    const file = await read();
    expect(inFlowOrder(file.find('licence')).map(idOf)).to.deep.equal(['start', 'check', 'complete', 'approve', 'end', 'ask']);
    const lost = await read(MODEL.replace('<bpmn:endEvent id="end"', '<bpmn:userTask id="loop"><bpmn:incoming>f8</bpmn:incoming><bpmn:outgoing>f8</bpmn:outgoing></bpmn:userTask><bpmn:sequenceFlow id="f8" sourceRef="loop" targetRef="loop" /><bpmn:endEvent id="end"'));
    expect(inFlowOrder(lost.find('licence')).map(idOf).at(-1)).to.equal('loop');
  });

  it('Each step says what it is, who does it, by when, and what follows; branches and boundary events stand under it.', async () => {
    const { definitions } = await read();
    const [licence] = outlineOf(definitions, typeWords);
    const lines = flattened([licence!]).map(({ number, label, detail }) => `${number} ${label}: ${detail}`.trim());
    expect(lines).to.deep.equal([
      'Licence: Procedure', '1 Applied: Start event, then 2 Check papers', '2 Check papers: User task, done by Front desk, then 3 Complete?', '3 Complete?: Exclusive gateway',
      'If yes: Sequence flow, to 4 Approve', 'Otherwise: Sequence flow, to 6 Ask for papers', '4 Approve: User task, due in 5 working days, then 5 Decided', 'Late: Timer boundary event, then 5 Decided',
      '5 Decided: End event', '6 Ask for papers: Service task, then 2 Check papers', 'Front desk: Lane',
    ]);
  });

  it('Nothing of the leave procedure is missing, and nothing is there twice.', async () => {
    const { definitions } = await read(await readFile(new URL('../../processes/leave/process.bpmn', import.meta.url), 'utf8'));
    const process = listOf(definitions, 'rootElements').find(({ $type }) => $type === 'bpmn:Process')!;
    const ids = flattened(outlineOf(definitions, typeWords)).map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(nodesOf(process).map(idOf).filter((id) => !ids.includes(id))).to.deep.equal([]);
  });

  it('Durations in words, or as they are.', () => {
    expect(['P5BD', 'P1D', 'PT2H', '=x', 'P1Y'].map(durationWords)).to.deep.equal(['5 working days', '1 day', '2 hours', '=x', 'P1Y']);
  });
});

describe('Designer: findings', () => {
  it('Errors come first, with the names of elements instead of their ids, and soundness as a warning with a hint.', async () => {
    const { definitions } = await read();
    const broken = MODEL.replace('=papers = 3', '=papers = (').replace('<bpmn:serviceTask id="ask" name="Ask for papers">', '<bpmn:serviceTask id="ask" name="Ask for papers"><bpmn:extensionElements><zeebe:taskDefinition type="notify" /></bpmn:extensionElements>');
    const findings = findingsOf(await lint(broken), namesIn(definitions));
    expect(findings.map(({ severity, elementId, name, code }) => [severity, elementId, name, code])).to.deep.equal([['error', 'f3', 'Complete? → yes', 'BPMN_FEEL_INVALID']]);
    expect(findings[0]!.line).to.be.greaterThan(1);
    expect(findings[0]!.hint).to.not.equal('');
    const unsound = MODEL.replace('exclusiveGateway id="complete" name="Complete?" default="f4"', 'parallelGateway id="complete" name="Complete?"').replace('</bpmn:exclusiveGateway>', '</bpmn:parallelGateway>')
      .replace(/<bpmn:conditionExpression[^]*?<\/bpmn:conditionExpression>/, '').replace('<bpmn:serviceTask id="ask" name="Ask for papers">', '<bpmn:serviceTask id="ask" name="Ask for papers"><bpmn:extensionElements><zeebe:taskDefinition type="notify" /></bpmn:extensionElements>');
    const warnings = findingsOf(await lint(unsound), namesIn(definitions));
    expect(warnings.length).to.be.greaterThan(0);
    expect(warnings.every(({ severity, hint }) => severity === 'warning' && hint !== '')).to.equal(true);
  });

  it('Only what looks like an id is put into words.', () => {
    const names = new Map([['check-record', 'Check the record'], ['end', 'Decided'], ['f1', 'yes']]);
    expect(inWords('Expected the end of check-record (f1) to end, but check-record.', names)).to.equal('Expected the end of “Check the record” (“yes”) to end, but “Check the record”.');
  });
});
