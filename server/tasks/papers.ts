/** The papers of a completed task: files handed in with it, and the document signed within the same request (EN 319 142-1). */
import { createHash } from 'node:crypto';
import { didBefore, reject, visibleVariables } from '../../engine/index.ts';
import type { Actor, ElementInstance, FlowNode, InstanceState, Signed, SignatureSpec, Variables } from '../../engine/index.ts';
import { HttpFailure } from '../http/contract/failure.ts';
import { ATTACHMENTS } from '../ports/attachments.ts';
import type { Attachments, HandedIn } from '../ports/attachments.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { asDocument, documentsIn } from '../ports/documents.ts';
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import type { Ids } from '../ports/ids.ts';
import type { SignedFile, Signer } from '../ports/signing.ts';
import type { CommandMeta } from '../runtime/types.ts';
import type { Inspected } from './book.ts';
import { asFailure, attachmentsInvalid, taskRefusal } from './errors.ts';

/** `signer`, `attempts`: absent where signing and the watch over orphans are not wired. */
export interface PapersNeeds {
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly attachments: Attachments;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer?: Signer | undefined;
  readonly attempts?: Attempts | undefined;
  /** Called with `signed` when the signed file is stored and its task is not completed yet; for crash tests. */
  readonly failpoint?: ((name: string) => void) | undefined;
}

/** What a person signs with: `sha256` of the document they were shown; `pin` lives in this request only. */
export interface SignatureGiven {
  readonly document?: string | undefined;
  readonly sha256: string;
  readonly pin: string;
}

export interface Handed {
  readonly outcome?: string | undefined;
  readonly comment?: string | undefined;
  readonly attachments?: readonly HandedIn[] | undefined;
  readonly signature?: SignatureGiven | undefined;
}

/** What joins the completion. `settle`: after the command, told whether the case refers to the papers now. */
export interface Brought {
  readonly variables: Variables;
  readonly signed?: Signed;
  settle(accepted: boolean): Promise<void>;
}

const NOTHING: Brought = { variables: {}, settle: () => Promise.resolve() };

export class Papers {
  readonly #needs: PapersNeeds;

  constructor(needs: PapersNeeds) {
    this.#needs = needs;
  }

  /**
   * Checks and makes durable what is handed in and signed. Where the engine will refuse anyway (another holder, no comment, a
   * task that is over) nothing is signed and nothing is said: the refusal is the engine's. Refuses with
   * TASK_ATTACHMENTS_INVALID, TASK_DOCUMENT_MISSING, TASK_DOCUMENT_CHANGED and the codes of the signer. A deputy signs with a key of their own;
   * `principal`, the name of whom they stand in for, stands in the reason of the signature.
   */
  async bring({ state, graph }: Inspected, task: number, handed: Handed, meta: CommandMeta, principal?: string): Promise<Brought> {
    const element = state.elements.get(task);
    const node = element === undefined ? undefined : graph.nodes.get(element.elementId);
    if (element?.task === undefined || node === undefined || isRefused(state, element, node, handed, meta.actor)) return NOTHING;
    const handedIn = handed.attachments ?? [];
    // Most tasks know no papers: a signature that is missing is for the engine to refuse.
    if (node.attachments.length + handedIn.length === 0 && handed.signature === undefined) return NOTHING;
    const variables = visibleVariables(state, task);
    const held = heldAttachments(variables);
    const faults = await this.#needs.attachments.check(meta.actor.person, meta.idempotencyKey, node.attachments, handedIn, held);
    if (faults.length > 0) throw attachmentsInvalid(faults);
    // First what may fail over a mistyped PIN, then what leaves files behind.
    const signing = await this.#sign(state.stream, task, node, variables, handed, meta.actor.person, principal);
    const taken = await this.#needs.attachments.take(meta.actor.person, meta.idempotencyKey, handedIn, state.stream);
    return {
      variables: { ...signing?.variables, ...(taken.documents.length > 0 && { [ATTACHMENTS]: asJson([...held, ...taken.documents]) }) } as Variables,
      ...(signing !== undefined && { signed: signing.signed }),
      async settle(accepted) {
        await taken.settle(accepted);
        if (accepted) await signing?.done();
      },
    };
  }

  async #sign(stream: string, task: number, node: FlowNode, variables: Variables, handed: Handed, person: string, principal: string | undefined): Promise<{ readonly variables: Variables; readonly signed: Signed; done(): Promise<void> } | undefined> {
    const spec = signatureFor(node, handed.outcome);
    const given = handed.signature;
    if (given === undefined) return undefined;
    if (spec === undefined) throw asFailure(reject('TASK_NOTHING_TO_SIGN', { task }), 409);
    const { signer, blobs, clock, ids, attempts } = this.#needs;
    if (signer === undefined || (given.document !== undefined && given.document !== spec.document)) return undefined;
    const shown = asDocument(variables[spec.document]);
    if (shown === undefined) throw asFailure(taskRefusal('TASK_DOCUMENT_MISSING', { document: spec.document }), 409);
    if (shown.sha256 !== given.sha256) throw asFailure(taskRefusal('TASK_DOCUMENT_CHANGED', { title: shown.title, shown: given.sha256.slice(0, 12), now: shown.sha256.slice(0, 12) }), 409);
    const pdf = await blobs.get(shown.sha256);
    if (pdf === undefined) throw new Error(`Expected the content of ${shown.documentId}, but the blob ${shown.sha256} is not there`);
    const reason = [spec.reason, ...(principal === undefined ? [] : [`for ${principal}`])].filter((part) => part !== '').join(', ');
    const file = await signer.sign({ person, pin: given.pin, pdf, reason, at: clock.now() }).catch((error: unknown) => { throw signerFailure(error); });
    const sha256 = createHash('sha256').update(file.pdf).digest('hex');
    const key = ids.uuid();
    await attempts?.begin({ key, kind: 'sign', stream, sha256, at: clock.now() });
    await blobs.put(file.pdf);
    this.#needs.failpoint?.('signed');
    return {
      variables: { [spec.document]: asJson(signedDocument(shown, file, sha256, person, reason)) } as Variables,
      signed: { document: spec.document, sha256, certificate: file.certificate },
      done: async () => { await attempts?.done(key); },
    };
  }
}

/** gov:signature of the task, when the outcome is one that signs. */
function signatureFor(node: FlowNode, outcome: string | undefined): SignatureSpec | undefined {
  const { signature, outcomes = [] } = node.userTask ?? {};
  return outcomes.find(({ value }) => value === outcome)?.requiresSignature === false ? undefined : signature;
}

/** Whether the engine refuses the completion for another reason than its papers: then no signature may come into being. */
function isRefused(state: InstanceState, { task }: ElementInstance, node: FlowNode, { outcome, comment }: Handed, { person, onBehalfOf }: Actor): boolean {
  const { outcomes = [] } = node.userTask ?? {};
  const chosen = outcomes.find(({ value }) => value === outcome);
  const both = onBehalfOf === undefined ? [person] : [person, onBehalfOf];
  const holds = task?.assignee !== undefined && both.includes(task.assignee) && task.owner === undefined;
  const apart = both.some((one) => didBefore(state, node, one) !== undefined);
  return !holds || apart || (outcomes.length > 0 && chosen === undefined) || (chosen?.requiresComment === true && (comment?.trim() ?? '') === '');
}

function heldAttachments(variables: Variables): DocumentRef[] {
  return documentsIn({ [ATTACHMENTS]: variables[ATTACHMENTS] ?? null });
}

function signedDocument(shown: DocumentRef, file: SignedFile, sha256: string, by: string, reason: string): DocumentRef {
  const { name, at, certificate } = file;
  const signature = { kind: 'signature' as const, by, name, at, certificate, ...(reason !== '' && { reason }) };
  return { ...shown, sha256, bytes: file.pdf.byteLength, state: 'signed', signatures: [...shown.signatures ?? [], signature] };
}

/** A document is plain data; without the fields that are not there it is JSON. */
function asJson(value: DocumentRef | readonly DocumentRef[]): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What the signer says (a wrong PIN, no certificate) is told as it is; anything else is a failure of ours. */
function signerFailure(error: unknown): unknown {
  const { code, message, hint = '' } = error as { readonly code?: unknown; readonly message: string; readonly hint?: string };
  if (typeof code !== 'string' || !code.startsWith('SIGNING_')) return error;
  return new HttpFailure({ code, status: 422, title: 'The document was not signed', message, hint });
}
