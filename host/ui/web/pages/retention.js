// How long finished tasks are kept.
import { html } from '../lib/preact.js';
import { at, put, remove } from '../lib/api.js';
import { duration } from '../lib/format.js';
import { may, maySomewhere } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

const DAY_MS = 86_400_000;
const TIMES = [['complete_ms', 'Complete'], ['error_ms', 'Failed'], ['cancelled_ms', 'Cancelled'], ['keys_ms', 'Idempotency keys']];

export default function Retention() {
  return html`<${Listing} title="Retention" lead="How long finished tasks are kept, from their end. What no rule names is kept for ever." path="/v1/retention" live="retention" filters=${[NAMESPACE]}
    keyOf=${(it) => it.namespace}
    actions=${(reload) => maySomewhere('operate') && html`<${ActionButton} kind="primary" icon="clock" action=${set(null, reload)} />`}
    empty=${html`<${Empty} title="Everything is kept for ever." command="tasker retention set orders --complete 30d --error 90d" />`}
    columns=${(reload) => [
      { name: 'Namespace', cell: (it) => (it.namespace === '*' ? 'all without a rule' : it.namespace), kind: 'wide' },
      ...TIMES.map(([member, name]) => ({ name, cell: (it) => (it[member] ? duration(it[member]) : 'for ever'), kind: 'num' })),
      { name: 'Set', cell: (it) => (it.set_at ? html`<${Time} at=${it.set_at} /> by ${it.set_by}` : 'never') },
      { name: 'Action', cell: (it) => it.set_at && may('operate', it.namespace) && html`<${ActionButton} kind="small" text="Change" action=${set(it, reload)} /> <${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const path = (namespace) => (namespace === '*' ? '/v1/retention' : at`/v1/namespaces/${namespace}/retention`);

const set = (rule, reload) => ({
  title: rule ? 'Change the retention' : 'Set a retention',
  isDangerous: true,
  says: html`<p>Finished tasks that are older are deleted, first into the archive where hosts have one. That cannot be undone. An empty field keeps tasks for ever.</p>`,
  values: { namespace: rule?.namespace ?? '', ...Object.fromEntries(TIMES.map(([member]) => [member, rule?.[member] ? String(rule[member] / DAY_MS) : ''])) },
  fields: ([values, change]) => html`
    ${!rule && html`<${TextField} label="Namespace" hint="* for all that have no rule of their own" value=${values.namespace} required onChange=${(namespace) => change({ namespace })} />`}
    ${TIMES.map(([member, name]) => html`<${TextField} key=${member} label="${name}, in days" type="number" min="0.01" step="any" value=${values[member]} onChange=${(days) => change({ [member]: days })} />`)}`,
  run: (reason, values) => {
    const given = TIMES.filter(([member]) => values[member] !== '').map(([member]) => [member, Math.round(Number(values[member]) * DAY_MS)]);
    return put(path(values.namespace), { ...Object.fromEntries(given), for_ever: given.length === 0, reason });
  },
  then: reload,
});

const removal = ({ namespace }, reload) => ({
  title: 'Remove the rule', isDangerous: true,
  says: html`<p>${namespace === '*' ? 'Namespaces without a rule keep everything for ever.' : `${namespace} goes by the rule for all namespaces from then on.`}</p>`,
  run: (reason) => remove(path(namespace), { reason }), then: reload,
});
