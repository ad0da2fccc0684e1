/**
 * Registration numbers (ISO 15489-1, registration): one after the other in a registry and a year, without gap or double. The
 * series is its stream; the last event says which number is next, so that two requests at once cannot get the same.
 */
import type { Numbering, RegistrationNumber } from '../ports/numbering.ts';
import type { Answer, CommandMeta, Runtime } from '../runtime/types.ts';
import { refusal, RegistryError } from './errors.ts';
import { seriesStream } from './events.ts';
import type { LineEntered, NumberAllocated, SeriesEvent } from './events.ts';

/** `at`: when the number was given first, ISO 8601 UTC instant. */
export interface Allocation extends RegistrationNumber {
  readonly at: string;
}

type Request = Parameters<Numbering['allocate']>[0];
export type Line = Omit<LineEntered, 'type' | 'number'>;

export interface NumberBook extends Numbering {
  /** As the port; `purpose` is `register` unless a file is opened. */
  allocate(request: Request, purpose?: NumberAllocated['purpose']): Promise<Allocation>;
  /** The number with this text; undefined when it was never given. */
  find(text: string): Promise<NumberAllocated | undefined>;
  /** Writes what the register says beside a number; the same line again changes nothing. Throws REGISTRY_NUMBER_NOT_FOUND. */
  enter(line: Line): Promise<void>;
  /** Strikes a number out. Refuses with REGISTRY_NUMBER_NOT_FOUND, REGISTRY_NUMBER_VOID. */
  strike(text: string, reason: string, at: string, meta: CommandMeta): Promise<Answer>;
}

export const SYSTEM: CommandMeta = { actor: { person: 'system', groups: [] } };

const NAME = /^[A-Z][A-Z0-9]*(?:[-/][A-Z0-9]+)*$/;
const DIGITS = 4;

export function createNumbers(runtime: Pick<Runtime, 'change'>): NumberBook {
  const look = async <T>(registry: string, year: number, found: (earlier: readonly SeriesEvent[]) => T): Promise<T> => {
    let answer: T;
    await runtime.change<SeriesEvent>(seriesStream(registry, year), 'ReadSeries', SYSTEM, (earlier) => {
      answer = found(earlier);
      return [];
    });
    return answer!;
  };
  const find = async (text: string): Promise<NumberAllocated | undefined> => {
    const parts = partsOf(text);
    return parts && look(parts.registry, parts.year, (earlier) => allocations(earlier).find((given) => given.text === text));
  };
  return {
    allocate: (request, purpose = 'register') => allocate(runtime, look, request, purpose),
    find,
    async enter(line) {
      const given = await find(line.text);
      if (given === undefined) throw new RegistryError('REGISTRY_NUMBER_NOT_FOUND', { number: line.text });
      const { registry, year, number } = given;
      await runtime.change<SeriesEvent>(seriesStream(registry, year), 'EnterLine', SYSTEM, (earlier) => {
        const event: LineEntered = { type: 'LineEntered', number, ...line };
        return earlier.some((known) => known.type === 'LineEntered' && known.number === number && sameLine(known, event)) ? [] : [event];
      });
    },
    strike: (text, reason, at, meta) => {
      const { registry, year } = partsOf(text) ?? { registry: text, year: 0 };
      return runtime.change<SeriesEvent>(seriesStream(registry, year), 'VoidNumber', meta, (earlier) => {
        const given = allocations(earlier).find((known) => known.text === text);
        if (given === undefined) return refusal('REGISTRY_NUMBER_NOT_FOUND', { number: text });
        if (earlier.some((known) => known.type === 'NumberVoided' && known.number === given.number)) return refusal('REGISTRY_NUMBER_VOID', { number: text });
        return [{ type: 'NumberVoided', number: given.number, text, reason, at }];
      });
    },
  };
}

type Look = <T>(registry: string, year: number, found: (earlier: readonly SeriesEvent[]) => T) => Promise<T>;

async function allocate(runtime: Pick<Runtime, 'change'>, look: Look, request: Request, purpose: NumberAllocated['purpose']): Promise<Allocation> {
  const { registry, year, requestedBy, at, stream, agency } = request;
  if (!NAME.test(registry)) throw new RegistryError('REGISTRY_NAME', { found: registry });
  const mine = (earlier: readonly SeriesEvent[]): NumberAllocated | undefined => allocations(earlier).find((given) => given.requestedBy === requestedBy);
  // Asked for before midnight of New Year and again after it: the number of the old year stands.
  const before = await look(registry, year - 1, mine);
  if (before !== undefined) return before;
  let given: NumberAllocated | undefined;
  await runtime.change<SeriesEvent>(seriesStream(registry, year), 'AllocateNumber', SYSTEM, (earlier) => {
    given = mine(earlier);
    if (given !== undefined) return [];
    const number = (earlier.findLast((event) => event.type === 'NumberAllocated')?.number ?? 0) + 1;
    given = { type: 'NumberAllocated', registry, year, number, text: textOf(registry, year, number), purpose, requestedBy, stream, ...(agency !== undefined && { agency }), at };
    return [given];
  });
  return given!;
}

/** `PS-OUT/2026/0001`. */
function textOf(registry: string, year: number, number: number): string {
  return `${registry}/${String(year)}/${String(number).padStart(DIGITS, '0')}`;
}

/** The registry and year of a number; undefined for what is no number. */
export function partsOf(text: string): { readonly registry: string; readonly year: number } | undefined {
  const [, registry = '', year = ''] = /^(.{1,60})\/(\d{4})\/\d{4,9}$/.exec(text) ?? [];
  return NAME.test(registry) ? { registry, year: Number(year) } : undefined;
}

function allocations(events: readonly SeriesEvent[]): NumberAllocated[] {
  return events.filter((event) => event.type === 'NumberAllocated');
}

function sameLine(left: LineEntered, right: LineEntered): boolean {
  return left.from === right.from && left.to === right.to && left.subject === right.subject && left.reference === right.reference && left.stream === right.stream;
}
