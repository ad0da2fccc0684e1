/** Everything that can be said about a file before it is deployed: findings of the standard and of this engine, and soundness (BPMN 2.0.2, 13.2). */
import { missingDecisions } from './called-decisions.ts';
import { examine } from './compile.ts';
import type { CompileOptions } from './compile.ts';
import { soundness } from './soundness.ts';
import type { SoundnessFinding } from './soundness.ts';
import type { Problem } from '../errors.ts';

export interface LintReport {
  readonly problems: readonly Problem[];
  /** By process; empty while the model has errors. `decided` is true when all processes were decided. */
  readonly soundness: {
    readonly decided: boolean;
    readonly markings: number;
    readonly findings: readonly (SoundnessFinding & { readonly processId: string })[];
  };
}

export interface LintOptions extends CompileOptions {
  /** Ids of the decisions that are deployed together with the file (with a version tag also `id@tag`); absent: what it calls is not looked at. */
  readonly decisions?: ReadonlySet<string>;
}

/** Checks a file; it can be deployed when no problem has the severity error. A decision that is not bound to the deployment may have been deployed before: that it is not here is a warning. */
export async function lint(xml: string, options: LintOptions = {}): Promise<LintReport> {
  const { graph, problems: found } = await examine(xml, options);
  const { decisions } = options;
  const missing = decisions === undefined || graph === undefined ? [] : graph.processes.flatMap((process) => (
    missingDecisions(process, decisions, () => false).map((finding) => (process.nodes.get(finding.elementId)?.calledDecision?.binding !== 'deployment' ? { ...finding, severity: 'warning' as const } : finding))));
  const problems = [...found, ...missing].sort((a, b) => a.line - b.line);
  const broken = graph === undefined || problems.some((finding) => finding.severity === 'error');
  if (broken) return { problems, soundness: { decided: false, markings: 0, findings: [] } };
  let decided = true;
  let markings = 0;
  const findings: (SoundnessFinding & { readonly processId: string })[] = [];
  for (const process of graph.processes) {
    const report = soundness(process);
    decided &&= report.decided;
    markings += report.markings;
    for (const finding of report.findings) findings.push({ ...finding, processId: process.id });
  }
  return { problems, soundness: { decided, markings, findings } };
}
