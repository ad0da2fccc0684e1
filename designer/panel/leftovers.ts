/** What an extension element that stands where it means nothing is called in the model: after a change of kind it can be taken out. */
import type { Finding } from '../model/findings.ts';
import { extensionOf } from '../model/moddle.ts';
import type { ModdleElement } from '../model/moddle.ts';

const CODES = ['BPMN_EXTENSION_MISPLACED', 'BPMN_EXTENSION_NOT_EXECUTED', 'BPMN_FEATURE_NOT_EXECUTED'];

/** The type of the element a finding is about, for example `zeebe:TaskDefinition`; undefined where it names none that is there. */
export function leftoverOf(element: ModdleElement, { code, message, hint }: Pick<Finding, 'code' | 'message' | 'hint'>): string | undefined {
  if (!CODES.includes(code)) return undefined;
  const named = [...`${message} ${hint}`.matchAll(/\b(zeebe|gov):(\w)(\w*)/g)].map(([, prefix = '', first = '', rest = '']) => `${prefix}:${first.toUpperCase()}${rest}`);
  return named.find((type) => extensionOf(element, type) !== undefined);
}
