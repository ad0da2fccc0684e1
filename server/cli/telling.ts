/** The lines of `piton run`: one JSON object per event, and the last one that says how the case ended. */
import type { InstanceState, ProcessGraph, World, WorldEvent, WorldRecord } from '../../engine/index.ts';

/** Events of one case carry `instanceId`; what the streams between cases do is told only by `--trace`. */
export class Telling {
  readonly #out: (line: string) => void;
  readonly #trace: boolean;
  #world: World | undefined;
  /** The errors that ended cases, by case: the state does not keep them. */
  readonly #failed = new Map<string, { readonly code: string; readonly message: string }>();
  /** Ids of the elements completed so far, in order. */
  readonly completed: string[] = [];

  constructor(out: (line: string) => void, trace: boolean) {
    this.#out = out;
    this.#trace = trace;
  }

  watch(world: World): void {
    this.#world = world;
  }

  /** One record of the world. */
  tell(record: WorldRecord): void {
    const { stream, version, at, commandType, events } = record;
    const state = this.#world?.instances.get(stream);
    if (this.#trace) this.#out(JSON.stringify({ type: 'Record', stream, version, commandType, at }));
    for (const event of events) {
      if (state) this.#tellOf(state, event, at);
      else if (this.#trace) this.#out(JSON.stringify({ ...event, stream, at }));
    }
  }

  /** How the case stands; `failed` and open incidents are a no. */
  end(state: InstanceState): boolean {
    const incidents = [...state.waits.values()].flatMap((wait) => (wait.kind === 'incident' ? [{ elementId: this.#elementOf(state, wait.element), code: wait.code, message: wait.message }] : []));
    const error = this.#failed.get(state.stream);
    const variables = Object.fromEntries(state.elements.get(0)?.variables ?? []);
    this.#out(JSON.stringify({ type: 'RunEnded', state: state.status, processId: state.processId, variables, ...(error && { error }), incidents }));
    return state.status === 'failed' || incidents.length > 0;
  }

  #tellOf(state: InstanceState, event: WorldEvent, at: string): void {
    const { processId, stream: instanceId } = state;
    if (event.type === 'InstanceFailed') this.#failed.set(instanceId, { code: event.code, message: event.message });
    if (event.type !== 'ElementCompleted') {
      const { type, ...fields } = event;
      this.#out(JSON.stringify({ type, processId, instanceId, ...fields, at }));
      return;
    }
    const { elementId } = event;
    const node = this.#graphOf(instanceId)?.nodes.get(elementId);
    this.completed.push(elementId);
    this.#out(JSON.stringify({ type: 'ElementCompleted', processId, instanceId, elementId, elementType: node?.type, elementName: node?.name, at }));
  }

  #elementOf(state: InstanceState, element: number): string {
    return state.elements.get(element)?.elementId ?? state.processId;
  }

  #graphOf(stream: string): ProcessGraph | undefined {
    return this.#world?.graphOf(stream);
  }
}
