/** The peer: npm bpmn-engine, its parsed model kept, every instance hot in memory; what both of its cells share. */
import { Engine } from 'bpmn-engine';
import { VARIABLES, workloadXml } from '../workloads.ts';
import type { USER_TASKS, Workload } from '../workloads.ts';

export type Parsed = object;
type Done = (error: unknown, result?: unknown) => void;
export type Service = (scope: unknown, done: Done) => void;

/** An instance of the peer, as far as it is used here. */
export interface PeerInstance {
  readonly state: string;
  getPostponed(): readonly { readonly id: string; readonly type: string; signal(answer: object): void }[];
  getState(): object;
}

interface Loaded {
  readonly environment: { readonly options: { readonly source: Parsed } };
}

/** Parses the workload once; handing this to every engine is what spares the peer the XML. */
export async function parsePeer(workload: Workload): Promise<Parsed> {
  const engine = new Engine({ name: workload, source: workloadXml(workload, 'peer') });
  const [definition] = (await engine.getDefinitions()) as unknown as readonly Loaded[];
  if (!definition) throw new Error(`Expected the peer to load ${workload}, but it did not`);
  return definition.environment.options.source;
}

export interface PeerEngine {
  readonly instance: PeerInstance;
  /** Resolves when the instance has ended. */
  readonly ended: Promise<void>;
}

/** Starts an instance; answers when it waits or has ended. */
export async function startPeer(name: string, parsed: Parsed, work: Service): Promise<PeerEngine> {
  const engine = new Engine({ name, sourceContext: parsed as never, services: { work } });
  const ended = new Promise<void>((resolve, reject) => {
    engine.once('end', () => { resolve(); });
    engine.once('error', reject);
  });
  const instance = (await engine.execute({ variables: { ...VARIABLES } })) as unknown as PeerInstance;
  return { instance, ended };
}

/** Completes the user task that waits; it must be `id`. */
export function signalPeer(instance: PeerInstance, id: (typeof USER_TASKS)[number], answer: object): void {
  const waiting = instance.getPostponed().find(({ type }) => type === 'bpmn:UserTask');
  if (waiting?.id !== id) throw new Error(`Expected ${id} to wait, but ${waiting?.id ?? 'nothing'} does`);
  waiting.signal(answer);
}

/** The peer says `idle` of an instance that has ended. */
export function assertEnded(instance: PeerInstance): void {
  if (instance.state !== 'idle') throw new Error(`Expected the instance to have ended, but it is ${instance.state}`);
}
