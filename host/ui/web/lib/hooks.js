// What pages have in common: loading, and loading anew when something happened.
import { useCallback, useEffect, useRef, useState } from './preact.js';
import { subscribe } from './feed.js';

const NOTHING = { data: undefined, error: undefined, isLoading: true };

/**
 * Loads something at once and whenever `deps` change. What is there stays while it is loaded anew.
 * @template T
 * @param {(abort: AbortSignal) => Promise<T>} load
 * @param {unknown[]} deps
 * @returns {{data?: T, error?: Error, isLoading: boolean, reload: () => void}}
 */
export function useLoad(load, deps) {
  const [state, setState] = useState(NOTHING);
  const current = useRef(null);
  const reload = useCallback(() => {
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    setState((before) => ({ ...before, isLoading: true }));
    load(abort.signal).then(
      (data) => abort.signal.aborted || setState({ data, error: undefined, isLoading: false }),
      (error) => abort.signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
    );
  }, deps);
  useEffect(() => {
    setState(NOTHING);
    reload();
    return () => current.current?.abort();
  }, [reload]);
  return { ...state, reload };
}

/**
 * Calls `reload` when an event matches, at once and then at most once in `pause` ms, and when the tab is looked at again.
 * @param {() => void} reload
 * @param {(event: import('./feed.js').FeedEvent) => boolean} matches
 * @param {number} [pause]
 */
export function useLive(reload, matches, pause = 1_000) {
  const latest = useRef({ reload, matches });
  latest.current = { reload, matches };
  useEffect(() => {
    let timer = null;
    let isStale = false;
    let ranAt = -pause;
    const run = () => {
      timer = null;
      if (document.hidden) {
        isStale = true;
        return;
      }
      isStale = false;
      ranAt = performance.now();
      latest.current.reload();
    };
    const end = subscribe((events, isGap) => {
      const isMeant = isGap || events.some((event) => latest.current.matches(event));
      if (!timer && isMeant) timer = setTimeout(run, Math.max(0, ranAt + pause - performance.now()));
    });
    const onVisible = () => {
      if (isStale && !document.hidden) run();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearTimeout(timer);
      end();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [pause]);
}

/** Calls `action` every so many milliseconds while the tab is looked at. */
export function useInterval(action, milliseconds) {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}

/** The width of an element, as it changes. */
export function useWidth(ref, usual = 800) {
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    if (!ref.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
