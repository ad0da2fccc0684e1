/** The decision files of a procedure as analysts work on them: what is live, and the drafts that will replace it (DMN 1.5, 6.3). */
import { callableIn, compileDecisionFiles } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { DefinitionVersion } from '../runtime/types.ts';
import { decisionFiles } from './forms.ts';
import type { StoredDecisions, StoredDraft } from './shelf.ts';

/** One DMN file; `decisions`: those a process can call. */
export interface DecisionFileOf {
  readonly file: string;
  readonly xml: string;
  readonly decisions: readonly { readonly id: string; readonly name: string }[];
  readonly draft: StoredDecisions | undefined;
  /** False for one that was never deployed. */
  readonly live: boolean;
}

type LiveFile = Omit<DecisionFileOf, 'draft' | 'live'>;

/** Reads decision files of procedures; what is deployed never changes, so it is compiled once. */
export class DecisionFilesReader {
  readonly #blobs: BlobStore;
  readonly #known = new Map<string, Promise<readonly LiveFile[]>>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** The files a deployment of the procedure would take along: drafts in place of what they replace. */
  async of({ live, draft }: { readonly live: readonly DefinitionVersion[]; readonly draft: StoredDraft | undefined }): Promise<readonly DecisionFileOf[]> {
    const drafts = draft?.decisions ?? [];
    const replaced = new Set(drafts.flatMap(({ replaces, decisions }) => [...replaces, ...decisions.map(({ id }) => id)]));
    const kept = (await this.#live(live)).filter(({ decisions }) => !decisions.some(({ id }) => replaced.has(id)));
    return [
      ...kept.map((file) => ({ ...file, draft: undefined, live: true })),
      ...drafts.map((one) => ({ file: one.file, xml: one.xml, decisions: one.decisions, draft: one, live: one.replaces.length > 0 })),
    ];
  }

  #live(versions: readonly DefinitionVersion[]): Promise<readonly LiveFile[]> {
    const hashes = versions.flatMap(({ decisions }) => Object.values(decisions));
    const key = [...new Set(hashes)].sort().join(' ');
    const known = this.#known.get(key) ?? this.#read(versions);
    this.#known.set(key, known);
    known.catch(() => this.#known.delete(key));
    return known;
  }

  async #read(versions: readonly DefinitionVersion[]): Promise<readonly LiveFile[]> {
    const sources = await decisionFiles(versions, this.#blobs);
    const { files } = compileDecisionFiles(sources);
    return sources.map(({ name, content }) => {
      const compiled = files.find((file) => file.name === name);
      return { file: name, xml: content, decisions: compiled === undefined ? [] : callableIn(compiled).map(({ id, name: title }) => ({ id, name: title })) };
    });
  }
}

/** A new decision file: one table with an answer and a column of reasons. `id` must be an NCName. */
export function emptyDecision(id: string, name: string, procedure: string): string {
  const title = escape(name);
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="${id}-decisions" name="${title}" namespace="urn:piton:processes:${escape(procedure)}:${id}">
  <decision id="${id}" name="${title}">
    <variable id="${id}-variable" name="${title}" typeRef="string" />
    <decisionTable id="${id}-table" hitPolicy="UNIQUE">
      <output id="${id}-output" typeRef="string" />
      <annotation name="Reason" />
    </decisionTable>
  </decision>
</definitions>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (sign) => `&#${String(sign.codePointAt(0))};`);
}
