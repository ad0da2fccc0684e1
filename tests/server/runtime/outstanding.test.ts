/** What a record leaves outstanding, and what it takes away. */
import { expect } from 'chai';
import { Outstanding } from '../../../server/runtime/outstanding.ts';
import type { DecodedRecord } from '../../../server/runtime/types.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';

function record(causation: string | undefined): DecodedRecord {
  return { stream: 's', position: 1, index: 0, version: 2, commandType: 'CompleteTask', at: '2026-01-05T09:00:00.000Z', actor: { person: 'clerk' }, causation, events: [{ type: 'UserTaskCompleted' }], erased: false };
}

describe('What is outstanding', () => {
  const outstanding = new Outstanding(createSqliteProjections(':memory:'), () => []);

  it('A record that another stream asked for takes away the command behind it.', () => {
    expect(outstanding.changeOf(record('parent/3/1'))).to.deep.equal({ put: [], drop: ['dispatch parent/3/1'], patch: [], asks: new Map() });
  });

  it('What a request from outside asked for changes no row: nothing was outstanding because of it.', () => {
    for (const causation of ['6f1c3c1e-8a51-4f0e-9b6a-0e2f5a1b7c9d', undefined]) expect(outstanding.changeOf(record(causation))).to.deep.equal({ put: [], drop: [], patch: [], asks: new Map() });
  });
});
