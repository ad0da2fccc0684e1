/** Trying again with growing pauses until it succeeds: how a log whose disk failed comes back without anybody's help. */

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/** Calls `attempt` after a pause, and again while it rejects, each pause twice the last, at most a minute. Answers the way to stop. */
export function keepTrying(attempt: () => Promise<void>, firstMs = FIRST_MS): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      attempt().catch(() => {
        if (!stopped) wait(Math.min(ms * 2, LONGEST_MS));
      });
    }, ms);
  };
  wait(firstMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
