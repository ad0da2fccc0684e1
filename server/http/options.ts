/** What the HTTP application needs from the composition root. */
import type { Logger } from 'pino';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { HttpModule, Session } from './contract/bind.ts';
import type { HttpFailure } from './contract/failure.ts';
import type { Sessions } from './contract/services.ts';
import type { GateOptions } from './gate.ts';

/** One condition of readiness: a store is open, the log answers. `says`: why not, without personal data. */
export interface ReadyCheck {
  readonly name: string;
  readonly ready: boolean;
  readonly says?: string;
}

/**
 * `secure`: the outside sees https. `origins`: further origins of our own pages (behind a proxy). `proxies`: how many reverse
 * proxies in front are trusted to name the caller's address. `checkAnswers`: tests only, answers are checked against the contract.
 */
export interface AppOptions {
  readonly modules: readonly HttpModule[];
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Waits until the projections include the position: true, or false after 2 s. */
  readonly settled: (position: number) => Promise<boolean>;
  /** False while the lists stand still, as on a full disk: then an answer waits for them and says so. Absent: they never do. */
  readonly listsFollow?: () => boolean;
  readonly ready: () => Promise<readonly ReadyCheck[]>;
  readonly version: string;
  /** The bound on changing requests; absent: none. */
  readonly gate?: GateOptions;
  /** Of many nodes the next request may reach another one: the position of an answer goes along in a cookie, and that node waits for it. */
  readonly shared?: boolean;
  readonly secure?: boolean;
  readonly origins?: readonly string[];
  readonly proxies?: number;
  readonly checkAnswers?: boolean;
  /** Called with `before-answer` when a changing request was done and is not answered yet; for crash tests. */
  readonly failpoint?: (name: string) => void;
  /** A page for a failure, as HTML; absent: a plain one. */
  readonly errorPage?: (failed: HttpFailure, about: { readonly requestId: string; readonly session: Session | undefined }) => string;
}
