// The keys whose signatures a namespace accepts.
import { html } from '../lib/preact.js';
import { at, get, getAll, post, remove } from '../lib/api.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { may, maySomewhere } from '../lib/session.js';
import { Empty, Filter, Loaded, PageHead, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Table } from '../components/table.js';

/** Namespaces that are looked at where none is chosen. */
const MOST_NAMESPACES = 50;

export default function SigningKeys() {
  const namespace = place.value.query.get('namespace');
  const keys = useLoad(async (abort) => {
    const names = namespace ? [namespace] : (await get('/v1/namespaces', { limit: MOST_NAMESPACES }, abort)).items.map((it) => it.name ?? it);
    const lists = await Promise.all(names.map((name) => getAll(at`/v1/namespaces/${name}/signing-keys`, {}, 1_000, abort)
      .then((items) => items.map((it) => ({ ...it, namespace: name })))));
    return lists.flat();
  }, [namespace]);
  useLive(keys.reload, ({ type }) => type.startsWith('tasker.signing'));
  return html`<div class="page">
    <${PageHead} title="Signing keys" lead="A namespace with keys takes components only that one of them signed. A namespace without keys takes all.">
      ${maySomewhere('grant') && html`<${ActionButton} kind="primary" icon="key" action=${add(namespace ?? '', keys.reload)} />`}</${PageHead}>
    <div class="filters"><${Filter} name="namespace" label="Namespace" value=${namespace} placeholder="all" /></div>
    <${Loaded} of=${keys} what="Reading signing keys">${(items) => (items.length === 0
      ? html`<${Empty} title="No signatures are asked for." command="tasker signing-key create ci">Make a key, then add its public half here. On a terminal:</${Empty}>`
      : html`<${Table} label="Signing keys" rows=${items} keyOf=${(it) => `${it.namespace} ${it.key_id}`} columns=${columns(keys.reload)} />`)}</${Loaded}>
  </div>`;
}

const columns = (reload) => [
  { name: 'Key', cell: (it) => html`<bdi>${it.name}</bdi> <code class="muted">${it.key_id}</code>`, kind: 'wide' },
  { name: 'In', cell: (it) => it.namespace },
  { name: 'Public half', cell: (it) => html`<code>${it.public_key}</code>`, kind: 'wide' },
  { name: 'Added', cell: (it) => html`<${Time} at=${it.created_at} /> by ${it.created_by}` },
  { name: 'Action', cell: (it) => may('grant', it.namespace) && html`<${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
];

const add = (namespace, reload) => ({
  title: 'Accept a signing key', takesReason: false,
  says: html`<p>From then on, the namespace runs only components that one of its keys signed. New tasks that would take others are refused.</p>`,
  values: { namespace, name: '', key: '' },
  fields: ([values, change]) => html`
    <${TextField} label="Namespace" value=${values.namespace} required onChange=${(it) => change({ namespace: it })} />
    <${TextField} label="Name" hint="Whose key it is, such as ci" value=${values.name} required onChange=${(name) => change({ name })} />
    <div class="field"><label for="public-key">Public key</label>
      <textarea id="public-key" rows="4" required spellcheck="false" value=${values.key} onInput=${(event) => change({ key: event.currentTarget.value })} />
      <p class="hint">Ed25519, as PEM or as 32 bytes in base64.</p></div>`,
  run: (_, values) => post(at`/v1/namespaces/${values.namespace}/signing-keys`, { name: values.name, public_key: values.key.trim() }),
  then: reload,
});

const removal = (key, reload) => ({
  title: 'Remove the signing key', isDangerous: true, takesReason: false,
  says: html`<p>New tasks of <strong>${key.namespace}</strong> take no component any more that only <bdi>${key.name}</bdi> signed. Without any key, signatures are not asked for.</p>`,
  run: () => remove(at`/v1/namespaces/${key.namespace}/signing-keys/${key.key_id}`), then: reload,
});
