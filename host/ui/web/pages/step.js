// One step: its attempts side by side, what it ran exactly, what that could reach, what it used, its log and payloads.
import { html } from '../lib/preact.js';
import { at, get, getAll } from '../lib/api.js';
import { bytes, duration, plural } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { Card, Digest, Empty, Facts, Loaded, PageHead, Time } from '../components/basics.js';
import { Payload } from '../components/json.js';
import { State } from '../components/state.js';
import { StepCapabilities } from './task/capabilities.js';
import { Failure } from './task/failure.js';
import { StepLog } from './task/logs.js';
import { Ledger } from './task/report.js';

export default function Step({ id, step: name }) {
  const loaded = useLoad(async (abort) => {
    const [report, steps, ledger] = await Promise.all([
      get(at`/v1/tasks/${id}/report`, {}, abort), getAll(at`/v1/tasks/${id}/steps`, {}, 10_000, abort), ledgerOf(id, name, abort),
    ]);
    return { report, ledger, step: steps.find((it) => it.name === name), reported: report.steps.find((it) => it.name === name) };
  }, [id, name]);
  useLive(loaded.reload, ({ data }) => data?.task_id === id && (!data.step || data.step === name), 500);
  return html`<div class="page">
    <p class="crumbs"><a href="/tasks/${id}">Task ${id}</a> · <a href="/tasks/${id}/steps">Steps</a></p>
    <${PageHead} title=${name} />
    <${Loaded} of=${loaded} what="Reading the step">${({ report, step, reported, ledger }) => (step
      ? html`<${Shown} report=${report} step=${step} reported=${reported} ledger=${ledger} />`
      : html`<${Empty} title=${`The task has no step ${name}.`}><a href="/tasks/${id}/steps">All steps of the task</a></${Empty}>`)}
    </${Loaded}></div>`;
}

/** Pages of events that are read at most; each looks at 2,000 rows of the log of all tasks. */
const MOST_PAGES = 5;

/** What each attempt ran and used, by its number, as far as the first events since the task was created say. */
async function ledgerOf(task, step, abort) {
  const ledger = new Map();
  let from = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next, is_end: isEnd } = await get('/v1/events', { task, step, types: 'tasker.attempt.*', from, limit: 500 }, abort);
    for (const { data } of items) {
      if (data.cpu_ms !== undefined) ledger.set(data.attempt, data);
    }
    if (isEnd) break;
    from = next;
  }
  return ledger;
}

function Shown({ report, step, reported, ledger }) {
  const attempts = attemptsOf(report, step);
  const [namespace, component] = step.component.split('/');
  return html`
    <${Facts} of=${[
      ['State', html`<${State} state=${step.state} />`],
      ['Runs', html`<a href=${at`/components/${namespace}/${component}/${step.version}`}>${step.component}@${step.version}</a>`],
      ['Handler', html`<code>${step.handler}</code>`],
      ['Digest', html`<${Digest} digest=${step.digest} />`],
      ['Attempts', `${step.counted_attempts} of ${step.max_attempts} count, ${step.attempts} in all`],
      ['Started', step.started_at && html`<${Time} at=${step.started_at} />`],
      ['Took', step.duration_ms !== null && duration(step.duration_ms)],
      ['Next attempt', step.state === 'waiting_for_retry' && html`<${Time} at=${step.ready_at} />`],
      ['Waits', step.reason],
    ].filter(([, value]) => value !== false)} />
    <${Parents} task=${report.id} step=${step} />
    <section class="stack" aria-label="Attempts"><h2>${plural(attempts.length, 'attempt')}</h2>
      ${attempts.length === 0 ? html`<${Empty} title="It was not tried yet." />` : html`<div class="attempts">
        ${attempts.map((attempt) => html`<${Attempt} key=${attempt.attempt} attempt=${attempt} task=${report.id} step=${step} used=${ledger.get(attempt.attempt)} />`)}</div>`}
    </section>
    <div class="cards">
      <${StepCapabilities} namespace=${report.namespace} step=${step} />
      ${reported && html`<${Card} title="Used by its attempts"><${Ledger} resources=${reported.resources} /></${Card}>`}
      ${step.result_bytes !== null && html`<${Card} title="Result"><${Payload} path=${at`/v1/tasks/${report.id}/steps/${step.name}/result`} size=${step.result_bytes} name="result-${step.name}" /></${Card}>`}
      ${step.checkpoint_bytes !== null && html`<${Card} title="Checkpoint"><${Payload} path=${at`/v1/tasks/${report.id}/steps/${step.name}/checkpoint`} size=${step.checkpoint_bytes} name="checkpoint-${step.name}" /></${Card}>`}
    </div>
    <section class="stack" aria-label="Log"><h2>Log</h2><${StepLog} task=${report} step=${step.name} /></section>`;
}

function Parents({ task, step }) {
  if (step.depends_on.length === 0) return null;
  return html`<p>Depends on ${step.depends_on.map((parent, index) => html`${index > 0 && ', '}<a href=${at`/tasks/${task}/steps/${parent}`}>${parent}</a>`)}</p>`;
}

/** Those that did not complete are in the report; the one that did is the newest. */
function attemptsOf(report, step) {
  const known = report.attempts.filter((it) => it.step === step.name);
  const newest = { attempt: step.attempts, outcome: step.state, started_at: step.started_at, ended_at: step.finished_at, duration_ms: step.duration_ms };
  const isMissing = step.attempts > 0 && !known.some((it) => it.attempt === step.attempts);
  return isMissing ? [...known, newest] : known;
}

function Attempt({ attempt, task, step, used }) {
  const isNewest = attempt.attempt === step.attempts;
  const error = isNewest && step.error ? step.error : attempt;
  return html`<${Card} title=${`Attempt ${attempt.attempt}`} actions=${html`<${State} state=${attempt.outcome} />`}>
    <${Facts} of=${[
      ['Started', html`<${Time} at=${attempt.started_at} />`],
      ['Took', duration(attempt.duration_ms)],
      ['Host', attempt.host],
      ['Ran', used && html`${used.component}@${used.component_version} <${Digest} digest=${used.component_digest} />`],
      ['Processor', used && duration(used.cpu_ms)],
      ['Memory', used?.memory_kib && bytes(used.memory_kib * 1024)],
    ]} />
    ${(attempt.code || attempt.message || attempt.reason || (isNewest && step.error)) && html`<${Failure} error=${{ code: error.code, kind: error.kind, message: error.message, reason: error.reason, backtrace: error.backtrace }} />`}
    ${isNewest && step.error_bytes > 4096 && html`<p><a href=${at`/v1/tasks/${task}/steps/${step.name}/error`} download="error-${step.name}.json">Download the whole error (${bytes(step.error_bytes)})</a></p>`}
    <a href="${at`/tasks/${task}/logs`}?step=${encodeURIComponent(step.name)}&attempt=${attempt.attempt}">Its log</a>
  </${Card}>`;
}
