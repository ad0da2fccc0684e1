// Instants, durations, zones and working days (ISO 8601-1:2019), and what happens where clocks are changed.

import { expect } from 'chai';
import fc from 'fast-check';
import { civilFromDays, dateText, daysFromCivil, isoWeek, isoWeekday, parseDate } from '../../../engine/time/civil.ts';
import { addDuration, durationText, multiplyDuration, parseDuration } from '../../../engine/time/duration.ts';
import { TIME_ERRORS, TimeError } from '../../../engine/time/errors.ts';
import { instantFromMillis, millisFromInstant, parseInstant } from '../../../engine/time/instant.ts';
import { addWorkingDays, countWorkingDays, isWorkingDay, workingDateAfter } from '../../../engine/time/working-days.ts';
import type { WorkingCalendar } from '../../../engine/time/working-days.ts';
import { isZone, millisFromLocal, offsetAt } from '../../../engine/time/zone.ts';

const ATHENS = 'Europe/Athens';
const seen = new Set<string>();

function codeThrownBy(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TimeError)) throw error;
    expect(error.message).to.match(/^Expected .+, but .+/);
    expect(error.hint).to.have.length.greaterThan(20);
    seen.add(error.code);
    return error.code;
  }
  return 'nothing';
}

function duration(text: string): NonNullable<ReturnType<typeof parseDuration>> {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new Error(`${text} is no duration`);
  return parsed;
}

function local(text: string, zone: string): string {
  const instant = parseInstant(text, zone);
  if (instant === undefined) throw new Error(`${text} is no time`);
  return instant;
}

describe('ISO 8601, 5.4: instants', () => {
  it('are written in UTC, always with milliseconds, so that they sort as text', () => {
    expect(instantFromMillis(0)).to.equal('1970-01-01T00:00:00.000Z');
    expect(instantFromMillis(1_767_603_600_123)).to.equal('2026-01-05T09:00:00.123Z');
    expect(instantFromMillis(-1)).to.equal('1969-12-31T23:59:59.999Z');
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -377_000_000_000_000, max: 253_402_300_799_999 }), (millis) => {
        expect(millisFromInstant(instantFromMillis(millis))).to.equal(millis);
      }),
    );
  });

  it('agree with the platform on every date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 }), (millis) => {
        expect(millisFromInstant(instantFromMillis(millis))).to.equal(Date.parse(new Date(millis).toISOString()));
      }),
    );
  });

  it('are refused in any other writing: TIME_INSTANT_INVALID', () => {
    for (const text of ['2026-01-05', '2026-02-30T00:00:00.000Z', '2026-01-05T25:00:00.000Z', '2026-01-05T09:00:00', 'soon', '']) {
      expect(codeThrownBy(() => millisFromInstant(text)), text).to.equal('TIME_INSTANT_INVALID');
    }
    expect(codeThrownBy(() => instantFromMillis(NaN))).to.equal('TIME_OUT_OF_RANGE');
  });

  it('are read with an offset, in a zone, and from a date', () => {
    expect(parseInstant('2026-01-05T09:00:00-04:00', 'UTC')).to.equal('2026-01-05T13:00:00.000Z');
    expect(parseInstant('2026-01-05T09:00:00', 'America/St_Lucia')).to.equal('2026-01-05T13:00:00.000Z');
    expect(parseInstant('2026-07-01T10:00:00@Europe/Athens', 'UTC')).to.equal('2026-07-01T07:00:00.000Z');
    expect(parseInstant('2026-07-01T10:00:00[Europe/Athens]', 'UTC')).to.equal('2026-07-01T07:00:00.000Z');
    expect(parseInstant('2026-01-05', ATHENS)).to.equal('2026-01-04T22:00:00.000Z');
    expect(parseInstant('2026-01-05T24:00:00', 'UTC')).to.equal('2026-01-06T00:00:00.000Z');
    for (const text of ['tomorrow', '2026-13-01', '2026-01-05T09:00:00@Nowhere/City', '2026-01-05T09:00:00+99:00']) expect(parseInstant(text, 'UTC'), text).to.equal(undefined);
  });
});

describe('IANA zones', () => {
  it('are known by name or offset', () => {
    expect(isZone('America/St_Lucia')).to.equal(true);
    expect(isZone('+02:00')).to.equal(true);
    expect(isZone('Atlantis/Capital')).to.equal(false);
    expect(codeThrownBy(() => offsetAt('Atlantis/Capital', 0))).to.equal('TIME_ZONE_UNKNOWN');
  });

  it('agree with the platform on the local time of any instant', () => {
    const zones = fc.constantFrom(ATHENS, 'America/St_Lucia', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'Pacific/Apia');
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 2_000_000_000 }), (zone, seconds) => {
        const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }).format(seconds * 1000);
        const ours = new Date(seconds * 1000 + offsetAt(zone, seconds * 1000)).toISOString();
        expect(ours.slice(0, 19).replace('T', ', ')).to.equal(parts);
      }),
      { numRuns: 60 },
    );
  });

  it('give every local time back: itself, or the end of the gap it falls into; never the later of two', () => {
    const zones = fc.constantFrom(ATHENS, 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Lucia', '-03:30');
    // Half of the samples lie within hours of the clock changes of 2026.
    const seconds = fc.oneof(fc.integer({ min: 0, max: 2_000_000_000 }), fc.tuple(fc.constantFrom(1_772_953_200, 1_774_746_000, 1_775_314_800, 1_792_890_000, 1_793_512_800), fc.integer({ min: -20_000, max: 20_000 })).map(([at, shift]) => at + shift));
    fc.assert(
      fc.property(zones, seconds, (zone, second) => {
        const instant = second * 1000;
        const wall = instant + offsetAt(zone, instant);
        const found = millisFromLocal(wall, zone);
        expect(found + offsetAt(zone, found)).to.equal(wall);
        expect(found).to.be.at.most(instant);
        const shown = millisFromLocal(instant, zone);
        const local = shown + offsetAt(zone, shown);
        if (local !== instant) {
          expect(local).to.be.greaterThan(instant);
          expect(shown - 1000 + offsetAt(zone, shown - 1000)).to.be.lessThan(instant);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('take the first instant after a gap, and the earlier of two', () => {
    expect(local('2026-03-29T03:30:00', ATHENS)).to.equal('2026-03-29T01:00:00.000Z');
    expect(local('2026-10-25T03:30:00', ATHENS)).to.equal('2026-10-25T00:30:00.000Z');
    expect(millisFromLocal(Date.UTC(2011, 11, 30, 12), 'Pacific/Apia')).to.equal(Date.UTC(2011, 11, 30, 10));
  });
});

describe('ISO 8601, 5.5.2: durations', () => {
  it('have calendar parts and elapsed parts, weeks, and a sign', () => {
    expect(duration('P1Y2M3W4DT5H6M7.5S')).to.deep.equal({ months: 14, days: 25, millis: 18_367_500 });
    expect(duration('-P1D')).to.deep.equal({ months: 0, days: -1, millis: 0 });
    expect(duration('P10BD')).to.include({ workingDays: 10 });
    for (const text of ['P', 'PT', 'P1', '1D', 'P1H', 'P1.5D', 'PT1M1H', 'P1BDT1H', '']) expect(parseDuration(text), text).to.equal(undefined);
  });

  it('are written as they are read', () => {
    for (const text of ['P1Y2M', 'P3D', 'PT1H30M', 'PT0.5S', '-P2DT3H', 'PT0S', 'P10BD', '-P2BD']) expect(durationText(duration(text))).to.equal(text);
    expect(durationText(multiplyDuration(duration('P1DT1H'), 3))).to.equal('P3DT3H');
  });

  it('add days on the calendar and hours on the clock, over both clock changes of Athens', () => {
    expect(addDuration(local('2026-03-28T02:30:00', ATHENS), duration('P1D'), ATHENS)).to.equal(local('2026-03-29T02:30:00', ATHENS));
    expect(addDuration(local('2026-03-28T03:30:00', ATHENS), duration('P1D'), ATHENS)).to.equal('2026-03-29T01:00:00.000Z');
    expect(addDuration(local('2026-03-28T12:00:00', ATHENS), duration('PT24H'), ATHENS)).to.equal(local('2026-03-29T13:00:00', ATHENS));
    expect(addDuration(local('2026-03-28T12:00:00', ATHENS), duration('P1D'), ATHENS)).to.equal(local('2026-03-29T12:00:00', ATHENS));
    expect(addDuration(local('2026-10-24T03:30:00', ATHENS), duration('P1D'), ATHENS)).to.equal('2026-10-25T00:30:00.000Z');
    expect(addDuration(local('2026-10-24T12:00:00', ATHENS), duration('PT24H'), ATHENS)).to.equal(local('2026-10-25T11:00:00', ATHENS));
  });

  it('end a month at its last day', () => {
    expect(addDuration('2026-01-31T12:00:00.000Z', duration('P1M'), 'UTC')).to.equal('2026-02-28T12:00:00.000Z');
    expect(addDuration('2024-02-29T12:00:00.000Z', duration('P1Y'), 'UTC')).to.equal('2025-02-28T12:00:00.000Z');
  });

  it('that leave the calendar are TIME_OUT_OF_RANGE, and working days without a calendar TIME_CALENDAR_MISSING', () => {
    expect(codeThrownBy(() => addDuration('2026-01-01T00:00:00.000Z', duration('P999999999Y'), 'UTC'))).to.equal('TIME_OUT_OF_RANGE');
    expect(codeThrownBy(() => addDuration('2026-01-01T00:00:00.000Z', duration('P5BD'), 'UTC'))).to.equal('TIME_CALENDAR_MISSING');
  });
});

describe('Working days', () => {
  const office: WorkingCalendar = {
    id: 'office',
    version: 3,
    zone: 'America/St_Lucia',
    weekend: [6, 7],
    opens: '08:00',
    closes: '16:30',
    holidays: [
      { date: '2026-02-23', name: 'Independence Day (observed)' },
      { date: '2026-04-03', name: 'Good Friday' },
      { date: '2026-04-06', name: 'Easter Monday' },
    ],
  };

  it('do not count the day of the start, weekends and holidays, and end when the office closes', () => {
    // Thursday before Easter: Friday and Monday are closed.
    expect(addWorkingDays('2026-04-02T14:00:00.000Z', 1, office)).to.equal('2026-04-07T20:30:00.000Z');
    expect(addDuration('2026-01-05T13:00:00.000Z', duration('P10BD'), 'UTC', office)).to.equal('2026-01-19T20:30:00.000Z');
    expect(addWorkingDays('2026-04-07T14:00:00.000Z', -1, office)).to.equal('2026-04-02T20:30:00.000Z');
  });

  it('take the local date of the start, not the date in UTC', () => {
    // 01:00 UTC on Tuesday is still Monday evening in the office.
    expect(addWorkingDays('2026-01-06T01:00:00.000Z', 1, office)).to.equal('2026-01-06T20:30:00.000Z');
  });

  it('P0BD is closing time today, or of the next working day when that is past or today is closed', () => {
    expect(addWorkingDays('2026-01-05T13:00:00.000Z', 0, office)).to.equal('2026-01-05T20:30:00.000Z');
    expect(addWorkingDays('2026-01-05T20:31:00.000Z', 0, office)).to.equal('2026-01-06T20:30:00.000Z');
    expect(addWorkingDays('2026-01-10T13:00:00.000Z', 0, office)).to.equal('2026-01-12T20:30:00.000Z');
  });

  it('are counted from one date to another, both included', () => {
    expect(countWorkingDays('2026-04-01', '2026-04-07', office)).to.equal(3);
    expect(countWorkingDays('2026-04-07', '2026-04-01', office)).to.equal(-3);
    expect(countWorkingDays('2026-04-04', '2026-04-05', office)).to.equal(0);
    expect(isWorkingDay('2026-04-03', office)).to.equal(false);
  });

  it('count and addition agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_400, max: 20_900 }), fc.integer({ min: 1, max: 200 }), (day, n) => {
        const from = dateText(civilFromDays(day));
        const due = workingDateAfter(from, n, office);
        expect(countWorkingDays(dateText(civilFromDays(day + 1)), due, office)).to.equal(n);
        expect(isWorkingDay(due, office)).to.equal(true);
      }),
    );
  });

  it('need a calendar that makes sense: TIME_CALENDAR_INVALID, and dates that exist: TIME_DATE_INVALID', () => {
    for (const fault of [{ weekend: [1, 2, 3, 4, 5, 6, 7] }, { weekend: [0] }, { closes: '25:00' }, { opens: 'nine' }]) {
      expect(codeThrownBy(() => addWorkingDays('2026-01-05T13:00:00.000Z', 1, { ...office, ...fault }))).to.equal('TIME_CALENDAR_INVALID');
    }
    expect(codeThrownBy(() => isWorkingDay('2026-02-30', office))).to.equal('TIME_DATE_INVALID');
  });
});

describe('ISO 8601, 4.2: the calendar', () => {
  it('numbers days without gaps', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4_000_000, max: 4_000_000 }), (day) => {
        const { year, month, day: dayOfMonth } = civilFromDays(day);
        expect(daysFromCivil(year, month, dayOfMonth)).to.equal(day);
      }),
    );
  });

  it('knows weekdays and week numbers', () => {
    expect(isoWeekday(daysFromCivil(2026, 1, 5))).to.equal(1);
    expect([isoWeek(daysFromCivil(2026, 1, 1)), isoWeek(daysFromCivil(2027, 1, 1)), isoWeek(daysFromCivil(2020, 12, 31))]).to.deep.equal([1, 53, 53]);
    expect(parseDate('2023-02-29')).to.equal(undefined);
  });
});

describe('Dates and times: the table of codes', () => {
  it('has no code that is not thrown here', () => {
    expect([...seen].sort()).to.deep.equal(Object.keys(TIME_ERRORS).sort());
  });
});
