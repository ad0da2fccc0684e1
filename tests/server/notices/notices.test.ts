/** Notices: to persons and groups, fresh or seen, and the job that sends them. */
import { expect } from 'chai';
import { createNotices, notifyJob } from '../../../server/notices/index.ts';
import { META, startShell } from '../http/support.ts';
import type { Client, Shell } from '../http/support.ts';
import { settle } from '../../contracts/virtual-time.ts';
import { noticeProcess } from '../instances/models.ts';

describe('Notices', () => {
  let shell: Shell;
  let clerk: Client;

  beforeEach(async () => {
    shell = await startShell();
    clerk = await shell.signIn('clerk');
  });
  afterEach(async () => { await shell.stop(); });

  const subjects = async (client: Client): Promise<string[]> => (await client.get('/api/v1/notices')).body.items.map((notice) => notice.subject);
  const job = (headers: Record<string, string>, key = 'case/7') => ({ key, stream: 'case', headers });
  const notify = (): ReturnType<typeof notifyJob> => notifyJob(createNotices(shell.desk), shell.organization.directory, shell.time.clock);
  const failing = async (headers: Record<string, string>): Promise<string> => {
    try {
      await notify().run(job(headers));
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'none';
  };

  it('A notice to a person is on that desk only; a notice to a group on the desks of all its members.', async () => {
    await notify().run(job({ to: 'clerk', subject: 'For one' }));
    await notify().run(job({ to: 'officers, treasury', subject: 'For many', text: 'Come all.' }, 'case/8'));
    expect(await subjects(clerk)).to.have.members(['For one', 'For many']);
    for (const account of ['colleague', 'treasurer']) expect(await subjects(await shell.signIn(account)), account).to.deep.equal(['For many']);
  });

  it('The newest comes first; a repeated delivery changes nothing.', async () => {
    await notify().run(job({ to: 'clerk', subject: 'first' }, 'case/1'));
    await shell.time.advance(1_000);
    await notify().run(job({ to: 'clerk', subject: 'second' }, 'case/2'));
    await notify().run(job({ to: 'clerk', subject: 'second' }, 'case/2'));
    expect(await subjects(clerk)).to.deep.equal(['second', 'first']);
  });

  it('What came after the list was last opened is fresh.', async () => {
    await notify().run(job({ to: 'clerk', subject: 'first' }, 'case/1'));
    expect((await clerk.get('/api/v1/notices')).body).to.deep.include({ fresh: 1 });
    await shell.time.advance(1_000);
    expect((await clerk.post('/api/v1/notices/seen')).status).to.equal(204);
    expect((await clerk.get('/api/v1/notices')).body).to.deep.include({ fresh: 0 });
    await shell.time.advance(1_000);
    await notify().run(job({ to: 'officers', subject: 'second' }, 'case/2'));
    expect((await clerk.get('/api/v1/notices')).body.items.map((notice) => notice.fresh)).to.deep.equal([true, false]);
    const board = createNotices(shell.desk);
    const person = shell.organization.directory.person('clerk')!;
    expect(await board.fresh(person, shell.time.clock.now())).to.equal(1);
    expect(await board.open(person, shell.time.clock.now())).to.equal('2026-01-05T09:00:01.000Z');
    expect(await board.fresh(person, shell.time.clock.now())).to.equal(0);
  });

  it('A notice is gone after 90 days.', async () => {
    await notify().run(job({ to: 'clerk', subject: 'old' }));
    await shell.time.advance(91 * 86_400_000);
    expect(await subjects(await shell.signIn('clerk'))).to.deep.equal([]);
  });

  it('Without receiver or subject, or with an unknown receiver, the job fails: NOTICE_WITHOUT_RECEIVER, NOTICE_WITHOUT_SUBJECT, NOTICE_RECEIVER_UNKNOWN.', async () => {
    expect(await failing({ subject: 'x' })).to.equal('NOTICE_WITHOUT_RECEIVER');
    expect(await failing({ to: ' , ', subject: 'x' })).to.equal('NOTICE_WITHOUT_RECEIVER');
    expect(await failing({ to: 'clerk' })).to.equal('NOTICE_WITHOUT_SUBJECT');
    expect(await failing({ to: 'clerk, nobody', subject: 'x' })).to.equal('NOTICE_RECEIVER_UNKNOWN');
    expect(await subjects(clerk)).to.deep.equal([]);
  });

  it('A process sends them by a service task of type notify; the notice leads to its case.', async () => {
    await shell.runtime.deploy([{ name: 'c.bpmn', content: noticeProcess() }], META);
    const { body } = await clerk.post('/api/v1/instances', { processId: 'telling', variables: { receiver: 'colleague', caseKey: 'K' } });
    await settle(60);
    const [notice] = (await (await shell.signIn('colleague')).get('/api/v1/notices')).body.items;
    expect(notice).to.deep.include({ subject: 'News', text: 'For colleague', instanceId: body.id, fresh: true });
  });
});
