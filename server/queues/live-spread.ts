/**
 * What the live connections of many nodes tell each other: the redis streams adapter of socket.io. Every node tells its own browsers
 * what it has folded from the log; through Redis goes what only one node knows, that a session has ended.
 */
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { QueueError } from './errors.ts';

export interface LiveSpread {
  /** For the option `adapter` of socket.io. */
  readonly adapter: ReturnType<typeof createAdapter>;
  close(): void;
}

const LONGEST_RECONNECT_MS = 2_000;

/** Redis may come later and go: meanwhile a session that was ended on another node is found out within a minute. */
export function openLiveSpread({ url, onFault }: { readonly url: string; readonly onFault: (error: unknown) => void }): LiveSpread {
  const redis = new Redis(url, { maxRetriesPerRequest: null, enableOfflineQueue: true, retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RECONNECT_MS) });
  redis.on('error', onFault);
  // The adapter publishes without waiting: what fails is told here and nowhere else.
  const publish = redis.publish.bind(redis) as (...given: unknown[]) => Promise<number>;
  Object.assign(redis, { publish: (...given: unknown[]) => publish(...given).catch((error: unknown) => { onFault(error); return 0; }) });
  let made: ReturnType<typeof createAdapter> | undefined;
  return {
    // It opens lines of its own at once and ends them with the server of socket.io: where a start fails before there is one, they would hold up the end of the process.
    adapter: function adapter(namespace: unknown) {
      made ??= createAdapter(redis, { streamName: 'piton-live', channelPrefix: 'piton-live' });
      return made(namespace);
    },
    close: () => { redis.disconnect(); },
  };
}

/** Asks Redis for a sign of life. Rejects with what it says. */
export async function isRedisThere(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000, commandTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new QueueError('QUEUE_AWAY', { reason: error instanceof Error ? error.message : String(error) }, { cause: error });
  } finally {
    redis.disconnect();
  }
}
