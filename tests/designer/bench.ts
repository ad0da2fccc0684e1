/** The panel on a model without a browser: its fields by their keys, and proof that every entry is one step that can be taken back. */
import { expect } from 'chai';
import { applyEdit } from '../../designer/model/edit.ts';
import type { Edit } from '../../designer/model/edit.ts';
import type { Field, Section } from '../../designer/panel/fields.ts';
import { sectionsOf } from '../../designer/panel/sections.ts';
import { VOCABULARY } from './everything.ts';
import type { Read } from './support.ts';

/** A model, and the hands of an analyst on its panel. */
export class Bench {
  readonly file: Read;
  constructor(file: Read) { this.file = file; }

  sections(id: string): Section[] {
    return sectionsOf({ element: this.file.find(id), moddle: this.file.moddle, vocabulary: VOCABULARY }, (name) => [{ on: this.file.find(id), set: { name } }]);
  }

  field<K extends Field['kind']>(id: string, key: string, kind: K): Extract<Field, { kind: K }> {
    const found = this.sections(id).flatMap(({ fields }) => fields).find((field) => field.key === key);
    expect(found, `${key} of ${id}`).to.not.equal(undefined);
    expect(found!.kind).to.equal(kind);
    return found as Extract<Field, { kind: K }>;
  }

  /** Applies an edit, gives what is written, and proves that undoing it gives back what was there. */
  async written(edit: Edit): Promise<string> {
    const before = await this.file.xml();
    const back = applyEdit(edit);
    const xml = await this.file.xml();
    const forward = applyEdit(back);
    expect(await this.file.xml(), 'undone').to.equal(before);
    applyEdit(forward);
    expect(await this.file.xml(), 'done again').to.equal(xml);
    return xml;
  }
}
