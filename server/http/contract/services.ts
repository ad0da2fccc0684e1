/** The two services that pages need besides the runtime: sign-in, and setting up the first administrator. */
import type { CommandMeta } from '../../runtime/types.ts';
import type { Session } from './bind.ts';

/** `cookie`: the value for Set-Cookie. `seconds`: how long to wait before the next attempt. */
export type SignInOutcome =
  | { readonly outcome: 'signed-in'; readonly session: Session; readonly cookie: string }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly seconds: number };

export interface SignInRequest {
  readonly account: string;
  readonly password: string;
  /** Network address, for throttling. */
  readonly address: string;
  /** The request's Cookie header: an older session in it ends. */
  readonly cookies: string;
}

export interface Sessions {
  signIn(request: SignInRequest): Promise<SignInOutcome>;
  /** Is this the password of the account? Guesses count as failed sign-ins: above 0 the answer is how many seconds to wait before the next. */
  confirm(account: string, password: string, address: string): Promise<boolean | { readonly seconds: number }>;
  /** The session that the Cookie header names; undefined when it has ended or its person is no longer active. */
  resume(cookies: string): Promise<Session | undefined>;
  /** As resume, without counting as use: an open page alone does not keep a session alive. */
  peek(cookies: string): Promise<Session | undefined>;
  /** Calls `listener` whenever a session was ended on purpose. Returns the way to stop. */
  onEnd(listener: () => void): () => void;
  /** Ends the session; answers the value for Set-Cookie that removes the cookie. */
  signOut(cookies: string): Promise<string>;
  /** Ends every session of a person. */
  endAll(person: string): Promise<void>;
}

/** Installations start without accounts: whoever knows the code printed at start makes the first administrator, once. */
export interface FirstAdministrator {
  needed(): boolean;
  /** Throws {@link HttpFailure} SETUP_NOT_OPEN, SETUP_CODE_WRONG, ORGANIZATION_... ; answers the position of the record. */
  create(request: { readonly code: string; readonly account: string; readonly name: string; readonly password: string }, meta: CommandMeta): Promise<{ readonly position: number }>;
}
