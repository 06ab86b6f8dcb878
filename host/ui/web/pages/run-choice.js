// Which template to run.
import { html } from '../lib/preact.js';
import { at } from '../lib/api.js';
import { may } from '../lib/session.js';
import { Empty } from '../components/basics.js';
import { Listing, NAMESPACE } from '../components/listing.js';

export default function RunChoice() {
  return html`<${Listing} title="Run a task" lead="Choose a template; its form comes next." path="/v1/templates" live="template" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace}/${it.name}`}
    empty=${html`<${Empty} title="There are no templates yet." command="tasker template publish template.yaml">Publish one on <a href="/publish">Publish</a>, or type:</${Empty}>`}
    columns=${() => [
      { name: 'Template', cell: (it) => html`<a href=${at`/templates/${it.namespace}/${it.name}`}>${it.namespace}/${it.name}</a>`, kind: 'wide' },
      { name: 'New tasks take', cell: (it) => it.latest ?? html`<span class="tone-warn">no version</span>` },
      { name: 'Run', cell: (it) => may('run', it.namespace) && it.latest && html`<a class="button small" href=${at`/run/${it.namespace}/${it.name}`}>Run ${it.name}</a>` },
    ]} />`;
}
