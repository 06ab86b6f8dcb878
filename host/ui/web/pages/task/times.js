// Milliseconds by what was waited for or done, as a bar and a table.
import { html } from '../../lib/preact.js';
import { duration, percent } from '../../lib/format.js';
import { Table } from '../../components/table.js';

const KINDS = [
  ['blocked_ms', 'waiting for parents', 'idle'],
  ['queued_ms', 'waiting for a slot', 'wait'],
  ['running_ms', 'running', 'good'],
  ['backoff_ms', 'backing off', 'warn'],
  ['suspended_ms', 'in quarantine', 'bad'],
];

export function Times({ times, label = 'Times of all steps' }) {
  const total = KINDS.reduce((sum, [name]) => sum + times[name], 0);
  const rows = KINDS.filter(([name]) => times[name] > 0);
  return html`<div class="stack">
    <div class="statebar-bar" aria-hidden="true">${rows.map(([name, , tone]) => html`<span class="fill-${tone}" style=${{ flexGrow: times[name] }} />`)}</div>
    <${Table} label=${label} keyOf=${([name]) => name} rows=${rows} columns=${[
      { name: 'For', cell: ([, text, tone]) => html`<span class="tone-${tone}">■</span> ${text}`, kind: 'wide' },
      { name: 'Time', cell: ([name]) => duration(times[name]), kind: 'num' },
      { name: 'Share', cell: ([name]) => percent(times[name] / total), kind: 'num' },
    ]} /></div>`;
}
