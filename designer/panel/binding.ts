/** Which version a step means of what it calls: the newest, the one deployed together with it, or the one with a version tag (zeebe:bindingType); of a procedure also a certain one (gov:binding). */
import { setExtension } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { extensionOf, textOf } from '../model/moddle.ts';
import type { Choice, Field, Subject } from './fields.ts';

type Bound = 'zeebe:CalledElement' | 'zeebe:CalledDecision';

const CODES = ['BPMN_BINDING_INVALID', 'BPMN_CALLED_MISSING'];
const TAG_HINT = 'The version tag of the one that is meant, as its own page says it.';

/** Of a called procedure or decision; none while nothing is called. */
export function bindingFields({ element, moddle }: Pick<Subject, 'element' | 'moddle'>, type: Bound): Field[] {
  const called = extensionOf(element, type);
  if (called === undefined) return [];
  const certain = extensionOf(element, 'gov:Binding');
  const binding = certain === undefined ? textOf(called, 'bindingType') || 'latest' : 'version';
  return [
    {
      kind: 'choice', key: 'binding', label: 'Which version', value: binding, codes: binding === 'versionTag' || binding === 'version' ? [] : CODES,
      choices: bindingChoices(type), write: (chosen) => bindTo({ element, moddle }, type, chosen),
    },
    ...(certain === undefined ? [] : [{
      kind: 'text', key: 'version', label: 'Number of the version', hint: 'As the list of procedures and the monitor show it.', value: textOf(certain, 'version'), codes: CODES,
      write: (version: string) => setExtension(moddle, element, 'gov:Binding', { version: version.trim() }),
    } satisfies Field]),
    ...(binding !== 'versionTag' ? [] : [{
      kind: 'text', key: 'tag', label: 'Version tag', hint: TAG_HINT, value: textOf(called, 'versionTag'), codes: CODES,
      write: (tag: string) => setExtension(moddle, element, type, { versionTag: tag.trim() }),
    } satisfies Field]),
  ];
}

export function bindingChoices(type: Bound): Choice[] {
  const byNumber = type === 'zeebe:CalledElement' ? [{ value: 'version', label: 'A certain one, by its number' }] : [];
  return [{ value: 'latest', label: 'The newest at the time' }, { value: 'deployment', label: 'Deployed with this procedure' }, { value: 'versionTag', label: 'The one with a version tag' }, ...byNumber];
}

/** `named`: what else is written on the element with it. */
export function bindTo({ element, moddle }: Pick<Subject, 'element' | 'moddle'>, type: Bound, chosen: string, named: Readonly<Record<string, string>> = {}): Edit {
  const extended = setExtension(moddle, element, type, { ...named, bindingType: chosen === 'latest' || chosen === 'version' ? '' : chosen, ...(chosen !== 'versionTag' && { versionTag: '' }) });
  return [...setExtension(moddle, element, 'gov:Binding', { version: chosen === 'version' ? '1' : '' }), ...extended];
}

/** Of a form: it always comes with its procedure, and a tag tells apart several of one name. */
export function formBindingFields({ element, moddle }: Pick<Subject, 'element' | 'moddle'>): Field[] {
  const form = extensionOf(element, 'zeebe:FormDefinition');
  if (form === undefined) return [];
  const tagged = textOf(form, 'bindingType') === 'versionTag';
  return [
    {
      kind: 'choice', key: 'form-binding', label: 'Which version of the form', value: tagged ? 'versionTag' : '', codes: tagged ? [] : CODES,
      choices: [{ value: '', label: 'Deployed with this procedure' }, { value: 'versionTag', label: 'The one with a version tag' }],
      write: (chosen) => setExtension(moddle, element, 'zeebe:FormDefinition', { bindingType: chosen, ...(chosen === '' && { versionTag: '' }) }),
    },
    ...(!tagged ? [] : [{
      kind: 'text', key: 'form-tag', label: 'Version tag of the form', hint: TAG_HINT, value: textOf(form, 'versionTag'), codes: CODES,
      write: (tag: string) => setExtension(moddle, element, 'zeebe:FormDefinition', { versionTag: tag.trim() }),
    } satisfies Field]),
  ];
}
