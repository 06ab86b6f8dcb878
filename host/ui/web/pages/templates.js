// All templates.
import { html } from '../lib/preact.js';
import { at } from '../lib/api.js';
import { may } from '../lib/session.js';
import { Empty } from '../components/basics.js';
import { Listing, NAMESPACE } from '../components/listing.js';
import { summaryColumns } from '../components/versions.js';

export default function Templates() {
  return html`<${Listing} title="Templates" lead="Directed graphs of steps. Each version is immutable." path="/v1/templates" live="template" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace}/${it.name}`}
    actions=${() => html`<a class="button primary" href="/publish">Publish</a>`}
    empty=${html`<${Empty} title="There are no templates yet." command="tasker template publish template.yaml">Drop a file on <a href="/publish">Publish</a>, or type:</${Empty}>`}
    columns=${() => [
      ...summaryColumns('templates'),
      { name: 'Run', cell: (it) => may('run', it.namespace) && it.latest && html`<a class="button small" href=${at`/run/${it.namespace}/${it.name}`}>Run ${it.name}</a>` },
    ]} />`;
}
