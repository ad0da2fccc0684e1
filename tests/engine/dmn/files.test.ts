// The decision files of a deployment (DMN 1.5, 6.3.3): compiled together, refused together.
import { expect } from 'chai';
import { callableIn, compileDecisionFiles } from '../../../engine/dmn/files.ts';
import { sha256Hex } from '../../../engine/hash.ts';
import { decision, file, literal } from './given.ts';

const base = file(decision('rate', literal('0.125')), 'urn:base');
const user = file(`<import namespace="urn:base" name="base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>${decision('vat', literal('100 * base.rate'), { decisions: ['urn:base#rate'] })}`, 'urn:user');
const last = file(`<import namespace="urn:user" name="u" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>${decision('twice', literal('2 * u.vat'), { decisions: ['urn:user#vat'] })}`, 'urn:last');

function codes(sources: Record<string, string>): string[] {
  return compileDecisionFiles(Object.entries(sources).map(([name, content]) => ({ name, content }))).problems.map(({ fileName, code }) => `${fileName} ${code}`);
}

describe('DMN: the files of a deployment', () => {
  it('are compiled in the order their imports ask for, whatever the order they come in', () => {
    const { files, problems } = compileDecisionFiles([{ name: 'c.dmn', content: last }, { name: 'b.dmn', content: user }, { name: 'a.dmn', content: base }]);
    expect(problems).to.deep.equal([]);
    expect(files.map(({ name }) => name)).to.deep.equal(['a.dmn', 'b.dmn', 'c.dmn']);
    expect(files.map(({ imports }) => imports)).to.deep.equal([[], [sha256Hex(base)], [sha256Hex(base), sha256Hex(user)]]);
    expect(files.flatMap((one) => callableIn(one).map(({ id }) => id))).to.deep.equal(['rate', 'vat', 'twice']);
  });

  it('are told all their problems at once, with the file', () => {
    expect(codes({ 'a.dmn': file(decision('x', literal('1 +'))), 'b.dmn': '<a/>', 'c.dmn': base })).to.deep.equal(['a.dmn DMN_EXPRESSION_INVALID', 'b.dmn DMN_XML_ROOT']);
    expect(codes({ 'b.dmn': user })).to.deep.equal(['b.dmn DMN_IMPORT_UNRESOLVED', 'b.dmn DMN_REFERENCE_UNRESOLVED', 'b.dmn DMN_EXPRESSION_INVALID'].slice(0, codes({ 'b.dmn': user }).length));
  });

  it('that import each other are refused', () => {
    const importing = (own: string, other: string): string => file(`<import namespace="${other}" name="o" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>${decision(own, literal('1'))}`, own);
    expect(codes({ 'a.dmn': importing('urn-a', 'urn-b'), 'b.dmn': importing('urn-b', 'urn-a') })).to.deep.equal(['a.dmn DMN_IMPORT_UNRESOLVED', 'b.dmn DMN_IMPORT_UNRESOLVED']);
  });

  it('have warnings that keep nothing from being deployed', () => {
    const { files, problems, warnings } = compileDecisionFiles([{ name: 'a.dmn', content: file(decision('x', literal('rate * 2'))) }]);
    expect([files.length, problems]).to.deep.equal([1, []]);
    expect(warnings.map(({ fileName, code, severity, elementId }) => [fileName, code, severity, elementId])).to.deep.equal([['a.dmn', 'DMN_NAME_UNKNOWN', 'warning', 'x']]);
  });

  it('give each decision one home and an id it can be called by', () => {
    expect(codes({ 'a.dmn': base, 'b.dmn': file(decision('rate', literal('1'))) })).to.deep.equal(['b.dmn DMN_DECISION_TWICE']);
    expect(codes({ 'a.dmn': file(decision('a/b', literal('1'))) })).to.deep.equal(['a.dmn DMN_ID_INVALID']);
  });
});
