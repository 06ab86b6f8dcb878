// From the address to a page, without loading anew.
import { signal } from './preact.js';

const read = () => ({ path: location.pathname, query: new URLSearchParams(location.search) });

/** Where the browser is. */
export const place = signal(read());

/** Goes to a path; with `replace`, without a step to go back to. */
export function navigate(to, { replace = false } = {}) {
  const { path } = place.peek();
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  place.value = read();
  if (place.value.path !== path) scrollTo(0, 0);
}

/** Changes members of the query; null removes one. */
export function setQuery(changes, { replace = true } = {}) {
  const query = new URLSearchParams(place.peek().query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(place.peek().path + (text ? `?${text}` : ''), { replace });
}

/**
 * The variable segments of a path; null if it does not match.
 * @param {string} pattern such as `/tasks/:id`
 * @param {string} path
 */
export function match(pattern, path) {
  const [wanted, given] = [pattern, path].map((text) => text.split('/').filter(Boolean));
  if (wanted.length !== given.length) return null;
  const params = {};
  for (const [index, segment] of wanted.entries()) {
    if (segment.startsWith(':')) {
      try {
        params[segment.slice(1)] = decodeURIComponent(given[index]);
      } catch {
        return null;
      }
    } else if (segment !== given[index]) {
      return null;
    }
  }
  return params;
}

/** Has links within the page, and steps back and forth, change the place. */
export function followLinks() {
  addEventListener('popstate', () => { place.value = read(); });
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || /^\/(v1|assets|docs)\//.test(to.pathname)) return;
    if (to.pathname === location.pathname && to.search === location.search && to.hash) return;
    event.preventDefault();
    navigate(to.pathname + to.search);
  });
}
