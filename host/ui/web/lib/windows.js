// Times up to now: windows of statistics, in parts that the host counts each alone, and how long ago things were created.

const [MINUTE, HOUR] = [60_000, 3_600_000];

/** By hours: in how many parts, and what their ends are multiples of. The host counts long windows by the day, in UTC. */
const WINDOWS = { 1: [6, MINUTE], 24: [8, HOUR], 168: [7, 24 * HOUR], 720: [6, 24 * HOUR] };

/** The choices of a window, as a filter has them. */
export const WINDOW_CHOICES = [['1', '1 hour'], ['', '24 hours'], ['168', '7 days'], ['720', '30 days']];

/**
 * The window of so many hours up to now; of those that there are not, of a day.
 * @returns {{since: string, until: string, parts: {since: string, until: string}[]}} the parts follow each other
 */
export function windowOf(hours, now = Date.now()) {
  const known = Object.hasOwn(WINDOWS, hours) ? Number(hours) : 24;
  const [count, unit] = WINDOWS[known];
  const end = Math.ceil(now / unit) * unit;
  const length = (known * HOUR) / count;
  const ends = Array.from({ length: count + 1 }, (_, index) => new Date(end - (count - index) * length).toISOString());
  const parts = ends.slice(1).map((until, index) => ({ since: ends[index], until }));
  return { since: ends[0], until: ends[count], parts };
}

/** The choices of how long ago at most something was created, as a filter has them. */
export const CREATED_CHOICES = [['', 'at any time'], ...WINDOW_CHOICES.map(([hours, shown]) => [hours || '24', `in the last ${shown.replace(/^1 /, '')}`])];

/** The time so many hours ago; null where no such number is given. */
export function hoursAgo(hours, now = Date.now()) {
  return Number(hours) > 0 ? new Date(now - Number(hours) * HOUR).toISOString() : null;
}
