// What keeps a decision model from being executed: every code of the table, with the element it is about.

import { expect } from 'chai';
import { compileDmn } from '../../../engine/dmn/compile.ts';
import { DMN_ERRORS, DmnError } from '../../../engine/dmn/errors.ts';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { LARGEST_FILE } from '../../../engine/dmn/xml.ts';
import { CLOCK, decision, file, input, literal, model, table } from './given.ts';

const seen = new Set<string>();

async function problemsOf(xml: string): Promise<string[]> {
  const compiled = await compileDmn(xml);
  if (!Array.isArray(compiled)) return [];
  for (const problem of compiled) {
    seen.add(problem.code);
    expect(problem.message).to.match(/^Expected .+, but .+/s);
    expect(problem.message).not.to.match(/\{\w+\}/);
  }
  return compiled.map((problem) => `${problem.code} ${problem.elementId}`.trim());
}

const chain = Array.from({ length: 150 }, (_, at) => decision(`d${at}`, literal('1'), at === 0 ? {} : { decisions: [`d${at - 1}`] })).join('');

describe('DMN: problems of a model', () => {
  const cases: [string, string, string[]][] = [
    ['no XML', 'no xml', ['DMN_XML_INVALID']],
    ['an element left open', file('<decision id="d">'), ['DMN_XML_INVALID']],
    ['another root', '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', ['DMN_XML_ROOT']],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${file('')}`, ['DMN_XML_DOCTYPE']],
    ['elements nested too deeply', file(`<decision id="d">${'<list>'.repeat(300)}${'</list>'.repeat(300)}</decision>`), ['DMN_XML_TOO_DEEP']],
    ['a file too large', file(`<description>${'x'.repeat(LARGEST_FILE)}</description>`), ['DMN_XML_TOO_LARGE']],
    ['an import that is not there', file('<import id="i" namespace="urn:other" name="o" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'), ['DMN_IMPORT_UNRESOLVED i']],
    ['a requirement of nothing', file(decision('d', literal('1'), { inputs: ['nothing'] })), ['DMN_REFERENCE_UNRESOLVED d']],
    ['requirements in a circle', file(decision('a', literal('1'), { decisions: ['b'] }) + decision('b', literal('1'), { decisions: ['a'] })), ['DMN_REQUIREMENT_CYCLE a']],
    ['a chain too long', file(chain), ['DMN_REQUIREMENT_TOO_DEEP d101']],
    ['a name given twice', file(`${input('a')}<inputData id="b" name="a"/>`), ['DMN_NAME_DUPLICATE b']],
    ['an unknown type', file(input('a', 'tNone')), ['DMN_TYPE_UNKNOWN a']],
    ['a type of itself', file('<itemDefinition id="t" name="t"><itemComponent id="c" name="c"><typeRef>t</typeRef></itemComponent></itemDefinition>'), ['DMN_TYPE_CYCLE t']],
    ['types that build on too many others', file(Array.from({ length: 60 }, (_, at) => `<itemDefinition id="t${at}" name="t${at}"><typeRef>${at === 59 ? 'string' : `t${at + 1}`}</typeRef></itemDefinition>`).join('')), ['DMN_TYPE_TOO_DEEP t50']],
    ['a text that is no FEEL', file(decision('d', literal('1 +'))), ['DMN_EXPRESSION_INVALID d']],
    ['a text in another language', file(decision('d', '<literalExpression expressionLanguage="javascript"><text>1</text></literalExpression>')), ['DMN_EXPRESSION_UNSUPPORTED d']],
    ['a cell in another language', file(input('x') + decision('d', table('', ['x'], ['y'], [['1', '2']]).replace('<inputEntry>', '<inputEntry expressionLanguage="juel">'), { inputs: ['x'] })), ['DMN_EXPRESSION_UNSUPPORTED d']],
    ['imported values', file(decision('d', '<literalExpression><importedValues><importedElement>a</importedElement></importedValues></literalExpression>')), ['DMN_EXPRESSION_UNSUPPORTED d']],
    ['a function in Java', file(decision('d', '<functionDefinition kind="Java"><context/></functionDefinition>')), ['DMN_EXPRESSION_UNSUPPORTED d']],
    ['a rule with too few entries', file(input('x') + decision('d', table('', ['x'], ['y'], [['1']]), { inputs: ['x'] })), ['DMN_TABLE_INVALID d']],
    ['an unknown hit policy', file(input('x') + decision('d', table('hitPolicy="LAST"', ['x'], ['y'], [['1', '2']]), { inputs: ['x'] })), ['DMN_HIT_POLICY_UNKNOWN d']],
    ['an aggregation without COLLECT', file(input('x') + decision('d', table('hitPolicy="FIRST" aggregation="SUM"', ['x'], ['y'], [['1', '2']]), { inputs: ['x'] })), ['DMN_HIT_POLICY_UNKNOWN d']],
  ];
  for (const [what, xml, expected] of cases) {
    it(`${what}: ${expected.join(', ')}`, async () => {
      expect(await problemsOf(xml)).to.deep.equal(expected);
    });
  }

  it('come as a list, each with its line', async () => {
    const compiled = await compileDmn(file(`${decision('a', literal('1 +'))}\n${decision('b', literal('(1'))}`));
    expect(Array.isArray(compiled) ? compiled.map(({ elementId, line }) => [elementId, line]) : []).to.deep.equal([
      ['a', 3],
      ['b', 4],
    ]);
  });

  it('of the XML itself say the line', async () => {
    const compiled = await compileDmn(file('<decision id="a">\n</description>'));
    expect(Array.isArray(compiled) ? [compiled[0]!.code, compiled[0]!.line] : []).to.deep.equal(['DMN_XML_INVALID', 4]);
  });

  it('an unknown decision is DMN_DECISION_UNKNOWN, with those there are', async () => {
    const compiled = await model(file(decision('a', literal('1'))));
    try {
      evaluateDecision(compiled, 'b', {}, CLOCK);
      expect.fail('nothing was thrown');
    } catch (error) {
      if (!(error instanceof DmnError)) throw error;
      seen.add(error.code);
      expect(error.message).to.equal('Expected the model to have a decision or decision service b, but it has a');
    }
  });

  it('of a deployment are told with it: ids that cannot be called, and decisions in two files', () => {
    const sources = [{ name: 'a.dmn', content: file(decision('rate', literal('1'))) }, { name: 'b.dmn', content: file(decision('rate', literal('2')) + decision('a/b', literal('3'))) }];
    const { problems } = compileDecisionFiles(sources);
    for (const { code } of problems) seen.add(code);
    expect(problems.map(({ code, fileName, elementId, line }) => [code, fileName, elementId, line])).to.deep.equal([['DMN_DECISION_TWICE', 'b.dmn', 'rate', 3], ['DMN_ID_INVALID', 'b.dmn', 'a/b', 3]]);
  });

  it('the table has no code that is not reported here', () => {
    expect([...seen].sort()).to.deep.equal(Object.keys(DMN_ERRORS).sort());
  });
});
