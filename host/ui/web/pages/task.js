// One task: why it failed, what can be done with it, and everything that is known of it in tabs.
import { html } from '../lib/preact.js';
import { at, get, post } from '../lib/api.js';
import { duration } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { may } from '../lib/session.js';
import { releaseOf, useSteps } from '../lib/steps.js';
import { Copy, Facts, Loaded, PageHead, Tabs, Time } from '../components/basics.js';
import { ActionButton } from '../components/dialog.js';
import { State, StateBar, isFinal } from '../components/state.js';
import { Cause } from './task/cause.js';
import { DataTab } from './task/data.js';
import { EventsTab } from './task/events.js';
import { GraphTab } from './task/graph.js';
import { LogsTab } from './task/logs.js';
import { ReportTab } from './task/report.js';
import { StepsTab } from './task/steps.js';
import { TimelineTab } from './task/timeline.js';

const TABS = [
  ['graph', 'Graph', GraphTab],
  ['timeline', 'Timeline', TimelineTab],
  ['steps', 'Steps', StepsTab],
  ['events', 'Events', EventsTab],
  ['logs', 'Logs', LogsTab],
  ['data', 'Input and result', DataTab],
  ['report', 'Report', ReportTab],
];

export default function Task({ id, tab = 'graph' }) {
  const task = useLoad((abort) => get(at`/v1/tasks/${id}`, {}, abort), [id]);
  const steps = useSteps(id);
  useLive(task.reload, ({ data }) => data?.task_id === id, 300);
  return html`<div class="page"><${Loaded} of=${task} what="Reading the task">${(data) => html`
    <${PageHead} title=${`${data.namespace}/${data.template}`} lead=${html`Task <code>${data.id}</code>`}>
      <${Copy} text=${data.id} label="Copy id" /><${Actions} task=${data} reload=${task.reload} /></${PageHead}>
    ${data.state === 'error' && html`<${Cause} task=${data} />`}
    <${Known} task=${data} />
    <${Tabs} label="Parts of the task" current=${tab} tabs=${TABS.map(([name, text]) => [name, text, name === 'graph' ? `/tasks/${id}` : `/tasks/${id}/${name}`])} />
    <${Tab} task=${data} steps=${steps} tab=${tab} />`}
  </${Loaded}></div>`;
}

function Tab({ task, steps, tab }) {
  const [, , Shown] = TABS.find(([name]) => name === tab) ?? TABS[0];
  return html`<${Shown} key=${tab} task=${task} steps=${steps} />`;
}

function Known({ task }) {
  const template = at`/templates/${task.namespace}/${task.template}/${task.version}`;
  const took = (task.finished_at ? new Date(task.finished_at) : new Date()) - new Date(task.created_at);
  return html`<${Facts} of=${[
      ['State', html`<span aria-live="polite"><${State} state=${task.state} /></span>`],
      ['Template', html`<a href=${template}>${releaseOf(task)}</a>`],
      ['Created', html`<${Time} at=${task.created_at} />`],
      [task.finished_at ? 'Took' : 'Since', duration(took)],
      ['Priority', task.priority],
      ['Correlation', html`<code>${task.correlation_id}</code>`],
      ['Waits', task.reason && task.reason.replaceAll('_', ' ')],
      ['Cancelled', task.state === 'cancelled' && html`<bdi>${task.error?.reason || 'no reason given'}</bdi>`],
    ].filter(([, value]) => value !== false)} />
    <${StateBar} counts=${task.step_counts} />`;
}

function Actions({ task, reload }) {
  const cancel = {
    title: 'Cancel the task',
    isDangerous: true,
    says: html`<p>Steps that have not started never will. What runs is ended. The task ends as cancelled, which cannot be undone.</p>`,
    run: (reason) => post(at`/v1/tasks/${task.id}/cancel`, { reason }),
    then: reload,
  };
  return html`
    ${may('run', task.namespace) && html`<a class="button" href=${`${at`/run/${task.namespace}/${task.template}`}?from=${task.id}`}>Run again</a>`}
    ${may('run', task.namespace) && !isFinal(task.state) && html`<${ActionButton} action=${cancel} icon="stop" />`}`;
}
