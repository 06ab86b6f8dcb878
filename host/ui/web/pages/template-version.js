// One version of a template: its graph, its source, its steps, and what can be done with it.
import { html, useMemo } from '../lib/preact.js';
import { at, get, post } from '../lib/api.js';
import { duration, plural } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { navigate, place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Digest, Facts, Loaded, PageHead, Tabs, Time } from '../components/basics.js';
import { Comparison } from '../components/comparison.js';
import { ActionButton } from '../components/dialog.js';
import { Graph } from '../components/graph.js';
import { State, versionState } from '../components/state.js';
import { Table } from '../components/table.js';
import { AffectedPins, References } from '../components/versions.js';
import { Yaml } from '../components/yaml.js';

const TABS = [['', 'Graph'], ['source', 'Source'], ['steps', 'Steps'], ['changes', 'Changes and use']];

export default function TemplateVersion({ namespace, name, version }) {
  const path = at`/v1/namespaces/${namespace}/templates/${name}/versions/${version}`;
  const loaded = useLoad((abort) => get(path, {}, abort), [path]);
  useLive(loaded.reload, ({ type }) => type.startsWith('tasker.template.'));
  const tab = place.value.query.get('tab') ?? '';
  const base = at`/templates/${namespace}/${name}/${version}`;
  return html`<div class="page">
    <p class="crumbs"><a href=${at`/templates/${namespace}/${name}`}>${namespace}/${name}</a></p>
    <${Loaded} of=${loaded} what="Reading the version">${(data) => html`
      <${PageHead} title=${`${namespace}/${name}@${data.version}`} lead=${data.description}><${Actions} data=${data} path=${path} reload=${loaded.reload} /></${PageHead}>
      <${Facts} of=${[
        ['Status', html`<${State} state=${versionState(data)} />`],
        ['Published', html`<${Time} at=${data.created_at} />`],
        ['Steps', plural(data.steps.length, 'step')],
        ['Digest', html`<${Digest} digest=${data.digest} />`],
      ]} />
      <${Tabs} label="Parts of the version" current=${tab} tabs=${TABS.map(([id, text]) => [id, text, id ? `${base}?tab=${id}` : base])} />
      <${Part} tab=${tab} data=${data} base=${at`/v1/namespaces/${namespace}/templates/${name}`} path=${path} />`}
    </${Loaded}></div>`;
}

function Part({ tab, data, base, path }) {
  if (tab === 'source') return html`<${Yaml} source=${data.source} />`;
  if (tab === 'steps') return html`<${Steps} steps=${data.steps} />`;
  if (tab === 'changes') return html`<div class="cards"><${Comparison} base=${base} data=${data} wide /><${References} path=${path} /></div>`;
  return html`<${Drawn} namespace=${data.namespace} steps=${data.steps} />`;
}

const NO_STATES = new Map();

function Drawn({ namespace, steps }) {
  const nodes = useMemo(() => steps.map((step) => ({ id: step.name, parents: step.depends_on })), [steps]);
  const open = (step) => {
    const path = steps.find((it) => it.name === step).handler.split('@')[0].split('/').slice(0, -1);
    navigate(`/components/${[...(path.length > 1 ? [] : [namespace]), ...path].join('/')}`);
  };
  return html`<${Graph} nodes=${nodes} states=${NO_STATES} onOpen=${open} label=${`Graph of ${plural(steps.length, 'step')}. The tab Steps has the same as a table.`} />`;
}

const Steps = ({ steps }) => html`<${Table} label="Steps" rows=${steps} keyOf=${(it) => it.name} columns=${[
  { name: 'Step', cell: (it) => it.name },
  { name: 'Handler', cell: (it) => html`<code>${it.handler}</code>`, kind: 'wide' },
  { name: 'Depends on', cell: (it) => it.depends_on.join(', ') },
  { name: 'Timeout', cell: (it) => duration(it.timeout_ms), kind: 'num' },
  { name: 'Attempts', cell: (it) => it.retry.max_attempts, kind: 'num' },
  { name: 'Backoff', cell: (it) => `${it.retry.backoff}, ${duration(it.retry.base_ms)} to ${duration(it.retry.max_ms)}` },
]} />`;

function Actions({ data, path, reload }) {
  const yank = {
    title: 'Yank the version', isDangerous: true,
    says: html`<p>New tasks do not take it; tasks that have it keep it. Pins that only it satisfied are rolled back.</p>`,
    run: (reason) => post(`${path}/yank`, { reason }), then: reload, shows: (answer) => html`<${AffectedPins} answer=${answer} />`,
  };
  const unyank = { title: 'Undo the yank', says: html`<p>New tasks may take it again. No pin is moved.</p>`, run: (reason) => post(`${path}/unyank`, { reason }), then: reload };
  return html`
    ${may('run', data.namespace) && data.status === 'active' && html`<a class="button primary" href=${`${at`/run/${data.namespace}/${data.name}`}?version=%3D${data.version}`}>Run this version</a>`}
    ${may('operate', data.namespace) && (data.status === 'yanked' ? html`<${ActionButton} action=${unyank} />` : html`<${ActionButton} action=${yank} icon="stop" />`)}`;
}
