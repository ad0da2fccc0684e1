// How a rule of the standard is tested: a tiny model that breaks it, and the same model repaired.
import { expect } from 'chai';
import { found } from './support.ts';
import type { BpmnCode } from '../../../engine/bpmn/errors.ts';

/** `wrong` has a finding `code`, on the element `on` if given; `right` has none. */
export function rule(code: BpmnCode, sentence: string, wrong: string, right?: string, on?: string): void {
  it(`${sentence} (${code})`, async () => {
    const findings = await found(code, wrong);
    expect(findings, `${code} in the model that breaks the rule`).not.to.deep.equal([]);
    const [first] = findings;
    if (on !== undefined) expect(findings.map((finding) => finding.elementId)).to.contain(on);
    expect(first?.message).to.match(/^Expected .*, but /s);
    expect(`${first?.message ?? ''} ${first?.hint ?? ''} ${first?.clause ?? ''}`).not.to.match(/(^|[^$#])\{\w+\}/);
    expect(first?.clause).not.to.equal('');
    expect(first?.line).to.be.greaterThan(0);
    if (right !== undefined) expect(await found(code, right), `${code} in the repaired model`).to.deep.equal([]);
  });
}
