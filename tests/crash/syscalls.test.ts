/** The reader of traces: it sees a commit only where a sync of the write-ahead log has returned, and an answer where it begins to leave. */
import { expect } from 'chai';
import { toldBy } from './syscalls.ts';

const WAL = '/data/log.db-wal';
const frame = (offset: number, end = ') = 24'): string => `7  pwrite64(31<${WAL}>, "\\0\\0, 64) = 1\\0", 24, ${String(offset)}${end}`;
const answer = (position: number): string => `5  writev(58<socket:[1]>, [{iov_base="HTTP/1.1 201 Created\\r\\nX: y\\r\\nPiton-Position: ${String(position)}\\r\\n\\r\\n", iov_len=20}], 1) = 20`;
const SYNCED = `7  fsync(31<${WAL}>)           = 0`;
const read = (...lines: string[]): string[] => toldBy(lines.join('\n'), WAL).map((told) => (told.what === 'answer' ? `answer ${String(told.position)}` : told.what));

describe('The reader of traces', () => {
  it('sees commits and answers in order', () => {
    expect(read(frame(32), frame(56), SYNCED, answer(1), frame(4_152), SYNCED, answer(2))).to.deep.equal(['durable', 'answer 1', 'durable', 'answer 2']);
  });

  it('waits for a sync that another call interrupted in the trace, and takes the offset of a write that was interrupted', () => {
    const begun = `7  fdatasync(31<${WAL}> <unfinished ...>`;
    expect(read(frame(56, ' <unfinished ...>'), begun, answer(1), '7  <... fdatasync resumed>)              = 0')).to.deep.equal(['answer 1', 'durable']);
    expect(read(frame(56), begun, '6  <... fdatasync resumed>)              = 0', answer(1))).to.deep.equal(['answer 1']);
  });

  it('counts no sync of another file, none that failed, none of the header alone and none twice', () => {
    expect(read(frame(56), '7  fsync(30</data/log.db>) = 0', answer(1))).to.deep.equal(['answer 1']);
    expect(read(frame(56), `7  fsync(31<${WAL}>) = -1 EIO (Input/output error)`, answer(1))).to.deep.equal(['answer 1']);
    expect(read(frame(0), SYNCED, frame(56), SYNCED, SYNCED, answer(1))).to.deep.equal(['durable', 'answer 1']);
  });

  it('takes no refusal for an answer, and nothing that is written into a file', () => {
    expect(read(answer(1).replace('201 Created', '409 Conflict'), answer(1).replace('58<socket:[1]>', '58</data/log.txt>'))).to.deep.equal([]);
  });
});
