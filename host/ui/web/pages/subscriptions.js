// Events that are delivered to webhooks, components and NATS.
import { html } from '../lib/preact.js';
import { at, put } from '../lib/api.js';
import { duration, number } from '../lib/format.js';
import { maySomewhere } from '../lib/session.js';
import { Empty } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';
import { State } from '../components/state.js';

export default function Subscriptions() {
  return html`<${Listing} title="Subscriptions" lead="Events of a namespace, delivered to a webhook, a component or NATS." path="/v1/subscriptions" live="subscription" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace}/${it.name}`}
    actions=${(reload) => maySomewhere('grant') && html`<${ActionButton} kind="primary" icon="send" action=${set(reload)} />`}
    empty=${html`<${Empty} title="There are no subscriptions." command="tasker subscription add orders/hook --to https://example.com/hook --secret hook-key --types task.failed" />`}
    columns=${() => [
      { name: 'Subscription', cell: (it) => html`<a href=${at`/subscriptions/${it.namespace}/${it.name}`}>${it.namespace}/${it.name}</a>` },
      { name: 'State', cell: (it) => html`<${State} state=${it.state} />` },
      { name: 'To', cell: (it) => html`<bdi>${it.to}</bdi>`, kind: 'wide' },
      { name: 'Types', cell: (it) => it.types ?? 'all' },
      { name: 'Delivered', cell: (it) => number(it.delivered), kind: 'num' },
      { name: 'Waits', cell: (it) => (it.lag_ms > 0 ? duration(it.lag_ms) : 'nothing'), kind: 'num' },
      { name: 'Dead letters', cell: (it) => html`<span class=${it.dead_letters > 0 ? 'tone-bad' : ''}>${number(it.dead_letters)}</span>`, kind: 'num' },
    ]} />`;
}

const set = (reload) => ({
  title: 'Set a subscription',
  says: html`<p>Events are delivered from now on, in order and at least once. One that exists keeps its position.</p>`,
  values: { namespace: '', name: '', to: '', types: '', secrets: '' },
  fields: ([values, change]) => html`
    <${TextField} label="Namespace" value=${values.namespace} required onChange=${(namespace) => change({ namespace })} />
    <${TextField} label="Name" value=${values.name} required onChange=${(name) => change({ name })} />
    <${TextField} label="To" hint="https://…, component:COMPONENT/SUBSCRIBER, or nats" value=${values.to} required onChange=${(to) => change({ to })} />
    <${TextField} label="Types" hint="Such as task.failed,step.*; empty: all" value=${values.types} onChange=${(types) => change({ types })} />
    <${TextField} label="Secrets that sign" hint="Names, with commas between them; webhooks need one at least" value=${values.secrets} onChange=${(secrets) => change({ secrets })} />`,
  run: (reason, { namespace, name, to, types, secrets }) => put(at`/v1/namespaces/${namespace}/subscriptions/${name}`, {
    to, reason, types: types || null, secrets: secrets.split(',').map((it) => it.trim()).filter(Boolean),
  }),
  then: reload,
});
