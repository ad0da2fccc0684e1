/** What the engine is told about the world with each command: plain data, given by the shell, never fetched. */
import type { DecisionModel } from './dmn/model.ts';
import type { WorkingCalendar } from './time/working-days.ts';

/**
 * Who acts, resolved by the shell from a session or a job. `groups` are the units and posts whose tasks this person may take. `onBehalfOf`: whom
 * they stand in for in this act (a substitution in force); `groups` are then those of that person, and what they hold may be worked on.
 */
export interface Actor {
  readonly person: string;
  readonly post?: string;
  readonly groups: readonly string[];
  readonly onBehalfOf?: string;
}

/** The engine's bounds on one decision and on one case. */
export interface Limits {
  /** A decision ends with TurnYielded after this many steps of the work list. */
  readonly stepsPerTurn: number;
  /** ... or after about this many bytes of events. */
  readonly bytesPerTurn: number;
  /** Flow nodes entered without a wait state after which an incident stops an endless loop: a loop of a million rounds of a few nodes ends. */
  readonly stepsWithoutWait: number;
  /** How deep cases may call each other: a process that calls itself must come to an end. */
  readonly callDepth: number;
  /** Messages and signals in a row that may lead from case to case without a person, a job or a timer between: cases that start each other must come to an end. */
  readonly hops: number;
  /** Bytes of variables one command may write. */
  readonly variableBytes: number;
  /** Bytes of variables one case may hold. */
  readonly caseBytes: number;
  /** Steps one decision may take that a business rule task calls (docs/feel.md says what a step is). */
  readonly decisionSteps: number;
}

export const DEFAULT_LIMITS: Limits = { stepsPerTurn: 2_000, bytesPerTurn: 262_144, stepsWithoutWait: 5_000_000, callDepth: 25, hops: 1_000, variableBytes: 4_194_304, caseBytes: 4_194_304, decisionSteps: 250_000 };

/** A decision as it was deployed. `version` counts its deployments from 1; `hash`: SHA-256 of its DMN file. */
export interface DeployedDecision {
  readonly decisionId: string;
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly model: DecisionModel;
}

/** What business rule tasks can call, by decision id: the latest deployed, and those deployed together with the version of the process the case runs on. */
export interface Decisions {
  readonly latest: Readonly<Record<string, DeployedDecision>>;
  readonly deployment: Readonly<Record<string, DeployedDecision>>;
  /** Newest version by decision id, then version tag. */
  readonly tagged?: Readonly<Record<string, Readonly<Record<string, DeployedDecision>>>>;
}

/** Which versions of processes call activities mean that are not bound to the latest: those deployed together with this version, and the newest by process id, then version tag. */
export interface BoundProcesses {
  readonly deployment: Readonly<Record<string, number>>;
  readonly tagged: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** `now`: ISO 8601 UTC instant with milliseconds, `2026-01-05T09:00:00.000Z`; instants sort as text. `zone`: IANA name for calendar arithmetic. `definitions`: latest version of each deployed process id. */
export interface Facts {
  readonly now: string;
  readonly zone: string;
  readonly calendars: Readonly<Record<string, WorkingCalendar>>;
  readonly definitions: Readonly<Record<string, number>>;
  readonly limits: Limits;
  /** Absent: none are deployed, or the process calls none. */
  readonly decisions?: Decisions;
  /** Absent: the process calls no other by such a binding. */
  readonly bound?: BoundProcesses;
  /** The one thing here that is no data: asked now and then by long evaluations whether their time is over. Absent: only steps count (docs/adr/0013). */
  readonly expired?: () => boolean;
}

/** A JSON value; numbers beyond doubles, dates and durations are tagged `{"$": type, "v": text}`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Variables = Readonly<Record<string, Json>>;
