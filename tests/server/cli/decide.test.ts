// `piton decide`: one decision of a DMN file (DESIGN, section 5).
import { expect } from 'chai';
import { plainJson } from '../../../server/cli/decide.ts';
import { call, Folder } from './called.ts';

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:test" name="Leave" id="L">
  <itemDefinition id="t1" name="Person"><itemComponent id="t2" name="born"><typeRef>date</typeRef></itemComponent></itemDefinition>
  <inputData id="i1" name="Days"><variable id="v1" name="Days" typeRef="number"/></inputData>
  <inputData id="i2" name="From"><variable id="v2" name="From" typeRef="date"/></inputData>
  <inputData id="i3" name="Who"><variable id="v3" name="Who" typeRef="Person"/></inputData>
  <decision id="d1" name="Approver"><variable id="v4" name="Approver" typeRef="string"/>
    <informationRequirement id="r1"><requiredInput href="#i1"/></informationRequirement>
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="in1"><inputExpression id="ie" typeRef="number"><text>Days</text></inputExpression></input>
      <output id="o1" typeRef="string"/>
      <rule id="short"><inputEntry id="e1"><text>&lt;= 5</text></inputEntry><outputEntry id="x1"><text>"supervisor"</text></outputEntry></rule>
      <rule id="long"><inputEntry id="e2"><text>&gt; 5</text></inputEntry><outputEntry id="x2"><text>"permanent secretary"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="d2" name="Until"><variable id="v5" name="Until" typeRef="date"/>
    <informationRequirement id="r2"><requiredInput href="#i1"/></informationRequirement>
    <informationRequirement id="r3"><requiredInput href="#i2"/></informationRequirement>
    <literalExpression id="le2"><text>From + duration("P" + string(Days) + "D")</text></literalExpression>
  </decision>
  <decision id="d3" name="Third"><variable id="v6" name="Third" typeRef="number"/><literalExpression id="le3"><text>1 / 3</text></literalExpression></decision>
  <decision id="d4" name="Year"><variable id="v7" name="Year" typeRef="number"/>
    <informationRequirement id="r4"><requiredInput href="#i3"/></informationRequirement>
    <literalExpression id="le4"><text>Who.born.year</text></literalExpression>
  </decision>
  <decision id="d5" name="Twice"><variable id="v8" name="Twice" typeRef="number"/>
    <informationRequirement id="r5"><requiredInput href="#i1"/></informationRequirement>
    <literalExpression id="le5"><text>Days * 2</text></literalExpression>
  </decision>
  <decision id="d6" name="Endless"><variable id="v9" name="Endless" typeRef="number"/><literalExpression id="le6"><text>sum(for i in 1..3000, j in 1..3000 return i)</text></literalExpression></decision>
  <decision id="d7" name="Today"><variable id="v10" name="Today" typeRef="date"/><literalExpression id="le7"><text>today()</text></literalExpression></decision>
</definitions>`;

describe('Command line: decide', () => {
  const folder = new Folder();
  const file = folder.write('leave.dmn', MODEL);
  after(() => folder.remove());

  const decide = async (decision: string, input: string, ...more: readonly string[]): Promise<string | undefined> =>
    (await call('decide', file, '--decision', decision, '--input', input, ...more)).out[0];

  it('A decision is named by its name or id, its value printed as JSON', async () => {
    expect(await decide('Approver', '{"Days":7}')).to.equal('"permanent secretary"');
    expect(await decide('d1', '{"Days":3}')).to.equal('"supervisor"');
  });

  it('Texts of the input are read as the declared type of their input data', async () => {
    expect(await decide('Approver', '{"Days":"7"}')).to.equal('"permanent secretary"');
    expect(await decide('Until', '{"Days":3,"From":"2026-01-30"}')).to.equal('"2026-02-02"');
    expect(await decide('Year', '{"Who":{"born":"1990-05-06"}}')).to.equal('1990');
  });

  it('Numbers keep all their digits, in and out', async () => {
    expect(await decide('Third', '{}')).to.equal('0.3333333333333333333333333333333333');
    expect(await decide('Twice', '{"Days":12345678901234567890.5}')).to.equal('24691357802469135781');
  });

  it('The clock is the virtual one', async () => {
    expect(await decide('Today', '{}')).to.equal('"2026-01-05"');
    expect(await decide('Today', '{}', '--at', '2027-02-03T12:00:00Z')).to.equal('"2027-02-03"');
  });

  it('--explain tells the rules that fired and why parts became null', async () => {
    const told = JSON.parse((await decide('Approver', '{"Days":3}', '--explain')) ?? '') as { value: unknown; fired: { rules: { id: string }[] }[]; notes: unknown[] };
    expect([told.value, told.fired[0]?.rules.map(({ id }) => id), told.notes]).to.deep.equal(['supervisor', ['short'], []]);
    const nothing = JSON.parse((await decide('Approver', '{}', '--explain')) ?? '') as { value: unknown; notes: unknown[] };
    expect(nothing.value).to.equal(null);
    expect(nothing.notes).not.to.deep.equal([]);
  });

  it('--explain warns of what the model never means, and says that a text is no number', async () => {
    const doubtful = folder.write('doubtful.dmn', MODEL.replace('<text>&gt; 5</text>', '<text>== 6</text>'));
    const { out } = await call('decide', doubtful, '--decision', 'Approver', '--input', '{"Days":"seven"}', '--explain');
    const told = JSON.parse(out[0] ?? '') as { warnings: { code: string; severity: string }[]; notes: { message: string }[] };
    expect(told.warnings.map(({ code, severity }) => [code, severity])).to.deep.equal([['DMN_EXPRESSION_DOUBTFUL', 'warning']]);
    expect(told.notes[0]?.message).to.equal('Expected input Days to be a number, but it is a text that is none');
  });

  it('A decision that is not there is wrong use, a budget that is used up is a no', async () => {
    const unknown = await call('decide', file, '--decision', 'Nope');
    expect([unknown.code, unknown.err[0]?.split(':')[0]]).to.deep.equal([2, 'DMN_DECISION_UNKNOWN']);
    const endless = await call('decide', file, '--decision', 'Endless');
    expect([endless.code, endless.err[0]?.split(':')[0]]).to.deep.equal([1, 'FEEL_BUDGET']);
    const missing = await call('decide', file);
    expect([missing.code, missing.err[0]?.split(':')[0]]).to.deep.equal([2, 'CLI_ARGUMENT_MISSING']);
  });

  it('A model that is refused is one Problem per finding and exit code 1', async () => {
    const { code, lines } = await call('decide', folder.write('bad.dmn', MODEL.replace('1 / 3', '1 /')), '--decision', 'Third');
    expect(code).to.equal(1);
    expect(lines[0]).to.include({ type: 'Problem', code: 'DMN_EXPRESSION_INVALID' });
  });

  it('Tagged values become plain JSON, contexts and lists keep their form', () => {
    expect(plainJson({ a: [{ $: 'number', v: '1.10' }, { $: 'duration', v: 'P1D' }], $: 1, b: null })).to.equal('{"a":[1.10,"P1D"],"$":1,"b":null}');
    expect(plainJson(undefined)).to.equal('null');
  });
});
