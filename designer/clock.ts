/** Times as they are told in the designer. */

/** "10:42" today, with the day before that. `zone`: IANA name. */
export function clockOf(zone: string): (instant: string) => string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' });
  return (instant) => {
    const at = new Date(instant);
    return day.format(at) === day.format(new Date()) ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
  };
}
