// What components may reach.
import { html } from '../lib/preact.js';
import { at, post, remove } from '../lib/api.js';
import { may, maySomewhere } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

export default function Grants() {
  return html`<${Listing} title="Grants" lead="What a namespace lets components reach. A component without a grant computes, and reaches nothing." path="/v1/grants" live="grant"
    filters=${[NAMESPACE, ['component', 'Component', 'all']]} keyOf=${(it) => String(it.id)}
    actions=${(reload) => maySomewhere('grant') && html`<${ActionButton} kind="primary" icon="shield" action=${add(reload)} />`}
    empty=${html`<${Empty} title="Nothing is granted." command="tasker grant add orders/charge 'http GET api.example.com/v1/*'" />`}
    columns=${(reload) => [
      { name: 'Capability', cell: (it) => html`<code>${it.capability}</code>`, kind: 'wide' },
      { name: 'To', cell: (it) => (it.component === '*' ? 'every component' : it.component) },
      { name: 'In', cell: (it) => it.namespace },
      { name: 'Granted', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
      { name: 'Action', cell: (it) => may('grant', it.namespace) && html`<${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const add = (reload) => ({
  title: 'Grant a capability',
  says: html`<p>From its next attempt on, the component may reach this in tasks of the namespace.</p>`,
  values: { namespace: '', component: '', capability: '' },
  fields: ([values, change]) => html`
    <${TextField} label="Namespace" value=${values.namespace} required onChange=${(namespace) => change({ namespace })} />
    <${TextField} label="Component" hint="NAME, NAMESPACE/NAME of another namespace, or * for all" value=${values.component} required onChange=${(component) => change({ component })} />
    <${TextField} label="Capability" hint="Such as http POST api.example.com/v1/* or kv orders" value=${values.capability} required onChange=${(capability) => change({ capability })} />`,
  run: (reason, { namespace, component, capability }) => post(at`/v1/namespaces/${namespace}/grants`, { component, capability, reason }),
  then: reload,
});

const removal = (grant, reload) => ({
  title: 'Remove the grant', isDangerous: true,
  says: html`<p>${grant.component} may no longer reach <code>${grant.capability}</code> in tasks of ${grant.namespace}, from its next attempt on.</p>`,
  run: (reason) => remove(at`/v1/namespaces/${grant.namespace}/grants/${grant.id}`, { reason }), then: reload,
});
