/** What is wrong with a decision file, in words that name decisions, rules and columns as people do. */
import type { Problem } from '../../engine/index.ts';
import { fromProblems } from '../model/findings.ts';
import type { Finding } from '../model/findings.ts';
import type { TextFinding } from './decision-client.ts';
import type { FileView } from './model.ts';
import { everyElement, attributeOf } from './source.ts';
import { placeKey, placeWords } from './texts.ts';
import type { CheckedText, Place } from './texts.ts';

/** `decision` and `place`: where it stands, as far as it is known. */
export interface DecisionFinding extends Finding {
  readonly decision: string;
  readonly place: Place | undefined;
}

type FileProblem = Problem & { readonly fileName?: string };

/** What the engine says of a text as a finding of its decision. */
const OF_TEXTS = new Set(['DMN_EXPRESSION_INVALID', 'DMN_EXPRESSION_DOUBTFUL', 'DMN_NAME_UNKNOWN']);

/** `placed`: severities and decisions of the texts that tell it at their own place. */
function isPlaced({ code, severity, elementId, fileName }: FileProblem, file: string, placed: ReadonlySet<string>): boolean {
  return OF_TEXTS.has(code) && fileName === file && placed.has(`${severity} ${elementId}`);
}

/** Errors first. What the engine says of a text stands at its place, and is not told a second time as a problem of the whole decision. */
export function fileFindings(view: FileView, file: string, problems: readonly FileProblem[], texts: readonly { readonly text: CheckedText; readonly finding: TextFinding }[]): DecisionFinding[] {
  const placed = new Set(texts.map(({ text, finding }) => `${finding.severity} ${text.decision}`));
  const whole = problems.filter((problem) => !isPlaced(problem, file, placed));
  const own = texts.map(({ text, finding }): DecisionFinding => {
    const decision = view.decisions.find(({ id }) => id === text.decision);
    return {
      key: placeKey(text.decision, text.place), severity: finding.severity, elementId: text.decision, line: 0, code: '', message: finding.message, hint: finding.hint, decision: text.decision, place: text.place,
      name: decision === undefined ? text.decision : `${decision.name}: ${placeWords(decision, text.place)}`,
    };
  });
  return [...ofProblems(view, file, whole), ...own].sort((left, right) => rank(left) - rank(right));
}

/** What the server found; texts are told as they are known here. */
export function serverFindings(view: FileView, file: string, problems: readonly FileProblem[], known: readonly DecisionFinding[]): DecisionFinding[] {
  const texts = known.filter(({ place, severity }) => place !== undefined && severity === 'error');
  const placed = new Set(texts.map(({ decision }) => `error ${decision}`));
  const whole = problems.filter((problem) => !isPlaced(problem, file, placed));
  return [...texts, ...ofProblems(view, file, whole)].sort((left, right) => rank(left) - rank(right));
}

function ofProblems(view: FileView, file: string, problems: readonly FileProblem[]): DecisionFinding[] {
  const names = new Map([...view.decisions, ...view.inputs, ...view.knowledge, ...view.services].map(({ id, name }) => [id, name]));
  const elsewhere = problems.filter(({ fileName }) => fileName !== undefined && fileName !== '' && fileName !== file);
  const here = problems.filter((problem) => !elsewhere.includes(problem));
  return [
    ...fromProblems(here, names).map((finding): DecisionFinding => ({ ...finding, decision: holderOf(view, finding.elementId), place: undefined })),
    ...elsewhere.flatMap((problem) => fromProblems([problem], new Map()).map((finding): DecisionFinding => ({ ...finding, key: `${problem.fileName ?? ''} ${finding.key}`, name: `${problem.fileName ?? ''}, ${finding.name}`, decision: '', place: undefined }))),
  ];
}

/** The decision an element stands in. */
function holderOf({ decisions }: FileView, elementId: string): string {
  return decisions.find(({ element }) => everyElement(element).some((inner) => attributeOf(inner, 'id') === elementId))?.id ?? '';
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1;
}
