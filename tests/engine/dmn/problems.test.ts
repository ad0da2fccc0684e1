// What keeps a decision model from being executed: every code of the table, with the element it is about.

import { expect } from 'chai';
import { compileDmn } from '../../../engine/dmn/compile.ts';
import type { DecisionModel } from '../../../engine/dmn/model.ts';
import type { Problem } from '../../../engine/errors.ts';
import { DMN_ERRORS, DmnError } from '../../../engine/dmn/errors.ts';
import { compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { LARGEST_FILE } from '../../../engine/dmn/xml.ts';
import { CLOCK, decision, file, input, literal, model, table } from './given.ts';

const seen = new Set<string>();

async function problemsOf(xml: string): Promise<string[]> {
  const compiled = await compileDmn(xml);
  return told(Array.isArray(compiled) ? compiled : []).map(({ code, elementId }) => `${code} ${elementId}`.trim());
}

async function warningsOf(xml: string, imported: readonly DecisionModel[] = []): Promise<string[]> {
  return told((await model(xml, imported)).warnings).map(({ code, message }) => `${code}: ${message}`);
}

function told(problems: readonly Problem[]): readonly Problem[] {
  for (const problem of problems) {
    seen.add(problem.code);
    expect(problem.message).to.match(/^Expected .+, but .+/s);
    expect(problem.message).not.to.match(/\{\w+\}/);
  }
  return problems;
}

const chain = Array.from({ length: 150 }, (_, at) => decision(`d${at}`, literal('1'), at === 0 ? {} : { decisions: [`d${at - 1}`] })).join('');

describe('DMN: warnings about a model that is executed all the same', () => {
  const x = input('x', 'number');
  const rules = (cell: string, answer = '1', policy = '', values?: string): string => file(x + decision('d', table(policy, ['x'], ['y'], [[cell, answer]], values), { inputs: ['x'] }));
  const cases: [string, string, string[]][] = [
    ['10.4: a name nothing is known of', rules('> limit'), ['DMN_NAME_UNKNOWN: Expected d to speak of what it requires, but rule 1, x, "> limit" names limit, which it does not know']],
    ['10.4: a text without quotes', rules('-', 'Castries'), ['DMN_NAME_UNKNOWN: Expected d to speak of what it requires, but rule 1, y, "Castries" names Castries, which it does not know']],
    ['10.4: a function nobody has', file(x + decision('d', literal('sqare(x)'), { inputs: ['x'] })), ['DMN_NAME_UNKNOWN: Expected d to speak of what it requires, but "sqare(x)" names sqare, which it does not know']],
    ['10.3.1.2: a test of two operators', rules('== 5'), ['DMN_EXPRESSION_DOUBTFUL: Expected d to say what is meant, but in rule 1, x, line 1, column 1 of "== 5": there is \'==\' where \'=\' to compare is expected']],
    ['8.2: aggregation of several outputs', file(x + decision('d', table('hitPolicy="COLLECT" aggregation="SUM"', ['x'], ['a', 'b'], [['-', '1', '2']]), { inputs: ['x'] })), ['DMN_TABLE_DOUBTFUL: Expected decision table d to say all it needs, but COLLECT SUM is not defined for several outputs']],
    ['8.2: priority without output values', rules('-', '1', 'hitPolicy="PRIORITY"'), ['DMN_TABLE_DOUBTFUL: Expected decision table d to say all it needs, but hit policy PRIORITY needs output values in their order, and it has none']],
    ['8.2: outputs without names', file(x + decision('d', table('', ['x'], ['', ''], [['-', '1', '2']]), { inputs: ['x'] })), ['DMN_TABLE_DOUBTFUL: Expected decision table d to say all it needs, but it has several outputs without names of their own']],
    ['8.2: an input without expression', file(x + decision('d', table('', [''], ['y'], [['-', '1']]), { inputs: ['x'] })), ['DMN_TABLE_DOUBTFUL: Expected decision table d to say all it needs, but input 1 has no expression']],
    ['10.2.2: a relation with a short row', file(decision('d', `<relation><column name="a"/><column name="b"/><row>${literal('1')}</row></relation>`)), ['DMN_EXPRESSION_INCOMPLETE: Expected the relation of d to be complete, but row 1 has 1 cells for 2 columns']],
    ['10.2.2: a conditional without else', file(decision('d', `<conditional><if>${literal('true')}</if><then>${literal('1')}</then></conditional>`)), ['DMN_EXPRESSION_INCOMPLETE: Expected the conditional of d to be complete, but there is nothing in its else']],
    ['10.4: a service that lacks an input', file(`${x}${decision('d', literal('x'), { inputs: ['x'] })}<decisionService id="s" name="s"><outputDecision href="#d"/></decisionService>`), ['DMN_SERVICE_INPUT_MISSING: Expected decision service s to list all it depends on, but its decisions ask for x']],
  ];
  for (const [what, xml, expected] of cases) it(what, async () => expect(await warningsOf(xml)).to.deep.equal(expected));

  it('6.3.3: an import of the name of an element, which stays found under it', async () => {
    const library = await model(file(decision('base', literal('7')), 'urn:library'));
    const xml = file(`<import name="x" namespace="urn:library" importType="DMN"/>${x}${decision('d', literal('x.base'), { inputs: ['x'], decisions: ['urn:library#base'] })}`);
    expect(await warningsOf(xml, [library])).to.deep.equal(['DMN_IMPORT_NAME_TAKEN: Expected the import to have a name of its own, but x is an element or another import of this model']);
    expect(evaluateDecision(await model(xml, [library]), 'd', { x: 5 }, CLOCK).value).to.equal(7);
  });

  it('not about entries of filtered elements, local names, functions and types that are known', async () => {
    const knowledge = '<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>if n = 0 then 0 else f(n - 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>';
    const text = '{l: [{grade: 7}], a: l[grade > x].grade, b: for i in l return i.grade, c: f(1), g: function(k) k, h: g(sum(b)), i: x instance of number}';
    expect(await warningsOf(file(x + knowledge + decision('d', literal(text), { inputs: ['x'], knowledge: ['f'] })))).to.deep.equal([]);
    const filter = `<filter><in>${literal('[{grade: 7}]')}</in><match>${literal('grade > 5 and item.grade < 9')}</match></filter>`;
    expect(await warningsOf(file(decision('d', filter)))).to.deep.equal([]);
  });
});

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
    ['a type that is only itself', file('<itemDefinition id="t" name="t"><typeRef>u</typeRef></itemDefinition><itemDefinition id="u" name="u"><typeRef>t</typeRef></itemDefinition>'), ['DMN_TYPE_CYCLE t']],
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

  it('a cell that is no FEEL is named with its rule and column', async () => {
    const compiled = await compileDmn(file(input('x') + decision('d', table('', ['x'], ['y'], [['1', '2'], ['3', '"a'], ['> ', '4']]), { inputs: ['x'] })));
    expect(Array.isArray(compiled) ? compiled.map(({ message }) => message) : []).to.deep.equal([
      'Expected d to hold FEEL, but in rule 2, y, line 1, column 1 of ""a": there is \'"a\' where a text between two quotation marks is expected',
      'Expected d to hold FEEL, but in rule 3, x, line 1, column 2 of ">": the text ends where an expression is expected',
    ]);
  });

  it('a name that FEEL cannot read is what the hint is about (10.3.1.2)', async () => {
    const compiled = await compileDmn(file(input('x').replace('name="x"', 'name="Fee (EC$)"').replace('name="x"', 'name="Fee (EC$)"') + decision('d', literal('Fee (EC$) > 5'), { inputs: ['x'] })));
    expect(Array.isArray(compiled) ? compiled[0]!.hint : '').to.equal("FEEL cannot read the name 'Fee (EC$)': give it a name of letters, digits and spaces that begins with a letter.");
  });

  it('the table has no code that is not reported here', () => {
    expect([...seen].sort()).to.deep.equal(Object.keys(DMN_ERRORS).sort());
  });
});
