/** Priorities of jobs (zeebe:jobPriorityDefinition): from the model through log and table to the queue, at first and when a job is tried again. */
import { expect } from 'chai';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';

const MODEL = `process P urgent=20
start -> and Fork -> service Gate job=work urgent=100 -> end E0
Fork -> service Low job=work -> end E1
Fork -> service Some job=work urgent=40 -> end E2
Fork -> service High job=work urgent="=60 + 30" -> end E3`;

describe('Runtime: priorities of jobs', () => {
  it('Of the jobs that wait the higher comes first, also when it has failed before', async () => {
    const done: string[] = [];
    let failed = false;
    const run = (job: Job): Promise<Record<string, never>> => {
      if (job.elementId === 'High' && !failed) {
        failed = true;
        return Promise.reject(new Error('busy'));
      }
      done.push(job.elementId);
      return Promise.resolve({});
    };
    const store = openMemoryEventStore();
    const projections = createSqliteProjections(':memory:');
    const idle = await startRuntime({ store, projections });
    const deployed = await idle.runtime.deploy([{ name: 'p.bpmn', content: xmlOf(MODEL) }], OFFICER);
    expect(deployed.outcome, JSON.stringify(deployed)).to.not.equal('refused');
    await idle.runtime.startInstance({ processId: 'P', variables: {} }, OFFICER);
    await idle.quiet();
    await idle.stop();
    // All of them wait in the table of what is outstanding; a start with a worker takes them up.
    const host = await startRuntime({ store, projections, vault: idle.vault, blobs: idle.blobs, time: idle.time, handlers: [{ type: 'work', concurrency: 1, run }] });
    await host.quiet();
    await host.time.advance(3_600_000);
    await host.quiet();
    expect(done).to.deep.equal(['Gate', 'Some', 'Low', 'High']);
    await host.stop();
  });
});
