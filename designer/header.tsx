/** The bar above the drawing: which procedure and version, whether it is saved, and what can be done with it. */
import type { JSX } from 'preact';
import type { Diagram } from './diagram/diagram.ts';
import { Icon } from './icon.tsx';
import type { SaveState } from './draft.ts';
import type { Finding } from './model/findings.ts';
import type { Session } from './session.ts';

export type View = 'drawing' | 'outline';

export interface HeaderProps {
  readonly session: Session;
  readonly diagram: Diagram;
  readonly view: View;
  /** False on narrow screens: there is only the outline. */
  readonly mayDraw: boolean;
  readonly clock: (instant: string) => string;
  readonly onView: (view: View) => void;
  readonly onProblems: () => void;
  readonly onDeploy: () => void;
  readonly onDownload: (what: 'xml' | 'svg') => void;
  readonly onDiscard: () => void;
}

export function Header(props: HeaderProps): JSX.Element {
  const { session, diagram } = props;
  const model = session.model.value;
  const first = model?.live[0];
  return (
    <header class="designer-bar">
      <div class="designer-bar__about">
        <a class="designer-bar__back" href="/designer">Procedures</a>
        <span class="designer-bar__step" aria-hidden="true">›</span>
        <h1 class="designer-bar__name">{model?.name ?? 'Procedure'}</h1>
        <span class="designer-bar__version">{first === undefined ? 'Not deployed yet' : `Version ${String(first.version)} is live`}</span>
        <SaveWords state={session.draft.state.value} clock={props.clock} />
      </div>
      <div class="designer-bar__acts">
        {props.mayDraw && <ViewSwitch view={props.view} onView={props.onView} />}
        <span class="designer-pair">
          <button type="button" class="designer-button designer-button--icon" disabled={!diagram.canUndo.value} onClick={() => { diagram.undo(); }} title="Undo (Ctrl+Z)"><Icon name="undo" /><span class="govuk-visually-hidden">Undo</span></button>
          <button type="button" class="designer-button designer-button--icon" disabled={!diagram.canRedo.value} onClick={() => { diagram.redo(); }} title="Redo (Ctrl+Y)"><Icon name="redo" /><span class="govuk-visually-hidden">Redo</span></button>
        </span>
        <More {...props} />
        <ProblemsButton findings={session.findings.value} onProblems={props.onProblems} />
        <button type="button" class="designer-button designer-button--primary" onClick={props.onDeploy}>Deploy…</button>
      </div>
    </header>
  );
}

function ViewSwitch({ view, onView }: Pick<HeaderProps, 'view' | 'onView'>): JSX.Element {
  return (
    <span class="designer-pair" role="group" aria-label="View">
      {(['drawing', 'outline'] as const).map((name) => (
        <button key={name} type="button" class="designer-button" aria-pressed={view === name} onClick={() => { onView(name); }}>{name === 'drawing' ? 'Drawing' : 'Outline'}</button>
      ))}
    </span>
  );
}

function More({ session, onDownload, onDiscard }: HeaderProps): JSX.Element {
  const model = session.model.value;
  const act = (run: () => void) => (event: MouseEvent): void => {
    (event.currentTarget as HTMLElement).closest('details')?.removeAttribute('open');
    run();
  };
  return (
    <details class="designer-more" onKeyDown={(event) => { if (event.key === 'Escape') event.currentTarget.removeAttribute('open'); }}>
      <summary class="designer-button">File</summary>
      <div class="designer-more__list">
        <button type="button" onClick={act(() => { onDownload('xml'); })}>Download BPMN</button>
        <button type="button" onClick={act(() => { onDownload('svg'); })}>Download picture (SVG)</button>
        {model?.draft !== undefined && <button type="button" onClick={act(onDiscard)}>Discard the draft…</button>}
      </div>
    </details>
  );
}

export function ProblemsButton({ findings, onProblems }: { readonly findings: readonly Pick<Finding, 'severity'>[]; readonly onProblems: () => void }): JSX.Element {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const kind = errors > 0 ? 'error' : findings.length > 0 ? 'warning' : 'good';
  const words = findings.length === 0 ? 'No problems' : `Problems ${String(findings.length)}`;
  return <button type="button" class={`designer-button designer-problems-button designer-problems-button--${kind}`} onClick={onProblems} title="Next problem: F8"><Icon name={kind} /><span>{words}</span></button>;
}

/** Announced politely when it changes. */
export function SaveWords({ state, clock }: { readonly state: SaveState; readonly clock: (instant: string) => string }): JSX.Element {
  return <span class={`designer-saved designer-saved--${state.kind}`} role="status">{saveWords(state, clock)}</span>;
}

function saveWords(state: SaveState, clock: (instant: string) => string): string {
  switch (state.kind) {
    case 'live': return 'No changes';
    case 'changed': return 'Changed';
    case 'saving': return 'Saving…';
    case 'saved': return `Draft saved ${clock(state.at)}${state.by === undefined ? '' : ` by ${state.by}`}`;
    case 'conflict': return 'Not saved: somebody else has changed it';
    case 'unsaved': return `Not saved${state.local ? `, kept in this browser ${clock(state.at)}` : ''}`;
  }
}
