// Code that no host starts.
import { html } from '../lib/preact.js';
import { at, post } from '../lib/api.js';
import { may } from '../lib/session.js';
import { Digest, Empty, Time } from '../components/basics.js';
import { ActionButton } from '../components/dialog.js';
import { Listing } from '../components/listing.js';

export default function Quarantine() {
  return html`<${Listing} title="Quarantine" lead="Code that no host starts, under any of its names." path="/v1/quarantine" live="component"
    keyOf=${(it) => it.digest}
    empty=${html`<${Empty} title="No code is quarantined." command="tasker component quarantine orders/charge@1.5.0 --reason 'charges twice'">The page of a version stops its code at once, on every host; so does:</${Empty}>`}
    columns=${(reload) => [
      { name: 'Names', cell: (it) => it.names.map((name) => html`<div><a href=${at`/components/${name.namespace}/${name.component}/${name.version}`}>${nameOf(name)}</a></div>`), kind: 'wide' },
      { name: 'Digest', cell: (it) => html`<${Digest} digest=${it.digest} />` },
      { name: 'Since', cell: (it) => html`<${Time} at=${it.at} />`, kind: 'nowrap' },
      { name: 'Who', cell: (it) => it.actor },
      { name: 'Why', cell: (it) => html`<bdi>${it.reason}</bdi>` },
      { name: 'Action', cell: (it) => may('operate') && it.names.length > 0 && html`<${ActionButton} kind="small" text="Release" action=${release(it, reload)} />` },
    ]} />`;
}

const nameOf = ({ namespace, component, version }) => `${namespace}/${component}@${version}`;

const release = (quarantine, reload) => {
  const [{ namespace, component, version }] = quarantine.names;
  return {
    title: 'Release from quarantine',
    says: html`<p>Hosts may start this code again, and the steps that wait for it go on:</p><ul>${quarantine.names.map((name) => html`<li>${nameOf(name)}</li>`)}</ul>`,
    run: (reason) => post(at`/v1/namespaces/${namespace}/components/${component}/versions/${version}/release`, { reason }),
    shows: ({ steps }) => html`<p>${steps} steps go on.</p>`, then: reload,
  };
};
