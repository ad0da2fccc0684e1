/** What a server asked of the operating system, in order: read from the trace that strace wrote of it from outside. */

/** `durable`: a commit was written into the write-ahead log and a sync of it has returned. `answer`: an answer begins to leave that names the position of its commit. */
export type Told = { readonly what: 'durable' } | { readonly what: 'answer'; readonly position: number };

/** The calls that {@link toldBy} looks at, for `strace -e trace=`. Whether SQLite was built with fdatasync or fsync is its builder's choice. */
export const TRACED = 'pwrite64,write,writev,sendmsg,sendto,fsync,fdatasync';
/** Bytes of a buffer that must be in the trace: the head of an answer. */
export const HEAD_BYTES = 1_500;
/** Of the write-ahead log itself (SQLite, "The WAL file format"); a commit stands behind it. */
const WAL_HEADER = 32;

/** `wal`: path of the write-ahead log. */
export function toldBy(trace: string, wal: string): Told[] {
  const told: Told[] = [];
  const syncing = new Set<string>();
  let isDirty = false;
  const synced = (): void => {
    if (isDirty) told.push({ what: 'durable' });
    isDirty = false;
  };
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    const [, name = '', file = ''] = /^(\w+)\(\d+<([^>]*)>/.exec(call) ?? [];
    if (file === wal && name === 'pwrite64' && offsetOf(call) >= WAL_HEADER) isDirty = true;
    if (file === wal && name.endsWith('sync')) {
      if (call.endsWith('<unfinished ...>')) syncing.add(thread);
      else if (call.endsWith('= 0')) synced();
    }
    if (/^<\.\.\. (fsync|fdatasync) resumed>/.test(call) && syncing.delete(thread) && call.endsWith('= 0')) synced();
    const [, position] = /"HTTP\/1\.1 2.*?\\r\\nPiton-Position: (\d+)\\r\\n/.exec(call) ?? [];
    if (position !== undefined && file.startsWith('socket:')) told.push({ what: 'answer', position: Number(position) });
  }
  return told;
}

/** The last argument of pwrite64, finished or not. */
function offsetOf(call: string): number {
  return Number(/, (\d+)(?:\) += \d+| <unfinished \.\.\.>)$/.exec(call)?.[1] ?? 0);
}
