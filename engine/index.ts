/** The only door of the engine: what the server, the designer and the desk may know of it. */

// Models
export { compile } from './bpmn/compile.ts';
export { DESCRIPTORS, LIBRARY_DESCRIPTORS } from './bpmn/descriptors.ts';
export { lint } from './bpmn/lint.ts';
export type { LintReport } from './bpmn/lint.ts';
export { calledDecisions, missingDecisions } from './bpmn/called-decisions.ts';
export { boundKey } from './bpmn/binding-specs.ts';
export { boundCalls, missingCalls } from './bpmn/called-processes.ts';
export { refer, resolveQualified } from './bpmn/qualified-names.ts';
export { lossesBetween } from './bpmn/import/losses.ts';
export type { Loss } from './bpmn/import/losses.ts';
export { importModel } from './bpmn/import/import-model.ts';
export type { ImportedModel } from './bpmn/import/import-model.ts';
export type { ImportFinding, ImportKind } from './bpmn/import/findings.ts';
export { soundness } from './bpmn/soundness.ts';
export type { AttachmentSpec, EventDefinition, Expression, FlowNode, FlowNodeType, Graph, Lane, OutcomeSpec, ProcessGraph, SequenceFlow, SignatureSpec, UserTaskSpec } from './bpmn/graph.ts';

// A case
export { decide } from './decide.ts';
export { evolve } from './evolve.ts';
export { isEnding, loadState, newInstance, saveState, STATE_SCHEMA } from './state.ts';
export type { ElementInstance, InstanceState, UserTask, Wait } from './state.ts';
export { migrationBasis } from './migration/basis.ts';
export { changedChoices } from './migration/choices.ts';
export type { ChangedChoice } from './migration/choices.ts';
export type { Doer, InstanceAction, InstanceCommand, MigrateInstance, MigrationBasis, Parent, Signed, StartInstance } from './commands.ts';
export { PRIVATE_FIELDS } from './events.ts';
export type { DecisionEvaluated, IncidentRaised, InstanceEvent, Step, TimerScheduled, UserTaskCreated, UserTaskUpdated } from './events.ts';
export { didBefore } from './execution/separation.ts';
export { readVariable, visibleVariables } from './execution/variables.ts';

// Between cases
export { CORRELATION_PRIVATE_FIELDS, evolveCorrelation, newCorrelation } from './correlation/correlation.ts';
export type { CorrelationCommand, CorrelationEvent, CorrelationState, StartCandidate } from './correlation/correlation.ts';
export { decideSignals, evolveSignals, newSignals, SIGNAL_PRIVATE_FIELDS } from './correlation/signals.ts';
export type { SignalCommand, SignalEvent, SignalState } from './correlation/signals.ts';
export { decideCorrelation } from './correlation/decide-correlation.ts';
export { decideStartRounds, evolveStartRounds, newStartRounds, START_ROUND_PRIVATE_FIELDS } from './correlation/start-rounds.ts';
export type { CollectTrigger, StartRoundEvent, StartRoundState } from './correlation/start-rounds.ts';
export { CONDITION_PRIVATE_FIELDS, decideConditions, evolveConditions, newConditions } from './definitions/conditions.ts';
export type { ConditionCandidate, ConditionEvent, ConditionState, EvaluateConditions } from './definitions/conditions.ts';
export { bindDeployment, boundVersions } from './definitions/bindings.ts';
export type { KnownVersion } from './definitions/bindings.ts';
export { decideDefinition, evolveDefinition, identityOf, newDefinition } from './definitions/definition.ts';
export type { DefinitionCommand, DefinitionEvent, DefinitionState } from './definitions/definition.ts';
export { decideDecisionDefinition, decisionStream, evolveDecisionDefinition, newDecisionDefinition } from './definitions/decision-definition.ts';
export type { DecisionDefinitionState, DecisionDeployed } from './definitions/decision-definition.ts';
export { DATA_STORE_PRIVATE_FIELDS, decideDataStore, evolveDataStore, newDataStore, readBy, writeBy } from './data-stores/data-store.ts';
export type { DataStoreState, DataStoreWriter, DataStoreWritten, WriteDataStore } from './data-stores/data-store.ts';
export { answerTo, outbox, whenRefused } from './world/outbox.ts';
export type { Offer, Outgoing, StartsOf } from './world/outbox.ts';

// Facts and failures
export { DEFAULT_LIMITS } from './facts.ts';
export type { Actor, BoundProcesses, Decisions, DeployedDecision, Facts, Json, Limits, Variables } from './facts.ts';
export { fill, isRejection, reject } from './errors.ts';
export type { Problem, Rejection } from './errors.ts';
export { childStream, conditionStream, dataStoreStream, idFrom, instanceStream, messageStream, sha256Hex, signalStream } from './hash.ts';

// The world in memory
export { SYSTEM, World } from './world/world.ts';
export type { WorldEvent, WorldOptions, WorldRecord } from './world/world.ts';
export { ScenarioError } from './world/errors.ts';
export { after, completeOldest, doStep, instantOf } from './world/scenario.ts';
export type { ScenarioStep } from './world/scenario.ts';

// FEEL and time
export { compileFeel } from './feel/compile.ts';
export type { CompiledFeel, FeelClock, FeelProblem, FeelScope } from './feel/compile.ts';
export { EVALUATION_MS, timeLimit } from './feel/time-limit.ts';
export { fromJson, toJson } from './feel/values.ts';
export { addDuration, parseDuration } from './time/duration.ts';
export { instantFromMillis, millisFromInstant, parseInstant } from './time/instant.ts';
export type { WorkingCalendar } from './time/working-days.ts';

// Decisions
export { compileDmn, expressionOptions } from './dmn/compile.ts';
export { callableIn, callableKeys, compileDecisionFiles } from './dmn/files.ts';
export type { DecisionFile, DecisionFiles, DecisionSource } from './dmn/files.ts';
export { decisionWords, noteWords, valueWords } from './dmn/words.ts';
export { evaluateDecision } from './dmn/evaluate.ts';
export type { DecisionModel, DecisionResult } from './dmn/model.ts';
