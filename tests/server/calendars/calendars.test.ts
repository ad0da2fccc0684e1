/** Working calendars: the holidays of Saint Lucia against the rules they follow, and publishing versions. */
import { expect } from 'chai';
import { seedCalendars } from '../../../server/calendars/index.ts';
import saintLucia from '../../../server/calendars/saint-lucia.json' with { type: 'json' };
import { META, startShell } from '../http/support.ts';
import type { Client, Shell } from '../http/support.ts';

const DAY = 86_400_000;
const iso = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** Western Easter by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8), as ms since 1970. */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1);
}

describe('The calendar of Saint Lucia', () => {
  const days = new Map(saintLucia.holidays.map((holiday) => [holiday.date, holiday]));

  it('Every day has a name and the law it rests on, and stands there once, in order.', () => {
    for (const { date, name, basis } of saintLucia.holidays) {
      expect(date).to.match(/^202[67]-\d\d-\d\d$/);
      expect(name).to.not.equal('');
      expect(basis).to.match(/^Bank Holidays Act, s\. \d/);
    }
    expect(days.size).to.equal(saintLucia.holidays.length);
    expect([...days.keys()]).to.deep.equal([...days.keys()].toSorted());
    expect(saintLucia.sources.length).to.be.greaterThan(0);
  });

  it('The fixed days, the first Mondays and the feasts that follow Easter stand on their dates.', () => {
    for (const year of [2026, 2027]) {
      const firstMonday = (month: number): string => { const first = Date.UTC(year, month, 1); return iso(first + ((8 - new Date(first).getUTCDay()) % 7) * DAY); };
      const expected = [
        `${year}-01-01`, `${year}-01-02`, `${year}-02-22`, `${year}-05-01`, `${year}-08-01`, `${year}-12-13`, `${year}-12-25`, `${year}-12-26`, firstMonday(9),
        ...[-2, 1, 50, 60].map((after) => iso(easter(year) + after * DAY)),
      ];
      for (const date of expected) expect(days.has(date), date).to.equal(true);
    }
  });

  it('A holiday on a Sunday is kept on the Monday after; nothing else is (section 6).', () => {
    const observed = saintLucia.holidays.filter((holiday) => holiday.basis.includes('s. 6'));
    const sundays = saintLucia.holidays.filter((holiday) => new Date(holiday.date).getUTCDay() === 0);
    expect(observed.map((holiday) => holiday.date)).to.deep.equal(sundays.map((holiday) => iso(Date.parse(holiday.date) + DAY)));
    for (const holiday of observed) expect(new Date(holiday.date).getUTCDay()).to.equal(1);
  });

  it('Carnival is no public holiday.', () => {
    expect(JSON.stringify(saintLucia.holidays)).to.not.match(/carnival/i);
  });
});

describe('Working calendars', () => {
  let shell: Shell;
  let root: Client;

  beforeEach(async () => {
    shell = await startShell();
    root = await shell.signIn('root');
  });
  afterEach(async () => { await shell.stop(); });

  const content = (change: object = {}): object => ({ title: 'Islands', zone: 'America/St_Lucia', opens: '08:00', closes: '16:30', weekend: [6, 7], holidays: [{ date: '2026-12-25', name: 'Christmas Day', basis: 'Act' }], ...change });

  it('The calendar of Saint Lucia is published into a new installation, once.', async () => {
    const position = await seedCalendars(shell.calendars, shell.runtime, META);
    await shell.runtime.settled(position!);
    expect(await seedCalendars(shell.calendars, shell.runtime, META)).to.equal(undefined);
    const calendar = shell.calendars.all()['saint-lucia']!;
    expect(calendar).to.deep.include({ id: 'saint-lucia', version: 1, zone: 'America/St_Lucia', opens: '08:00', closes: '16:30', weekend: [6, 7] });
    expect(calendar.holidays).to.deep.include({ date: '2026-12-14', name: 'National Day (in place of Sunday)' });
    const { body } = await (await shell.signIn('clerk')).get('/api/v1/calendars');
    expect(body.items[0]!.holidays[0]).to.have.all.keys('date', 'name', 'basis');
  });

  it('An administrator publishes the next version; the same content is CALENDAR_UNCHANGED.', async () => {
    expect((await root.post('/api/v1/calendars/islands/versions', content())).body).to.include({ id: 'islands', version: 1 });
    const before = shell.calendars.all()['islands'];
    expect((await root.post('/api/v1/calendars/islands/versions', content())).body.code).to.equal('CALENDAR_UNCHANGED');
    expect(shell.calendars.all()['islands']).to.equal(before);
    const later = content({ holidays: [{ date: '2026-12-28', name: 'Extra day', basis: 'Proclamation' }, { date: '2026-12-25', name: 'Christmas Day', basis: 'Act' }] });
    expect((await root.post('/api/v1/calendars/islands/versions', later)).body.version).to.equal(2);
    expect(shell.calendars.all()['islands']!.holidays.map((holiday) => holiday.date)).to.deep.equal(['2026-12-25', '2026-12-28']);
    expect((await (await shell.signIn('head')).post('/api/v1/calendars/islands/versions', content())).body.code).to.equal('ACCESS_DENIED');
  });

  it('A calendar that cannot be counted in is refused: CALENDAR_ZONE_UNKNOWN, CALENDAR_HOURS, CALENDAR_DAY_TWICE, and by the contract.', async () => {
    const code = async (change: object): Promise<string> => (await root.post('/api/v1/calendars/islands/versions', content(change))).body.code;
    expect(await code({ zone: 'Atlantis/Sunk' })).to.equal('CALENDAR_ZONE_UNKNOWN');
    expect(await code({ opens: '17:00' })).to.equal('CALENDAR_HOURS');
    expect(await code({ holidays: [1, 2].map((n) => ({ date: '2026-12-25', name: `${n}`, basis: 'x' })) })).to.equal('CALENDAR_DAY_TWICE');
    for (const change of [{ opens: '25:00' }, { weekend: [0] }, { weekend: [1, 2, 3, 4, 5, 6, 7] }, { holidays: [{ date: '2026-02-30', name: 'x', basis: 'x' }] }]) expect(await code(change), JSON.stringify(change)).to.equal('HTTP_REQUEST_INVALID');
  });

  it('Started again on the same log, the calendars in force are the same.', async () => {
    await seedCalendars(shell.calendars, shell.runtime, META);
    await root.post('/api/v1/calendars/islands/versions', content());
    const second = await startShell({ store: shell.store, vault: shell.vault, time: shell.time });
    expect(second.calendars.all()).to.deep.equal(shell.calendars.all());
    expect(Object.keys(second.calendars.all())).to.have.members(['saint-lucia', 'islands']);
    await second.stop();
  });
});
