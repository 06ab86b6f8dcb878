// States of tasks, steps, versions, hosts: an icon, a word and a colour.
import { html } from '../lib/preact.js';
import { words } from '../lib/format.js';
import { Icon } from './icon.js';

/** By state: its icon, and the tone that decides the colour. */
export const STATES = {
  pending: ['ring', 'idle'],
  in_progress: ['play', 'run'],
  complete: ['check', 'good'],
  error: ['cross', 'bad'],
  cancelled: ['stop', 'idle'],
  resolved_manually: ['hand', 'good'],
  waiting: ['ring', 'idle'],
  ready: ['dot', 'wait'],
  running: ['play', 'run'],
  waiting_for_retry: ['retry', 'warn'],
  waiting_for_event: ['clock', 'wait'],
  skipped: ['dash', 'idle'],
  active: ['check', 'good'],
  needs_approval: ['lock', 'warn'],
  yanked: ['stop', 'idle'],
  quarantined: ['alert', 'bad'],
  collected: ['dash', 'idle'],
  unsigned: ['lock', 'warn'],
  draining: ['pause', 'warn'],
  drained: ['pause', 'idle'],
  silent: ['alert', 'bad'],
  stopped: ['stop', 'idle'],
  paused: ['pause', 'warn'],
  ended: ['stop', 'bad'],
  ok: ['check', 'good'],
  degraded: ['alert', 'warn'],
  down: ['cross', 'bad'],
  patch: ['dot', 'good'],
  minor: ['dot', 'wait'],
  major: ['alert', 'bad'],
  failed: ['cross', 'bad'],
  checkpoint: ['dot', 'wait'],
  given_back: ['retry', 'idle'],
};

export const toneOf = (state) => STATES[state]?.[1] ?? 'idle';

/** The states in which a task is over. */
export const isFinal = (state) => ['complete', 'error', 'cancelled', 'resolved_manually'].includes(state);

/** @param {{state: string, text?: string}} props */
export function State({ state, text }) {
  const [icon, tone] = STATES[state] ?? ['dot', 'idle'];
  return html`<span class="state tone-${tone}"><${Icon} name=${icon} />${text ?? words(state)}</span>`;
}

/** How many are in each state, as a bar with a legend. */
export function StateBar({ counts, order = Object.keys(STATES) }) {
  const present = order.filter((state) => counts[state] > 0);
  const total = present.reduce((sum, state) => sum + counts[state], 0);
  if (total === 0) return null;
  return html`<div class="statebar">
    <div class="statebar-bar" aria-hidden="true">
      ${present.map((state) => html`<span key=${state} class="fill-${toneOf(state)}" style=${{ flexGrow: counts[state] }} />`)}
    </div>
    <ul class="inline">
      ${present.map((state) => html`<li key=${state}><${State} state=${state} text=${`${counts[state]} ${words(state)}`} /></li>`)}
    </ul>
  </div>`;
}

/** Why new tasks may not take a version, or that they may. */
export const versionState = (version) => {
  if (version.collected_at) return 'collected';
  return version.quarantined ? 'quarantined' : version.status;
};
