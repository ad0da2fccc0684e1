// Hostile input (DMN bounds nothing): whatever an expression or a model is made of, it ends in time and memory, as a value, a finding or one of two errors.
import { expect } from 'chai';
import { compileDecisions } from '../../../engine/dmn/compile.ts';
import { callableIn, compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import type { DecisionModel } from '../../../engine/dmn/model.ts';
import { compileFeel } from '../../../engine/feel/compile.ts';
import { FeelError } from '../../../engine/feel/errors.ts';
import { processOf } from '../support/bpmn.ts';
import { given } from '../support/case.ts';
import { facing, start } from '../support/verbs.ts';
import { CLOCK, decision, file, input, literal, table } from './given.ts';

const TEXT = 'a'.repeat(100_000);
const PATIENCE_MS = 120_000;

function evaluated(source: string, variables: Readonly<Record<string, unknown>> = {}, steps = 100_000): unknown {
  const feel = compileFeel(source, { names: Object.keys(variables), steps });
  if ('code' in feel) return feel.code;
  try {
    return feel.evaluate({ get: (name) => variables[name] }, CLOCK);
  } catch (error) {
    if (error instanceof FeelError) return error.code;
    throw error;
  }
}

function compiled(xml: string): DecisionModel {
  const model = compileDecisions(xml);
  if (Array.isArray(model)) throw new Error(model[0]?.message);
  return model;
}

function codeOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error instanceof FeelError ? error.code : error;
  }
}

describe('Hostile expressions', function () {
  this.timeout(PATIENCE_MS);

  it('ranges in ranges: read to 400 levels, walked through only within the budget', () => {
    expect(evaluated(`${'['.repeat(5_000)}1${'..2]'.repeat(5_000)}`)).to.equal('FEEL_TOO_DEEP');
    expect(evaluated(`${'['.repeat(100)}1..2${']'.repeat(100)}[1] != null`)).to.equal(true);
    expect(evaluated('for a in 1..1000000000000 return a')).to.equal('FEEL_BUDGET');
    expect(evaluated('for a in 1..100, b in 1..100, c in 1..100, d in 1..100 return 1')).to.equal('FEEL_BUDGET');
    expect(evaluated('count(for a in -5..-9007199254740991 return a)')).to.equal('FEEL_BUDGET');
  });

  it('recursion: of functions, through lists, through sort', () => {
    expect(evaluated('(function(f) f(f))(function(f) f(f))')).to.equal('FEEL_DEPTH');
    expect(evaluated('{f: function(f, n) [f(f, n + 1)], r: f(f, 0)}.r')).to.equal('FEEL_DEPTH');
    expect(evaluated('{f: function(f, n) if n = 0 then 1 else f(f, n - 1) + f(f, n - 1), r: f(f, 60)}.r')).to.equal('FEEL_BUDGET');
    expect(evaluated('{f: function(f, a, b) sort([2, 1], function(x, y) f(f, x, y)) = null, r: f(f, 1, 2)}.r')).to.equal('FEEL_DEPTH');
  });

  it('patterns that make others backtrack for ever', () => {
    for (const pattern of ['(a+)+$', '(a|aa)+$', '^(a|a?)+$', '(.*a){12}$', '^(a?){30}a{30}$']) {
      expect(evaluated(`matches("${'a'.repeat(40)}!", "${pattern}")`), pattern).to.equal(false);
    }
  });

  it('patterns that make a linear matcher slow: large programs, and looking at the whole rest again for each match', () => {
    expect(evaluated('matches(text, ".{1,999}d|[^a]")', { text: TEXT })).to.equal('FEEL_BUDGET');
    expect(evaluated('matches(text, "([ab]{1,30}){1,30}d|[^a]")', { text: TEXT })).to.equal('FEEL_BUDGET');
    expect(evaluated('count(split(text, "a.*b|a"))', { text: TEXT })).to.equal('FEEL_BUDGET');
    expect(evaluated('replace(text, "a.*b|a", "x")', { text: TEXT }, 10_000)).to.equal('FEEL_BUDGET');
    expect(evaluated('count(for i in 1..100000 return matches("a", string(i) + "[a-z-[b]]"))')).to.equal('FEEL_BUDGET');
  });

  it('ordinary patterns on long texts stay within the budget', () => {
    const words = 'Castries, Soufriere , Vieux Fort,'.repeat(200);
    expect(evaluated('count(split(text, "\\s*,\\s*"))', { text: words })).to.equal(601);
    expect(evaluated('matches(text, "Fort,$")', { text: words })).to.equal(true);
    expect(evaluated('string length(replace(text, "[aeiou]", ""))', { text: words })).to.be.greaterThan(1_000);
  });

  it('numbers whose roots, powers and series take long', () => {
    for (const source of ['some i in 1..99999 satisfies (1/i)**(1/3) < 0', 'count(for i in 1..99999 return exp(i/99999))', 'count(for i in 1..99999 return log(i/7))']) {
      expect(evaluated(source), source).to.equal('FEEL_BUDGET');
    }
    expect(evaluated('for i in 1..100 return decimal(1.03**i, 2)')).to.have.length(100);
  });

  it('texts and lists that double', () => {
    const doubled = (first: string, next: (from: string) => string): string => `{a0: ${first}, ${Array.from({ length: 60 }, (_, at) => `a${String(at + 1)}: ${next(`a${String(at)}`)}`).join(', ')}, r: a60 = a60}.r`;
    expect(evaluated(doubled('"x"', (from) => `${from} + ${from}`))).to.equal('FEEL_BUDGET');
    expect(evaluated(doubled('[1]', (from) => `concatenate(${from}, ${from})`))).to.equal('FEEL_BUDGET');
    expect(evaluated(doubled('"x"', (from) => `replace(${from}, "x", "xx")`))).to.equal('FEEL_BUDGET');
  });
});

describe('Hostile decision models', function () {
  this.timeout(PATIENCE_MS);

  it('requirements in a circle are refused, in one model and through decision services', () => {
    const circle = compileDecisions(file(decision('a', literal('b'), { decisions: ['b'] }) + decision('b', literal('c'), { decisions: ['c'] }) + decision('c', literal('a'), { decisions: ['a'] })));
    expect(Array.isArray(circle) && circle.map(({ code }) => code)).to.deep.equal(['DMN_REQUIREMENT_CYCLE']);
    const service = compileDecisions(file(`${decision('a', literal('s()'), { knowledge: ['s'] })}<decisionService id="s" name="s"><outputDecision href="#a"/></decisionService>`));
    expect(Array.isArray(service) && service.map(({ code }) => code)).to.deep.equal(['DMN_REQUIREMENT_CYCLE']);
  });

  it('a chain of 10,000 decisions is refused; one of 90 that doubles at each link is evaluated once per decision', () => {
    const chain = (length: number): string => file(Array.from({ length }, (_, at) => decision(`d${String(at)}`, at === 0 ? literal('1') : literal(`d${String(at - 1)} + d${String(at - 1)}`), at === 0 ? {} : { decisions: [`d${String(at - 1)}`] })).join(''));
    const long = compileDecisions(chain(10_000));
    expect(Array.isArray(long) && long.map(({ code }) => code)).to.deep.equal(['DMN_REQUIREMENT_TOO_DEEP']);
    const { value, decisions } = evaluateDecision(compiled(chain(90)), 'd89', {}, CLOCK);
    expect(decisions).to.have.length(90);
    expect(JSON.stringify(value)).to.contain('618970019642690137449562112');
  });

  it('a business knowledge model that calls itself without end is stopped', () => {
    const model = compiled(file(`<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/>${literal('f(n + 1) + f(n + 2)')}</encapsulatedLogic></businessKnowledgeModel>${decision('d', literal('f(0)'), { knowledge: ['f'] })}`));
    expect(codeOf(() => evaluateDecision(model, 'd', {}, CLOCK))).to.equal('FEEL_DEPTH');
  });

  it('elements nested 10,000 deep, and a file of 21 million characters, are refused before they are read', () => {
    const codes = (xml: string): unknown => { const found = compileDecisions(xml); return Array.isArray(found) && found.map(({ code }) => code); };
    expect(codes(file(decision('d', `${'<list>'.repeat(10_000)}${literal('1')}${'</list>'.repeat(10_000)}`)))).to.deep.equal(['DMN_XML_TOO_DEEP']);
    expect(codes(' '.repeat(21_000_000))).to.deep.equal(['DMN_XML_TOO_LARGE']);
  });

  it('a table of 100,000 rows is compiled in time and memory proportional to it, looked up at once, and scanned within the budget', () => {
    const cell = (kind: string, text: string): string => `<${kind}><text>${text}</text></${kind}>`;
    const rows = Array.from({ length: 100_000 }, (_, at) => {
      const [district, code] = at % 3 === 0 ? ['-', `"${String(at)}"`] : at % 3 === 1 ? [`"d${String(at)}"`, '-'] : [`"d${String(at)}"`, `"${String(at)}"`];
      return `<rule>${cell('inputEntry', district)}${cell('inputEntry', code)}${cell('outputEntry', String(at % 3))}</rule>`;
    });
    const columns = ['district', 'code'].map((name) => `<input><inputExpression><text>${name}</text></inputExpression></input>`).join('');
    const model = compiled(file(input('district') + input('code') + decision('d', `<decisionTable hitPolicy="COLLECT">${columns}<output/>${rows.join('')}</decisionTable>`, { inputs: ['district', 'code'] })));
    // 20 steps: the rules that can match, not the 100,000.
    expect(evaluateDecision(model, 'd', { district: 'd99997', code: '99999' }, CLOCK, 20).value).to.deep.equal([1, 0]);
    expect(evaluateDecision(model, 'd', { district: 'd99998', code: '99998' }, CLOCK, 20).value).to.deep.equal([2]);
    // A list is no plain value: every rule is read, and the budget says when to stop.
    expect(codeOf(() => evaluateDecision(model, 'd', { district: ['d1'], code: '0' }, CLOCK, 50_000))).to.equal('FEEL_BUDGET');
  });

  it('the time to look a rule up does not grow with the table: the same few steps for 100 and for 10,000 rules', () => {
    for (const rules of [100, 1_000, 10_000]) {
      const rows = Array.from({ length: rules }, (_, at) => [`"d${String(at % 10)}"`, String(Math.floor(at / 10)), String(at)]);
      const model = compiled(file(input('district') + input('code') + decision('d', table('hitPolicy="UNIQUE"', ['district', 'code'], ['n'], rows), { inputs: ['district', 'code'] })));
      expect(evaluateDecision(model, 'd', { district: 'd7', code: rules / 10 - 1 }, CLOCK, 20).value, String(rules)).to.equal(rules - 3);
    }
  });

  it('in a case, a decision that is stopped is an incident, and the case goes on when it is mended', async () => {
    const process = await processOf('start -> rule Decide decides=d result=r -> end');
    const { files } = compileDecisionFiles([{ name: 'd.dmn', content: file(input('n', 'number') + decision('d', literal('count(for i in 1..n, j in 1..n return matches(string(i), ".*.*.*b"))'), { inputs: ['n'] })) }]);
    const latest = Object.fromEntries(files.flatMap((one) => callableIn(one).map(({ id, name }) => [id, { decisionId: id, name, version: 1, hash: one.hash, model: one.model }])));
    given(process, facing({ decisions: { latest, deployment: {} } })).when(start({ n: 1_000_000 })).including({ type: 'IncidentRaised', elementId: 'Decide', code: 'INCIDENT_DECISION_STOPPED' });
    given(process, facing({ decisions: { latest, deployment: {} } })).when(start({ n: 3 })).including({ type: 'DecisionEvaluated', value: 9 }, 'InstanceCompleted');
  });
});
