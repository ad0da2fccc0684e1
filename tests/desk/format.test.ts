/** Dates, due times and values in words, in the zone of the server. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Json } from '../../engine/index.ts';
import { Formats, words } from '../../desk/format.ts';

const formats = new Formats('America/St_Lucia');

describe('Desk: words for dates and values', () => {
  it('Dates are dd Month yyyy in the zone of the server.', () => {
    expect(formats.date('2026-03-01T02:00:00Z')).to.equal('28 February 2026');
    expect(formats.moment('2026-03-01T14:05:00Z')).to.equal('01 March 2026, 10:05');
    expect(formats.moment('not a time')).to.equal('not a time');
  });

  it('A due date is told by calendar days, not by hours.', () => {
    const now = '2026-03-02T16:00:00Z';
    const told = (due: string): string => formats.due(due, now).text;
    expect(told('2026-03-02T20:30:00Z')).to.equal('today at 16:30');
    expect(told('2026-03-03T12:00:00Z')).to.equal('tomorrow');
    expect(told('2026-03-05T12:00:00Z')).to.equal('in 3 days');
    expect(told('2026-03-02T15:00:00Z')).to.equal('late since today');
    expect(told('2026-03-01T15:00:00Z')).to.equal('1 day late');
    expect(formats.due('2026-02-01T15:00:00Z', now).kind).to.equal('late');
  });

  it('Values are written as people read them.', () => {
    for (const [value, text] of [
      [true, 'Yes'], [null, 'Not given'], ['', 'Not given'], [1234567.5, '1,234,567.5'], [[], 'None'], [['a', 'b'], 'a\nb'],
      [{ $: 'date', v: '2026-03-01' }, '01 March 2026'], [{ $: 'time', v: '14:30:00' }, '14:30'], [{ $: 'dateTime', v: '2026-03-01T14:30:00@America/St_Lucia' }, '01 March 2026, 14:30'],
      [{ $: 'dateTime', v: '2026-03-01T14:30:00Z' }, '01 March 2026, 10:30'], [{ $: 'number', v: '12345678901234567890' }, '12,345,678,901,234,567,890'],
      [{ $: 'duration', v: 'P1DT2H' }, '1 day 2 hours'], [{ firstName: 'Ana', age: 40 }, 'First name: Ana\nAge: 40'],
    ] as const) expect(formats.value(value)).to.equal(text);
    expect(words('leaveType')).to.equal('Leave type');
  });

  it('Dates inside a sentence are written like all others; what only looks like one is left alone.', () => {
    expect(formats.sentence('Your leave from 2027-03-01 to 2027-03-05, (2027-03-08).')).to.equal('Your leave from 01 March 2027 to 05 March 2027, (08 March 2027).');
    for (const same of ['PS/2027-03-01', '2027-03-01/7', 'A-2027-03-01', '2027-13-01', '2027-03-01T10:00:00Z', '12027-03-01']) expect(formats.sentence(same)).to.equal(same);
  });

  it('Every JSON value has words.', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => { expect(formats.value(value as Json)).to.be.a('string'); }));
  });
});
