/** What stores and parsers throw, as the failure that is told. */
import { expect } from 'chai';
import { asFailure } from '../../../server/http/problem.ts';
import { StoreError } from '../../../server/stores/errors.ts';

describe('An error as a failure', () => {
  it('A full disk and a closed store are HTTP_NOT_RECORDED, to be sent again; a failed write may have been recorded and is HTTP_UNEXPECTED.', () => {
    for (const error of [new StoreError('STORE_DISK_FULL', { file: 'log.db' }), new StoreError('STORE_CLOSED', { store: 'event log' })]) {
      const failed = asFailure(error);
      expect([failed.code, failed.status, failed.headers['Retry-After']]).to.deep.equal(['HTTP_NOT_RECORDED', 503, '60']);
      expect(failed.message).to.not.contain('log');
    }
    expect(asFailure(new StoreError('STORE_WRITE_FAILED', { file: 'log.db', reason: 'EIO' })).code).to.equal('HTTP_UNEXPECTED');
  });
});
