/** The documents of a case as its variables name them, and their content, served so that nothing in it can run. */
import type { InstanceEvent, InstanceState, Json, Variables } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { notFound } from '../http/contract/failure.ts';
import { getDocument } from '../http/contract/instances.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import { documentsIn } from '../ports/documents.ts';
import type { DocumentRef } from '../ports/documents.ts';
import type { Runtime } from '../runtime/types.ts';
import { locateCase } from './locate.ts';
import type { CaseTables } from './projection.ts';

const PDF = 'application/pdf';

/** Each content once, in the order of the variables; of a case that is over what it held at its end. */
export async function documentsOf(runtime: Pick<Runtime, 'inspect' | 'history'>, stream: string): Promise<readonly DocumentRef[]> {
  const live = await runtime.inspect(stream);
  if (live === undefined) return [];
  const held = live.state.elements.size > 0 ? liveVariables(live.state) : [await lastVariables(runtime, stream)];
  const found = new Map<string, DocumentRef>();
  for (const document of held.flatMap(documentsIn)) if (!found.has(document.sha256)) found.set(document.sha256, document);
  return [...found.values()];
}

function liveVariables(state: InstanceState): Variables[] {
  return [...state.elements.values()].flatMap(({ variables }) => (variables === undefined ? [] : [Object.fromEntries(variables)]));
}

async function lastVariables(runtime: Pick<Runtime, 'history'>, stream: string): Promise<Variables> {
  const values: Record<string, Json> = {};
  for (const event of (await runtime.history(stream)).flatMap((record) => record.events as readonly InstanceEvent[])) {
    // An erased case has lost its values.
    if (event.type === 'VariablesWritten' && event.scope === 0) Object.assign(values, (event as { readonly values?: Variables }).values ?? {});
  }
  return values;
}

export function documentRoutes(tables: CaseTables, runtime: Runtime, blobs: Pick<BlobStore, 'get'>): BoundRoute[] {
  return [
    bind(getDocument, async ({ params }) => {
      const document = (await documentsOf(runtime, params.id)).find(({ sha256 }) => sha256 === params.sha256);
      const content = document === undefined ? undefined : await blobs.get(document.sha256);
      if (document === undefined || content === undefined) throw notFound(`document ${params.sha256} in case ${params.id}`);
      return { status: 200, body: content, mediaType: document.mediaType, etag: document.sha256, headers: headersOf(document) };
    }, ({ params }) => locateCase(tables, runtime, params.id)),
  ];
}

/**
 * A PDF opens in the browser's viewer, on our own pages only; anything else is a download. The viewer does not work in a
 * sandbox, so for it the policy forbids every source instead. No copy is used without asking whether this person may still read it.
 */
function headersOf({ mediaType, fileName }: DocumentRef): Readonly<Record<string, string>> {
  const shown = mediaType === PDF;
  return {
    'Content-Disposition': `${shown ? 'inline' : 'attachment'}; filename="${ascii(fileName)}"; filename*=UTF-8''${encodeName(fileName)}`,
    'Content-Security-Policy': shown ? "default-src 'none';frame-ancestors 'self'" : "default-src 'none';frame-ancestors 'none';sandbox",
    'X-Frame-Options': shown ? 'SAMEORIGIN' : 'DENY',
    'Cache-Control': 'private, no-cache',
  };
}

/** For readers that do not know RFC 8187. */
function ascii(name: string): string {
  return name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '_') || 'document';
}

/** RFC 8187, 3.2.1: what encodeURIComponent leaves of the signs an attr-char may not be. */
function encodeName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Cs}/gu, '')).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
