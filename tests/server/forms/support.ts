/** Short ways to write forms in tests. */
import { expect } from 'chai';
import { checkForm, readForm } from '../../../server/forms/check.ts';
import { feelCondition } from '../../../server/forms/conditions.ts';
import type { Form, FormFacts } from '../../../server/forms/model.ts';

export const FACTS: FormFacts = { now: '2026-03-02T14:00:00.000Z', today: '2026-03-02', zone: 'America/St_Lucia', officers: [{ value: 'ana', label: 'Ana, Senior Clerk' }, { value: 'ben', label: 'Ben' }] };

type Component = Readonly<Record<string, unknown>>;

export function schema(...components: readonly Component[]): Component {
  return { type: 'default', id: 'form', components: components.map((component, index) => ({ id: `c${String(index + 1)}`, ...component })) };
}

/** The form, which must be without findings. */
export function formOf(...components: readonly Component[]): Form {
  const { form, problems } = readForm(schema(...components), feelCondition);
  expect(problems).to.deep.equal([]);
  return form!;
}

/** The codes of the findings about these components. */
export function codesOf(...components: readonly Component[]): string[] {
  return checkForm(schema(...components), feelCondition).map((problem) => problem.code);
}
