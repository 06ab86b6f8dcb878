// Which attempts are recorded, so that they can be run again.
import { html } from '../lib/preact.js';
import { at, put, remove, unchanged } from '../lib/api.js';
import { may, maySomewhere, session } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { Listing, NAMESPACE } from '../components/listing.js';

export default function RecordingRules() {
  return html`<${Listing} title="Recording rules" lead="Which attempts are recorded, to run them again with tasker step replay. The rule for a component counts before that for everything." path="/v1/recording-rules" live="recording_rule" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace} ${it.component}`}
    actions=${(reload) => maySomewhere('operate') && html`<${ActionButton} kind="primary" icon="retry" action=${set(null, reload)} />`}
    empty=${html`<${Empty} title="No attempts are recorded but those of hosts with --record." command="tasker record set orders/charge 1%" />`}
    columns=${(reload) => [
      { name: 'Of', cell: (it) => (it.component === '*' ? 'everything' : it.component), kind: 'wide' },
      { name: 'In', cell: (it) => it.namespace },
      { name: 'Attempts', cell: (it) => `${it.percent} %`, kind: 'num' },
      { name: 'Kept', cell: (it) => (it.only_failures ? 'only failures' : 'all') },
      { name: 'Set', cell: (it) => html`<${Time} at=${it.set_at} /> by ${it.set_by}` },
      { name: 'Action', cell: (it) => may('operate', it.namespace) && html`<${ActionButton} kind="small" text="Change" action=${set(it, reload)} /> <${ActionButton} kind="small" text="Remove" action=${removal(it, reload)} />` },
    ]} />`;
}

const path = ({ namespace, component }) => at`/v1/namespaces/${namespace}/recording-rules/${component.replace('/', '~')}`;

const set = (rule, reload) => ({
  title: rule ? 'Change the rule' : 'Record attempts',
  says: html`<p>It applies from the next attempt on, on all hosts. Recordings have inputs, results and answers of others in them.</p>`,
  values: {
    namespace: rule?.namespace ?? session.peek().permissions[0]?.namespace.replace('*', '') ?? '',
    component: rule?.component ?? '', percent: String(rule?.percent ?? 1), onlyFailures: rule?.only_failures ?? false,
  },
  fields: ([values, change]) => html`
    ${!rule && html`<${TextField} label="Namespace" value=${values.namespace} required onChange=${(it) => change({ namespace: it })} />
      <${TextField} label="Component" hint="NAME, NAMESPACE/NAME of another namespace, or * for all" value=${values.component} required onChange=${(it) => change({ component: it })} />`}
    <${TextField} label="Share of attempts, in percent" type="number" min="0" max="100" step="0.01" value=${values.percent} required onChange=${(percent) => change({ percent })} />
    <label><input type="checkbox" checked=${values.onlyFailures} onChange=${(event) => change({ onlyFailures: event.currentTarget.checked })} /> Keep only the recordings of attempts that failed</label>`,
  run: (reason, values) => put(path(values), { percent: Number(values.percent), only_failures: values.onlyFailures, reason }, unchanged(rule)),
  then: reload,
});

const removal = (rule, reload) => ({
  title: 'Remove the rule', isDangerous: true,
  says: html`<p>What was recorded stays for its time.</p>`,
  run: (reason) => remove(path(rule), { reason }, unchanged(rule)), then: reload,
});
