// Whose components the tasks of other namespaces may run.
import { html } from '../lib/preact.js';
import { at, post, remove } from '../lib/api.js';
import { may, maySomewhere } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

const everything = (name, all) => (name === '*' ? all : name);

export default function Shares() {
  return html`<${Listing} title="Shares" lead="A namespace runs its own components, and those that others share with it." path="/v1/shares" live="share" filters=${[NAMESPACE]}
    keyOf=${(it) => String(it.id)}
    actions=${(reload) => maySomewhere('use') && html`<${ActionButton} kind="primary" icon="hand" action=${add(reload)} />`}
    empty=${html`<${Empty} title="Nothing is shared." command="tasker share add mail/sender --with orders" />`}
    columns=${(reload) => [
      { name: 'Component', cell: (it) => `${it.namespace}/${everything(it.component, 'all components')}`, kind: 'wide' },
      { name: 'With', cell: (it) => everything(it.shared_with, 'every namespace') },
      { name: 'Shared', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
      { name: 'Action', cell: (it) => may('use', it.namespace) && html`<${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const add = (reload) => ({
  title: 'Share a component',
  says: html`<p>New tasks of the other namespace may run it, under the grants and limits of that namespace.</p>`,
  values: { namespace: '', component: '', with: '' },
  fields: ([values, change]) => html`
    <${TextField} label="Namespace" value=${values.namespace} required onChange=${(namespace) => change({ namespace })} />
    <${TextField} label="Component" hint="NAME, or * for all" value=${values.component} required onChange=${(component) => change({ component })} />
    <${TextField} label="With" hint="A namespace, or * for every one" value=${values.with} required onChange=${(it) => change({ with: it })} />`,
  run: (reason, values) => post(at`/v1/namespaces/${values.namespace}/shares`, { component: values.component, shared_with: values.with, reason }),
  then: reload,
});

const removal = (share, reload) => ({
  title: 'Remove the share', isDangerous: true,
  says: html`<p>New tasks of ${everything(share.shared_with, 'other namespaces')} may no longer run it. Open tasks keep what they have.</p>`,
  run: (reason) => remove(at`/v1/namespaces/${share.namespace}/shares/${share.component}/${share.shared_with}`, { reason }), then: reload,
});
