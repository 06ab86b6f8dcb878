// Versions of a component or template: a line of them, what each changed, what keeps them in use.
import { html } from '../lib/preact.js';
import { at, get } from '../lib/api.js';
import { number, plural, shortId, words } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { Card, Digest, Loaded, Time } from './basics.js';
import { State, versionState } from './state.js';
import { Table } from './table.js';

/** Columns of lists of components and templates. */
export const summaryColumns = (kind) => [
  { name: 'Name', cell: (it) => html`<a href=${at`/${kind}/${it.namespace}/${it.name}`}>${it.namespace}/${it.name}</a>`, kind: 'wide' },
  { name: 'New tasks take', cell: (it) => it.latest ?? html`<span class="tone-warn">no version</span>` },
  { name: 'Versions', cell: (it) => number(it.versions), kind: 'num' },
  { name: 'Not for new tasks', cell: (it) => Object.entries(it.ineligible).map(([reason, count]) => html`<${State} state=${reason} text=${`${count} ${words(reason)}`} /> `) },
  { name: 'Created', cell: (it) => html`<${Time} at=${it.created_at} />`, kind: 'nowrap' },
];

/** The versions as a line, the highest first, each with what it changed. */
export function VersionLine({ versions, latest, hrefOf, more }) {
  return html`<ol class="versions">${versions.map((version) => html`<li key=${version.version}>
    <div class="head"><a class="version" href=${hrefOf(version)}>${version.version}</a>
      <${State} state=${versionState(version)} />
      ${version.version === latest && html`<span class="tag">new tasks take it</span>`}
      <span class="muted"><${Time} at=${version.created_at} /> · <${Digest} digest=${version.digest} /></span></div>
    <${Changes} report=${version.compat_report} />
    ${more?.(version)}
  </li>`)}</ol>`;
}

/** What a version changed since the one below it. */
export function Changes({ report }) {
  if (!report) return html`<p class="muted">The first version, or nothing to compare it with.</p>`;
  return html`<div><p><${State} state=${report.level} text=${`${report.level} since ${report.against}`} /></p>
    ${report.changes.length > 0 && html`<ul class="changes">${report.changes.slice(0, 100).map((change) => html`<li>
      <span class="tag">${change.level}</span><code>${change.path}</code><span>${change.what}</span></li>`)}</ul>`}
    ${report.changes.length > 100 && html`<p class="muted">and ${plural(report.changes.length - 100, 'change')} more</p>`}</div>`;
}

/** What keeps a version in use. */
export function References({ path }) {
  const loaded = useLoad((abort) => get(`${path}/references`, {}, abort), [path]);
  return html`<${Card} title="What keeps it in use" wide><${Loaded} of=${loaded}>${(data) => html`
    <p>${data.is_unreferenced ? 'Nothing: it may be collected once nobody has used it for a while.' : html`${plural(data.open_tasks, 'open task')}, ${plural(data.pins.length, 'pin')}, ${plural(data.steps.length, 'step')} of templates.`}
      ${' '}Last used <${Time} at=${data.last_used_at} none=${data.is_unused ? 'never' : 'longer ago than 30 days'} />.</p>
    ${data.oldest_tasks.length > 0 && html`<p>Oldest open tasks: ${data.oldest_tasks.slice(0, 5).map((id) => html`<a href="/tasks/${id}"><code>${shortId(id)}</code></a> `)}</p>`}
    ${data.pins.length > 0 && html`<ul class="changes">${data.pins.map((pin) => html`<li><span class="tag">${pin.side}</span>pin of ${pin.target} in ${pin.namespace} at <code>${pin.requirement}</code></li>`)}</ul>`}
    ${data.steps.length > 0 && html`<${Table} label="Steps" rows=${data.steps} keyOf=${(it) => `${it.namespace}/${it.template}@${it.version} ${it.step}`} columns=${[
      { name: 'Template', cell: (it) => html`<a href=${at`/templates/${it.namespace}/${it.template}/${it.version}`}>${it.namespace}/${it.template}@${it.version}</a>`, kind: 'wide' },
      { name: 'Step', cell: (it) => it.step },
      { name: 'Asks for', cell: (it) => html`<code>${it.requirement}</code>${it.is_only ? ' only this version' : ''}` },
    ]} />`}
    ${(data.hidden.steps > 0 || data.hidden.pins > 0) && html`<p class="muted">And ${plural(data.hidden.steps, 'step')} and ${plural(data.hidden.pins, 'pin')} of namespaces that you may not read.</p>`}
  `}</${Loaded}></${Card}>`;
}

/** The pins that a yank or quarantine moved, or left without a version. */
export function AffectedPins({ answer }) {
  const { pins = [], unresolvable_pins: stuck = [], hidden_pins: hidden } = answer;
  if (pins.length + stuck.length === 0 && !hidden) return html`<p>No pin is affected.</p>`;
  return html`<ul>${pins.map((pin) => html`<li>Rolled back: ${pin.kind} ${pin.target} in ${pin.namespace}, from <code>${pin.from}</code> to <code>${pin.to}</code></li>`)}
    ${stuck.map((pin) => html`<li class="tone-bad">Without a version: ${pin.kind} ${pin.target} in ${pin.namespace} at <code>${pin.requirement}</code>; new tasks are refused</li>`)}
    ${hidden > 0 && html`<li>${plural(hidden, 'pin')} of namespaces that you may not read</li>`}</ul>`;
}
