// Steps that wait to be claimed, by namespace, and how namespaces take their turns.
import { html } from '../lib/preact.js';
import { at, patch } from '../lib/api.js';
import { number } from '../lib/format.js';
import { may } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';
import { State } from '../components/state.js';

export default function Queue() {
  return html`<${Listing} title="Queue" lead="Steps that wait to be claimed. Namespaces take turns by their weight." path="/v1/queue" live="queue" filters=${[NAMESPACE]}
    keyOf=${(it) => it.namespace}
    empty=${html`<${Empty} title="No step waits, and no namespace has a rule." command="tasker queue ls" />`}
    columns=${(reload) => [
      { name: 'Namespace', cell: (it) => it.namespace, kind: 'wide' },
      { name: 'State', cell: (it) => html`<${State} state=${it.is_paused ? 'paused' : 'active'} />` },
      { name: 'Ready', cell: (it) => counted(it.due), kind: 'num' },
      { name: 'Later', cell: (it) => counted(it.later), kind: 'num' },
      { name: 'Oldest ready', cell: (it) => html`<${Time} at=${it.oldest_due_at} />`, kind: 'nowrap' },
      { name: 'Weight', cell: (it) => it.weight, kind: 'num' },
      { name: 'Running at most', cell: (it) => it.max_running ?? 'no limit', kind: 'num' },
      { name: 'Action', cell: (it) => may('operate', it.namespace) && html`<${Pause} queue=${it} reload=${reload} /> <${ActionButton} kind="small" text="Change" action=${change(it, reload)} />` },
    ]} />`;
}

/** Counting ends at 10,000. */
const counted = (count) => (count >= 10_000 ? `${number(count)} or more` : number(count));

const path = ({ namespace }) => at`/v1/namespaces/${namespace}/queue`;

function Pause({ queue, reload }) {
  const action = queue.is_paused
    ? { title: 'Resume the namespace', says: html`<p>Its steps are claimed again.</p>`, run: (reason) => patch(path(queue), { is_paused: false, reason }), then: reload }
    : { title: 'Pause the namespace', isDangerous: true, says: html`<p>No step of ${queue.namespace} is claimed until it is resumed. What runs goes on.</p>`, run: (reason) => patch(path(queue), { is_paused: true, reason }), then: reload };
  return html`<${ActionButton} kind="small" text=${queue.is_paused ? 'Resume' : 'Pause'} action=${action} />`;
}

const change = (queue, reload) => ({
  title: 'Change its turns',
  says: html`<p>How many steps ${queue.namespace} gets in a claim for each that a namespace of weight 1 gets, and how many run at the same time on all hosts.</p>`,
  values: { weight: String(queue.weight), most: queue.max_running === null ? '' : String(queue.max_running) },
  fields: ([values, set]) => html`
    <${TextField} label="Weight" hint="From 1 to 100" type="number" min="1" max="100" value=${values.weight} onChange=${(weight) => set({ weight })} />
    <${TextField} label="Running at most" hint="From 1 to 1,000; empty: no limit" type="number" min="1" max="1000" value=${values.most} onChange=${(most) => set({ most })} />`,
  run: (reason, values) => patch(path(queue), { weight: Number(values.weight), max_running: values.most === '' ? null : Number(values.most), reason }),
  then: reload,
});
