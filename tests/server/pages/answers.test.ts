/** What a case holds, with labels: the form that asks for a thing names it, whichever form of the procedure comes first. */
import { expect } from 'chai';
import type { Json } from '../../../engine/index.ts';
import { answersOf } from '../../../server/pages/case-pages.ts';
import type { DeskForm } from '../../../server/pages/needs.ts';

const VERSION = { processId: 'p', version: 1, name: 'P', hash: '', forms: { 'a-shows': '', 'b-asks': '' }, decisions: {}, fileName: '', deployedAt: '', deployedBy: '' };

/** A form that describes some keys. */
function form(labels: Readonly<Record<string, string>>, asks: boolean): DeskForm {
  const describe = (key: string, value: Json): { label: string; value: Json; asks: boolean } | undefined => (labels[key] === undefined ? undefined : { label: labels[key], value, asks });
  return { describe, view: () => ({ items: [], errors: [] }), parse: () => ({ values: {}, errors: [] }) };
}

describe('Pages: the data of a case', () => {
  it('A thing is called as by the form that asks for it; as by one that shows it where none asks; by its own name, apart, where no form knows it.', async () => {
    const forms = new Map([['a-shows', form({ organisation: 'To', remark: 'Remark' }, false)], ['b-asks', form({ organisation: 'Organisation' }, true)]]);
    const answers = await answersOf({ forms: { form: (_process, _version, id) => Promise.resolve(forms.get(id)) } }, VERSION, { organisation: 'Finance', remark: 'x', fileNumber: 'F/1', nothing: null });
    expect(answers).to.deep.equal([
      { label: 'Organisation', value: 'Finance', asked: true }, { label: 'Remark', value: 'x', asked: true }, { label: 'File number', value: 'F/1', asked: false },
    ]);
  });
});
