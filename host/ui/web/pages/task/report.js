// What a task ran, where its time went, what it used, and what operators did to it.
import { html } from '../../lib/preact.js';
import { at, get } from '../../lib/api.js';
import { bytes, duration, number, plural, words } from '../../lib/format.js';
import { useLoad } from '../../lib/hooks.js';
import { Card, Command, Digest, Facts, Loaded, Time } from '../../components/basics.js';
import { State } from '../../components/state.js';
import { Table } from '../../components/table.js';
import { Times } from './times.js';

export function ReportTab({ task }) {
  const report = useLoad((abort) => get(at`/v1/tasks/${task.id}/report`, {}, abort), [task.id, task.seq]);
  return html`<${Loaded} of=${report} what="Reading the report">${(data) => html`<div class="cards">
    <${Card} title="Where the time went"><${Times} times=${data.total_times} /></${Card}>
    <${Card} title="Used by all attempts"><${Ledger} resources=${data.resources} /></${Card}>
    <${Card} title="Critical path" wide><${Path} report=${data} /></${Card}>
    ${data.attempts.length > 0 && html`<${Card} title="Attempts that did not complete" wide><${Attempts} report=${data} /></${Card}>`}
    ${data.operations.length > 0 && html`<${Card} title="Changes by operators" wide><${Operations} report=${data} /></${Card}>`}
    ${data.events.length > 0 && html`<${Card} title="Events of handlers" wide><${Sent} report=${data} /></${Card}>`}
    <${Card} title="Versions that ran" wide><${Versions} report=${data} /></${Card}>
    <${Card} title="On a terminal" wide><${Command} text=${`tasker task report ${task.id} --output markdown`} /></${Card}>
    ${data.left_out.is_log_cut && html`<p class="note">The log has more rows than a report reads, so times and attempts after the first ones are missing.</p>`}
  </div>`}</${Loaded}>`;
}

/** Processor time, memory and HTTP. */
export const Ledger = ({ resources }) => html`<${Facts} of=${[
  ['Processor', duration(resources.cpu_ms)],
  ['In sandboxes', duration(resources.wall_ms)],
  ['In calls to the host', duration(resources.host_ms)],
  ['Most memory', bytes(resources.memory_kib * 1024)],
  ['HTTP requests', number(resources.http_requests)],
  ['Received', bytes(resources.in_bytes)],
  ['Sent', bytes(resources.out_bytes)],
]} />`;

const stepLink = (report, step) => html`<a href=${at`/tasks/${report.id}/steps/${step}`}>${step}</a>`;

const Path = ({ report }) => html`<${Table} label="Critical path" rows=${report.critical_path} keyOf=${(it) => it.step} columns=${[
  { name: 'Step', cell: (it) => stepLink(report, it.step), kind: 'wide' },
  { name: 'Blocked', cell: ({ times }) => duration(times.blocked_ms), kind: 'num' },
  { name: 'Queued', cell: ({ times }) => duration(times.queued_ms), kind: 'num' },
  { name: 'Running', cell: ({ times }) => duration(times.running_ms), kind: 'num' },
  { name: 'Backoff', cell: ({ times }) => duration(times.backoff_ms), kind: 'num' },
  { name: 'Attempts', cell: (it) => it.attempts, kind: 'num' },
]} />`;

const Attempts = ({ report }) => html`<${Table} label="Attempts" rows=${report.attempts} keyOf=${(it) => `${it.step} ${it.attempt}`} columns=${[
  { name: 'Outcome', cell: (it) => html`<${State} state=${it.outcome} />`, kind: 'nowrap' },
  { name: 'Step', cell: (it) => stepLink(report, it.step) },
  { name: 'Attempt', cell: (it) => it.attempt, kind: 'num' },
  { name: 'Error', cell: (it) => html`<bdi>${[it.code, it.message ?? it.reason].filter(Boolean).join(': ').slice(0, 500)}</bdi>`, kind: 'wide' },
  { name: 'Host', cell: (it) => it.host ?? '' },
  { name: 'Took', cell: (it) => duration(it.duration_ms), kind: 'num' },
]} />${report.left_out.attempts > 0 && html`<p class="note">${plural(report.left_out.attempts, 'attempt')} more are not shown.</p>`}`;

const Operations = ({ report }) => html`<${Table} label="Operations" rows=${report.operations} keyOf=${(it) => `${it.at} ${it.action}`} columns=${[
  { name: 'When', cell: (it) => html`<${Time} at=${it.at} />`, kind: 'nowrap' },
  { name: 'What', cell: (it) => words(it.action) },
  { name: 'Who', cell: (it) => it.actor ?? '' },
  { name: 'Why', cell: (it) => html`<bdi>${it.reason ?? ''}</bdi>`, kind: 'wide' },
]} />`;

const Sent = ({ report }) => html`<${Table} label="Events" rows=${report.events} keyOf=${(it) => `${it.event} ${it.step}`} columns=${[
  { name: 'Event', cell: (it) => html`<bdi>${it.event}</bdi>`, kind: 'wide' },
  { name: 'Step', cell: (it) => it.step ?? '' },
  { name: 'Count', cell: (it) => number(it.count), kind: 'num' },
  { name: 'Last', cell: (it) => html`<${Time} at=${it.last_at} />`, kind: 'nowrap' },
]} />`;

const Versions = ({ report }) => html`<${Table} label="Versions" rows=${report.components} keyOf=${(it) => `${it.component}@${it.version}`} columns=${[
  { name: 'Component', cell: (it) => html`<a href="/components/${it.component}/${it.version}">${it.component}@${it.version}</a>`, kind: 'wide' },
  { name: 'Digest', cell: (it) => html`<${Digest} digest=${it.digest} />` },
  { name: 'Steps', cell: (it) => number(it.steps), kind: 'num' },
]} />`;
