// One version of a component: what it may do and wants to do, its handlers, what it changed, and what can be done with it.
import { html } from '../lib/preact.js';
import { at, get, post } from '../lib/api.js';
import { bytes } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { may } from '../lib/session.js';
import { Card, Copy, Facts, Loaded, PageHead, Time } from '../components/basics.js';
import { Requested } from '../components/capabilities.js';
import { Comparison } from '../components/comparison.js';
import { ActionButton } from '../components/dialog.js';
import { JsonTree } from '../components/json.js';
import { State, versionState } from '../components/state.js';
import { AffectedPins, References } from '../components/versions.js';

export default function ComponentVersion({ namespace, name, version }) {
  const path = at`/v1/namespaces/${namespace}/components/${name}/versions/${version}`;
  const loaded = useLoad((abort) => get(path, {}, abort), [path]);
  useLive(loaded.reload, ({ type }) => type.startsWith('tasker.component.') || type.startsWith('tasker.grant.'));
  return html`<div class="page">
    <p class="crumbs"><a href=${at`/components/${namespace}/${name}`}>${namespace}/${name}</a></p>
    <${Loaded} of=${loaded} what="Reading the version">${(data) => html`<${Shown} data=${data} path=${path} reload=${loaded.reload} />`}</${Loaded}>
  </div>`;
}

function Shown({ data, path, reload }) {
  const release = `${data.namespace}/${data.component}@${data.version}`;
  return html`
    <${PageHead} title=${release}><${Actions} data=${data} path=${path} reload=${reload} /></${PageHead}>
    ${data.withdrawal && html`<p class="note"><strong>${versionState(data).replaceAll('_', ' ')}</strong> by ${data.withdrawal.actor} <${Time} at=${data.withdrawal.at} />: <bdi>${data.withdrawal.reason || 'no reason given'}</bdi></p>`}
    <${Facts} of=${[
      ['Status', html`<${State} state=${versionState(data)} />`],
      ['Published', html`<${Time} at=${data.created_at} />`],
      ['Size', html`${bytes(data.size_bytes)} · <a href="${path}/bytes" download="${data.component}-${data.version}.wasm">Download</a>`],
      ['Contract', data.contract],
      ['Digest', html`<code>${data.digest}</code>`],
      ['Commit', data.provenance?.commit && html`<code>${data.provenance.commit}</code>`],
      ['Languages', data.provenance?.languages.map((tool) => [tool.name, tool.version].filter(Boolean).join(' ')).join(', ')],
    ]} />
    <div class="cards">
      <${Capabilities} data=${data} path=${path} reload=${reload} />
      <${Comparison} base=${at`/v1/namespaces/${data.namespace}/components/${data.component}`} data=${data} />
      <${Card} title="Handlers" wide>${data.handlers.length === 0 ? html`<p class="muted">It does not describe them.</p>` : data.handlers.map((handler) => html`
        <details><summary><strong>${handler.name}</strong> <span class="muted">${handler.description ?? ''}</span></summary>
          <${JsonTree} value=${{ input: handler.input_schema, result: handler.result_schema, error_codes: handler.error_codes, retry: handler.retry }} /></details>`)}</${Card}>
      <${References} path=${path} />
    </div>`;
}

/** What it asks for, against what its namespace grants. */
function Capabilities({ data, path, reload }) {
  const approve = {
    title: 'Approve the capabilities',
    says: html`<p>${data.namespace} grants these to ${data.component}, and new tasks may take version ${data.version}:</p>
      <ul>${data.unapproved.map((capability) => html`<li><code>${capability}</code></li>`)}</ul>`,
    run: (reason) => post(`${path}/approve`, { reason }),
    then: reload,
  };
  const needsApproval = data.status === 'needs_approval';
  return html`<${Card} title="Capabilities">
    ${needsApproval && html`<p class="note">It waits for approval: ${data.unapproved.length} of what it requests is not approved.</p>`}
    <${Requested} requested=${data.requested} />
    ${needsApproval && may('grant', data.namespace) && html`<div><${ActionButton} action=${approve} kind="primary" icon="shield" /></div>`}
  </${Card}>`;
}

function Actions({ data, path, reload }) {
  const release = `${data.namespace}/${data.component}@${data.version}`;
  const action = (name, title, says, more = {}) => ({ title, says: html`<p>${says}</p>`, run: (reason) => post(`${path}/${name}`, { reason }), then: reload, ...more });
  const yank = action('yank', 'Yank the version', 'New tasks do not take it; tasks that have it keep it. Pins that only it satisfied are rolled back.',
    { isDangerous: true, shows: (answer) => html`<${AffectedPins} answer=${answer} />` });
  const unyank = action('unyank', 'Undo the yank', 'New tasks may take it again. No pin is moved.');
  const quarantine = action('quarantine', 'Quarantine the code', 'No host starts these bytes, under any of their names, and what runs of them is ended. Steps wait and lose no attempt.', {
    isDangerous: true,
    shows: (answer) => html`<p>The code is quarantined on every host.</p>
      <ul>${(answer.held ?? []).map((it) => html`<li>${it.tasks} tasks of ${it.namespace}/${it.template} wait with ${it.steps} steps</li>`)}</ul><${AffectedPins} answer=${answer} />`,
  });
  const release_ = action('release', 'Release from quarantine', 'Hosts may start the code again, and the steps that waited go on.',
    { shows: (answer) => html`<p>${answer.steps} steps go on.</p>` });
  return html`<${Copy} text=${release} label="Copy name" />
    ${may('operate', data.namespace) && (data.status === 'yanked' ? html`<${ActionButton} action=${unyank} />` : html`<${ActionButton} action=${yank} icon="stop" />`)}
    ${may('operate') && (data.quarantined ? html`<${ActionButton} action=${release_} icon="play" />` : html`<${ActionButton} action=${quarantine} icon="alert" />`)}`;
}
