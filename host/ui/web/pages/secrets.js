// Names of secrets. Their values go in and never come out.
import { html } from '../lib/preact.js';
import { at, remove, send } from '../lib/api.js';
import { may, maySomewhere } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

export default function Secrets() {
  return html`<${Listing} title="Secrets" lead="Names only: a value goes in and never comes out." path="/v1/secrets" live="secret" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace}/${it.name}`}
    actions=${(reload) => maySomewhere('grant') && html`<${ActionButton} kind="primary" icon="lock" action=${set({}, reload)} />`}
    empty=${html`<${Empty} title="There are no secrets." command="tasker secret set orders/stripe-key" />`}
    columns=${(reload) => [
      { name: 'Secret', cell: (it) => `${it.namespace}/${it.name}`, kind: 'wide' },
      { name: 'Version', cell: (it) => it.version, kind: 'num' },
      { name: 'Set', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
      { name: 'Action', cell: (it) => may('grant', it.namespace) && html`<${ActionButton} kind="small" text="Replace" action=${set(it, reload)} /> <${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const set = ({ namespace = '', name = '' }, reload) => ({
  title: name ? 'Replace the secret' : 'Set a secret',
  takesReason: false,
  says: html`<p>The value is encrypted before it is stored, and nobody can read it again. Handlers that are granted the secret have it from their next attempt on.</p>`,
  values: { namespace, name, value: '' },
  fields: ([values, change]) => html`
    ${!name && html`<${TextField} label="Namespace" value=${values.namespace} required onChange=${(it) => change({ namespace: it })} />
      <${TextField} label="Name" value=${values.name} required onChange=${(it) => change({ name: it })} />`}
    <${TextField} label="Value" type="password" value=${values.value} required onChange=${(value) => change({ value })} />`,
  run: (_, values) => send('PUT', at`/v1/namespaces/${values.namespace}/secrets/${values.name}`, { body: values.value, type: 'application/octet-stream' }),
  then: reload,
});

const removal = ({ namespace, name }, reload) => ({
  title: 'Remove the secret', isDangerous: true, takesReason: false,
  says: html`<p>Attempts that ask for ${namespace}/${name} fail from then on.</p>`,
  run: () => remove(at`/v1/namespaces/${namespace}/secrets/${name}`), then: reload,
});
