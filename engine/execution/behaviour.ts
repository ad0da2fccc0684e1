/**
 * What an element does differently from the others; everything common (mappings, boundary events, sequence flows, scopes,
 * incidents) is the lifecycle's. One implementation per file in elements/.
 */
import type { FlowNode, FlowNodeType, SequenceFlow } from '../bpmn/graph.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';

export interface Behaviour {
  /**
   * A token has entered and inputs are mapped. Either the element is done (`follow({do: 'complete'})`) or it now waits.
   * Must evaluate everything that can be Stuck before it records its first event.
   */
  activate(decision: Decision, node: FlowNode, self: ElementInstance): void;
  /** On catching events: opens the subscription on behalf of `host`: the event itself, its activity, or an event-based gateway. */
  arm?(decision: Decision, node: FlowNode, host: ElementInstance): void;
  /** Which sequence flows the token leaves by; absent: all. Must not record. */
  leave?(decision: Decision, node: FlowNode, self: ElementInstance): readonly SequenceFlow[];
  /** Instead of leaving by sequence flows: an end event that ends or throws. Runs after ElementCompleted; `scope` is where it stood. */
  end?(decision: Decision, node: FlowNode, scope: number): void;
}

export type Behaviours = Readonly<Record<FlowNodeType, Behaviour>>;
