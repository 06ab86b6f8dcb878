// What can be done with the tasks that are selected.
import { html } from '../../lib/preact.js';
import { plural, shortId } from '../../lib/format.js';
import { may } from '../../lib/session.js';
import { ActionButton } from '../../components/dialog.js';
import { isFinal } from '../../components/state.js';
import { cancelAction, runAgainAction } from './outcomes.js';

const SHOWN = 10;

export function Selected({ tasks, clear, reload }) {
  if (tasks.length === 0) return null;
  const allowed = tasks.filter((task) => may('run', task.namespace));
  const open = allowed.filter((task) => !isFinal(task.state));
  const ended = allowed.filter((task) => isFinal(task.state));
  const done = () => { clear(); reload(); };
  return html`<div class="selected" role="region" aria-label="Selected tasks"><strong>${plural(tasks.length, 'task')} selected</strong>
    ${open.length > 0 && html`<${ActionButton} action=${cancelAction(open, which(open, 'open', tasks), done)} />`}
    ${ended.length > 0 && html`<${ActionButton} action=${runAgainAction(ended, which(ended, 'ended', tasks), done)} />`}
    ${allowed.length === 0 && html`<span class="muted">your key may run none of them</span>`}
    <button type="button" class="button" onClick=${clear}>Clear</button></div>`;
}

function which(tasks, kind, selected) {
  return html`<p>${plural(tasks.length, `${kind} task`)} of the ${selected.length} selected:</p>
    <ul>${tasks.slice(0, SHOWN).map((task) => html`<li><code>${shortId(task.id)}</code> ${task.namespace}/${task.template}@${task.version}</li>`)}</ul>
    ${tasks.length > SHOWN && html`<p>and ${tasks.length - SHOWN} more</p>`}`;
}
