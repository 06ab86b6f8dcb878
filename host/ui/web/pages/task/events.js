// The log of a task: changes of state, and what handlers sent.
import { html } from '../../lib/preact.js';
import { at, get } from '../../lib/api.js';
import { clock, exact } from '../../lib/format.js';
import { useLive, useLoad } from '../../lib/hooks.js';
import { place } from '../../lib/router.js';
import { Empty, Filter, Loaded } from '../../components/basics.js';
import { Inline } from '../../components/json.js';
import { State } from '../../components/state.js';
import { Pager, Table } from '../../components/table.js';

export function EventsTab({ task }) {
  const { query } = place.value;
  const [after, only] = [query.get('after'), query.get('only') === 'sent'];
  const rows = useLoad((abort) => get(at`/v1/tasks/${task.id}/transitions`, { after, only_events: only || null, limit: 100 }, abort), [task.id, after, only]);
  useLive(rows.reload, ({ data }) => data?.task_id === task.id);
  return html`<div class="stack">
    <div class="filters"><${Filter} name="only" label="Which" value=${query.get('only')} options=${[['', 'all'], ['sent', 'only what handlers sent']]} /></div>
    <${Loaded} of=${rows} what="Reading the log">${({ items, next }) => (items.length === 0
      ? html`<${Empty} title="Nothing is logged here.">Handlers send events by <code>ctx.emit</code>.</${Empty}>`
      : html`<${Table} label="Events" rows=${items} keyOf=${(row) => String(row.seq)} columns=${columns(task)} /><${Pager} after=${after} next=${next} count=${items.length} />`)}
    </${Loaded}></div>`;
}

const columns = (task) => [
  { name: 'At', cell: (row) => html`<time datetime=${row.at} title=${exact(row.at)}>${clock(row.at)}</time>`, kind: 'nowrap' },
  { name: 'What', cell: (row) => (row.to_state ? html`<${State} state=${row.to_state} />` : html`<bdi>${row.event}</bdi>`), kind: 'nowrap' },
  { name: 'Step', cell: (row) => (row.step ? html`<a href=${at`/tasks/${task.id}/steps/${row.step}`}>${row.step}</a>` : html`<span class="muted">the task</span>`) },
  { name: 'Attempt', cell: (row) => row.attempt ?? '', kind: 'num' },
  { name: 'Detail', cell: (row) => html`<${Detail} task=${task} row=${row} />`, kind: 'wide' },
];

function Detail({ task, row }) {
  if (row.detail) return html`<${Inline} value=${row.detail} />`;
  if (!row.detail_bytes) return null;
  return html`<a href=${at`/v1/tasks/${task.id}/transitions/${row.seq}/detail`} download="detail-${row.seq}.json">Download the detail</a>`;
}
