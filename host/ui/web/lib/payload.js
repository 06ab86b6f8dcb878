// JSON as it was stored: numbers keep their digits, and what is large is cut.
import { send } from './api.js';

/** More of a payload is not read into the page. */
const MOST_SHOWN_BYTES = 512 << 10;

/** A number that JavaScript cannot hold, by its digits. */
export class Digits {
  constructor(text) {
    this.text = text;
  }
}

/** Parses JSON. Where the browser gives the source of numbers, they keep their digits. */
export function parse(text) {
  return JSON.parse(text, (_, value, context) =>
    (typeof value === 'number' && context?.source && String(value) !== context.source ? new Digits(context.source) : value));
}

/**
 * The text of a payload, or its beginning where it is large.
 * @returns {Promise<{text: string, isCut: boolean}>}
 */
export async function payload(path, abort) {
  const response = await send('GET', path, { signal: abort });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let [text, read] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isCut: false };
    read += value.length;
    text += decoder.decode(value, { stream: true });
    if (read > MOST_SHOWN_BYTES) {
      reader.cancel().catch(() => {});
      return { text, isCut: true };
    }
  }
}

/**
 * Where two values differ, as JSON pointers.
 * @returns {{path: string, before?: any, after?: any}[]} at most `most`
 */
export function differences(before, after, most = 500, path = '', found = []) {
  if (found.length >= most) return found;
  const [isTree, kind] = [isContainer(before) && isContainer(after), Array.isArray(before) === Array.isArray(after)];
  if (isTree && kind) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of names) {
      const inner = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(after, name)) found.push({ path: inner, before: before[name] });
      else if (!Object.hasOwn(before, name)) found.push({ path: inner, after: after[name] });
      else differences(before[name], after[name], most, inner, found);
    }
  } else if (textOf(before) !== textOf(after)) {
    found.push({ path: path || '/', before, after });
  }
  return found.slice(0, most);
}

export const isContainer = (value) => typeof value === 'object' && value !== null && !(value instanceof Digits);

/** A value as JSON text, numbers by their digits. */
export function textOf(value) {
  if (value instanceof Digits) return value.text;
  if (!isContainer(value)) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${textOf(inner)}`).join(',')}}`;
}
