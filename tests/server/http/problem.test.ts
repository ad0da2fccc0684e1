/** What stores and parsers throw, as the failure that is told. */
import { expect } from 'chai';
import { asFailure } from '../../../server/http/problem.ts';
import { StoreError } from '../../../server/stores/errors.ts';

describe('An error as a failure', () => {
  it('A full disk is HTTP_DISK_FULL, a refused write and a closed store HTTP_NOT_RECORDED, an unconfirmed write HTTP_OUTCOME_UNKNOWN; each says when to come again and nothing of files.', () => {
    const cases = [
      [new StoreError('STORE_DISK_FULL', { file: 'log.db' }), 'HTTP_DISK_FULL', 507],
      [new StoreError('STORE_WRITE_FAILED', { file: 'log.db', reason: 'EIO' }), 'HTTP_NOT_RECORDED', 503],
      [new StoreError('STORE_CLOSED', { store: 'event log' }), 'HTTP_NOT_RECORDED', 503],
      [new StoreError('STORE_WRITER_ENDED', { file: 'log.db', reason: 'exit' }), 'HTTP_NOT_RECORDED', 503],
      [new StoreError('STORE_DATABASE_UNREACHABLE', { database: 'log.db', reason: 'no' }), 'HTTP_NOT_RECORDED', 503],
      [new StoreError('STORE_OUTCOME_UNKNOWN', { database: 'log.db', position: 7, reason: 'EIO' }), 'HTTP_OUTCOME_UNKNOWN', 503],
    ] as const;
    for (const [error, code, status] of cases) {
      const failed = asFailure(error);
      expect([failed.code, failed.status, failed.headers['Retry-After']]).to.deep.equal([code, status, '30']);
      expect(failed.message + failed.hint).to.not.contain('log.db');
    }
    expect(asFailure(new StoreError('STORE_BLOB_DAMAGED', { name: 'n', found: 'f' })).code).to.equal('HTTP_UNEXPECTED');
  });
});
