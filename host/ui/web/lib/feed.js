// The feed of events, once for all tabs of a browser: the tab that has a lock reads it and passes it on. It goes on
// behind the last event that any tab has seen.
import { signal } from './preact.js';
import { send } from './api.js';
import { messages } from './sse.js';

/**
 * @typedef {object} FeedEvent A CloudEvent; see `host/wire/src/event.rs`.
 * @property {string} id
 * @property {string} type
 * @property {string} [subject]
 * @property {string} time
 * @property {string} sequence
 * @property {object} data
 */

// Attempts are left out: their steps have events too, and these are most of what happens on a busy host.
const TYPES = [
  'task', 'step', 'component', 'template', 'pin', 'grant', 'limit', 'key', 'secret', 'share', 'signing_key',
  'subscription', 'host', 'queue', 'retention', 'namespace',
].map((category) => `tasker.${category}.*`).join(',');

const LOCK = 'tasker-feed';
/** Events wait this long, so that many come together. */
const GATHER_MS = 200;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

/** `off`, `connecting`, `live`, or `refused` where the caller may read nothing. */
export const feedState = signal('off');

/** @type {Set<(events: FeedEvent[]) => void>} */
const listeners = new Set();
let cursor = null;
let channel = null;
let stopping = null;
let isLeader = false;

/** Calls `listener` with the events that come, many at once. Returns what ends that. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the feed until `stopFeed`. */
export function startFeed() {
  if (stopping) return;
  stopping = new AbortController();
  feedState.value = 'connecting';
  if ('BroadcastChannel' in globalThis && navigator.locks) {
    openChannel();
    navigator.locks.request(LOCK, { signal: stopping.signal }, lead).catch(() => {});
  } else {
    lead();
  }
}

export function stopFeed() {
  stopping?.abort();
  stopping = null;
  channel?.close();
  channel = null;
  cursor = null;
  feedState.value = 'off';
}

function openChannel() {
  channel = new BroadcastChannel(LOCK);
  channel.onmessage = ({ data }) => {
    if (data.ask && isLeader) channel.postMessage({ state: feedState.peek(), cursor });
    if (data.state) feedState.value = data.state;
    if (data.cursor) cursor = data.cursor;
    if (data.events) deliver(data.events);
  };
  channel.postMessage({ ask: true });
}

function deliver(events) {
  for (const listener of [...listeners]) listener(events);
}

function setState(state) {
  feedState.value = state;
  channel?.postMessage({ state });
}

/** Reads the feed again and again while this tab has the lock. */
async function lead() {
  const abort = stopping?.signal;
  if (!abort) return;
  isLeader = true;
  let wait = RETRY_MS;
  while (!abort.aborted) {
    try {
      await follow(abort, () => { wait = RETRY_MS; });
    } catch (error) {
      if (abort.aborted) break;
      if (error.status === 401 || error.status === 403) {
        setState('refused');
        break;
      }
      // A cursor that the host cannot read any more.
      if (error.status === 400) cursor = null;
    }
    if (abort.aborted) break;
    setState('connecting');
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_RETRY_MS);
  }
  isLeader = false;
}

async function follow(abort, onOpen) {
  const headers = { accept: 'text/event-stream', ...(cursor && { 'last-event-id': cursor }) };
  const response = await send('GET', '/v1/events/stream', { query: { types: TYPES }, headers, signal: abort });
  onOpen();
  setState('live');
  const gathered = new Gatherer((events) => {
    channel?.postMessage({ events, cursor });
    deliver(events);
  });
  try {
    for await (const message of messages(response)) {
      if (message.id) cursor = message.id;
      if (message.event === 'end') return;
      if (message.data) gathered.add(JSON.parse(message.data));
    }
  } finally {
    gathered.flush();
  }
}

/** Passes events on together. */
class Gatherer {
  #events = [];
  #timer = null;

  constructor(pass) {
    this.pass = pass;
  }

  add(event) {
    this.#events.push(event);
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#events;
    this.#events = [];
    if (events.length > 0) this.pass(events);
  }
}
