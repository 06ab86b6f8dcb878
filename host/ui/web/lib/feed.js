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
/** The first event is passed on at once; those after it wait this long, so that many come together. */
const GATHER_MS = 200;
/** More events in that time are more than anybody reads: the tab then looks now and then what is new. */
const LIVE = { events: 100, within_ms: 500 };
/** The same rate, of a look at what is busy. */
const LOOK = { events: 50, within_ms: 250 };
/** How long it looks away; longer each time that it is still busy. */
const REST_MS = 5_000;
const LONGEST_REST_MS = 20_000;
/** All tabs of all people look in the same part of that time: a host reads the feed while anybody follows it. */
const LOOK_SPREAD_MS = 500;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

/** `off`, `connecting`, `live`, `busy` where too much happens to follow it, or `refused` where the caller may read nothing. */
export const feedState = signal('off');

/** @type {Set<(events: FeedEvent[], isGap: boolean) => void>} */
const listeners = new Set();
let cursor = null;
let channel = null;
let stopping = null;
let isLeader = false;

/** Calls `listener` with the events that come, many at once; after a gap anything may be new. Returns what ends that. */
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
    if (data.events) deliver(data.events, Boolean(data.isGap));
  };
  channel.postMessage({ ask: true });
}

function deliver(events, isGap) {
  for (const listener of [...listeners]) listener(events, isGap);
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
  let [wait, rest, wasBusy] = [RETRY_MS, REST_MS, false];
  while (!abort.aborted) {
    let pause = 0;
    try {
      const end = await follow(abort, wasBusy, () => { wait = RETRY_MS; });
      wasBusy = end === 'busy';
      if (wasBusy) {
        setState('busy');
        cursor = null;
        pause = rest - (Date.now() % rest) + Math.random() * LOOK_SPREAD_MS;
        rest = Math.min(rest * 2, LONGEST_REST_MS);
      } else {
        rest = REST_MS;
      }
      if (end === 'ended') {
        setState('connecting');
        pause = wait;
      }
    } catch (error) {
      if (abort.aborted) break;
      if (error.status === 401 || error.status === 403) {
        setState('refused');
        break;
      }
      // A cursor that the host cannot read any more.
      if (error.status === 400) cursor = null;
      setState('connecting');
      pause = wait;
      wait = Math.min(wait * 2, LONGEST_RETRY_MS);
    }
    if (!abort.aborted) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  isLeader = false;
}

/**
 * Follows the feed until it ends. The host sends a bounded number of events: no more than anybody reads are made and sent.
 * @returns {Promise<'busy' | 'calm' | 'ended'>} whether the events came faster than anybody reads, or slower, or the host
 *   ended it for another reason
 */
async function follow(abort, wasBusy, onOpen) {
  const headers = { accept: 'text/event-stream', ...(cursor && { 'last-event-id': cursor }) };
  const most = wasBusy ? LOOK : LIVE;
  const query = { types: TYPES, limit: most.events };
  const response = await send('GET', '/v1/events/stream', { query, headers, signal: abort });
  onOpen();
  const begun = performance.now();
  if (wasBusy) pass([], true);
  const calm = setTimeout(() => setState('live'), wasBusy ? most.within_ms : 0);
  const gathered = new Gatherer(pass);
  try {
    for await (const message of messages(response)) {
      if (message.id) cursor = message.id;
      if (message.event === 'end') {
        if (JSON.parse(message.data).reason !== 'limit') break;
        return performance.now() - begun < most.within_ms ? 'busy' : 'calm';
      }
      if (message.data) gathered.add(JSON.parse(message.data));
    }
  } finally {
    clearTimeout(calm);
    gathered.flush();
  }
  return 'ended';
}

function pass(events, isGap = false) {
  channel?.postMessage({ events, isGap, cursor });
  deliver(events, isGap);
}

/** Passes events on together. */
class Gatherer {
  #events = [];
  #timer = null;
  #passedAt = -GATHER_MS;

  constructor(pass) {
    this.pass = pass;
  }

  add(event) {
    this.#events.push(event);
    this.#timer ??= setTimeout(() => this.flush(), Math.max(0, this.#passedAt + GATHER_MS - performance.now()));
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#events;
    this.#events = [];
    if (events.length === 0) return;
    this.#passedAt = performance.now();
    this.pass(events);
  }
}
