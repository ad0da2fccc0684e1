// Repeating time (BPMN 2.0.2, 10.5.5; ISO 8601-1:2019, 5.6) and cron expressions.

import { expect } from 'chai';
import { nextOccurrence, parseCycle } from '../../../engine/time/cycle.ts';

/** The first occurrences of a cycle, each asked for after the one before. */
function occurrences(text: string, armedAt: string, count: number, zone = 'UTC'): string[] {
  const cycle = parseCycle(text);
  if (cycle === undefined) throw new Error(`${text} is no cycle`);
  const found: string[] = [];
  let after: string | undefined;
  while (found.length < count) {
    const next = nextOccurrence(cycle, armedAt, after, zone);
    if (next === undefined) break;
    found.push(next.at);
    after = next.at;
  }
  return found;
}

describe('ISO 8601, 5.6: repeating intervals', () => {
  it('R4/PT10S occurs four times, ten seconds apart from the arming', () => {
    expect(occurrences('R4/PT10S', '2026-01-05T09:00:00.000Z', 9)).to.deep.equal(['2026-01-05T09:00:10.000Z', '2026-01-05T09:00:20.000Z', '2026-01-05T09:00:30.000Z', '2026-01-05T09:00:40.000Z']);
  });

  it('R/P1M counts months from the beginning, so that the 31st does not drift', () => {
    expect(occurrences('R/P1M', '2026-01-31T09:00:00.000Z', 3)).to.deep.equal(['2026-02-28T09:00:00.000Z', '2026-03-31T09:00:00.000Z', '2026-04-30T09:00:00.000Z']);
  });

  it('begins at a start of its own, and leaves out what lies before the arming', () => {
    expect(occurrences('R3/2026-01-05T10:00:00Z/PT1H', '2026-01-05T09:00:00.000Z', 9)).to.deep.equal(['2026-01-05T10:00:00.000Z', '2026-01-05T11:00:00.000Z', '2026-01-05T12:00:00.000Z']);
    expect(occurrences('R3/2026-01-05T10:00:00Z/PT1H', '2026-01-05T11:30:00.000Z', 9)).to.deep.equal(['2026-01-05T12:00:00.000Z']);
  });

  it('says by the ordinal how many were missed', () => {
    const cycle = parseCycle('R/PT10S');
    expect(cycle === undefined ? undefined : nextOccurrence(cycle, '2026-01-05T09:00:00.000Z', '2026-01-05T09:01:05.000Z', 'UTC')).to.deep.equal({ at: '2026-01-05T09:01:10.000Z', ordinal: 7 });
  });

  it('keeps the local time of the zone its start names, whatever the zone of the house', () => {
    const spring = ['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z'];
    for (const zone of ['@Europe/Berlin', '[Europe/Berlin]']) expect(occurrences(`R3/2026-03-28T09:00:00${zone}/P1D`, '2026-01-05T09:00:00.000Z', 9, 'America/St_Lucia')).to.deep.equal(spring);
    expect(parseCycle('R3/2026-03-28T09:00:00@Europe/Nowhere/P1D')).to.equal(undefined);
    expect(parseCycle('R3/2026-03-28T09:00:00@Europe/Paris')).to.equal(undefined);
  });

  it('keeps the local time over a clock change', () => {
    expect(occurrences('R/P1D', '2026-03-28T07:00:00.000Z', 2, 'Europe/Athens')).to.deep.equal(['2026-03-29T06:00:00.000Z', '2026-03-30T06:00:00.000Z']);
  });

  it('is refused without an interval, with one of no length, of working days, or negative', () => {
    for (const text of ['R3', 'R/PT0S', 'R/P5BD', 'R/-PT1S', 'R3/soon/PT1S', 'R3/PT1S/2026-01-01T00:00:00.000Z', 'PT1S']) expect(parseCycle(text), text).to.equal(undefined);
  });
});

describe('Cron expressions', () => {
  it('means the zone named behind it, else that of the house', () => {
    for (const text of ['0 0 9 * * MON-FRI@Europe/Berlin', '0 9 * * MON-FRI [Europe/Berlin]']) {
      expect(occurrences(text, '2026-03-27T00:00:00.000Z', 2, 'America/St_Lucia')).to.deep.equal(['2026-03-27T08:00:00.000Z', '2026-03-30T07:00:00.000Z']);
    }
    expect(occurrences('@daily@Europe/Berlin', '2026-03-27T00:00:00.000Z', 1, 'America/St_Lucia')).to.deep.equal(['2026-03-27T23:00:00.000Z']);
    expect(occurrences('0 0 9 * * MON-FRI', '2026-03-27T00:00:00.000Z', 1, 'America/St_Lucia')).to.deep.equal(['2026-03-27T13:00:00.000Z']);
    expect(parseCycle('0 0 9 * * MON-FRI@Europe/Nowhere')).to.equal(undefined);
  });

  it('have five fields, or six with seconds first', () => {
    expect(occurrences('0 9 * * MON-FRI', '2026-01-09T10:00:00.000Z', 2)).to.deep.equal(['2026-01-12T09:00:00.000Z', '2026-01-13T09:00:00.000Z']);
    expect(occurrences('*/20 30 9 * * *', '2026-01-05T09:30:00.000Z', 3)).to.deep.equal(['2026-01-05T09:30:00.000Z', '2026-01-05T09:30:20.000Z', '2026-01-05T09:30:40.000Z']);
    expect(occurrences('@monthly', '2026-01-05T09:30:00.000Z', 1)).to.deep.equal(['2026-02-01T00:00:00.000Z']);
  });

  it('know the last day of a month, and the n-th and last weekday', () => {
    expect(occurrences('0 0 L * *', '2026-02-01T00:00:00.000Z', 1)).to.deep.equal(['2026-02-28T00:00:00.000Z']);
    expect(occurrences('0 0 * * TUE#2', '2026-01-01T00:00:00.000Z', 1)).to.deep.equal(['2026-01-13T00:00:00.000Z']);
    expect(occurrences('0 0 * * 5L', '2026-01-01T00:00:00.000Z', 1)).to.deep.equal(['2026-01-30T00:00:00.000Z']);
  });

  it('restrict by the day of the month and the weekday together', () => {
    expect(occurrences('0 0 13 * FRI', '2026-01-01T00:00:00.000Z', 1)).to.deep.equal(['2026-02-13T00:00:00.000Z']);
  });

  it('find 29 February, and end where a date never comes', () => {
    expect(occurrences('0 0 29 2 *', '2026-01-01T00:00:00.000Z', 1)).to.deep.equal(['2028-02-29T00:00:00.000Z']);
    expect(occurrences('0 0 30 2 *', '2026-01-01T00:00:00.000Z', 1)).to.deep.equal([]);
  });

  it('fire once in a gap of the clock and once where it shows a time twice', () => {
    expect(occurrences('30 3 * * *', '2026-03-28T12:00:00.000Z', 2, 'Europe/Athens')).to.deep.equal(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
    expect(occurrences('30 3 * * *', '2026-10-24T12:00:00.000Z', 2, 'Europe/Athens')).to.deep.equal(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  });

  it('are refused with too few fields, values outside, or words unknown', () => {
    for (const text of ['* * * *', '60 * * * *', '0 0 0 * *', '0 0 * 13 *', '0 0 * * XYZ', '5-1 * * * *', '*/0 * * * *', 'often']) expect(parseCycle(text), text).to.equal(undefined);
  });
});
