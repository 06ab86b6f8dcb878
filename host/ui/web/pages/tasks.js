// The list of tasks, the newest first.
import { html, useState } from '../lib/preact.js';
import { at, get } from '../lib/api.js';
import { duration, shortId } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { navigate, place } from '../lib/router.js';
import { CREATED_CHOICES, hoursAgo } from '../lib/windows.js';
import { Empty, Filter, Loaded, PageHead, Time } from '../components/basics.js';
import { State } from '../components/state.js';
import { Pager, Table } from '../components/table.js';
import { CancelAll } from './tasks/cancel-all.js';
import { Selected } from './tasks/selected.js';

const STATE_OPTIONS = [
  ['', 'any'], ['pending,in_progress', 'open'], ['pending', 'pending'], ['in_progress', 'in progress'], ['complete', 'complete'],
  ['error', 'error'], ['cancelled', 'cancelled'], ['error,cancelled', 'error or cancelled'],
];

export default function Tasks() {
  const { query } = place.value;
  const filter = Object.fromEntries(['namespace', 'template', 'state', 'tag', 'hours', 'after'].map((name) => [name, query.get(name)]));
  const key = JSON.stringify(filter);
  const { hours, ...asked } = filter;
  const tasks = useLoad((abort) => get('/v1/tasks', { ...asked, since: hoursAgo(hours), limit: 100 }, abort), [key]);
  const [selected, setSelected] = useState(() => new Set());
  const concerns = ({ type, data }) => type.startsWith('tasker.task.')
    && (!filter.namespace || data.namespace === filter.namespace) && (!filter.template || data.template === filter.template);
  useLive(tasks.reload, (event) => !filter.after && concerns(event));
  const toggle = (id) => {
    const changed = new Set(selected);
    if (!changed.delete(id)) changed.add(id);
    setSelected(changed);
  };
  return html`<div class="page">
    <${PageHead} title="Tasks" lead="The newest first. The address has the filters."><a class="button primary" href="/run">Run a task</a></${PageHead}>
    <${Find} />
    <div class="filters">
      <${Filter} name="namespace" label="Namespace" value=${filter.namespace} placeholder="all" />
      <${Filter} name="template" label="Template" value=${filter.template} placeholder="all" />
      <${Filter} name="state" label="State" value=${filter.state} options=${STATE_OPTIONS} />
      <${Filter} name="tag" label="Tag" value=${filter.tag} placeholder="any" />
      <${Filter} name="hours" label="Created" value=${hours} options=${CREATED_CHOICES} />
    </div>
    <${CancelAll} filter=${filter} reload=${tasks.reload} />
    <${Loaded} of=${tasks} what="Reading tasks">${({ items, next }) => html`
      ${items.length === 0 ? html`<${None} filter=${filter} />` : html`<${Table} label="Tasks" columns=${columns(selected, toggle)} rows=${items}
        keyOf=${(task) => task.id} rowClass=${(task) => (selected.has(task.id) ? 'is-selected' : '')} />`}
      <${Pager} after=${filter.after} next=${next} count=${items.length} />
      <${Selected} tasks=${items.filter((task) => selected.has(task.id))} clear=${() => setSelected(new Set())} reload=${tasks.reload} />`}
    </${Loaded}>
  </div>`;
}

const columns = (selected, toggle) => [
  { name: 'Select', cell: (task) => html`<input type="checkbox" aria-label="Select ${task.id}" checked=${selected.has(task.id)} onChange=${() => toggle(task.id)} />` },
  { name: 'State', cell: (task) => html`<${State} state=${task.state} />`, kind: 'nowrap' },
  { name: 'Task', cell: (task) => html`<a href="/tasks/${task.id}"><code title=${task.id}>${shortId(task.id)}</code></a>`, kind: 'nowrap' },
  { name: 'Template', cell: (task) => html`<a href=${at`/templates/${task.namespace}/${task.template}/${task.version}`}>${task.namespace}/${task.template}@${task.version}</a>
    ${task.tags?.length > 0 && html`<div class="small muted"><bdi>${task.tags.join(' · ')}</bdi></div>`}` },
  { name: 'Why it failed or waits', cell: (task) => html`<${About} task=${task} />`, kind: 'wide' },
  { name: 'Created', cell: (task) => html`<${Time} at=${task.created_at} />`, kind: 'nowrap' },
  { name: 'Took', cell: (task) => (task.finished_at ? duration(new Date(task.finished_at) - new Date(task.created_at)) : ''), kind: 'num' },
];

function About({ task }) {
  if (task.error) {
    const { step, code, message, reason } = task.error;
    return html`<bdi class="tone-bad">${[step, code, message ?? reason].filter(Boolean).join(': ').slice(0, 240)}</bdi>`;
  }
  return task.reason ? html`<span class="muted">${task.reason.replaceAll('_', ' ')}</span>` : '';
}

function None({ filter }) {
  const isFiltered = Object.values(filter).some(Boolean);
  if (isFiltered) return html`<${Empty} title="No task is as these filters say.">Change or clear them.</${Empty}>`;
  return html`<${Empty} title="There are no tasks yet." command="tasker task run demo/hello --input @input.json --watch">
    Run one from its form on <a href="/run">Run a task</a>, or type:</${Empty}>`;
}

/** Goes to a task by its id. */
function Find() {
  const [id, setId] = useState('');
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id.trim());
  const submit = (event) => {
    event.preventDefault();
    if (isId) navigate(`/tasks/${id.trim()}`);
  };
  return html`<form class="toolbar" role="search" onSubmit=${submit}>
    <input type="search" aria-label="Id of a task" placeholder="Id of a task" value=${id} onInput=${(event) => setId(event.currentTarget.value)} />
    <button type="submit" class="button" disabled=${!isId}>Open</button></form>`;
}
