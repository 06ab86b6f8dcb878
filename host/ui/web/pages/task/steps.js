// The steps of a task as rows.
import { html } from '../../lib/preact.js';
import { at } from '../../lib/api.js';
import { duration, plural, words } from '../../lib/format.js';
import { place } from '../../lib/router.js';
import { Empty, Filter, Loaded } from '../../components/basics.js';
import { State } from '../../components/state.js';
import { LongList } from '../../components/table.js';

export function StepsTab({ task, steps }) {
  return html`<${Loaded} of=${steps.of} what="Reading the steps">${(all) => html`<${List} task=${task} all=${all} states=${steps.states} />`}</${Loaded}>`;
}

function List({ task, all, states }) {
  const { query } = place.value;
  const [name, state] = [query.get('find')?.toLowerCase() ?? '', query.get('state') ?? ''];
  const stateOf = (step) => states.get(step.name) ?? step.state;
  const shown = all.filter((step) => step.name.toLowerCase().includes(name) && (!state || stateOf(step) === state));
  const present = [...new Set(all.map(stateOf))].sort();
  return html`<div class="stack">
    <div class="filters">
      <${Filter} name="find" label="Find a step" value=${query.get('find')} />
      <${Filter} name="state" label="State" value=${state} options=${[['', 'any'], ...present.map((it) => [it, words(it)])]} />
      <span class="muted" aria-live="polite">${plural(shown.length, 'step')}</span>
    </div>
    ${shown.length === 0 ? html`<${Empty} title="No step is as these filters say." />` : html`<div>
      <div class="step-row head" aria-hidden="true"><span>State</span><span>Step</span><span>Runs</span><span class="num">Attempts</span><span class="num">Took</span></div>
      <${LongList} label="Steps" count=${shown.length} height=${38} rows=${16} row=${(index) => html`<${Row} task=${task} step=${shown[index]} state=${stateOf(shown[index])} />`} />
    </div>`}
  </div>`;
}

const Row = ({ task, step, state }) => html`<div class="step-row">
  <${State} state=${state} />
  <a href=${at`/tasks/${task.id}/steps/${step.name}`} title=${step.name}>${step.name}</a>
  <span class="muted" title=${step.reason ?? ''}>${step.component}@${step.version} ${step.handler}</span>
  <span class="num">${step.counted_attempts}/${step.max_attempts}</span>
  <span class="num">${duration(step.duration_ms)}</span>
</div>`;
