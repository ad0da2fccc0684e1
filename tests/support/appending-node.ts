/** A node of its own process for tests: appends to shared streams until told to stop; a line of JSON per acknowledged record. Arguments: url, collection, name. */
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { appendForEver } from './appending.ts';

const [url = '', collection = '', name = ''] = process.argv.slice(2);
const store = await openMongoEventStore({ url, collection });
let isStopped = false;
process.stdin.once('data', () => { isStopped = true; });
await appendForEver(store, name, () => isStopped, (acknowledged) => { process.stdout.write(`${JSON.stringify(acknowledged)}\n`); });
await store.close();
process.exit(0);
