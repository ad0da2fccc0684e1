/** The commit frame, byte by byte, as docs/log-format.md prints it. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeBody, encodeRecord, frames, GENESIS_HASH, hashCommit, uuidBytes, uuidText, writeFrame } from '../../../server/stores/commit.ts';
import type { NewRecord } from '../../../server/ports/event-store.ts';

const RECORD: NewRecord = {
  stream: 'case-é', expectedVersion: 6, commandType: 'CompleteTask', idempotencyKey: 'k', requestHash: 'a'.repeat(64),
  actor: { person: 'anna', post: 'clerk' }, at: '2026-01-05T09:00:00.000Z', causation: 'e', keyId: 'd', events: Buffer.from('[1]'),
};

function body(...records: NewRecord[]): Buffer {
  return Buffer.concat(records.map((record) => {
    const encoded = encodeRecord(record);
    const frame = Buffer.alloc(encoded.size);
    expect(writeFrame(frame, 0, encoded, record.events)).to.equal(encoded.size);
    return frame;
  }));
}

describe('the commit frame', () => {
  it('is header length, header, events length, events', () => {
    const header = `{"at":"2026-01-05T09:00:00.000Z","stream":"case-é","version":7,"commandType":"CompleteTask","idempotencyKey":"k","requestHash":"${'a'.repeat(64)}","actor":{"person":"anna","post":"clerk"},"causation":"e","keyId":"d"}`;
    const bytes = Buffer.from(header);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    expect(body(RECORD)).to.deep.equal(Buffer.concat([length, bytes, Buffer.from([0, 0, 0, 3]), Buffer.from('[1]')]));
  });

  it('leaves absent fields out, and a request hash without a key', () => {
    const { header } = encodeRecord({ stream: 's', expectedVersion: 0, commandType: 'C', requestHash: 'x', actor: { person: 'p' }, at: '2026-01-05T09:00:00Z', events: new Uint8Array() });
    expect(header).to.equal('{"at":"2026-01-05T09:00:00.000Z","stream":"s","version":1,"commandType":"C","actor":{"person":"p"}}');
  });

  it('is decoded to what was encoded', () => {
    const { expectedVersion: _, ...rest } = RECORD;
    const [first, second] = decodeBody(body(RECORD, { ...RECORD, stream: 'b', events: Buffer.alloc(70_000, 1) }), 3);
    expect(first).to.deep.equal({ ...rest, version: 7, position: 3, index: 0 });
    expect(second).to.deep.include({ stream: 'b', index: 1 });
    expect(second?.events).to.have.length(70_000);
  });

  it('is refused with STORE_FRAME_INVALID wherever it breaks off', () => {
    const whole = body(RECORD);
    for (let length = 1; length < whole.length; length++) {
      expect(() => frames(whole.subarray(0, length), 3)).to.throw('commit 3').with.property('code', 'STORE_FRAME_INVALID');
    }
    const noJson = Buffer.from(whole);
    noJson[4] = 0;
    expect(() => decodeBody(noJson, 3)).to.throw().with.property('code', 'STORE_FRAME_INVALID');
  });

  it('is hashed with the hash before it, the position as u64 and the uuid as 16 bytes', () => {
    const uuid = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
    const position = Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]);
    const expected = createHash('sha256').update(Buffer.concat([Buffer.from(GENESIS_HASH, 'hex'), position, Buffer.from(uuid.replaceAll('-', ''), 'hex'), body(RECORD)])).digest();
    expect(hashCommit(Buffer.from(GENESIS_HASH, 'hex'), 2 ** 32 + 2, uuidBytes(uuid), body(RECORD))).to.deep.equal(expected);
    expect(uuidText(uuidBytes(uuid))).to.equal(uuid);
    expect(GENESIS_HASH).to.equal(createHash('sha256').update('piton log 1').digest('hex'));
  });
});
