/** How a process of the server ends: at the first signal in good order and within a bound, at the second at once. */
import type { Logger } from 'pino';

/** `process` as far as it is needed; a test gives its own. */
interface Process {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
}

export interface EndingOptions {
  /** Ends everything in good order. */
  readonly stop: () => Promise<void>;
  /** What `stop` is given at most. */
  readonly boundMs: number;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly onFirst?: () => void;
  readonly process?: Process;
  /** Milliseconds that only grow; a test gives its own. */
  readonly now?: () => number;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** 128 + 15, as shells tell an end by SIGTERM; a process with number 1 must end itself. */
const ENDED_BY_SIGNAL = 143;
/** Sent to the group (`timeout`, a supervisor, a terminal), a signal comes once by itself and once from the program that started us: that is one asking. */
const SAME_ASKING_MS = 1_000;

/** Waits for a signal, then stops; resolves when that is done. Ends the process with 1 when it takes too long, with 143 at a second signal: another one, or the same again after a second. */
export async function endAtSignal({ stop, boundMs, log, onFirst, process: own = process, now = () => performance.now() }: EndingOptions): Promise<void> {
  let asked: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;
  await new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      own.on(signal, () => {
        if (asked?.signal === signal && now() - asked.at < SAME_ASKING_MS) return;
        if (asked !== undefined) {
          log.error({ signal }, 'a second signal: ended at once; what was acknowledged is on disk');
          own.exit(ENDED_BY_SIGNAL);
          return;
        }
        asked = { signal, at: now() };
        log.info({ signal }, 'stopping');
        resolve();
      });
    }
  });
  onFirst?.();
  const late = setTimeout(() => {
    log.error({ boundMs }, 'stopping took too long and was cut off; what was acknowledged is on disk');
    own.exit(1);
  }, boundMs);
  try {
    await stop();
  } finally {
    clearTimeout(late);
  }
  log.info('stopped');
}
