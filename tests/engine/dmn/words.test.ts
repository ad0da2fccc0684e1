// A decision in plain words: which rules fired on which inputs.
import { expect } from 'chai';
import { decisionWords } from '../../../engine/dmn/words.ts';
import { decide, decision, file, input, literal, table } from './given.ts';

describe('DMN: a decision in words', () => {
  const model = file([
    input('amount', 'number'), input('kind', 'string'),
    decision('fee', literal('amount * 0.1'), { inputs: ['amount'] }),
    decision('authority', table('hitPolicy="COLLECT"', ['fee', 'kind'], ['who'], [['< 5', '"paper"', '"clerk"'], ['< 5', '-', '"head"'], ['>= 5', '-', '"secretary"']]), { inputs: ['kind'], decisions: ['fee'] }),
    decision('one', table('hitPolicy="UNIQUE"', ['kind'], ['who'], [['"paper"', '"clerk"']]), { inputs: ['kind'] }),
  ].join(''));

  it('names the inputs as they were, the rules with their remarks, and the answer', async () => {
    expect(decisionWords(await decide(model, 'authority', { amount: 12.5, kind: 'paper' }))).to.deep.equal([
      'authority: fee is 1.25, kind is "paper"; rules 1 (row 1), 2 (row 2) matched; the answer is ["clerk", "head"].',
      'fee is 1.25.',
    ]);
  });

  it('says that no rule matched, and why the answer is nothing', async () => {
    expect(decisionWords(await decide(model, 'one', { kind: 'pens' }))).to.deep.equal([
      'one: kind is "pens"; no rule matched; the answer is nothing.',
      'Expected a rule that matches, but none does.',
    ]);
  });

  it('calls an input as its table does', async () => {
    const labelled = model.replace('<input><inputExpression><text>kind', '<input label="Kind of expense"><inputExpression><text>kind');
    expect(labelled).not.to.equal(model);
    expect(decisionWords(await decide(labelled, 'one', { kind: 'paper' })).concat(decisionWords(await decide(labelled, 'authority', { amount: 100, kind: 'paper' }))).join('\n')).to.contain('Kind of expense is "paper"');
  });

  it('cuts long values and long lists of rules', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => ['-', `"${'x'.repeat(10)}${at}"`]);
    const [line = ''] = decisionWords(await decide(file(input('a') + decision('all', table('hitPolicy="COLLECT"', ['a'], ['b'], rows), { inputs: ['a'] })), 'all', { a: 'y'.repeat(1000) }));
    expect(line).to.match(/^all: a is "y{118}…; rules 1 \(row 1\), .*, 20 \(row 20\) and 10 more matched; the answer is \["x{10}0".{105}…\.$/);
  });
});
