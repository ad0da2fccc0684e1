/** What several areas of the contract share: ids, pages, variables, positions. */
import { z } from 'zod';

/** Where the answer stands in the log; ask elsewhere with it to read what was just written. */
export const Position = z.number().int().nonnegative();

/** An ISO 8601 UTC instant. */
export const Instant = z.string();

/** JSON values; numbers beyond doubles, dates and durations as `{"$": type, "v": text}` (docs/log-format.md). */
export const VariablesIn = z.record(z.string().min(1).max(200), z.json());
export const VariablesOut = z.record(z.string(), z.json());

export const CaseId = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'The id of a case.');
export const ProcessId = z.string().min(1).max(200);
export const VersionNumber = z.coerce.number().int().min(1);
export const Counter = z.coerce.number().int().min(0);

/** `limit` and `after` of every list; `after` is `page.next` of the answer before. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().min(1).max(1_000).optional(),
});

/** A page of a list: `next` is absent on the last. */
export function pageOf<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; page: z.ZodObject<{ next: z.ZodOptional<z.ZodString> }> }> {
  return z.object({ items: z.array(item), page: z.object({ next: z.string().optional() }) });
}

/** How far the closed cases are that a rebuild of the lists folds last (docs/adr/0010-segments.md), in commits of the log. */
const Incomplete = z.object({ listed: Position, through: Position }).meta({ id: 'Incomplete' });

/** A field of every list and figure that closed cases may be missing in. */
export const whileIncomplete = {
  incomplete: Incomplete.optional().describe('Only while closed cases are still being listed after a rebuild: those of the log up to commit `listed` of `through` are in this answer, later ones may be missing. Open cases are whole. Absent: nothing is missing'),
};

/** That field. `owed`: what is not listed yet, of a server at work; undefined: the lists are whole. */
export function incompleteBy(owed: { readonly position: number; readonly through: number } | undefined): { readonly incomplete?: { readonly listed: number; readonly through: number } } {
  return owed === undefined ? {} : { incomplete: { listed: owed.position, through: owed.through } };
}

/** A finding about a model. */
export const ModelProblem = z.object({
  code: z.string(), severity: z.enum(['error', 'warning']), elementId: z.string(), line: z.number().int(), message: z.string(), hint: z.string(), clause: z.string(),
  fileName: z.string().optional(),
}).meta({ id: 'ModelProblem' });

/** Who acted. */
export const ActorBody = z.object({ person: z.string(), name: z.string(), post: z.string().optional(), onBehalfOf: z.string().optional() }).meta({ id: 'Actor' });

/** A finished upload under the kind it is handed in as (gov:attachment). */
export const HandedIn = z.strictObject({ upload: z.string().min(1).max(64), kind: z.string().min(1).max(100) });
export const HandedInList = z.array(HandedIn).max(20).default([]);
