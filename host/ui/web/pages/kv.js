// The key-value store of handlers: a bucket at a time.
import { html } from '../lib/preact.js';
import { at, get, getAll, refusal, remove, send } from '../lib/api.js';
import { bytes, plural } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { parse } from '../lib/payload.js';
import { place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Card, Empty, Filter, Loaded, PageHead, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { JsonTree } from '../components/json.js';
import { Pager, Table } from '../components/table.js';

export default function Kv() {
  const { query } = place.value;
  const [namespace, bucket, prefix, after] = ['namespace', 'bucket', 'prefix', 'after'].map((name) => query.get(name));
  const isChosen = Boolean(namespace && bucket);
  const entries = useLoad(async (abort) => (isChosen ? get(at`/v1/namespaces/${namespace}/kv/${bucket}`, { prefix, after, limit: 100 }, abort) : null),
    [namespace, bucket, prefix, after]);
  return html`<div class="page">
    <${PageHead} title="Key-value store" lead="What handlers keep between tasks, by namespace, bucket and key.">
      ${isChosen && may('operate', namespace) && html`<${ActionButton} kind="primary" icon="upload" action=${set({ namespace, bucket }, entries.reload)} />`}</${PageHead}>
    <div class="filters">
      <${Filter} name="namespace" label="Namespace" value=${namespace} placeholder="which" />
      <${Filter} name="bucket" label="Bucket" value=${bucket} placeholder="which" />
      <${Filter} name="prefix" label="Key begins with" value=${prefix} placeholder="anything" />
    </div>
    ${isChosen ? html`<${Loaded} of=${entries} what="Reading entries">${(page) => page && html`
        ${page.items.length > 0 ? html`<${Table} label="Entries" rows=${page.items} keyOf=${(it) => it.key} columns=${columns(namespace, entries.reload)} />`
          : html`<${Empty} title=${prefix ? 'No key begins with this.' : 'The bucket has no entries.'} command=${`tasker kv ls ${namespace}/${bucket}`}>Handlers with the grant <code>kv ${bucket}</code> write to it. On a terminal:</${Empty}>`}
        <${Pager} after=${after} next=${page.next} count=${page.items.length} />`}</${Loaded}>`
      : html`<${Buckets} namespace=${namespace} />`}
  </div>`;
}

/** The buckets that grants name; a bucket is nothing by itself. */
function Buckets({ namespace }) {
  const grants = useLoad((abort) => getAll('/v1/grants', { namespace }, 5_000, abort), [namespace]);
  return html`<${Card} title="Buckets that grants name"><${Loaded} of=${grants} what="Reading grants">${(items) => {
    const named = items.map((it) => [it.namespace, /^kv (?:read )?([^\s/*]+)/.exec(it.capability)?.[1]]).filter(([, bucket]) => bucket);
    const buckets = [...new Set(named.map((it) => it.join('/')))].sort();
    if (buckets.length === 0) return html`<${Empty} title="No grant names a bucket." command="tasker grant add orders/count 'kv totals'">Write a namespace and a bucket above, or grant a component one:</${Empty}>`;
    return html`<ul class="changes">${buckets.map((it) => {
      const [owner, bucket] = it.split('/');
      return html`<li key=${it}><a href=${`/kv?${new URLSearchParams({ namespace: owner, bucket })}`}>${it}</a></li>`;
    })}</ul>`;
  }}</${Loaded}></${Card}>`;
}

const columns = (namespace, reload) => [
  { name: 'Key', cell: (it) => html`<bdi><code>${it.key}</code></bdi>`, kind: 'wide' },
  { name: 'Value', cell: (it) => html`<${Value} entry=${it} />`, kind: 'wide' },
  { name: 'Size', cell: (it) => bytes(it.value_bytes), kind: 'num' },
  { name: 'Version', cell: (it) => it.version, kind: 'num' },
  { name: 'Written', cell: (it) => html`<${Time} at=${it.updated_at} /> ${it.task_id ? html`by <a href=${at`/tasks/${it.task_id}`}>a task</a>` : 'by an operator'}` },
  { name: 'Action', cell: (it) => may('operate', namespace) && html`<${ActionButton} kind="small" text="Replace" action=${set({ namespace, ...it }, reload)} />
    <${ActionButton} kind="small" text="Remove" action=${removal({ namespace, ...it }, reload)} />` },
];

const Value = ({ entry }) => (entry.value === null && entry.value_bytes > 4
  ? html`<span class="muted">too large for a list</span>` : html`<${JsonTree} value=${entry.value} />`);

const pathOf = ({ namespace, bucket, key }) => at`/v1/namespaces/${namespace}/kv/${bucket}/${key}`;

const set = ({ namespace, bucket, key = '', value }, reload) => ({
  title: key ? 'Replace the value' : 'Set an entry', takesReason: false,
  says: html`<p>The entry is set in <strong>${namespace}/${bucket}</strong> whatever stands there. A handler that read it before finds that its version changed.</p>`,
  values: { key, text: value === undefined || value === null ? '' : JSON.stringify(value) },
  fields: ([values, change]) => html`
    ${!key && html`<${TextField} label="Key" value=${values.key} required onChange=${(it) => change({ key: it })} />`}
    <${TextField} label="Value" hint="JSON: 7, &quot;a text&quot;, {&quot;a&quot;: [1]}" value=${values.text} required onChange=${(text) => change({ text })} />`,
  run: (_, values) => {
    if (!isJson(values.text)) throw refusal('The value is no JSON', 'A text has quotes around it: "a text".');
    return send('PUT', pathOf({ namespace, bucket, key: values.key }), { body: values.text, type: 'application/json' });
  },
  then: reload,
});

function isJson(text) {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

const removal = (entry, reload) => ({
  title: 'Remove the entry', isDangerous: true, takesReason: false,
  says: html`<p><bdi><code>${entry.key}</code></bdi> is removed from <strong>${entry.namespace}/${entry.bucket}</strong>, with ${plural(entry.value_bytes, 'byte')}.</p>`,
  run: () => remove(pathOf(entry)), then: reload,
});
