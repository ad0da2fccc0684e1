/** The list of what is wrong: which step, why, and what to do; choosing one shows its element. */
import type { JSX } from 'preact';
import { Icon } from './icon.tsx';
import type { Finding } from './model/findings.ts';

export interface ProblemsProps {
  readonly findings: readonly Finding[];
  /** The server has refused a deployment because of these. */
  readonly refused: boolean;
  readonly chosen: string | undefined;
  readonly onChoose: (finding: Finding) => void;
}

export function Problems({ findings, refused, chosen, onChoose }: ProblemsProps): JSX.Element {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const words = findings.length === 0 ? 'No problems' : [errors > 0 ? count(errors, 'error') : '', findings.length > errors ? count(findings.length - errors, 'warning') : ''].filter((text) => text !== '').join(', ');
  return (
    <section class="designer-problems" aria-labelledby="problems-heading">
      <h2 id="problems-heading" class="designer-problems__heading" tabIndex={-1}>{refused ? `Not deployed: ${words}` : `Problems: ${words.toLowerCase()}`}</h2>
      {findings.length > 0 && (
        <ul class="designer-problems__list">
          {findings.map((finding) => (
            <li key={finding.key}>
              <button type="button" class="designer-problem" aria-current={chosen === finding.key ? 'true' : undefined} onClick={() => { onChoose(finding); }}>
                <Icon name={finding.severity} />
                <span class="designer-problem__words">
                  <span class="designer-problem__where"><span class="govuk-visually-hidden">{finding.severity === 'error' ? 'Error in ' : 'Warning for '}</span>{finding.name === '' ? 'The file' : finding.name}</span>
                  <span class="designer-problem__why">{finding.message}.</span>
                  <span class="designer-problem__hint">{finding.hint}</span>
                </span>
                {finding.line > 0 && <span class="designer-problem__line">line {finding.line}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}
