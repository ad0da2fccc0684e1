/** What the editor asks the engine about a file, what it says of the answers, and the form a decision is tried with. */
import { expect } from 'chai';
import { compileDecisionFiles } from '../../../engine/index.ts';
import { fieldsOf, typeNames } from '../../../designer/decisions/fields.ts';
import { fileFindings, serverFindings } from '../../../designer/decisions/findings.ts';
import { columnName, tableOf } from '../../../designer/decisions/model.ts';
import { placeKey, placeWords, textsOf } from '../../../designer/decisions/texts.ts';
import { decisionIn, FOREIGN, open, PETTY_CASH } from './support.ts';

const FILE = 'approval-authority.dmn';
const TYPES = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="n" namespace="urn:n">
  <itemDefinition name="kind"><typeRef>string</typeRef><allowedValues><text>"hawker", "the \\"shop\\""</text></allowedValues></itemDefinition>
  <itemDefinition name="short kind"><typeRef>kind</typeRef></itemDefinition>
  <itemDefinition name="person"><itemComponent name="name"><typeRef>string</typeRef></itemComponent></itemDefinition>
  <itemDefinition name="kinds" isCollection="true"><typeRef>kind</typeRef></itemDefinition>
  <itemDefinition name="loop"><typeRef>loop</typeRef></itemDefinition>
  ${['kind', 'short kind', 'person', 'kinds', 'loop', 'date and time', 'days and time duration', 'boolean', ''].map((type, at) => `<inputData id="i${String(at)}" name="v${String(at)}"><variable name="v${String(at)}"${type === '' ? '' : ` typeRef="${type}"`} /></inputData>`).join('')}
  <decision id="inner" name="Inner"><variable name="Inner" />${[0, 1, 2, 3, 4].map((at) => `<informationRequirement><requiredInput href="#i${String(at)}" /></informationRequirement>`).join('')}<informationRequirement><requiredDecision href="#outer" /></informationRequirement></decision>
  <decision id="outer" name="Outer"><variable name="Outer" /><informationRequirement><requiredDecision href="#inner" /></informationRequirement>${[5, 6, 7, 8].map((at) => `<informationRequirement><requiredInput href="#i${String(at)}" /></informationRequirement>`).join('')}</decision>
</definitions>`;

describe('Decision editor: what is checked', () => {
  it('Every text of every table has its place; dashes, empty cells and notes are not asked about.', () => {
    const texts = textsOf(open(PETTY_CASH));
    // Receipt: 2 inputs, 1 list of answers, 3 rules of 3 cells without one dash; authority: 3 inputs, 2 lists, 6 rules of 4 cells without 4 dashes.
    expect([texts.filter(({ decision }) => decision === 'receipt').length, texts.length]).to.deep.equal([11, 11 + 3 + 2 + 21]);
    expect(texts.filter(({ place }) => place.kind === 'cell').every(({ source }) => source !== '-')).to.equal(true);
    expect(texts.find(({ source }) => source === '<= 200')).to.deep.include({ decision: 'approval-authority', place: { kind: 'cell', rule: 1, column: 2 }, tests: true });
    expect(new Set(texts.map(({ decision, place }) => placeKey(decision, place))).size).to.equal(texts.length);
    const authority = decisionIn(open(PETTY_CASH), 'approval-authority');
    expect([placeWords(authority, { kind: 'cell', rule: 1, column: 2 }), placeWords(authority, { kind: 'column', column: 3, part: 'allowed' }), placeWords(authority, { kind: 'literal' })]).to.deep.equal(['rule 2, Amount in EC$', 'Approval authority, allowed values', 'expression']);
    expect(tableOf(decisionIn(open(FOREIGN), 'fee').logic!).columns.map((column) => columnName(column, 'Fee'))).to.deep.equal(['kind', 'Fee', 'Note']);
  });

  it('What is wrong with a cell is told once, at its place; what is wrong elsewhere in words, with its file.', () => {
    const broken = PETTY_CASH.replace('<text>&lt;= 200</text>', '<text>&lt;= (</text>').replace('href="#receipt"', 'href="#nothing"');
    const view = open(broken);
    const { problems } = compileDecisionFiles([{ name: FILE, content: broken }]);
    expect(problems.map(({ code }) => code)).to.have.members(['DMN_REFERENCE_UNRESOLVED', 'DMN_EXPRESSION_INVALID']);
    const text = textsOf(view).find(({ source }) => source === '<= (')!;
    const finding = { severity: 'error', message: 'Expected more', hint: 'Write it', from: 4, unknown: [] } as const;
    const syntax = { code: 'DMN_EXPRESSION_INVALID', severity: 'error', elementId: 'approval-authority', line: 64, message: 'Expected approval-authority to hold FEEL', hint: '', clause: '' } as const;
    const found = fileFindings(view, FILE, problems, [{ text, finding }]);
    expect(found.map(({ name, message, decision, place }) => [name, message, decision, place])).to.deep.equal([
      ['Approval authority', 'Expected “Approval authority” to require an element of the model, but #nothing does not exist', 'approval-authority', undefined],
      ['Approval authority: rule 2, Amount in EC$', 'Expected more', 'approval-authority', text.place],
    ]);
    const told = serverFindings(view, FILE, [{ ...syntax, fileName: FILE }, { ...syntax, code: 'BPMN_DECISION_MISSING', elementId: 'task', fileName: 'process.bpmn' }], found);
    expect(told.map(({ name, code }) => `${code} ${name}`)).to.deep.equal([' Approval authority: rule 2, Amount in EC$', 'BPMN_DECISION_MISSING process.bpmn, task']);
    expect(serverFindings(view, FILE, [{ ...syntax, fileName: FILE }], [])[0]).to.deep.include({ code: 'DMN_EXPRESSION_INVALID', decision: 'approval-authority' });
  });

  it('The form asks for everything a decision depends on, by its declared type; texts that cells know are offered.', () => {
    const view = open(PETTY_CASH);
    expect(fieldsOf(view, decisionIn(view, 'approval-authority'))).to.deep.equal([
      { name: 'amount', type: 'number', kind: 'number', choices: [], known: [] }, { name: 'kind', type: 'string', kind: 'string', choices: [], known: ['transport', 'refreshments'] },
      { name: 'receiptNumber', type: 'string', kind: 'string', choices: [], known: [] },
    ]);
    expect(fieldsOf(view, decisionIn(view, 'receipt')).map(({ name }) => name)).to.deep.equal(['kind', 'receiptNumber']);
    const typed = open(TYPES);
    expect(fieldsOf(typed, decisionIn(typed, 'outer')).map(({ kind, choices }) => [kind, ...choices])).to.deep.equal([
      ['string', 'hawker', 'the "shop"'], ['string', 'hawker', 'the "shop"'], ['feel'], ['feel'], ['feel'], ['date and time'], ['duration'], ['boolean'], ['feel'],
    ]);
    expect(typeNames(typed)).to.deep.equal(['kind', 'short kind', 'person', 'kinds', 'loop']);
  });
});
