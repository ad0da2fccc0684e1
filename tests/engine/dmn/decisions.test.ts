// Decision models (DMN 1.5): tables with every hit policy, boxed expressions, knowledge, services, imports, types.

import { expect } from 'chai';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { CLOCK, decide, decision, file, input, literal, model, table } from './given.ts';

function graded(policy: string, rules: readonly (readonly string[])[], outputValues?: string, defaultOutput?: string): string {
  return file(input('score', 'number') + decision('grade', table(policy, ['score'], ['grade'], rules, outputValues, defaultOutput), { inputs: ['score'] }));
}

const OVERLAPPING = [
  ['> 50', '"low"'],
  ['> 70', '"high"'],
  ['> 60', '"low"'],
];

describe('DMN 1.5, 8.3.4: hit policies', () => {
  const cases: [string, string, unknown, number[]][] = [
    ['UNIQUE', 'hitPolicy="UNIQUE"', null, [1, 2, 3]],
    ['FIRST', 'hitPolicy="FIRST"', 'low', [1]],
    ['ANY', 'hitPolicy="ANY"', null, [1, 2, 3]],
    ['PRIORITY', 'hitPolicy="PRIORITY"', 'high', [2]],
    ['RULE ORDER', 'hitPolicy="RULE ORDER"', ['low', 'high', 'low'], [1, 2, 3]],
    ['OUTPUT ORDER', 'hitPolicy="OUTPUT ORDER"', ['high', 'low', 'low'], [2, 1, 3]],
    ['COLLECT', 'hitPolicy="COLLECT"', ['low', 'high', 'low'], [1, 2, 3]],
    ['COLLECT COUNT', 'hitPolicy="COLLECT" aggregation="COUNT"', 3, [1, 2, 3]],
    ['COLLECT MAX', 'hitPolicy="COLLECT" aggregation="MAX"', 'low', [1, 2, 3]],
  ];
  for (const [name, policy, value, rules] of cases) {
    it(`${name} gives ${JSON.stringify(value)} and names the rules`, async () => {
      const result = await decide(graded(policy, OVERLAPPING, '"high", "low"'), 'grade', { score: 80 });
      expect(result.value).to.deep.equal(value);
      expect(result.fired).to.have.length(1);
      expect(result.fired[0]!.rules.map((rule) => rule.index)).to.deep.equal(rules);
      expect(result.fired[0]!.hitPolicy).to.equal(name);
    });
  }

  it('COLLECT with SUM and MIN aggregates numbers', async () => {
    const rules = [['> 50', '10'], ['> 60', '20.5']];
    expect((await decide(graded('hitPolicy="COLLECT" aggregation="SUM"', rules), 'grade', { score: 80 })).value).to.equal(30.5);
    expect((await decide(graded('hitPolicy="COLLECT" aggregation="MIN"', rules), 'grade', { score: 80 })).value).to.equal(10);
  });

  it('a table without a matching rule gives its default output, else null with the reason', async () => {
    expect((await decide(graded('', OVERLAPPING, undefined, '"none"'), 'grade', { score: 1 })).value).to.equal('none');
    const { value, notes, fired } = await decide(graded('', OVERLAPPING), 'grade', { score: 1 });
    expect(value).to.equal(null);
    expect(fired[0]!.rules).to.deep.equal([]);
    expect(notes.map((note) => note.message)).to.include('Expected a rule that matches, but none does');
  });

  it('8.2: output values may be ranges and dates, and give the order of priority all the same', async () => {
    const outside = await decide(graded('', [['-', '7']], '[0..5], > 10'), 'grade', { score: 1 });
    expect(outside.value).to.equal(null);
    expect(outside.notes.map(({ message }) => message)).to.deep.equal(['Expected an output among the output values, but it is none of them']);
    expect((await decide(graded('', [['-', '17']], '[0..5], > 10'), 'grade', { score: 1 })).value).to.equal(17);
    const dates = [['-', 'date("2026-01-01")'], ['-', 'date("2027-01-01")']];
    expect((await decide(graded('hitPolicy="PRIORITY"', dates, 'date("2027-01-01"), date("2026-01-01")'), 'grade', { score: 1 })).value).to.deep.equal({ $: 'date', v: '2027-01-01' });
    expect((await decide(graded('hitPolicy="OUTPUT ORDER"', [['-', '3'], ['-', '20']], '> 10, [0..5]'), 'grade', { score: 1 })).value).to.deep.equal([20, 3]);
  });

  it('8.2: without output values the allowed values of the output\'s type give the order', async () => {
    const type = '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"high", "low"</text></allowedValues></itemDefinition>';
    const xml = graded('hitPolicy="PRIORITY"', OVERLAPPING).replace('<output name="grade">', '<output name="grade" typeRef="tGrade">').replace('<inputData', `${type}<inputData`);
    expect((await decide(xml, 'grade', { score: 80 })).value).to.equal('high');
    expect((await model(xml)).warnings).to.deep.equal([]);
  });

  it('a cell that is left empty, or stops a test, is named', async () => {
    const { notes } = await decide(graded('', [['> "a"', '1'], ['> 50', '']]), 'grade', { score: 80 });
    expect(notes.map(({ message, place }) => [message, place])).to.deep.equal([
      ["Expected two values that can be ordered by '>', but they are a number and a string", 'rule 1, score'],
      ['Expected a value in rule 2, grade, but it is left empty', undefined],
    ]);
  });

  it('an output outside the output values makes the result null', async () => {
    expect((await decide(graded('', [['-', '"middling"']], '"high", "low"'), 'grade', { score: 1 })).value).to.equal(null);
  });
});

describe('DMN 1.5, clause 8: decision tables', () => {
  it('tell what was asked, which rule answered and how it is annotated', async () => {
    const { fired } = await decide(graded('', [['<= 50', '"low"'], ['> 50', '"high"']]), 'grade', { score: 80 });
    expect(fired).to.deep.equal([
      { element: 'grade', name: 'grade', hitPolicy: 'UNIQUE', inputs: [{ expression: 'score', value: 80 }], rules: [{ index: 2, id: 'r2', annotations: ['row 2'] }] },
    ]);
  });

  it('with several outputs give a context', async () => {
    const xml = file(input('x') + decision('d', table('', ['x'], ['a', 'b'], [['1', '"one"', 'x * 2']]), { inputs: ['x'] }));
    expect((await decide(xml, 'd', { x: 1 })).value).to.deep.equal({ a: 'one', b: 2 });
  });

  it('of a thousand rules are looked up by the columns that name values', async () => {
    const rules = Array.from({ length: 1000 }, (_, i) => [`"unit ${i}"`, i % 7 === 0 ? '-' : '> 10', `${i}`]);
    rules.push(['-', '> 1000', '-1']);
    const xml = file(input('unit') + input('amount') + decision('desk', table('hitPolicy="COLLECT"', ['unit', 'amount'], ['desk'], rules), { inputs: ['unit', 'amount'] }));
    const compiled = await model(xml);
    const desk = (unit: unknown, amount: number, steps?: number): unknown => evaluateDecision(compiled, 'desk', { unit, amount }, CLOCK, steps).value;
    expect(desk('unit 500', 20)).to.deep.equal([500]);
    expect(desk('unit 500', 2000)).to.deep.equal([500, -1]);
    expect(desk('unit 500', 5)).to.deep.equal([]);
    expect(desk('unit 7', 5)).to.deep.equal([7]);
    expect(desk('elsewhere', 2000)).to.deep.equal([-1]);
    // The budget shows that the others are not even looked at.
    expect(desk('unit 999', 20, 10)).to.deep.equal([999]);
  });
});

describe('DMN 1.5, 7.3: boxed expressions', () => {
  const cases: [string, string, unknown][] = [
    ['a context, whose last entry is the result', `<context><contextEntry><variable name="a-b"/>${literal('2')}</contextEntry><contextEntry>${literal('a-b + 1')}</contextEntry></context>`, 3],
    ['a context of named entries', `<context><contextEntry><variable name="a"/>${literal('2')}</contextEntry></context>`, { a: 2 }],
    ['a list', `<list>${literal('1')}${literal('"b"')}</list>`, [1, 'b']],
    ['for over dates, as in FEEL', `<for iteratorVariable="d"><in>${literal('[@"2026-01-30"..@"2026-02-01")')}</in><return>${literal('d.day')}</return></for>`, [30, 31]],
    ['for over a range that ends before it starts, as in FEEL', `<for iteratorVariable="i"><in>${literal('[3..1]')}</in><return>${literal('i')}</return></for>`, null],
    ['every over dates', `<every iteratorVariable="d"><in>${literal('[@"2026-01-30"..@"2026-02-01"]')}</in><satisfies>${literal('d > @"2026-01-01"')}</satisfies></every>`, true],
    ['a filter of elements with an entry named item, as in FEEL', `<filter><in>${literal('[{item: 5}, {item: 1}]')}</in><match>${literal('item > 2')}</match></filter>`, [{ item: 5 }]],
    ['a relation', `<relation><column name="a"/><column name="b"/><row>${literal('1')}${literal('2')}</row></relation>`, [{ a: 1, b: 2 }]],
    ['a conditional', `<conditional><if>${literal('1 > 2')}</if><then>${literal('"a"')}</then><else>${literal('"b"')}</else></conditional>`, 'b'],
    ['a filter', `<filter><in>${literal('[{n: 1}, {n: 5}]')}</in><match>${literal('n > item.n - 1 and n > 2')}</match></filter>`, [{ n: 5 }]],
    ['for', `<for iteratorVariable="i"><in>${literal('[1..3]')}</in><return>${literal('i * count(partial)')}</return></for>`, [0, 2, 6]],
    ['some', `<some iteratorVariable="i"><in>${literal('[1, 2]')}</in><satisfies>${literal('i > 1')}</satisfies></some>`, true],
    ['every', `<every iteratorVariable="i"><in>${literal('[1, 2]')}</in><satisfies>${literal('i > 1')}</satisfies></every>`, false],
    [
      'an invocation of a function definition',
      `<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="x" typeRef="number"/>${literal('x * 2')}</functionDefinition></contextEntry><contextEntry><invocation>${literal('f')}<binding><parameter name="x"/>${literal('21')}</binding></invocation></contextEntry></context>`,
      42,
    ],
  ];
  for (const [what, logic, value] of cases) {
    it(`${what} is evaluated`, async () => {
      expect((await decide(file(decision('d', logic)), 'd')).value).to.deep.equal(value);
    });
  }

  it('a decision without logic is null, with the reason', async () => {
    const { value, notes } = await decide(file(decision('d', '')), 'd');
    expect(value).to.equal(null);
    expect(notes[0]).to.include({ message: 'Expected decision logic, but there is none', element: 'd' });
  });
});

describe('DMN 1.5, 6.3: requirements', () => {
  const knowledge = `<businessKnowledgeModel id="double" name="double"><variable name="double"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>${literal('if n > 1000 then n else double(n * 2)')}</encapsulatedLogic></businessKnowledgeModel>`;

  it('a decision sees what it requires, and nothing else', async () => {
    const xml = file(input('a') + input('b') + decision('sum', literal('a + 1'), { inputs: ['a'] }) + decision('top', literal('sum * 2'), { decisions: ['sum'] }) + decision('blind', literal('b'), {}));
    expect((await decide(xml, 'top', { a: 2, b: 5 })).value).to.equal(6);
    expect((await decide(xml, 'blind', { a: 2, b: 5 })).value).to.equal(null);
  });

  it('a business knowledge model is called like a function, sees no variables of its caller, and may call itself', async () => {
    const xml = file(input('a') + knowledge + decision('d', literal('double(a)'), { inputs: ['a'], knowledge: ['double'] }));
    expect((await decide(xml, 'd', { a: 3 })).value).to.equal(1536);
    expect((await decide(xml, 'd', { a: 'x' })).value).to.equal(null);
  });

  it('a decision service takes input data, then input decisions, and evaluates only what it encloses', async () => {
    const service = '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#out"/><inputDecision href="#given"/><inputData href="#a"/></decisionService>';
    const xml = file(
      input('a', 'number') + decision('given', literal('"never asked"'), { type: 'string' }) + decision('out', literal('given + string(a)'), { inputs: ['a'], decisions: ['given'] }) + service + decision('caller', literal('s(1, "x")'), { knowledge: ['s'] }),
    );
    expect((await decide(xml, 'caller')).value).to.equal('x1');
    expect((await decide(xml, 's', { a: 2, given: 'y' })).value).to.equal('y2');
    expect((await decide(xml, 's', { a: 'two', given: 'y' })).value).to.equal(null);
  });

  it('an imported model is seen under the name of the import', async () => {
    const base = await model(file(`<itemDefinition id="t" name="tSmall"><typeRef>number</typeRef><allowedValues><text>&lt; 10</text></allowedValues></itemDefinition>${knowledge}`, 'urn:base'));
    const importing = `<import namespace="urn:base" name="base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>${input('a', 'base.tSmall')}`;
    const xml = file(importing + decision('d', literal('base.double(a)'), { inputs: ['a'], knowledge: ['urn:base#double'] }) + decision('echo', literal('a'), { inputs: ['a'] }));
    const compiled = await model(xml, [base]);
    expect(evaluateDecision(compiled, 'd', { a: 3 }, CLOCK).value).to.equal(1536);
    expect(evaluateDecision(compiled, 'echo', { a: 30 }, CLOCK).value).to.equal(null);
  });
});

describe('DMN 1.5, 7.3.3: item definitions', () => {
  const types =
    '<itemDefinition id="tGrade" name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>' +
    '<itemDefinition id="tGrades" name="tGrades" isCollection="true"><typeRef>tGrade</typeRef></itemDefinition>' +
    '<itemDefinition id="tPerson" name="tPerson"><itemComponent name="first-name"><typeRef>string</typeRef></itemComponent><itemComponent name="grades"><typeRef>tGrades</typeRef></itemComponent></itemDefinition>';

  it('name the entries of an input, whatever signs are in them', async () => {
    const xml = file(types + input('p', 'tPerson') + decision('d', literal('p.first-name + p.grades[1]'), { inputs: ['p'] }));
    expect((await decide(xml, 'd', { p: { 'first-name': 'Ann', grades: ['B'] } })).value).to.equal('AnnB');
  });

  it('keep out what they do not allow, and say so', async () => {
    const xml = file(types + input('g', 'tGrade') + decision('d', literal('g'), { inputs: ['g'] }));
    expect((await decide(xml, 'd', { g: 'A' })).value).to.equal('A');
    expect((await decide(xml, 'd', { g: ['A'] })).value).to.equal('A');
    const { value, notes } = await decide(xml, 'd', { g: 'Z' });
    expect(value).to.equal(null);
    expect(notes[0]!.message).to.equal('Expected input g to be one of the values its type allows, but it is another');
    expect(notes[0]!.element).to.equal('g');
  });

  it('say which part of a value is not of its type', async () => {
    const xml = file(types + input('p', 'tPerson') + decision('d', literal('p'), { inputs: ['p'] }));
    const reason = async (p: unknown): Promise<string | undefined> => (await decide(xml, 'd', { p })).notes[0]?.message;
    expect(await reason({ 'first-name': 'Ann', grades: ['A', 'Z'] })).to.equal("Expected item 2 of entry 'grades' of input p to be one of the values its type allows, but it is another");
    expect(await reason({ 'first-name': 5, grades: [] })).to.equal("Expected entry 'first-name' of input p to be a string, but it is a number");
    expect(await reason({ 'first-name': 'Ann' })).to.equal("Expected input p to be a context with an entry 'grades', but it has none");
    expect(await reason({ 'first-name': { $: 'date', v: 'x' }, grades: [] })).to.equal("Expected entry 'first-name' of input p to be a string, but it is a text that is none");
    expect(await reason('Ann')).to.equal('Expected input p to be a context, but it is a string');
    expect(await reason({ 'first-name': 'Ann', grades: ['A'] })).to.equal(undefined);
  });

  it('may have components of the type itself', async () => {
    const unit = '<itemDefinition name="tUnit"><itemComponent name="head-name"><typeRef>string</typeRef></itemComponent><itemComponent name="parts" isCollection="true"><typeRef>tUnit</typeRef></itemComponent></itemDefinition>';
    const xml = file(unit + input('u', 'tUnit') + decision('d', literal('[u.parts[1].parts[1].head-name, u instance of tUnit]'), { inputs: ['u'] }));
    const leaf = { 'head-name': 'Ben', parts: [] };
    const tree = (part: unknown): unknown => ({ 'head-name': 'Ann', parts: [{ 'head-name': 'Eve', parts: [part] }] });
    expect((await decide(xml, 'd', { u: tree(leaf) })).value).to.deep.equal(['Ben', true]);
    const { notes } = await decide(xml, 'd', { u: tree({ ...leaf, parts: [5] }) });
    expect(notes[0]!.message).to.equal("Expected item 1 of entry 'parts' of item 1 of entry 'parts' of item 1 of entry 'parts' of input u to be a context, but it is a number");
  });

  it('take tagged values for dates and exact numbers', async () => {
    const xml = file(input('d1', 'date') + input('n', 'number') + decision('d', literal('d1 + duration("P1M")'), { inputs: ['d1', 'n'], type: 'date' }));
    expect((await decide(xml, 'd', { d1: { $: 'date', v: '2026-01-31' }, n: { $: 'number', v: '12345678901234567890' } })).value).to.deep.equal({ $: 'date', v: '2026-02-28' });
  });
});
