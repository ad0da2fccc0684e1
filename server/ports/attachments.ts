/**
 * The port of files that people hand in with a task or at the start of a case (gov:attachments). Implemented by server/uploads.
 *
 * Order of a hand-in: `check`, then `take` (which makes the content durable before an event names it), then the command, then
 * `settle`. A repeat of the same request takes the same files again and gets the same documents.
 */
import type { AttachmentSpec } from '../../engine/index.ts';
import type { DocumentRef } from './documents.ts';

/** The variable of a case that lists what was handed in. */
export const ATTACHMENTS = 'attachments';

/** One finished upload under the kind it is handed in as. */
export interface HandedIn {
  readonly upload: string;
  readonly kind: string;
}

/** Why the files cannot be taken: of one upload, or of a kind as a whole; `message` follows the name of the kind. */
export interface AttachmentFault {
  readonly kind: string;
  readonly upload: string | undefined;
  readonly message: string;
}

/** A file on its way: what a page lists beside its upload field. Instants are ISO 8601 UTC. */
export interface Upload {
  readonly id: string;
  readonly fileName: string;
  /** As its first bytes say once it is complete; before that as the browser said. */
  readonly mediaType: string;
  readonly bytes: number;
  readonly offset: number;
  readonly expiresAt: string;
  /** Where its owner means to hand it in. */
  readonly place: { readonly page: string; readonly kind: string } | undefined;
}

export interface TakenAttachments {
  readonly documents: readonly DocumentRef[];
  /** After the command: `accepted` says whether the case refers to the documents now. */
  settle(accepted: boolean): Promise<void>;
}

export interface Attachments {
  /** What this person has uploaded for a page and not handed in yet, oldest first. */
  waiting(person: string, page: string): Promise<readonly Upload[]>;
  /** Every reason why these cannot be handed in; `already`: documents the case holds, which count for what is required. `key`: idempotency key of the request. */
  check(person: string, key: string | undefined, asked: readonly AttachmentSpec[], handedIn: readonly HandedIn[], already: readonly DocumentRef[]): Promise<readonly AttachmentFault[]>;
  /** Rejects with a coded error when one of them is not there any more. `stream`: the case they go to. */
  take(person: string, key: string | undefined, handedIn: readonly HandedIn[], stream: string): Promise<TakenAttachments>;
}

/** Runs a command with what is handed in: durable before it, settled after it. */
export async function handingIn<T>(attachments: Attachments, who: { readonly person: string; readonly key: string | undefined }, handedIn: readonly HandedIn[], stream: string, command: (documents: readonly DocumentRef[]) => Promise<T>): Promise<T> {
  const taken = await attachments.take(who.person, who.key, handedIn, stream);
  try {
    const answer = await command(taken.documents);
    await taken.settle(true);
    return answer;
  } catch (error) {
    await taken.settle(false);
    throw error;
  }
}
