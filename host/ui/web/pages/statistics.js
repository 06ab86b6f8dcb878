// Throughput, where time goes, and what fails.
import { html } from '../lib/preact.js';
import { at, get } from '../lib/api.js';
import { duration, number, percent } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { Card, Empty, Filter, Loaded, PageHead, Time } from '../components/basics.js';
import { Throughput } from '../components/chart.js';
import { Table } from '../components/table.js';
import { sinceOf } from './overview.js';

const WINDOWS = [['', '24 hours'], ['1', '1 hour'], ['3', '3 hours'], ['168', '7 days'], ['720', '30 days']];
const GROUPS = [['', 'template'], ['namespace', 'namespace'], ['version', 'version'], ['step', 'step']];

export default function Statistics() {
  const { query } = place.value;
  const [namespace, template, hours, by] = ['namespace', 'template', 'hours', 'by'].map((name) => query.get(name));
  const loaded = useLoad(async (abort) => {
    const part = { namespace, template, since: sinceOf(hours || 24) };
    const [performance, bottlenecks] = await Promise.all([
      get('/v1/analytics/performance', { ...part, by: by || 'template' }, abort), get('/v1/analytics/bottlenecks', part, abort),
    ]);
    return { performance, bottlenecks };
  }, [namespace, template, hours, by]);
  return html`<div class="page">
    <${PageHead} title="Statistics" lead="Counts and means are exact; percentiles are within 1 %." />
    <div class="filters">
      <${Filter} name="namespace" label="Namespace" value=${namespace} placeholder="all" />
      <${Filter} name="template" label="Template" value=${template} placeholder="all" />
      <${Filter} name="hours" label="Window" value=${hours} options=${WINDOWS} />
      <${Filter} name="by" label="By" value=${by} options=${GROUPS} />
    </div>
    <${Loaded} of=${loaded} what="Reading statistics">${({ performance, bottlenecks }) => (performance.groups.length === 0
      ? html`<${Empty} title="Nothing ended in this time." command="tasker stats performance --since 7d">Choose a longer window. On a terminal:</${Empty}>`
      : html`<div class="cards">
        <${Card} wide title="Tasks that ended"><${Throughput} ...${performance} /></${Card}>
        <${Card} wide title="Groups"><${Groups} groups=${performance.groups} /></${Card}>
        <${Card} wide title="Steps that took the most time together"><${Steps} label="Slowest steps" rows=${bottlenecks.slowest} measure=${(it) => it.attempts.duration} count=${(it) => it.attempts.count} /></${Card}>
        <${Card} wide title="Steps that waited the longest for a slot"><${Steps} label="Longest waits" rows=${bottlenecks.longest_waits} measure=${(it) => it.claims.delay} count=${(it) => it.claims.count} /></${Card}>
        <${Card} wide title="Failures by cause"><${Errors} rows=${bottlenecks.errors} /></${Card}>
      </div>`)}
    </${Loaded}></div>`;
}

const nameOf = (it) => [[it.namespace, it.template].filter(Boolean).join('/') + (it.version ? `@${it.version}` : ''), it.step].filter(Boolean).join(' ');

const Groups = ({ groups }) => html`<${Table} label="Groups" rows=${groups} keyOf=${(it) => `${nameOf(it)} ${it.component}`} columns=${[
  { name: 'Group', cell: (it) => html`${nameOf(it)} ${it.component && html`<span class="muted">${it.component}</span>`}`, kind: 'wide' },
  { name: 'Tasks', cell: ({ tasks }) => (tasks ? number(tasks.complete + tasks.failed + tasks.cancelled) : ''), kind: 'num' },
  { name: 'Failed', cell: ({ tasks, attempts }) => (tasks ? percent(tasks.failed / Math.max(1, tasks.complete + tasks.failed)) : percent((attempts.failed + attempts.retried) / Math.max(1, attempts.count))), kind: 'num' },
  { name: 'Attempts', cell: ({ attempts }) => number(attempts.count), kind: 'num' },
  { name: 'Retried', cell: ({ attempts }) => number(attempts.retried), kind: 'num' },
  { name: 'Median', cell: (it) => duration((it.tasks ?? it.attempts).duration?.p50), kind: 'num' },
  { name: '95 %', cell: (it) => duration((it.tasks ?? it.attempts).duration?.p95), kind: 'num' },
  { name: '99 %', cell: (it) => duration((it.tasks ?? it.attempts).duration?.p99), kind: 'num' },
]} />`;

const Steps = ({ label, rows, measure, count }) => (rows.length === 0 ? html`<p class="muted">None.</p>` : html`<${Table} label=${label} rows=${rows} keyOf=${(it) => `${nameOf(it)} ${it.component}`} columns=${[
  { name: 'Step', cell: nameOf, kind: 'wide' },
  { name: 'Runs', cell: (it) => it.component ?? '' },
  { name: 'Count', cell: (it) => number(count(it)), kind: 'num' },
  { name: 'Together', cell: (it) => duration(measure(it).mean * count(it)), kind: 'num' },
  { name: 'Mean', cell: (it) => duration(measure(it).mean), kind: 'num' },
  { name: '95 %', cell: (it) => duration(measure(it).p95), kind: 'num' },
]} />`);

const Errors = ({ rows }) => (rows.length === 0 ? html`<p class="muted">No attempt failed.</p>` : html`<${Table} label="Failures" rows=${rows} keyOf=${(it) => `${it.namespace} ${it.code} ${it.message}`} columns=${[
  { name: 'Error', cell: (it) => html`<bdi><code>${it.code}</code> ${it.message}</bdi>`, kind: 'wide' },
  { name: 'Steps', cell: (it) => it.steps.join(', ') },
  { name: 'Attempts', cell: (it) => number(it.count), kind: 'num' },
  { name: 'Last', cell: (it) => html`<a href=${at`/tasks/${it.task_id}`}><${Time} at=${it.last_at} /></a>`, kind: 'nowrap' },
]} />`);
