/** What an app of the designer shows instead of itself when it could not be opened. */
import type { JSX } from 'preact';
import type { Refused } from './api.ts';

export function Failed({ refused: { title, detail, hint } }: { readonly refused: Pick<Refused, 'title' | 'detail' | 'hint'> }): JSX.Element {
  return (
    <div class="designer-opening" role="alert">
      <h1 class="govuk-heading-m">{title}</h1>
      <p>{detail}</p>
      <p>{hint}</p>
      <p><a class="govuk-link" href="/designer">Back to all procedures</a></p>
    </div>
  );
}
