// One component: its versions with what they changed, who uses it, and how its versions do.
import { html } from '../lib/preact.js';
import { at, get } from '../lib/api.js';
import { bytes, number } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { Card, Loaded, PageHead } from '../components/basics.js';
import { Pager, Table } from '../components/table.js';
import { Usage } from '../components/usage.js';
import { VersionLine } from '../components/versions.js';
import { State } from '../components/state.js';

export default function Component({ namespace, name }) {
  const after = place.value.query.get('after');
  const base = at`/v1/namespaces/${namespace}/components/${name}`;
  const loaded = useLoad((abort) => get(base, { after }, abort), [base, after]);
  useLive(loaded.reload, ({ type }) => type.startsWith('tasker.component.'));
  const hrefOf = (version) => at`/components/${namespace}/${name}/${version.version}`;
  return html`<div class="page">
    <${PageHead} title=${`${namespace}/${name}`} lead="Component"><a class="button" href=${at`/pins/${namespace}/component/${name}`}>Pin and rollout</a></${PageHead}>
    <${Loaded} of=${loaded} what="Reading the versions">${({ versions, next }) => html`
      <${Card} title="Versions"><${VersionLine} versions=${versions} hrefOf=${hrefOf} more=${(version) => html`<p class="muted">${bytes(version.size_bytes)}, handlers ${version.handlers.map((it) => it.name).join(', ') || 'not described'}</p>`} />
        <${Pager} after=${after} next=${next} count=${versions.length} /></${Card}>`}
    </${Loaded}>
    <${Usage} query=${{ namespace, by: 'step' }} of=${`In tasks of ${namespace}.`}
      versionOf=${(group) => (group.component?.startsWith(`${namespace}/${name}@`) ? group.component.split('@')[1] : null)} />
    <${Uses} base=${base} />
  </div>`;
}

function Uses({ base }) {
  const loaded = useLoad((abort) => get(`${base}/references`, {}, abort), [base]);
  return html`<${Card} title="Who uses it"><${Loaded} of=${loaded}>${({ versions, steps, pins }) => html`
    <${Table} label="Versions in use" rows=${versions} keyOf=${(it) => it.version} columns=${[
      { name: 'Version', cell: (it) => it.version, kind: 'wide' },
      { name: 'Status', cell: (it) => html`<${State} state=${it.status} />` },
      { name: 'Open tasks', cell: (it) => number(it.open_tasks), kind: 'num' },
      { name: 'Steps', cell: (it) => number(it.steps), kind: 'num' },
    ]} />
    ${steps.length > 0 && html`<${Table} label="Steps" rows=${steps} keyOf=${(it) => `${it.namespace}/${it.template}@${it.version} ${it.step}`} columns=${[
      { name: 'Template', cell: (it) => html`<a href=${at`/templates/${it.namespace}/${it.template}/${it.version}`}>${it.namespace}/${it.template}@${it.version}</a>`, kind: 'wide' },
      { name: 'Step', cell: (it) => it.step },
      { name: 'Asks for', cell: (it) => html`<code>${it.requirement}</code>` },
      { name: 'Takes', cell: (it) => it.takes ?? html`<span class="tone-bad">none</span>` },
    ]} />`}
    ${pins.length > 0 && html`<p>Pinned in ${pins.map((pin) => html`${pin.namespace} at <code>${pin.requirement}</code> `)}</p>`}
  `}</${Loaded}></${Card}>`;
}
