// Who is signed in, and what they may do.
import { signal } from './preact.js';
import { get, refusals, remove, send } from './api.js';

/**
 * @typedef {object} Session
 * @property {'loading' | 'in' | 'out' | 'failed'} state
 * @property {boolean} authentication false on a host without authentication
 * @property {string} name as the audit log has it
 * @property {{namespace: string, actions: string[]}[]} permissions
 * @property {unknown} [error]
 */

const NOBODY = { authentication: true, name: '', permissions: [] };

/** @type {{value: Session}} */
export const session = signal({ state: 'loading', ...NOBODY });

/** Asks the host who the caller is. */
export async function loadSession() {
  try {
    const { authentication, actor, permissions } = await get('/v1/access');
    session.value = { state: 'in', authentication, name: actor, permissions };
  } catch (error) {
    session.value = error.status === 401 ? { state: 'out', ...NOBODY } : { state: 'failed', ...NOBODY, error };
  }
}

/** Exchanges a key or token for a cookie, which scripts cannot read. */
export async function signIn(key) {
  await send('POST', '/v1/session', { headers: { authorization: `Bearer ${key}` } });
  await loadSession();
}

export async function signOut() {
  await remove('/v1/session');
  session.value = { state: 'out', ...NOBODY };
}

/** True if the caller has the action in the namespace; without one, in all of them. */
export function may(action, namespace = '*') {
  const has = (entry) => entry.actions.includes(action) || entry.actions.includes('admin');
  const includes = (entry) => entry.namespace === '*' || entry.namespace === namespace;
  return session.value.permissions.some((entry) => has(entry) && includes(entry));
}

/** True if the caller has the action in any namespace. */
export const maySomewhere = (action) =>
  session.value.permissions.some((entry) => entry.actions.includes(action) || entry.actions.includes('admin'));

refusals.subscribe((count) => {
  if (count > 0 && session.peek().state === 'in') session.value = { state: 'out', ...NOBODY };
});
