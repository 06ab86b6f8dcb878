// Hosts that run, and those that stopped in the last hour.
import { html } from '../lib/preact.js';
import { at, post } from '../lib/api.js';
import { may } from '../lib/session.js';
import { Empty, Time } from '../components/basics.js';
import { ActionButton } from '../components/dialog.js';
import { Listing } from '../components/listing.js';
import { State } from '../components/state.js';

export default function Hosts() {
  return html`<${Listing} title="Hosts" lead="Those that run a worker, and those that stopped in the last hour." path="/v1/hosts" live="host" keyOf=${(it) => String(it.id)}
    empty=${html`<${Empty} title="No host runs a worker, so no step is run." command="tasker serve --database-url postgres://localhost/tasker" />`}
    columns=${(reload) => [
      { name: 'Host', cell: (it) => html`${it.host_name} <span class="muted">pid ${it.pid}</span>`, kind: 'wide' },
      { name: 'Id', cell: (it) => it.id, kind: 'num' },
      { name: 'State', cell: (it) => html`<${State} state=${it.state} />` },
      { name: 'Running', cell: (it) => `${it.running} of ${it.slots ?? '?'}`, kind: 'num' },
      { name: 'Version', cell: (it) => it.version ?? '' },
      { name: 'Started', cell: (it) => html`<${Time} at=${it.started_at} />`, kind: 'nowrap' },
      { name: 'Heartbeat', cell: (it) => html`<${Time} at=${it.stopped_at ?? it.heartbeat_at} />`, kind: 'nowrap' },
      { name: 'Action', cell: (it) => may('operate') && it.state !== 'stopped' && html`<${ActionButton} kind="small" ...${drain(it, reload)} />` },
    ]} />`;
}

function drain(host, reload) {
  const path = at`/v1/hosts/${host.id}`;
  if (host.draining_since) {
    return { text: 'Resume', action: { title: 'Resume the host', says: html`<p>${host.host_name} claims steps again.</p>`, run: (reason) => post(`${path}/resume`, { reason }), then: reload } };
  }
  const says = html`<p>${host.host_name} claims nothing more and finishes what it runs. It can be stopped once it is drained.</p>`;
  return { text: 'Drain', action: { title: 'Drain the host', isDangerous: true, says, run: (reason) => post(`${path}/drain`, { reason }), then: reload } };
}
