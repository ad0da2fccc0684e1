/** Drafts of decision files: saved beside the model of their procedure, and deployed with it. */
import { notFound } from '../http/contract/failure.ts';
import type { HttpFailure } from '../http/contract/failure.ts';
import type { ModelDecisionBody } from '../http/contract/models.ts';
import type { Directory } from '../ports/directory.ts';
import type { Definitions } from '../runtime/types.ts';
import { emptyDecision } from './decisions.ts';
import type { DecisionFileOf, DecisionFilesReader } from './decisions.ts';
import { idFromName } from './empty.ts';
import { modelFailure } from './errors.ts';
import { versionsOf, who } from './procedures.ts';
import type { Procedure } from './procedures.ts';
import { etagOf } from './shelf.ts';
import type { Shelf, StoredDecisions } from './shelf.ts';

/** `required`: throws HTTP_NOT_FOUND. `xml`: the BPMN of a procedure, of its draft where it has one. */
export interface DecisionBookNeeds {
  readonly shelf: Shelf;
  readonly files: DecisionFilesReader;
  readonly directory: Directory;
  readonly definitions: Pick<Definitions, 'list' | 'xml'>;
  readonly now: () => string;
  readonly required: (id: string) => Promise<Procedure>;
  readonly xml: (procedure: Procedure) => Promise<string>;
}

type Content = Pick<StoredDecisions, 'decisions' | 'xml'>;

export class DecisionBook {
  readonly #needs: DecisionBookNeeds;

  constructor(needs: DecisionBookNeeds) {
    this.#needs = needs;
  }

  /** The file that holds a decision, with the other files of the procedure. Throws HTTP_NOT_FOUND. */
  async read(id: string, decisionId: string): Promise<ModelDecisionBody> {
    const procedure = await this.#needs.required(id);
    const files = await this.#needs.files.of(procedure);
    const found = holding(files, id, decisionId);
    return {
      model: { id: procedure.id, name: procedure.name }, file: found.file, xml: found.xml, decisions: [...found.decisions], live: found.live,
      ...(found.draft === undefined ? {} : { draft: { savedAt: found.draft.savedAt, savedBy: who(this.#needs.directory, found.draft.savedBy) } }),
      others: files.filter((file) => file !== found).map(({ file, xml }) => ({ file, xml })),
    };
  }

  /** Begins a file with one empty table; answers the id of its decision, which nothing else has. */
  async begin(id: string, name: string, person: string): Promise<string> {
    const { shelf, definitions } = this.#needs;
    return shelf.alone(async () => {
      const procedure = await this.#needs.required(id);
      const taken = new Set([
        ...definitions.list().flatMap(({ decisions }) => Object.keys(decisions)),
        ...(await shelf.all()).flatMap(({ decisions = [] }) => decisions.flatMap((one) => one.decisions.map((decision) => decision.id))),
      ]);
      const wanted = idFromName(name, 'decision');
      let decisionId = wanted;
      for (let count = 2; taken.has(decisionId); count += 1) decisionId = `${wanted}-${String(count)}`;
      const made = { file: `${decisionId}.dmn`, xml: emptyDecision(decisionId, name, procedure.id), decisions: [{ id: decisionId, name }], replaces: [], savedAt: this.#needs.now(), savedBy: person };
      await this.#put(procedure, [...procedure.draft?.decisions ?? [], made], person);
      return decisionId;
    });
  }

  /** Throws MODEL_CONDITION_MISSING, MODEL_CHANGED, MODEL_DECISION_ELSEWHERE, HTTP_NOT_FOUND. */
  async save(id: string, decisionId: string, content: Content, person: string, ifMatch: string | undefined): Promise<StoredDecisions> {
    if (ifMatch === undefined) throw modelFailure('MODEL_CONDITION_MISSING', { id: decisionId });
    return this.#needs.shelf.alone(async () => {
      const procedure = await this.#needs.required(id);
      const files = await this.#needs.files.of(procedure);
      const found = holding(files, id, decisionId);
      if (etagOf(found.xml) !== ifMatch) throw this.#changed(procedure, found);
      for (const { id: own } of content.decisions) {
        const other = files.find((file) => file !== found && file.decisions.some((decision) => decision.id === own));
        if (other !== undefined) throw modelFailure('MODEL_DECISION_ELSEWHERE', { id: own, file: other.file });
      }
      const replaces = found.draft?.replaces ?? found.decisions.map((decision) => decision.id);
      const saved = { ...content, file: found.file, replaces, savedAt: this.#needs.now(), savedBy: person };
      const others = (procedure.draft?.decisions ?? []).filter(({ file }) => file !== found.file);
      await this.#put(procedure, [...others, saved], person);
      return saved;
    });
  }

  /** Throws the draft of one file away; the procedure's own draft stays, unless it says what is live. Throws HTTP_NOT_FOUND. */
  async discard(id: string, decisionId: string): Promise<void> {
    const { shelf } = this.#needs;
    await shelf.alone(async () => {
      const procedure = await this.#needs.required(id);
      const { draft, live } = procedure;
      const { file } = holding(await this.#needs.files.of(procedure), id, decisionId);
      if (draft === undefined) return;
      const rest = (draft.decisions ?? []).filter((one) => one.file !== file);
      const first = live[0];
      const drawn = first === undefined || draft.xml !== await this.#needs.definitions.xml(first.processId, first.version);
      if (rest.length > 0 || drawn) await shelf.put({ ...draft, decisions: rest });
      else await shelf.remove(draft.id);
    });
  }

  /** Throws MODEL_CHANGED where a draft is not what the analyst knows: `known` are ETags by file. */
  check(procedure: Procedure, files: readonly DecisionFileOf[], known: Readonly<Record<string, string>>): void {
    for (const file of files) if (file.draft !== undefined && known[file.file] !== undefined && known[file.file] !== etagOf(file.xml)) throw this.#changed(procedure, file);
  }

  /** A draft that begins with a decision has the BPMN that is live. */
  async #put(procedure: Procedure, decisions: readonly StoredDecisions[], person: string): Promise<void> {
    const { id, name, processIds, live, draft } = procedure;
    const base = draft ?? { id, name, processIds, xml: await this.#needs.xml(procedure), basis: versionsOf(live) };
    await this.#needs.shelf.put({ ...base, decisions, savedBy: person });
  }

  #changed({ live }: Procedure, { file, draft }: DecisionFileOf): HttpFailure {
    const [by, at] = [draft?.savedBy ?? live[0]?.deployedBy ?? '', draft?.savedAt ?? live[0]?.deployedAt ?? ''];
    return modelFailure('MODEL_CHANGED', { id: file, person: who(this.#needs.directory, by).name, at });
  }
}

function holding(files: readonly DecisionFileOf[], id: string, decisionId: string): DecisionFileOf {
  const found = files.find(({ decisions }) => decisions.some((decision) => decision.id === decisionId));
  if (found === undefined) throw notFound(`decision ${decisionId} of procedure ${id}`);
  return found;
}
