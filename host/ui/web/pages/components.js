// All components.
import { html } from '../lib/preact.js';
import { Empty } from '../components/basics.js';
import { Listing, NAMESPACE } from '../components/listing.js';
import { summaryColumns } from '../components/versions.js';

export default function Components() {
  return html`<${Listing} title="Components" lead="WebAssembly components with the handlers of steps." path="/v1/components" live="component" filters=${[NAMESPACE]}
    keyOf=${(it) => `${it.namespace}/${it.name}`}
    actions=${() => html`<a class="button primary" href="/publish">Publish</a>`}
    empty=${html`<${Empty} title="There are no components yet." command="tasker new handler demo/greet && cd greet && tasker component publish .">Drop a file on <a href="/publish">Publish</a>, or type:</${Empty}>`}
    columns=${() => summaryColumns('components')} />`;
}
