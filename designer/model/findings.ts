/** Findings about a model as the designer shows them: the engine's problems and soundness, in words that name elements as people do. */
import type { LintReport, Problem } from '../../engine/index.ts';
import { elementOf, idOf, listOf, textOf } from './moddle.ts';
import type { ModdleElement } from './moddle.ts';

/** `name`: of the element. `line`: in the BPMN file, from 1. */
export interface Finding {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly elementId: string;
  readonly name: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string;
  readonly code: string;
}

const SOUNDNESS_HINTS = {
  'deadlock': 'Follow the way it takes in the drawing; something waits for what can no longer come.',
  'lack-of-synchronisation': 'Join the paths by the same kind of gateway that parted them.',
  'unreachable': 'Connect it, or take it out.',
  'dead-end': 'Lead it on to an end event.',
  'endless-automatic-loop': 'Put a step that waits into the loop.',
} as const;

/** Errors first, then in the order of the file. */
export function findingsOf(report: LintReport, names: ReadonlyMap<string, string>): Finding[] {
  const unsound = report.soundness.findings.map(({ kind, elementId, line, message }): Problem => ({
    code: `SOUNDNESS:${kind}`, severity: 'warning', elementId, line, message, hint: SOUNDNESS_HINTS[kind], clause: '',
  }));
  return fromProblems([...report.problems, ...unsound], names);
}

/** The same for what the server found. */
export function fromProblems(problems: readonly Problem[], names: ReadonlyMap<string, string>): Finding[] {
  const findings = problems.map(({ code, severity, elementId, line, message, hint }, at): Finding => ({
    key: `${String(at)}-${code}-${elementId}`, code, severity, elementId, line,
    name: names.get(elementId) ?? elementId, message: inWords(message, names), hint: inWords(hint, names),
  }));
  return findings.sort((left, right) => rank(left) - rank(right) || left.line - right.line);
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1;
}

/** Puts names for ids: people know a step by what it is called. */
export function inWords(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[\p{L}_][\p{L}\p{N}_.-]*[\p{L}\p{N}_]/gu, (word) => {
    const name = /[-_\d]/.test(word) ? names.get(word) : undefined;
    return name === undefined || name === word ? word : `“${name}”`;
  });
}

/** Ids and names of everything in the file that has both; a flow is named by where it leaves and what it is called or leads to. */
export function namesIn(definitions: ModdleElement): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const visit = (element: ModdleElement): void => {
    const name = element.$type === 'bpmn:SequenceFlow' ? flowName(element) : plain(element);
    if (name !== '') names.set(idOf(element), name);
    for (const list of ['rootElements', 'participants', 'messageFlows', 'laneSets', 'lanes', 'flowElements', 'artifacts']) for (const child of listOf(element, list)) visit(child);
  };
  visit(definitions);
  return names;
}

function plain(element: ModdleElement): string {
  return textOf(element, 'name').replace(/\s+/g, ' ').trim();
}

/** "Complete? → yes"; '' where there is nothing to call it by. */
export function flowName(flow: ModdleElement): string {
  const [source, target] = [elementOf(flow, 'sourceRef'), elementOf(flow, 'targetRef')];
  const parts = [source === undefined ? '' : plain(source), plain(flow) || (target === undefined ? '' : plain(target))];
  return parts.filter((part) => part !== '').join(' → ');
}
