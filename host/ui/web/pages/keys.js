// API keys. A new one is shown once.
import { html } from '../lib/preact.js';
import { at, post, remove } from '../lib/api.js';
import { may } from '../lib/session.js';
import { Command, Empty, PageHead, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing } from '../components/listing.js';

export default function Keys() {
  if (!may('admin')) {
    return html`<div class="page"><${PageHead} title="Keys" /><${Empty} title="Only keys with admin in all namespaces see and make keys.">The page <a href="/settings">Settings</a> says what yours may do.</${Empty}></div>`;
  }
  return html`<${Listing} title="Keys" lead="API keys, without their secrets." path="/v1/keys" live="key" keyOf=${(it) => it.name}
    actions=${(reload) => html`<${ActionButton} kind="primary" icon="key" action=${create(reload)} />`}
    empty=${html`<${Empty} title="There are no keys." command="tasker key create deploy --only publish,pin --namespace orders" />`}
    columns=${(reload) => [
      { name: 'Key', cell: (it) => html`${it.name} <code class="muted">tk_${it.prefix}_…</code>`, kind: 'wide' },
      { name: 'May', cell: (it) => it.permissions.map(permissionText).map((text) => html`<div>${text}</div>`) },
      { name: 'Requests a minute', cell: (it) => it.max_requests_per_minute ?? '', kind: 'num' },
      { name: 'Last used', cell: (it) => html`<${Time} at=${it.last_used_at} none="never" />`, kind: 'nowrap' },
      { name: 'Expires', cell: (it) => (it.is_expired ? html`<span class="tone-bad">expired</span>` : html`<${Time} at=${it.expires_at} none="never" />`), kind: 'nowrap' },
      { name: 'Created', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
      { name: 'Action', cell: (it) => html`<${ActionButton} kind="small" text="Revoke" action=${revoke(it, reload)} />` },
    ]} />`;
}

/** `read, run in orders` */
export const permissionText = ({ namespace, actions }) => `${actions.join(', ')} in ${namespace}`;

/** The other way round; the host checks the words. */
const parsed = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
  const at = line.lastIndexOf(' in ');
  return { actions: line.slice(0, at).split(',').map((it) => it.trim()), namespace: line.slice(at + 4).trim() };
});

const create = (reload) => ({
  title: 'Create a key', takesReason: false,
  says: html`<p>The key is shown once, in this dialog. The host keeps a digest of it only.</p>`,
  values: { name: '', permissions: 'read in *', rate: '', days: '' },
  fields: ([values, change]) => html`
    <${TextField} label="Name" hint="As the audit log names its holder" value=${values.name} required onChange=${(name) => change({ name })} />
    <div class="field"><label for="key-permissions">Permissions</label>
      <textarea id="key-permissions" rows="3" value=${values.permissions} onInput=${(event) => change({ permissions: event.currentTarget.value })} />
      <p class="hint">One a line, such as <code>read, run in orders</code>. Actions: read, run, publish, pin, operate, grant, use, observe, admin.</p></div>
    <${TextField} label="Requests a minute" hint="To each host. Empty: as many as the host lets everyone" type="number" min="1" max="1000000" value=${values.rate} onChange=${(rate) => change({ rate })} />
    <${TextField} label="Expires in days" hint="Empty: never" type="number" min="1" value=${values.days} onChange=${(days) => change({ days })} />`,
  run: (_, { name, permissions, rate, days }) => post('/v1/keys', { name, permissions: parsed(permissions), ...(rate && { max_requests_per_minute: Number(rate) }), ...(days && { expires_in_s: Number(days) * 86_400 }) }),
  shows: ({ name, key }) => html`<p>The key <strong>${name}</strong>. Copy it now; it is not shown again.</p><${Command} text=${key} label="Key" />`,
  then: reload,
});

const revoke = ({ name }, reload) => ({
  title: 'Revoke the key', isDangerous: true, takesReason: false,
  says: html`<p>Every host refuses <strong>${name}</strong> within seconds, and ends its sessions and streams.</p>`,
  run: () => remove(at`/v1/keys/${name}`), then: reload,
});
