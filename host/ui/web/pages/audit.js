// Who changed what, when and why.
import { html } from '../lib/preact.js';
import { words } from '../lib/format.js';
import { Empty, Time } from '../components/basics.js';
import { JsonTree } from '../components/json.js';
import { Listing, NAMESPACE } from '../components/listing.js';

export default function Audit() {
  return html`<${Listing} title="Audit log" lead="Every change that somebody made, the newest first." path="/v1/audit" cursor="before"
    filters=${[NAMESPACE, ['action', 'Action', 'such as pin or pin.set'], ['subject', 'Subject', 'such as pin component charge']]}
    keyOf=${(it) => String(it.id)}
    empty=${html`<${Empty} title="Nothing was changed yet." command="tasker audit ls" />`}
    columns=${() => [
      { name: 'When', cell: (it) => html`<${Time} at=${it.at} />`, kind: 'nowrap' },
      { name: 'Who', cell: (it) => html`<bdi>${it.actor}</bdi>` },
      { name: 'What', cell: (it) => words(it.action.replace('.', ' ')), kind: 'nowrap' },
      { name: 'Of', cell: (it) => html`<bdi>${it.subject}</bdi>${it.namespace && html` <span class="muted">in ${it.namespace}</span>`}` },
      { name: 'Why', cell: (it) => html`<bdi>${it.reason}</bdi>`, kind: 'wide' },
      { name: 'Detail', cell: (it) => it.detail && html`<details><summary>Show</summary><${JsonTree} value=${it.detail} /></details>` },
    ]} />`;
}
