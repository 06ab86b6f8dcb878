// Values as people read them.

const NUMBER = new Intl.NumberFormat('en');
const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });
const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
const YEAR = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false });

export const number = (value) => (value === null || value === undefined ? '–' : NUMBER.format(value));

/** `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const units = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000]];
  const first = units.findIndex(([, size]) => ms >= size);
  const [[unit, size], next] = [units[first], units[first + 1]];
  const rest = Math.floor((ms % size) / next[1]);
  return `${Math.floor(ms / size)} ${unit}${rest ? ` ${rest} ${next[0]}` : ''}`;
}

export function bytes(count) {
  if (count === null || count === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const percent = (share) => (Number.isFinite(share) ? `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %` : '–');

/** `5 s ago`, `in 3 min`; further away than a day, the date. */
export function relative(at, now = Date.now()) {
  const time = new Date(at).getTime();
  const away = Math.abs(now - time);
  if (away > 86_400_000) return dateTime(at, now);
  if (away < 1_000) return 'now';
  const text = duration(Math.floor(away / 1_000) * 1_000).split(' ').slice(0, 2).join(' ').replace('.0', '');
  return time > now ? `in ${text}` : `${text} ago`;
}

export function dateTime(at, now = Date.now()) {
  const date = new Date(at);
  return (date.getFullYear() === new Date(now).getFullYear() ? DAY : YEAR).format(date);
}

/** In the zone of the viewer, with the zone's name. */
export const exact = (at) => `${EXACT.format(new Date(at))} · ${at}`;

export const clock = (at) => CLOCK.format(new Date(at));

/** `waiting_for_retry` as words. */
export const words = (name) => String(name ?? '').replaceAll('_', ' ');

export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

export const shortId = (id) => `${id.slice(0, 8)}…${id.slice(-4)}`;

export const shortDigest = (digest) => String(digest ?? '').replace(/^sha256:/, '').slice(0, 12);

/** A text as one word of a shell. */
export const quoted = (text) => (/^[A-Za-z0-9_\-./:=@%+,]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Before and after the first slash of `other/name`; a name alone is of the namespace. */
export function split(target, namespace) {
  const slash = target.indexOf('/');
  return slash < 0 ? [namespace, target] : [target.slice(0, slash), target.slice(slash + 1)];
}
