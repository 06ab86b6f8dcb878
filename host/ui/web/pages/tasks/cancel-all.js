// Cancels all open tasks that filters match: first which these are, then with a reason.
import { html, useEffect, useState } from '../../lib/preact.js';
import { getAll } from '../../lib/api.js';
import { plural, shortId } from '../../lib/format.js';
import { may, maySomewhere } from '../../lib/session.js';
import { hoursAgo } from '../../lib/windows.js';
import { Card, Problem, Time } from '../../components/basics.js';
import { ActionButton } from '../../components/dialog.js';
import { State } from '../../components/state.js';
import { Table } from '../../components/table.js';
import { cancelAction } from './outcomes.js';

const OPEN = ['pending', 'in_progress'];
/** Tasks that are looked at. */
const MOST = 2_000;
const SHOWN = 20;

/** The button, and what it would do. */
export function CancelAll({ filter, reload }) {
  const { namespace, template, state, tag, hours } = filter;
  const [preview, setPreview] = useState({});
  const key = JSON.stringify([namespace, template, state, tag, hours]);
  useEffect(() => setPreview({}), [key]);
  const states = state ? OPEN.filter((it) => state.split(',').includes(it)) : OPEN;
  if (states.length === 0 || !(namespace ? may('run', namespace) : maySomewhere('run'))) return null;
  const look = async () => {
    setPreview({ isBusy: true });
    try {
      const list = await getAll('/v1/tasks', { namespace, template, tag, state: states.join(','), since: hoursAgo(hours) }, MOST);
      setPreview({ found: list.filter((task) => may('run', task.namespace)), isCut: list.length >= MOST });
    } catch (error) {
      setPreview({ error });
    }
  };
  const { found, error, isBusy, isCut } = preview;
  if (error) return html`<${Problem} error=${error} retry=${look} />`;
  if (!found) {
    return html`<div class="toolbar"><button type="button" class="button" disabled=${isBusy} onClick=${look}>
      ${isBusy ? 'Looking …' : 'Cancel all that are open …'}</button></div>`;
  }
  const done = () => { setPreview({}); reload(); };
  return html`<${Card} title=${`${plural(found.length, 'open task')} would be cancelled`} wide>
    ${isCut && html`<p class="note">There are more; these are the newest. Do it again for the rest.</p>`}
    ${found.length > 0 && html`<${ByTemplate} tasks=${found} />
      <${Table} label="Tasks that would be cancelled" rows=${found.slice(0, SHOWN)} keyOf=${(it) => it.id} columns=${COLUMNS} />
      ${found.length > SHOWN && html`<p class="muted">and ${plural(found.length - SHOWN, 'more task', 'more tasks')}</p>`}`}
    <div class="actions">${found.length > 0 && html`<${ActionButton} action=${cancelAction(found, html`<p>These ${plural(found.length, 'task')}, and none that come later, are cancelled.</p>`, done)} />`}
      <button type="button" class="button" onClick=${() => setPreview({})}>Cancel none</button></div>
  </${Card}>`;
}

const COLUMNS = [
  { name: 'State', cell: (it) => html`<${State} state=${it.state} />`, kind: 'nowrap' },
  { name: 'Task', cell: (it) => html`<a href="/tasks/${it.id}"><code>${shortId(it.id)}</code></a>`, kind: 'nowrap' },
  { name: 'Template', cell: (it) => `${it.namespace}/${it.template}@${it.version}`, kind: 'wide' },
  { name: 'Created', cell: (it) => html`<${Time} at=${it.created_at} />`, kind: 'nowrap' },
];

function ByTemplate({ tasks }) {
  const counts = new Map();
  for (const { namespace, template } of tasks) counts.set(`${namespace}/${template}`, (counts.get(`${namespace}/${template}`) ?? 0) + 1);
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return html`<p>${rows.slice(0, 8).map(([name, count]) => `${count} of ${name}`).join(', ')}${rows.length > 8 && `, and of ${plural(rows.length - 8, 'more template')}`}</p>`;
}
