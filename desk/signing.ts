/** Signing inside a task: which document in which version, for what reason, with the PIN of one's own key. */
import { h } from 'preact';
import type { JSX } from 'preact';
import type { TaskOutcome } from '../server/http/contract/tasks.ts';
import type { DocumentView } from './documents.ts';

/** `document`: what would be signed now; undefined while the case does not hold it. `sha256`: posted with the PIN, so that nothing else is signed than what was shown. */
export interface SignatureView {
  readonly document: DocumentView | undefined;
  readonly sha256: string;
  readonly reason: string;
  readonly hasCertificate: boolean;
}

interface Props {
  readonly signature: SignatureView;
  readonly outcomes: readonly TaskOutcome[];
  readonly errors: readonly { readonly target: string; readonly message: string }[];
}

export function SignatureFields({ signature, outcomes, errors }: Props): JSX.Element {
  const { document } = signature;
  if (document === undefined) return h('div', { class: 'govuk-inset-text', id: 'sign' }, 'The document to be signed is not in the case yet. What needs a signature cannot be decided before it is.');
  if (!signature.hasCertificate) return h('div', { class: 'govuk-inset-text', id: 'sign' }, `You cannot sign “${document.title}” yet: you have no signing certificate. An administrator issues one; then open this page again.`);
  const error = errors.find(({ target }) => target === 'pin');
  const signing = outcomes.filter(({ requiresSignature }) => requiresSignature);
  const hint = `${signing.length === outcomes.length ? 'Needed to complete the task.' : `Needed for: ${signing.map(({ label }) => label).join(', ')}.`} It is used once, now, and kept nowhere.`;
  return h('fieldset', { class: 'govuk-fieldset desk-sign', id: 'sign' },
    h('legend', { class: 'govuk-fieldset__legend govuk-fieldset__legend--m' }, 'Your signature'),
    h('p', { class: 'desk-sign__what' }, 'You are signing ', h('strong', null, document.title), ', version ', h('span', { class: 'desk-hash' }, document.version), '.'),
    signature.reason === '' ? null : h('p', { class: 'desk-sign__why' }, `Reason: ${signature.reason}`),
    h('input', { type: 'hidden', name: 'shown', value: signature.sha256 }),
    h('div', { class: `govuk-form-group${error === undefined ? '' : ' govuk-form-group--error'}` },
      h('label', { class: 'govuk-label', for: 'pin' }, 'PIN of your signing certificate'),
      h('div', { class: 'govuk-hint', id: 'pin-hint' }, hint),
      error === undefined ? null : h('p', { class: 'govuk-error-message', id: 'pin-error' }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), error.message),
      // Pasting is allowed (WCAG 2.2, 3.3.8); a browser that filled it in by itself would sign for whoever sits at the desk.
      h('input', { class: `govuk-input govuk-input--width-10${error === undefined ? '' : ' govuk-input--error'}`, id: 'pin', name: 'pin', type: 'password', inputMode: 'numeric', autocomplete: 'off', maxLength: 64, 'aria-describedby': `pin-hint${error === undefined ? '' : ' pin-error'}` })));
}
