// What a version would change, before it is published.
import { html } from '../../lib/preact.js';
import { plural, words } from '../../lib/format.js';
import { Icon } from '../../components/icon.js';
import { Table } from '../../components/table.js';
import { Changes } from '../../components/versions.js';

export function Plan({ plan, kind }) {
  return html`<section class="stack" aria-label="Plan">
    ${plan.status && html`<p class="note">This version is published already (${words(plan.status)}).</p>`}
    ${plan.lowest_version
      ? html`<p class="note"><strong>The number does not allow the changes.</strong> The lowest that does is <code>${plan.lowest_version}</code>.</p>`
      : html`<p class="note good"><${Icon} name="check" /> The version number allows the changes.</p>`}
    <${Changes} report=${plan.compat_report} />
    ${kind === 'component' ? html`<${OfComponent} plan=${plan} />` : html`<${OfTemplate} plan=${plan} />`}
    ${plan.open_tasks.length > 0 && html`<p>${plan.open_tasks.map((it) => `${plural(it.open_tasks, 'open task')} of ${it.version}`).join(', ')}: they keep what they have.</p>`}
  </section>`;
}

function OfComponent({ plan }) {
  return html`
    ${plan.unapproved.length > 0 && html`<div class="note"><p>It will wait for approval, since it requests:</p><ul>${plan.unapproved.map((it) => html`<li><code>${it}</code></li>`)}</ul></div>`}
    ${plan.obstacles.map((it) => html`<p class="note">${it.detail}</p>`)}
    ${plan.steps.length > 0 && html`<${Table} label="Steps" rows=${plan.steps} keyOf=${(it) => `${it.namespace}/${it.template}@${it.template_version} ${it.step}`} columns=${[
      { name: 'Template', cell: (it) => `${it.namespace}/${it.template}@${it.template_version}`, kind: 'wide' },
      { name: 'Step', cell: (it) => it.step },
      { name: 'Asks for', cell: (it) => html`<code>${it.requirement}</code>` },
      { name: 'Now', cell: (it) => it.takes ?? 'none' },
      { name: 'Then', cell: (it) => it.would_take ?? 'none' },
      { name: 'New tasks', cell: (it) => (it.lacks_handler ? html`<span class="tone-bad">it lacks the handler ${it.handler}</span>` : words(it.impact)) },
    ]} />`}
    ${plan.steps.length === 0 && html`<p class="muted">No step of a template asks for it.</p>`}
    ${plan.is_cut && html`<p class="muted">There are more steps or pins than are listed.</p>`}`;
}

const OfTemplate = ({ plan }) => html`
  <p>New tasks that ask for no version take ${plan.takes ?? 'none'} now, and would take <strong>${plan.would_take ?? 'none'}</strong>.</p>
  ${plan.ungranted.length > 0 && html`<div class="note"><p>Not granted in ${plan.namespace}:</p><ul>${plan.ungranted.map((it) => html`<li>${it.component}@${it.version}: ${it.capabilities.join(', ')}</li>`)}</ul></div>`}
  <${Table} label="Steps" rows=${plan.steps} keyOf=${(it) => it.step} columns=${[
    { name: 'Step', cell: (it) => it.step },
    { name: 'Handler', cell: (it) => html`<code>${it.handler}</code>`, kind: 'wide' },
    { name: 'Would run', cell: (it) => it.takes ?? html`<span class="tone-bad">nothing</span>` },
    { name: 'Problem', cell: (it) => it.problem && html`<span class="tone-bad">${it.problem}</span>` },
  ]} />`;
