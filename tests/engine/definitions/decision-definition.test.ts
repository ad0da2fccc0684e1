// Deployed decisions: their versions (DMN 1.5, 6.3).
import { expect } from 'chai';
import { decideDecisionDefinition, decisionStream, evolveDecisionDefinition, newDecisionDefinition } from '../../../engine/definitions/decision-definition.ts';
import type { DeployDecision } from '../../../engine/definitions/decision-definition.ts';
import { isRejection } from '../../../engine/errors.ts';

const command: DeployDecision = { type: 'DeployDecision', name: 'Approval authority', fileName: 'authority.dmn', hash: 'a'.repeat(64), imports: [] };

describe('Engine: decision definitions', () => {
  it('A decision is numbered from 1; a file or an import that changed makes the next version', () => {
    const state = newDecisionDefinition('authority');
    const events = [command, { ...command, hash: 'b'.repeat(64) }, { ...command, hash: 'b'.repeat(64), imports: ['c'.repeat(64)] }].flatMap((one) => {
      const said = decideDecisionDefinition(state, one);
      return isRejection(said) ? [] : said;
    });
    expect(events.map(({ version }) => version)).to.deep.equal([1, 2, 3]);
    expect(events[0]).to.deep.equal({ type: 'DecisionDeployed', decisionId: 'authority', version: 1, name: 'Approval authority', fileName: 'authority.dmn', hash: 'a'.repeat(64), imports: [] });
    expect(events.reduce(evolveDecisionDefinition, newDecisionDefinition('authority'))).to.deep.equal(state);
    expect(decisionStream('authority')).to.equal('decision/authority');
  });

  it('The same content again is no new version', () => {
    const state = newDecisionDefinition('authority');
    decideDecisionDefinition(state, command);
    expect(decideDecisionDefinition(state, { ...command, fileName: 'renamed.dmn' })).to.include({ rejected: true, code: 'DEFINITION_VERSION_KNOWN' });
    expect(state.version).to.equal(1);
  });
});
