/** Which version of a process, decision or form is meant (zeebe:bindingType): the latest, the one deployed together with the calling process, or the one with a version tag; of a process also a certain one (gov:binding). */
import type { Place } from './errors.ts';
import { shorten } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { Binding } from './graph.ts';
import type { Extension } from './tree.ts';

const LATEST: Binding = { binding: 'latest' };
const DEPLOYMENT: Binding = { binding: 'deployment' };

/** What says nothing of a binding. */
export const NO_BINDING: Pick<Extension, 'bindingType' | 'versionTag'> = {};

/** Refuses with BPMN_BINDING_INVALID. */
export function bindingOf({ bindingType, versionTag }: Extension, at: Place, report: Report): Binding {
  const type = bindingType?.trim() ?? '';
  const tag = versionTag?.trim() ?? '';
  if (type === 'versionTag' && tag !== '') return { binding: 'versionTag', versionTag: tag };
  const known = type === '' || type === 'latest' || type === 'deployment';
  if (!known || tag !== '') {
    const found = type === 'versionTag' ? 'a version tag without naming it' : known ? `${type === '' ? 'latest' : type} with the version tag ${shorten(tag)}` : shorten(type);
    report('BPMN_BINDING_INVALID', at, { found });
  }
  return type === 'deployment' ? DEPLOYMENT : LATEST;
}

/** gov:binding: a version by its number, in place of zeebe:bindingType. Refuses with BPMN_BINDING_INVALID. */
export function certainVersion(written: Extension | undefined, { bindingType = 'latest' }: Pick<Extension, 'bindingType'>, at: Place, report: Report): number | undefined {
  if (written === undefined) return undefined;
  const text = written.version?.trim() ?? '';
  if (!/^[1-9]\d{0,8}$/.test(text)) report('BPMN_BINDING_INVALID', at, { found: text === '' ? 'a version without its number' : `version ${shorten(text)}` });
  else if (bindingType !== 'latest') report('BPMN_BINDING_INVALID', at, { found: `version ${text} and ${shorten(bindingType)}` });
  return Number(text);
}

/** What a version of a thing is looked up by: its id, with `@` and the tag where one is named. */
export function boundKey(id: string, tag: string | undefined): string {
  return tag === undefined ? id : `${id}@${tag}`;
}
