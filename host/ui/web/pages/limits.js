// Rules on what one attempt may use.
import { html } from '../lib/preact.js';
import { at, patch, remove } from '../lib/api.js';
import { may, maySomewhere, session } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

const NAMES = 'memory, timeout, cpu, host_memory, result, input, log, host_calls, resources, event, events, http_requests, http_in, http_out';

export default function Limits() {
  return html`<${Listing} title="Limits" lead="What one attempt may use at most. The lowest of host, namespace, component and step applies." path="/v1/limits" live="limit" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace} ${it.component}`}
    actions=${(reload) => maySomewhere('operate') && html`<${ActionButton} kind="primary" icon="gauge" action=${set({}, reload)} />`}
    empty=${html`<${Empty} title="There are no rules; the limits of hosts and steps apply." command="tasker limit set orders/charge memory=256MiB cpu=2s" />`}
    columns=${(reload) => [
      { name: 'Of', cell: (it) => (it.component === '*' ? 'everything' : it.component) },
      { name: 'In', cell: (it) => it.namespace },
      { name: 'Limits', cell: (it) => html`<code>${textOf(it.limits)}</code>`, kind: 'wide' },
      { name: 'Set', cell: (it) => html`<${Time} at=${it.set_at} /> by ${it.set_by}` },
      { name: 'Action', cell: (it) => may('operate', it.namespace) && html`<${ActionButton} kind="small" text="Change" action=${set(it, reload)} /> <${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const textOf = (limits) => Object.entries(limits).map(([name, value]) => `${name}=${value}`).join(' ');

/** `memory=64MiB cpu=2s` as the members of a change; what is no longer there is removed. */
function changesOf(text, before) {
  const given = text.trim().split(/\s+/).filter(Boolean).map((setting) => {
    const [name, value = ''] = setting.split('=');
    return [name, /^\d+$/.test(value) ? Number(value) : value];
  });
  const removed = Object.keys(before).filter((name) => !given.some(([it]) => it === name)).map((name) => [name, null]);
  return Object.fromEntries([...given, ...removed]);
}

const set = ({ namespace, component = '', limits = {} }, reload) => ({
  title: namespace ? 'Change the limits' : 'Set limits',
  says: html`<p>They apply from the next attempt on. A value above that of a host changes nothing on that host.</p>`,
  values: { namespace: namespace ?? session.peek().permissions[0]?.namespace.replace('*', '') ?? '', component, text: textOf(limits) },
  fields: ([values, change]) => html`
    ${!namespace && html`<${TextField} label="Namespace" value=${values.namespace} required onChange=${(it) => change({ namespace: it })} />
      <${TextField} label="Component" hint="NAME, NAMESPACE/NAME of another namespace, or * for all" value=${values.component} required onChange=${(it) => change({ component: it })} />`}
    <${TextField} label="Limits" hint=${`Such as memory=256MiB cpu=2s. There are ${NAMES}.`} value=${values.text} onChange=${(text) => change({ text })} />`,
  run: (reason, values) => patch(at`/v1/namespaces/${values.namespace}/limits/${values.component.replace('/', '~')}`, { limits: changesOf(values.text, limits), reason }),
  then: reload,
});

const removal = ({ namespace, component }, reload) => ({
  title: 'Remove the limits', isDangerous: true,
  says: html`<p>The limits of hosts and steps apply to ${component === '*' ? 'everything' : component} in ${namespace} from then on.</p>`,
  run: (reason) => remove(at`/v1/namespaces/${namespace}/limits/${component.replace('/', '~')}`, { reason }), then: reload,
});
