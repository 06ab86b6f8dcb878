// All pins: what new tasks take.
import { html } from '../lib/preact.js';
import { at, put } from '../lib/api.js';
import { split } from '../lib/format.js';
import { maySomewhere } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';
import { State } from '../components/state.js';
import { pinPath } from './overview.js';

export default function Pins() {
  return html`<${Listing} title="Pins and rollouts" lead="Which versions new tasks of a namespace take. Without a pin: the highest stable one." path="/v1/pins" live="pin"
    filters=${[NAMESPACE]} keyOf=${(it) => `${it.namespace} ${it.kind} ${it.target}`}
    actions=${(reload) => maySomewhere('pin') && html`<${SetPin} reload=${reload} />`}
    empty=${html`<${Empty} title="Nothing is pinned." command="tasker pin set component orders/charge@1.4.2">New tasks take the highest stable version. To pin one:</${Empty}>`}
    columns=${() => [
      { name: 'Pin', cell: (it) => html`<a href=${pinPath(it)}>${split(it.target, it.namespace).join('/')}</a>`, kind: 'wide' },
      { name: 'Kind', cell: (it) => it.kind },
      { name: 'In', cell: (it) => it.namespace },
      { name: 'Says', cell: (it) => html`<code>${it.requirement}</code>` },
      { name: 'New tasks take', cell: (it) => it.version ?? html`<span class="tone-bad">no version; they are refused</span>` },
      { name: 'Rollout', cell: (it) => it.rollout && html`<${State} state=${it.rollout.state} text=${`${it.rollout.percent} % to ${it.rollout.version ?? it.rollout.requirement}`} />` },
      { name: 'Set', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
    ]} />`;
}

/** Sets a pin of anything. */
function SetPin({ reload }) {
  const action = {
    title: 'Set a pin',
    says: html`<p>From the next task on, new tasks of the namespace take what the pin says. A rollout that the pin has ends. Open tasks keep what they have.</p>`,
    values: { namespace: '', kind: 'component', target: '', requirement: '' },
    fields: ([values, change]) => html`
      <${TextField} label="Namespace" value=${values.namespace} required onChange=${(namespace) => change({ namespace })} />
      <div class="field"><label for="pin-kind">Kind</label><select id="pin-kind" onChange=${(event) => change({ kind: event.currentTarget.value })}>
        <option value="component">component</option><option value="template" selected=${values.kind === 'template'}>template</option></select></div>
      <${TextField} label="Name" hint="NAME, or NAMESPACE/NAME of another namespace" value=${values.target} required onChange=${(target) => change({ target })} />
      <${TextField} label="Requirement" hint="=1.4.2 is exactly that version; ^1.4 and >=1.0, <2 are ranges" value=${values.requirement} required onChange=${(requirement) => change({ requirement })} />`,
    run: (reason, { namespace, kind, target, requirement }) => put(at`/v1/namespaces/${namespace}/pins/${kind}/${target.replace('/', '~')}`, { requirement, reason }),
    then: reload,
  };
  return html`<${ActionButton} action=${action} kind="primary" icon="pin" />`;
}
