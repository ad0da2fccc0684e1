/** Editing a DMN file in place: only what is meant changes, in the style of the file, and the engine reads what was written. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { evaluateDecision } from '../../../engine/index.ts';
import { addDecision, addInput, addNeed, beginLogic, removeDecision, removeNeed, rename, setLiteral, setQuestion, setType, typeRef } from '../../../designer/decisions/file-edits.ts';
import { tableOf } from '../../../designer/decisions/model.ts';
import { attributeOf, everyElement, patched, readSource } from '../../../designer/decisions/source.ts';
import { addColumn, addRules, cellsIn, duplicateRule, isComplete, knowsNotes, removeColumn, removeRule, setCell, setCells, setColumn, setPolicy, swapColumns, swapRules } from '../../../designer/decisions/table-edits.ts';
import { KIT } from '../../engine/dmn/tck-kit.ts';
import { compiled, decisionIn, edited, FOREIGN, linesOnlyIn, open, PETTY_CASH, tableIn } from './support.ts';

const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia' };
const AUTHORITY = 'approval-authority';

async function decides(text: string, decision: string, inputs: Readonly<Record<string, unknown>>): Promise<unknown> {
  return evaluateDecision(await compiled(text), decision, inputs, CLOCK).value;
}

describe('Decision editor: reading a file', () => {
  it('Every element of every file of the corpus, and of the test kit where it is present, has its place: it begins with its tag and ends with it.', () => {
    const folder = new URL('../../engine/dmn/corpus/', import.meta.url);
    const texts = [PETTY_CASH, FOREIGN, ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')), ...(existsSync(KIT) ? globSync('**/*.dmn', { cwd: KIT }).map((name) => readFileSync(join(KIT, name), 'utf8')) : [])];
    for (const text of texts) {
      const { root } = readSource(text)!;
      for (const { tag, from, to, opened, closing, attributes } of everyElement(root)) {
        const written = text.slice(from, to);
        expect(written.startsWith(`<${tag}`) && written.endsWith('>')).to.equal(true);
        if (closing < to) expect([text[opened - 1], text.slice(closing, to)]).to.deep.equal(['>', `</${tag}>`]);
        for (const [name, { from: start, to: end, whole }] of attributes) expect(text.slice(...whole).trim()).to.equal(`${name}=${text[start - 1]!}${text.slice(start, end)}${text[end]!}`);
      }
    }
  });

  it('What is damaged is not read: an end without its beginning, a second root, text with a bracket.', () => {
    for (const text of ['<a>', '<a></b>', '</a>', '<a/><b/>', '<a>1 < 2</a>', 'text', '', '<a><!DOCTYPE x></a>']) expect(readSource(text), text).to.equal(undefined);
  });

  it('Foreign elements are not taken for decisions; texts are read with their references and CDATA.', () => {
    const view = open(FOREIGN);
    expect(view.decisions.map(({ id, name, type, needs }) => [id, name, type, needs.map(({ target }) => target?.name)])).to.deep.equal([['fee', 'Fee', 'number', ['kind']]]);
    const { columns, rules, describes } = tableIn(FOREIGN, 'fee');
    expect(columns.map(({ kind, text, type }) => [kind, text, type])).to.deep.equal([['input', 'kind', 'string'], ['output', '', 'number'], ['note', '', '']]);
    expect([describes, rules.map(({ texts }) => texts)]).to.deep.equal([true, [['"shop" , "<stall>"', '40 + 10', 'Shops & stalls'], ['', '20', '']]]);
  });
});

describe('Decision editor: the table', () => {
  it('A changed limit changes one line; diagram, ids and white space stay byte for byte.', async () => {
    const text = edited(PETTY_CASH, AUTHORITY, ({ source }, table) => setCell(source, table, table.rules[1]!, 2, '<= 250'));
    expect(linesOnlyIn(text, PETTY_CASH)).to.deep.equal(['          <text>&lt;= 250</text>']);
    expect(linesOnlyIn(PETTY_CASH, text)).to.deep.equal(['          <text>&lt;= 200</text>']);
    expect(await decides(text, AUTHORITY, { amount: 200, kind: 'stationery', receiptNumber: 'R' })).to.equal('head-of-section');
    expect(edited(PETTY_CASH, AUTHORITY, ({ source }, table) => setCell(source, table, table.rules[1]!, 2, '<= 200'))).to.equal(PETTY_CASH);
  });

  it('A file of another tool keeps its prefix, its line ends, its CDATA and what nobody here knows.', async () => {
    const first = edited(FOREIGN, 'fee', ({ source }, table) => setCell(source, table, table.rules[1]!, 0, 'not("x") & "y"'.slice(0, 8)));
    expect(first).to.equal(FOREIGN.replace('<dmn:inputEntry id="e3"><dmn:text/>', '<dmn:inputEntry id="e3"><dmn:text>not("x")</dmn:text>'));
    const noted = edited(FOREIGN, 'fee', ({ source }, table) => setCell(source, table, table.rules[1]!, 2, 'All <others>'));
    expect(noted).to.equal(FOREIGN.replace('<dmn:rule id="r2">', '<dmn:rule id="r2"><dmn:description>All &lt;others&gt;</dmn:description>'));
    expect(edited(noted, 'fee', ({ source }, table) => setCell(source, table, table.rules[1]!, 2, ''))).to.equal(FOREIGN);
    const cell = edited(FOREIGN, 'fee', ({ source }, table) => setCell(source, table, table.rules[0]!, 0, '"shop"'));
    expect(cell).to.equal(FOREIGN.replace('<![CDATA["shop" , "<stall>"]]>', '"shop"'));
    expect(knowsNotes(open(FOREIGN).source)).to.equal(false);
    expect(await decides(first, 'fee', { kind: 'shop' })).to.equal(50);
  });

  it('Rules are added, copied with ids of their own, moved and removed; the rest of the file is as it was.', async () => {
    const added = edited(PETTY_CASH, AUTHORITY, ({ source }, table) => addRules(source, table, 2, [['"in order"', '"gifts"', '-', '"permanent-secretary"', 'Gifts']]));
    expect(added).to.contain('      <rule id="approval-authority-table-rule-7">\n        <inputEntry id="approval-authority-table-rule-7-1">\n          <text>"in order"</text>\n        </inputEntry>').and.contain('        <annotationEntry>\n          <text>Gifts</text>\n        </annotationEntry>\n      </rule>');
    expect(linesOnlyIn(PETTY_CASH, added)).to.deep.equal([]);
    expect(tableIn(added, AUTHORITY).rules[2]!.texts[1]).to.equal('"gifts"');
    await compiled(added);
    expect(edited(added, AUTHORITY, ({ source }, table) => removeRule(source, table, 2))).to.equal(PETTY_CASH);
    const copied = edited(PETTY_CASH, AUTHORITY, ({ source }, table) => duplicateRule(source, table, 5));
    const ids = everyElement(open(copied).source.root).map((element) => attributeOf(element, 'id')).filter((id) => id !== '');
    expect(new Set(ids).size).to.equal(ids.length);
    expect(tableIn(copied, AUTHORITY).rules.map(({ texts }) => texts.at(-1)).slice(5)).to.deep.equal(['Above EC$ 500: local purchase order', 'Above EC$ 500: local purchase order']);
    const moved = edited(PETTY_CASH, AUTHORITY, ({ source }, table) => swapRules(source, table, 0, 1));
    expect(tableIn(moved, AUTHORITY).rules.map(({ id }) => id).slice(0, 3)).to.deep.equal(['authority-2', 'authority-1', 'authority-3']);
    expect(edited(moved, AUTHORITY, ({ source }, table) => swapRules(source, table, 0, 1))).to.equal(PETTY_CASH);
    expect(edited(PETTY_CASH, AUTHORITY, ({ source }, table) => [...removeRule(source, table, 99), ...duplicateRule(source, table, 99), ...swapRules(source, table, 0, 99)])).to.equal(PETTY_CASH);
  });

  it('Cells from a spreadsheet fill the table from a cell on, and make rules of what is left.', async () => {
    expect(cellsIn('a\tb\r\n"x\ny"\t"say ""hi"""\n\t\n')).to.deep.equal([['a', 'b'], ['x\ny', '"say ""hi"""'], ['', '']]);
    expect(cellsIn('"in order"\t"a"')).to.deep.equal([['"in order"', '"a"']]);
    const text = edited(PETTY_CASH, AUTHORITY, ({ source }, table) => setCells(source, table, { rule: 5, column: 2 }, cellsIn('> 600\t"purchase-order"\n(500..600]\t"permanent-secretary"\tUp to 600')));
    const { rules } = tableIn(text, AUTHORITY);
    expect(rules.slice(5).map(({ texts }) => texts)).to.deep.equal([['"in order"', '-', '> 600', '"purchase-order"', 'Above EC$ 500: local purchase order'], ['-', '-', '(500..600]', '"permanent-secretary"', 'Up to 600']]);
    await compiled(text);
  });

  it('Columns come with their cells, change places with them, and go with them.', async () => {
    const added = edited(PETTY_CASH, AUTHORITY, (view, table) => [...addInput(view, decisionIn(view, AUTHORITY), 'grade', 'number'), ...addColumn(view.source, table, 'input', { text: 'grade', type: 'number' })]);
    expect(tableIn(added, AUTHORITY).columns.map(({ kind, text }) => `${kind} ${text}`)).to.deep.equal(['input Receipt', 'input kind', 'input amount', 'input grade', 'output ', 'note ']);
    expect(linesOnlyIn(PETTY_CASH, added)).to.deep.equal([]);
    expect(await decides(added, AUTHORITY, { amount: 140, kind: 'refreshments', receiptNumber: 'R', grade: 3 })).to.equal('permanent-secretary');
    const swapped = edited(added, AUTHORITY, ({ source }, table) => swapColumns(source, table, 0, 3));
    expect(tableIn(swapped, AUTHORITY).rules[0]!.texts).to.deep.equal(['-', '-', '-', '"missing"', '"claimant"', 'Goes back for the receipt']);
    expect(await decides(swapped, AUTHORITY, { amount: 140, kind: 'refreshments', receiptNumber: 'R', grade: 3 })).to.equal('permanent-secretary');
    const back = edited(edited(swapped, AUTHORITY, ({ source }, table) => swapColumns(source, table, 0, 3)), AUTHORITY, ({ source }, table) => removeColumn(source, table, 3));
    expect(linesOnlyIn(back, PETTY_CASH).join()).to.contain('input-grade').and.not.contain('inputEntry');
    expect(edited(PETTY_CASH, AUTHORITY, ({ source }, table) => swapColumns(source, table, 2, 3))).to.equal(PETTY_CASH);
  });

  it('Of two outputs each has a name, and the answer has both; a column of notes has none to check.', async () => {
    const two = edited(PETTY_CASH, 'receipt', ({ source }, table) => [...addColumn(source, table, 'output', { text: 'copies', type: 'number' })]);
    const filled = edited(edited(two, 'receipt', (view, table) => setColumn(view.source, table.columns[2]!, { text: 'verdict' })), 'receipt', ({ source }, table) => table.rules.flatMap((rule) => setCell(source, table, rule, 3, '2')));
    const untyped = patched(filled, setType(open(filled), decisionIn(open(filled), 'receipt'), ''));
    expect(await decides(untyped, 'receipt', { kind: 'transport', receiptNumber: 'R' })).to.deep.equal({ verdict: 'in order', copies: 2 });
    const noted = edited(PETTY_CASH, 'receipt', ({ source }, table) => addColumn(source, table, 'note', { label: 'Law' }));
    expect(tableIn(noted, 'receipt').columns.map(({ label }) => label).slice(-2)).to.deep.equal(['Reason', 'Law']);
    await compiled(noted);
  });

  it('Heading, expression, type, allowed values, default and hit policy are written where they belong, and go when they are emptied.', async () => {
    const change = (text: string, at: number, said: Parameters<typeof setColumn>[2]): string => edited(text, AUTHORITY, ({ source }, table) => setColumn(source, table.columns[at]!, said));
    const allowed = change(PETTY_CASH, 2, { allowed: '>= 0', label: 'Amount', text: 'amount * 1', type: 'Any' });
    expect(linesOnlyIn(allowed, PETTY_CASH)).to.deep.equal(['      <input id="authority-amount" label="Amount">', '        <inputExpression id="authority-amount-expression" typeRef="Any">', '          <text>amount * 1</text>', '        <inputValues>', '          <text>&gt;= 0</text>', '        </inputValues>']);
    expect(change(allowed, 2, { allowed: '', label: 'Amount in EC$', text: 'amount', type: 'number' })).to.equal(PETTY_CASH);
    const fallback = change(PETTY_CASH, 3, { fallback: '"claimant"' });
    expect(await decides(fallback, AUTHORITY, { amount: null, kind: 'x', receiptNumber: 'R' })).to.equal('claimant');
    expect(change(change(PETTY_CASH, 3, { label: 'Who' }), 3, { label: '' })).to.equal(PETTY_CASH);
    expect(change(PETTY_CASH, 4, { label: 'Why' })).to.equal(PETTY_CASH.replace(/<annotation name="Reason" \/>(?![\s\S]*<annotation )/, '<annotation name="Why" />'));
    const policy = edited(PETTY_CASH, AUTHORITY, (_view, table) => setPolicy(table, { hitPolicy: 'COLLECT', aggregation: 'COUNT' }));
    expect(await decides(policy.replace('name="Approval authority" typeRef="string"', 'name="Approval authority"'), AUTHORITY, { amount: 140, kind: 'refreshments', receiptNumber: 'R' })).to.equal(1);
    expect(edited(policy, AUTHORITY, (_view, table) => setPolicy(table, { hitPolicy: 'UNIQUE', aggregation: '' }))).to.equal(PETTY_CASH);
    expect(isComplete(tableIn(PETTY_CASH, AUTHORITY))).to.equal(true);
    expect(isComplete(tableIn(PETTY_CASH.replace(/<inputEntry id="authority-1-3">[\s\S]*?<\/inputEntry>/, ''), AUTHORITY))).to.equal(false);
  });
});

describe('Decision editor: the model around the tables', () => {
  it('A new name goes to the variable and to texts that consist of the old one.', async () => {
    const view = open(PETTY_CASH);
    const text = patched(PETTY_CASH, rename(view, decisionIn(view, 'receipt'), 'State of the receipt'));
    expect(linesOnlyIn(text, PETTY_CASH)).to.deep.equal(['  <decision id="receipt" name="State of the receipt">', '    <variable id="receipt-variable" name="State of the receipt" typeRef="string" />', '          <text>State of the receipt</text>']);
    expect(await decides(text, AUTHORITY, { amount: 140, kind: 'refreshments', receiptNumber: 'R' })).to.equal('permanent-secretary');
    expect(patched(PETTY_CASH, rename(view, decisionIn(view, 'receipt'), 'Receipt'))).to.equal(PETTY_CASH);
  });

  it('What a decision needs comes and goes; a file of DMN 1.1 gets its types as it writes them.', async () => {
    const view = open(PETTY_CASH);
    const authority = decisionIn(view, AUTHORITY);
    const more = patched(PETTY_CASH, addNeed(view, authority, 'input', 'input-receiptNumber'));
    expect(linesOnlyIn(more, PETTY_CASH)).to.deep.equal([
      '    <informationRequirement id="approval-authority-needs-input-receiptNumber">', '      <requiredInput href="#input-receiptNumber" />', '    </informationRequirement>',
      '      <dmndi:DMNEdge id="approval-authority-needs-input-receiptNumber-edge" dmnElementRef="approval-authority-needs-input-receiptNumber">', '        <di:waypoint x="223" y="320" />', '        <di:waypoint x="420" y="160" />', '      </dmndi:DMNEdge>',
    ]);
    const again = open(more);
    expect(patched(more, removeNeed(again, decisionIn(again, AUTHORITY).needs.at(-1)!))).to.equal(PETTY_CASH);
    const foreign = open(FOREIGN);
    const grown = patched(FOREIGN, addInput(foreign, decisionIn(foreign, 'fee'), 'size of shop', 'number'));
    expect(grown).to.contain('<dmn:inputData id="input-size-of-shop" name="size of shop">').and.contain('typeRef="feel:number" />').and.contain('<dmn:requiredInput href="#input-size-of-shop" />');
    expect([typeRef(foreign.source, 'date and time'), typeRef(foreign.source, 'tShop'), typeRef(view.source, 'date and time')]).to.deep.equal(['feel:dateTime', 'tShop', 'date and time']);
    await compiled(grown);
    const drawing = patched(PETTY_CASH, addInput(view, authority, 'grade', 'number'));
    expect(drawing).to.contain('<dmndi:DMNShape id="input-grade-shape" dmnElementRef="input-grade">\n        <dc:Bounds x="670" y="320" width="125" height="45" />').and.contain('dmnElementRef="approval-authority-needs-input-grade">\n        <di:waypoint x="733" y="320" />');
  });

  it('A new decision can be called at once: an empty table, or an expression; its question and its answer are written; it can be removed.', async () => {
    const view = open(PETTY_CASH);
    const { id, patches } = addDecision(view, 'Fee: 2026 & later', 'decisionTable');
    expect(id).to.equal('fee-2026-later');
    let text = patched(PETTY_CASH, patches);
    expect(await decides(text, id, {})).to.equal(null);
    expect(linesOnlyIn(PETTY_CASH, text)).to.deep.equal([]);
    text = patched(text, setQuestion(open(text), decisionIn(open(text), id), 'How much?'));
    expect(decisionIn(open(text), id).question).to.equal('How much?');
    text = patched(text, setQuestion(open(text), decisionIn(open(text), id), ''));
    expect(patched(text, removeDecision(open(text), decisionIn(open(text), id)))).to.equal(PETTY_CASH);
    const literal = addDecision(view, 'Receipt', 'literalExpression');
    // receipt-1 to receipt-3 are rules.
    expect(literal.id).to.equal('receipt-4');
    const empty = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="n" namespace="urn:n"/>';
    const first = patched(empty, addDecision(open(empty), 'Sum', 'literalExpression').patches);
    const summed = patched(first, setLiteral(open(first), decisionIn(open(first), 'sum').logic!, '1 + 2 < 4'));
    expect(await decides(summed, 'sum', {})).to.equal(true);
    const bare = empty.replace('/>', '><decision id="x" name="X"/></definitions>');
    const begun = patched(bare, beginLogic(open(bare), decisionIn(open(bare), 'x'), 'decisionTable'));
    expect(tableOf(decisionIn(open(begun), 'x').logic!).columns.map(({ kind }) => kind)).to.deep.equal(['output', 'note']);
    // What showed it, and the way from it, goes as well: nothing in the drawing points to nothing.
    const less = patched(PETTY_CASH, removeDecision(view, decisionIn(view, 'receipt')));
    const all = everyElement(open(less).source.root);
    const shown = all.map((element) => attributeOf(element, 'dmnElementRef')).filter((ref) => ref !== '');
    expect(shown.filter((ref) => !all.some((element) => attributeOf(element, 'id') === ref))).to.deep.equal([]);
    expect([shown.length, decisionIn(open(less), AUTHORITY).needs.length]).to.deep.equal([6, 2]);
  });
});
