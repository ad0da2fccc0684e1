// What the texts of a decision are compiled with: the names it sees and the types of its model (DMN 1.5, 7.3.1), for editors that check one text.
import { expect } from 'chai';
import { compileDmn, compileFeel, expressionOptions } from '../../../engine/index.ts';
import type { DecisionModel } from '../../../engine/index.ts';

const XMLNS = 'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"';
const MODEL = `<definitions ${XMLNS} name="m" namespace="urn:m">
  <import name="lib" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/" />
  <itemDefinition id="t" name="claim"><itemComponent name="net-amount"><typeRef>number</typeRef></itemComponent></itemDefinition>
  <inputData id="i" name="the claim"><variable name="the claim" typeRef="claim" /></inputData>
  <inputData id="other" name="other"><variable name="other" typeRef="number" /></inputData>
  <businessKnowledgeModel id="b" name="rate of tax"><encapsulatedLogic><formalParameter name="n" /><literalExpression><text>n</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
  <decision id="d" name="D"><variable name="D" />
    <informationRequirement><requiredInput href="#i" /></informationRequirement>
    <informationRequirement><requiredDecision href="urn:lib#limit" /></informationRequirement>
    <knowledgeRequirement><requiredKnowledge href="#b" /></knowledgeRequirement>
    <literalExpression><text>1 +</text></literalExpression>
  </decision>
</definitions>`;
const LIBRARY = `<definitions ${XMLNS} name="lib" namespace="urn:lib"><decision id="limit" name="limit"><variable name="limit" typeRef="number" /><literalExpression><text>10</text></literalExpression></decision></definitions>`;

describe('The names a text of a decision sees', () => {
  let library: DecisionModel;
  before(async () => { library = await compileDmn(LIBRARY) as DecisionModel; });

  it('are what the decision requires, also in a model whose texts are no FEEL yet, with the names inside them and those of imports', () => {
    const { shape } = expressionOptions(MODEL, [library]).get('d')!;
    expect(shape).to.deep.equal({ 'the claim': { 'net-amount': {} }, 'lib': { limit: {} }, 'rate of tax': {} });
  });

  it('let a text be compiled as it will be in the model: names of several words, members with a hyphen, types of the model', () => {
    const options = expressionOptions(MODEL, [library]).get('d')!;
    const text = (source: string): readonly string[] => {
      const compiled = compileFeel(source, options);
      return 'code' in compiled ? [compiled.code] : [...compiled.names, ...compiled.unknownFunctions];
    };
    expect(text('the claim.net-amount > rate of tax(lib.limit)')).to.deep.equal(['the claim', 'lib', 'rate of tax']);
    expect(text('other + 1')).to.deep.equal(['other']);
    const instance = compileFeel('the claim instance of claim', options);
    expect('code' in instance ? instance.code : instance.evaluate({ get: () => ({ 'net-amount': 3 }) }, { now: '2026-01-05T09:00:00Z', zone: 'UTC' })).to.equal(true);
  });

  it('are none where the file cannot be read', () => {
    expect(expressionOptions('<definitions').size).to.equal(0);
  });
});
