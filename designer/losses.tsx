/** What is said before a file is opened that the designer cannot keep whole: what would be gone, and the choice. */
import type { JSX } from 'preact';
import type { Loss } from '../engine/index.ts';
import { count } from './problems.tsx';

/** More would not be read. */
const MOST = 50;

export function Losses({ losses, onOpen }: { readonly losses: readonly Loss[]; readonly onOpen: () => void }): JSX.Element {
  const more = losses.length - MOST;
  return (
    <div class="designer-opening" role="alert">
      <h1 class="govuk-heading-m">The designer cannot keep all of this file</h1>
      <p>{count(losses.length, 'part')} of the file {losses.length === 1 ? 'is' : 'are'} gone as soon as something is changed and saved here. What is live stays as it is.</p>
      <ul class="govuk-list govuk-list--bullet">
        {losses.slice(0, MOST).map(({ elementId, line, what }, at) => <li key={at}><code>{what}</code>{elementId === '' ? '' : ` of ${elementId}`}, line {line}</li>)}
        {more > 0 && <li>and {more} more</li>}
      </ul>
      <p>To keep them, correct the file in the tool it comes from and import it again.</p>
      <p><button type="button" class="designer-button designer-button--primary" onClick={onOpen}>Open it all the same</button></p>
      <p><a class="govuk-link" href="/designer">Back to all procedures</a></p>
    </div>
  );
}
