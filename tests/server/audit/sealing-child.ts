/** The process that is killed while it seals: on the SQLite log of the folder it is given, at the write it is told. */
import { sealSegments } from '../../../server/audit/sealing.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { CLOCK } from './histories.ts';

const [folder = '', name = '', after = '0'] = process.argv.slice(2);
const store = await openSqliteEventStore({ folder, ...((name === 'before-commit' || name === 'after-commit') && { failpoint: { name, after: Number(after) } }) });
await sealSegments({ store, clock: CLOCK, fullAt: 3 });
await store.close();
