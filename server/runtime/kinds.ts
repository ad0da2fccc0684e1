/** How each kind of stream is folded: cases, message correlation, process and decision definitions, and the modules' own event lists. */
import { evolve, evolveConditions, evolveCorrelation, evolveDecisionDefinition, evolveDefinition, evolveSignals, evolveStartRounds, loadState, newConditions, newCorrelation, newDecisionDefinition, newDefinition, newInstance, newSignals, newStartRounds, saveState, STATE_SCHEMA } from '../../engine/index.ts';
import type { ConditionEvent, ConditionState, CorrelationEvent, CorrelationState, DecisionDefinitionState, DecisionDeployed, DefinitionEvent, DefinitionState, InstanceEvent, InstanceState, SignalEvent, SignalState, StartRoundEvent, StartRoundState } from '../../engine/index.ts';
import type { Fold } from './journal.ts';
import type { DomainEvent } from './types.ts';

export const instances: Fold<InstanceState> = {
  fresh: newInstance,
  fold: (state, events) => (events as readonly InstanceEvent[]).reduce(evolve, state),
  isOver: ({ status }) => status !== 'active',
  snapshot: { fingerprint: `instance/${String(STATE_SCHEMA)}`, save: saveState, load: loadState },
};

export const correlations: Fold<CorrelationState> = {
  fresh: newCorrelation,
  fold: (state, events) => (events as readonly CorrelationEvent[]).reduce(evolveCorrelation, state),
};

export const signals: Fold<SignalState> = {
  fresh: newSignals,
  fold: (state, events) => (events as readonly SignalEvent[]).reduce(evolveSignals, state),
};

export const startRounds: Fold<StartRoundState> = {
  fresh: newStartRounds,
  fold: (state, events) => (events as readonly StartRoundEvent[]).reduce(evolveStartRounds, state),
};

export const conditions: Fold<ConditionState> = {
  fresh: newConditions,
  fold: (state, events) => (events as readonly ConditionEvent[]).reduce(evolveConditions, state),
};

export const definitions: Fold<DefinitionState> = {
  fresh: (stream) => newDefinition(stream.slice('definition/'.length)),
  fold: (state, events) => (events as readonly DefinitionEvent[]).reduce(evolveDefinition, state),
};

export const decisionDefinitions: Fold<DecisionDefinitionState> = {
  fresh: (stream) => newDecisionDefinition(stream.slice('decision/'.length)),
  fold: (state, events) => (events as readonly DecisionDeployed[]).reduce(evolveDecisionDefinition, state),
};

/** A module's own stream: all its events, for the module to fold. */
export const eventLists: Fold<DomainEvent[]> = {
  fresh: () => [],
  fold: (state, events) => {
    state.push(...events);
    return state;
  },
};
