/** A process that appends 20 records to 20 new streams for every line on its input and says how that went. Argument: data folder. */
import { createInterface } from 'node:readline';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { newRecord } from '../../contracts/event-store.ts';

const store = await openSqliteEventStore({ folder: process.argv[2] ?? '' });
let turn = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  turn += 1;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_each, n) =>
      store.append(newRecord(`s${String(turn)}-${String(n)}`, 0)).then(
        ({ outcome }) => outcome as string,
        (error: unknown) => (error as { code: string }).code,
      ),
    ),
  );
  process.stdout.write(`${[...new Set(answers)].join()} x${String(answers.length)}\n`);
}
