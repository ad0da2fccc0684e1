// The procedure of petty cash beyond what is true of every procedure: its table answers every claim, and every answer has its way.
import { expect } from 'chai';
import fc from 'fast-check';
import { compileDmn, evaluateDecision } from '../../engine/index.ts';
import type { DecisionModel } from '../../engine/index.ts';
import { Procedure } from './procedure.ts';

const procedure = new Procedure('petty-cash');
const dmn = procedure.read('decisions/approval-authority.dmn');
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia' };

describe('Petty cash: the model', () => {
  it('calls the decision of its folder, and has a flow for each of its answers and no other', async () => {
    const [process] = (await procedure.deployed()).processes;
    const answers = [...dmn.matchAll(/<outputEntry[^>]*>\s*<text>"([\w-]+)"<\/text>/g)].map(([, answer]) => answer);
    const routed = [...(process?.flows.values() ?? [])].flatMap(({ source, condition }) => (source === 'authority-found' ? /"([\w-]+)"/.exec(condition?.source ?? '')?.[1] ?? [] : []));
    expect(routed.sort()).to.deep.equal([...new Set(answers)].filter((answer) => answer !== undefined && !['in order', 'missing'].includes(answer)).sort());
  });
});

describe('Petty cash: the decision', () => {
  let model: DecisionModel;
  before(async () => {
    const compiled = await compileDmn(dmn);
    if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
    model = compiled;
  });

  it('has exactly one answer for every claim the form lets through', () => {
    const kinds = [...JSON.stringify(procedure.forms.get('pc-01-claim')).matchAll(/"value":"([\w-]+)"/g)].map(([, kind = '']) => kind);
    expect(kinds).to.have.length(6);
    const claims = fc.record({ amount: fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100), kind: fc.constantFrom(...kinds), receiptNumber: fc.constantFrom(null, '', 'R-1') });
    fc.assert(fc.property(claims, (claim) => {
      const { value, fired } = evaluateDecision(model, 'approval-authority', claim, CLOCK);
      expect(value).to.be.oneOf(['claimant', 'head-of-section', 'permanent-secretary', 'purchase-order']);
      expect(fired.map(({ rules }) => rules.length)).to.deep.equal([1, 1]);
      if (claim.amount > 500 && value !== 'claimant') expect(value).to.equal('purchase-order');
    }), { numRuns: 300 });
  });
});

describe('Petty cash: the drawing', () => {
  it('of the decisions shows each of them, each input and each requirement', () => {
    for (const [, id = ''] of dmn.matchAll(/<(?:decision|inputData|informationRequirement) id="([\w-]+)"/g)) expect(dmn, id).to.contain(`dmnElementRef="${id}"`);
  });
});

describe('Petty cash: the forms', () => {
  it('ask for everything the decision reads', async () => {
    const form = procedure.read('forms/pc-01-claim.form');
    for (const [, name = ''] of dmn.matchAll(/<inputData id="[\w-]+" name="(\w+)"/g)) expect(form).to.contain(`"key": "${name}"`);
  });
});
