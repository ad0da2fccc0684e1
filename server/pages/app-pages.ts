/** What the pages hand to the application: a module, and the page of a failure. */
import type { HttpModule, Session } from '../http/contract/bind.ts';
import type { HttpFailure } from '../http/contract/failure.ts';

export interface AppPages extends HttpModule {
  errorPage(failed: HttpFailure, about: { readonly requestId: string; readonly session: Session | undefined }): string;
}
