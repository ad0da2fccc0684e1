/** Expressions of a model (BPMN 2.0.2, 8.4.6): a value that begins with `=` is FEEL, any other is the text itself. */
import { compileFeel } from '../feel/compile.ts';
import { asReason } from '../errors.ts';
import type { BpmnCode, Place } from './errors.ts';
import type { Expression } from './graph.ts';

/** Takes one finding. */
export type Report = (code: BpmnCode, at: Place, values?: Readonly<Record<string, string | number>>) => void;

const FOREIGN = /[$#]\{/;
/** The grammar takes more than linear time over some texts. */
const MAX_FEEL = 10_000;

/**
 * An attribute that is FEEL or text. `property` names it in findings.
 * Refuses with BPMN_FEEL_INVALID, BPMN_FEEL_TOO_LONG, BPMN_EXPRESSION_FOREIGN.
 */
export function valueOf(text: string | undefined, property: string, at: Place, report: Report): Expression | undefined {
  const written = text?.trim() ?? '';
  if (written === '') return undefined;
  if (written.startsWith('=')) return feelOf(written, property, at, report);
  if (FOREIGN.test(written)) {
    report('BPMN_EXPRESSION_FOREIGN', at, { property, value: shorten(written) });
    return undefined;
  }
  return { source: written, literal: written };
}

/** An attribute that is FEEL with or without `=`, such as a condition. */
export function feelOf(text: string, property: string, at: Place, report: Report): Expression | undefined {
  const source = text.trim().replace(/^=/, '').trim();
  if (source === '') {
    report('BPMN_EXPRESSION_EMPTY', at, { property });
    return undefined;
  }
  if (/^[$#]\{/.test(source)) {
    report('BPMN_EXPRESSION_FOREIGN', at, { property, value: shorten(source) });
    return undefined;
  }
  if (source.length > MAX_FEEL) {
    report('BPMN_FEEL_TOO_LONG', at, { property, limit: MAX_FEEL, size: source.length });
    return undefined;
  }
  const feel = compileFeel(source);
  if (!('evaluate' in feel)) {
    report('BPMN_FEEL_INVALID', at, { property, reason: asReason(feel.message), feelLine: feel.position.line, column: feel.position.column, source: shorten(source), feelHint: feel.hint });
    return undefined;
  }
  if (feel.unknownFunctions.length > 0) {
    report('BPMN_FEEL_FUNCTION_UNKNOWN', at, { property, names: feel.unknownFunctions.join(', ') });
    return undefined;
  }
  return { source, feel };
}

/** At most 80 characters of a text, in one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
