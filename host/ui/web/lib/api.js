// Requests to the API of the host that served this page.
import { signal } from './preact.js';

/**
 * @typedef {object} Problem A refusal as RFC 9457 has it; see `host/wire/src/problem.rs`.
 * @property {string} title
 * @property {string} code
 * @property {number} [status]
 * @property {string} [detail]
 * @property {{path?: string, line?: number, column?: number, message: string}[]} [errors]
 * @property {string} [task_id]
 * @property {string} [lowest_version]
 */

/** Grows with each answer that says that the caller has to sign in. */
export const refusals = signal(0);

/** A request that was refused, or not answered. */
class Refusal extends Error {
  /** @param {Problem} problem @param {Response} [response] */
  constructor(problem, response) {
    super(problem.detail || problem.title);
    this.name = 'Refusal';
    this.problem = problem;
    this.status = response?.status ?? 0;
    this.retryAfter = response?.headers.get('retry-after') ?? null;
    this.correlationId = response?.headers.get('x-correlation-id') ?? null;
  }
}

/** A refusal of what was typed, before any request. */
export const refusal = (title, detail) => new Refusal({ title, code: 'invalid_input', detail });

/** A path with its variable segments encoded: at`/v1/tasks/${id}`. */
export const at = (strings, ...values) =>
  strings.reduce((path, part, index) => path + encodeURIComponent(values[index - 1]) + part);

/** The path with a query; what is null, undefined or empty is left out. */
function withQuery(path, query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(given).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Sends a request.
 * @param {string} method
 * @param {string} path
 * @param {{query?: object, json?: unknown, body?: BodyInit, type?: string, headers?: object, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>} a success
 */
export async function send(method, path, options = {}) {
  const headers = { accept: 'application/json', ...options.headers };
  let body = options.body;
  if (options.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(options.json);
  } else if (options.type) {
    headers['content-type'] = options.type;
  }
  let response;
  try {
    response = await fetch(withQuery(path, options.query), {
      method, headers, body, signal: options.signal, credentials: 'same-origin',
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refusal({
      title: 'No answer', code: 'no_answer',
      detail: 'The host did not answer. Check that it runs and can be reached, then try again.',
    });
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== '/v1/session') refusals.value += 1;
  throw new Refusal(await problemOf(response), response);
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  const text = await response.text().catch(() => '');
  try {
    const problem = JSON.parse(text);
    if (problem && typeof problem.title === 'string') return problem;
  } catch {
    // Not from the host, but from a proxy before it.
  }
  return { title: `${response.status} ${response.statusText}`, code: 'unexpected', detail: text.slice(0, 1000) };
}

/** The JSON of an answer; null where it has no body. */
async function json(response) {
  if (response.status === 204) return null;
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export const get = async (path, query, abort) => json(await send('GET', path, { query, signal: abort }));
export const post = async (path, body, query, headers) => json(await send('POST', path, { json: body, query, headers }));
export const put = async (path, body, headers) => json(await send('PUT', path, { json: body, headers }));
export const patch = async (path, body) => json(await send('PATCH', path, { json: body }));
export const remove = async (path, query, headers) => json(await send('DELETE', path, { query, headers }));

/** The condition under which something is changed: it is as it was shown, or it is still not there. */
export const unchanged = (shown) => (shown ? { 'if-match': `"${shown.etag}"` } : { 'if-none-match': '*' });

/** All items of a list of pages, at most so many. */
export async function getAll(path, query = {}, most = 10_000, abort = undefined) {
  const items = [];
  let after = query.after ?? null;
  do {
    const page = await get(path, { ...query, limit: 500, after }, abort);
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < most);
  return items;
}
