/** conditional.hide of form components: FEEL, compiled once when the form is read (DMN 1.5, clause 10). */
import { compileFeel, EVALUATION_MS, timeLimit } from '../../engine/index.ts';
import type { Condition } from './model.ts';

/** `source` without the leading `=`; undefined when it is not FEEL. A condition that cannot be decided hides nothing. */
export function feelCondition(source: string): Condition | undefined {
  const compiled = compileFeel(source);
  if (!('evaluate' in compiled)) return undefined;
  return (values, facts) => {
    try {
      const scope = { get: (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined) };
      return compiled.evaluate(scope, { now: facts.now, zone: facts.zone, expired: timeLimit(EVALUATION_MS, () => performance.now()) }) === true;
    } catch {
      // The evaluation was stopped because it does too much: the field stays in sight.
      return false;
    }
  };
}
