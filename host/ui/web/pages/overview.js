// How the host is and what happens: throughput, failures, queue, hosts, rollouts, quarantines.
import { html } from '../lib/preact.js';
import { at, get, getAll } from '../lib/api.js';
import { duration, number, percent, plural, shortId, split } from '../lib/format.js';
import { useInterval, useLive, useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Card, Empty, Filter, Loaded, PageHead, Time } from '../components/basics.js';
import { Throughput } from '../components/chart.js';
import { State } from '../components/state.js';
import { Table } from '../components/table.js';

const WINDOWS = [['', '1 hour'], ['3', '3 hours'], ['24', '24 hours'], ['168', '7 days']];
const RENEW_MS = 10_000;

/** The beginning of a window of so many hours. */
export const sinceOf = (hours) => new Date(Date.now() - Number(hours || 1) * 3_600_000).toISOString();

export default function Overview() {
  const { query } = place.value;
  const [namespace, hours] = [query.get('namespace'), query.get('hours')];
  return html`<div class="page">
    <${PageHead} title="Overview" lead="What runs, what failed, and what somebody should look at." />
    <div class="filters">
      <${Filter} name="namespace" label="Namespace" value=${namespace} placeholder="all" />
      <${Filter} name="hours" label="Window" value=${hours} options=${WINDOWS} />
    </div>
    <div class="cards">
      <${Performance} namespace=${namespace} hours=${hours} />
      <${Health} />
      <${Queue} namespace=${namespace} />
      <${Rollouts} namespace=${namespace} />
      ${may('read') && html`<${Hosts} /><${Quarantines} />`}
      <${Failures} namespace=${namespace} hours=${hours} />
      <${Latest} namespace=${namespace} />
    </div>
  </div>`;
}

/** A card whose content is loaded, and renewed with the time and with events. */
function Live({ title, load, deps, matches = () => false, wide, more, children }) {
  const loaded = useLoad(load, deps);
  useLive(loaded.reload, matches, 2_000);
  useInterval(loaded.reload, RENEW_MS);
  return html`<${Card} title=${title} wide=${wide} actions=${more}><${Loaded} of=${loaded}>${children}</${Loaded}></${Card}>`;
}

const isTask = ({ type }) => type.startsWith('tasker.task.');

function Performance({ namespace, hours }) {
  const load = (abort) => get('/v1/analytics/performance', { namespace, since: sinceOf(hours), by: 'namespace' }, abort);
  return html`<${Live} wide title="Tasks that ended" load=${load} deps=${[namespace, hours]} matches=${isTask}
      more=${html`<a href="/statistics">Statistics</a>`}>${(data) => {
    const sum = (name) => data.throughput.reduce((total, it) => total + it[name], 0);
    const [complete, failed, cancelled] = ['complete', 'failed', 'cancelled'].map(sum);
    if (complete + failed + cancelled === 0) {
      return html`<${Empty} title="No task ended in this time." command="tasker task run orders/fulfil --input @input.json --watch">Run one, or choose a longer window.</${Empty}>`;
    }
    return html`<dl class="figures">
        <div><dt>Complete</dt><dd class="figure tone-good">${number(complete)}</dd></div>
        <div><dt>Failed</dt><dd class="figure ${failed > 0 ? 'tone-bad' : ''}">${number(failed)}</dd></div>
        <div><dt>Cancelled</dt><dd class="figure">${number(cancelled)}</dd></div>
        <div><dt>Failure rate</dt><dd class="figure">${percent(failed / Math.max(1, complete + failed))}</dd></div>
      </dl>
      <${Throughput} throughput=${data.throughput} since=${data.since} until=${data.until} minutes=${data.minutes} />
      ${data.is_behind && html`<p class="note">Statistics are behind: counted up to <${Time} at=${data.as_of} />.</p>`}`;
  }}</${Live}>`;
}

function Health() {
  return html`<${Live} title="This host" load=${(abort) => get('/health/status', {}, abort)} deps=${[]}>${(data) => {
    const bad = data.parts.filter((part) => part.status !== 'ok');
    const lag = data.parts.find((part) => part.part === 'feed');
    return html`<dl class="figures">
        <div><dt>Status</dt><dd><${State} state=${data.status} /></dd></div>
        <div><dt>Open tasks</dt><dd>${data.tasks ? number(data.tasks.pending + data.tasks.in_progress) : '–'}</dd></div>
        <div><dt>Feed lag</dt><dd>${lag?.value ? duration(lag.value * 1_000) : 'none'}</dd></div>
        <div><dt>Version</dt><dd>${data.version}</dd></div>
      </dl>
      ${data.claims_fail && html`<p class="note">It claims no steps: ${data.claims_fail}</p>`}
      ${bad.length > 0 ? html`<ul class="changes">${bad.map((part) => html`<li><${State} state=${part.status} text=${part.part.replaceAll('_', ' ')} /> ${part.why}</li>`)}</ul>`
        : html`<p class="muted">All ${data.parts.length} parts are as they should be.</p>`}`;
  }}</${Live}>`;
}

function Queue({ namespace }) {
  const load = (abort) => get('/v1/queue', { namespace, limit: 500 }, abort);
  return html`<${Live} title="Queue" load=${load} deps=${[namespace]} more=${html`<a href="/queue">Queue</a>`}>${({ items }) => {
    const due = items.reduce((sum, it) => sum + it.due, 0);
    const oldest = items.map((it) => it.oldest_due_at).filter(Boolean).sort()[0];
    const paused = items.filter((it) => it.is_paused);
    return html`<dl class="figures">
        <div><dt>Ready steps</dt><dd class="figure">${number(due)}</dd></div>
        <div><dt>Due later</dt><dd class="figure">${number(items.reduce((sum, it) => sum + it.later, 0))}</dd></div>
        <div><dt>Oldest ready</dt><dd><${Time} at=${oldest} none="none waits" /></dd></div>
      </dl>${paused.length > 0 && html`<p class="note">Paused: ${paused.map((it) => it.namespace).join(', ')}</p>`}`;
  }}</${Live}>`;
}

function Rollouts({ namespace }) {
  const load = (abort) => getAll('/v1/pins', { namespace }, 5_000, abort);
  return html`<${Live} title="Rollouts under way" load=${load} deps=${[namespace]} matches=${({ type }) => type.startsWith('tasker.pin.')}
      more=${html`<a href="/pins">Pins</a>`}>${(pins) => {
    const rollouts = pins.filter((pin) => pin.rollout);
    if (rollouts.length === 0) return html`<p class="muted">None. A rollout gives a share of new tasks another version.</p>`;
    return html`<ul class="changes">${rollouts.map((pin) => html`<li>
      <${State} state=${pin.rollout.state} />
      <a href=${pinPath(pin)}>${pin.kind} ${split(pin.target, pin.namespace).join('/')}</a>
      <span>${pin.rollout.percent} % to ${pin.rollout.version ?? pin.rollout.requirement}</span>
      <span class="muted">${pin.rollout.guard ? `guarded, ${pin.rollout.guard.window}` : 'no guard'}</span>
      ${pin.rollout.paused_because && html`<bdi class="muted">${pin.rollout.paused_because}</bdi>`}
    </li>`)}</ul>`;
  }}</${Live}>`;
}

/** The page of a pin: a slash in its target would end the segment. */
export const pinPath = (pin) => at`/pins/${pin.namespace}/${pin.kind}/${pin.target.replace('/', '~')}`;

function Hosts() {
  return html`<${Live} title="Hosts" load=${(abort) => get('/v1/hosts', {}, abort)} deps=${[]} more=${html`<a href="/hosts">Hosts</a>`}
      matches=${({ type }) => type.startsWith('tasker.host.')}>${({ items }) => {
    const running = items.filter((it) => it.state !== 'stopped');
    if (running.length === 0) return html`<p class="muted">No host runs a worker, so no step is run.</p>`;
    return html`<ul class="changes">${running.slice(0, 8).map((host) => html`<li><${State} state=${host.state} /><span>${host.host_name}</span>
      <span class="muted">${host.running} of ${host.slots ?? '?'} slots</span></li>`)}</ul>`;
  }}</${Live}>`;
}

function Quarantines() {
  return html`<${Live} title="Open quarantines" load=${(abort) => get('/v1/quarantine', { limit: 5 }, abort)} deps=${[]}
      matches=${({ type }) => type.startsWith('tasker.component.')} more=${html`<a href="/quarantine">Quarantine</a>`}>${({ items }) => (items.length === 0
    ? html`<p class="muted">No code is quarantined.</p>`
    : html`<ul class="changes">${items.map((it) => html`<li><${State} state="quarantined" text=${it.names.map((name) => `${name.namespace}/${name.component}@${name.version}`).join(', ')} />
      <bdi>${it.reason}</bdi> <span class="muted">${it.actor}, <${Time} at=${it.at} /></span></li>`)}</ul>`)}</${Live}>`;
}

function Failures({ namespace, hours }) {
  const load = (abort) => get('/v1/analytics/errors', { namespace, since: sinceOf(hours), limit: 8 }, abort);
  return html`<${Live} wide title="Failures by cause" load=${load} deps=${[namespace, hours]} matches=${isTask}>${({ groups }) => (groups.length === 0
    ? html`<p class="muted">No attempt failed in this time.</p>`
    : html`<${Table} label="Failures" rows=${groups} keyOf=${(it) => `${it.namespace} ${it.code} ${it.message}`} columns=${[
      { name: 'Error', cell: (it) => html`<bdi><code>${it.code}</code> ${it.message}</bdi>`, kind: 'wide' },
      { name: 'Steps', cell: (it) => it.steps.map((step) => `${it.namespace}/${step}`).join(', ') },
      { name: 'Attempts', cell: (it) => number(it.count), kind: 'num' },
      { name: 'Last', cell: (it) => html`<a href="/tasks/${it.task_id}"><${Time} at=${it.last_at} /></a>`, kind: 'nowrap' },
    ]} />`)}</${Live}>`;
}

function Latest({ namespace }) {
  const load = (abort) => get('/v1/tasks', { namespace, limit: 8 }, abort);
  return html`<${Live} wide title="Newest tasks" load=${load} deps=${[namespace]} matches=${isTask} more=${html`<a href="/tasks">All tasks</a>`}>${({ items }) => (items.length === 0
    ? html`<p class="muted">${plural(0, 'task')}.</p>`
    : html`<${Table} label="Newest tasks" rows=${items} keyOf=${(it) => it.id} columns=${[
      { name: 'State', cell: (it) => html`<${State} state=${it.state} />`, kind: 'nowrap' },
      { name: 'Task', cell: (it) => html`<a href="/tasks/${it.id}"><code>${shortId(it.id)}</code></a>`, kind: 'nowrap' },
      { name: 'Template', cell: (it) => `${it.namespace}/${it.template}@${it.version}`, kind: 'wide' },
      { name: 'Created', cell: (it) => html`<${Time} at=${it.created_at} />`, kind: 'nowrap' },
    ]} />`)}</${Live}>`;
}
