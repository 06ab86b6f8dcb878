// Where the time of a task went: each step from its release to its end, with waiting, attempts and backoff.
import { html } from '../../lib/preact.js';
import { at, get } from '../../lib/api.js';
import { duration, plural, words } from '../../lib/format.js';
import { useLive, useLoad } from '../../lib/hooks.js';
import { Card, Loaded } from '../../components/basics.js';
import { toneOf } from '../../components/state.js';
import { LongList } from '../../components/table.js';
import { Times } from './times.js';

export function TimelineTab({ task }) {
  const report = useLoad((abort) => get(at`/v1/tasks/${task.id}/report`, {}, abort), [task.id]);
  useLive(report.reload, ({ data }) => data?.task_id === task.id, 2_000);
  return html`<${Loaded} of=${report} what="Reading the report">${(data) => html`<${Timeline} report=${data} />`}</${Loaded}>`;
}

function Timeline({ report }) {
  const begin = new Date(report.created_at).getTime();
  const whole = Math.max(1, new Date(report.as_of).getTime() - begin);
  const rows = [...report.steps].sort((a, b) => (a.released_at ?? '9').localeCompare(b.released_at ?? '9'));
  const attempts = grouped(report.attempts);
  const row = (index) => html`<${Row} task=${report.id} step=${rows[index]} attempts=${attempts.get(rows[index].name) ?? []}
    share=${(time) => (new Date(time).getTime() - begin) / whole} whole=${whole} />`;
  return html`<div class="stack">
    <ul class="legend">
      ${[['fill-good', 'ran'], ['fill-bad', 'failed attempt'], ['queued', 'waited for a slot'], ['backoff', 'backed off'], ['suspended', 'in quarantine']].map(([kind, text]) => html`
        <li><span class="timeline-track"><span class=${kind} style=${{ left: '0', width: '100%' }} /></span>${text}</li>`)}
      <li><span class="timeline-track"><span class="critical" style=${{ left: '0', width: '100%' }} /></span>on the critical path</li>
    </ul>
    <${LongList} label="Timeline" count=${rows.length} height=${30} rows=${20} row=${row} />
    ${report.left_out.steps > 0 && html`<p class="note">${plural(report.left_out.steps, 'step')} that took the least are not shown.</p>`}
    <div class="cards">
      <${Card} title="Critical path"><p class="muted">The chain of steps that decided when the task ended: ${report.critical_path.length} of ${report.steps.length + report.left_out.steps} steps.</p>
        <${Times} label="Times of the critical path" times=${report.path_times} /></${Card}>
      <${Card} title="All steps"><p class="muted">The same of all steps together.</p><${Times} times=${report.total_times} /></${Card}>
    </div>
  </div>`;
}

function grouped(attempts) {
  const map = new Map();
  for (const attempt of attempts) (map.get(attempt.step) ?? map.set(attempt.step, []).get(attempt.step)).push(attempt);
  return map;
}

const KINDS = [['queued', 'queued_ms'], ['backoff', 'backoff_ms'], ['suspended', 'suspended_ms']];

/** What a step did, one after the other, as shares of the whole time: kind, from, to, what is said of it. */
function segments(step, attempts, share, whole) {
  if (!step.released_at) return [];
  const end = step.finished_at ? share(step.finished_at) : 1;
  const found = [];
  const started = step.started_at ? share(step.started_at) : end;
  found.push(['queued', share(step.released_at), started, 'waited for a slot']);
  let ran = 0;
  for (const [index, attempt] of attempts.entries()) {
    const [from, to] = [share(attempt.started_at), attempt.ended_at ? share(attempt.ended_at) : 1];
    const kind = { failed: 'fill-bad', running: 'fill-run' }[attempt.outcome] ?? 'fill-idle';
    found.push([kind, from, to, `attempt ${attempt.attempt}: ${words(attempt.outcome)}${attempt.message ? `, ${attempt.message.slice(0, 200)}` : ''}`]);
    ran += to - from;
    const next = attempts[index + 1];
    if (next && attempt.outcome === 'failed') found.push(['backoff', to, share(next.started_at), 'backed off']);
  }
  // The report lists attempts that did not complete; the one that did ran for what is left.
  const isLast = step.started_at && step.state !== 'error' && attempts.at(-1)?.outcome !== 'running';
  if (isLast) {
    const from = attempts.length > 0 ? Math.max(0, end - Math.max(0, step.times.running_ms / whole - ran)) : started;
    if (attempts.at(-1)?.outcome === 'failed') found.push(['backoff', share(attempts.at(-1).ended_at), from, 'backed off']);
    found.push([`fill-${toneOf(step.state)}`, from, end, `ran ${duration(step.times.running_ms)} in all`]);
  }
  return found;
}

function Row({ task, step, attempts, share, whole }) {
  const percent = (part) => `${Math.max(0, Math.min(1, part)) * 100}%`;
  const bar = ([kind, from, to, title]) => html`<span class=${kind} title=${title} style=${{ left: percent(from), width: percent(to - from) }} />`;
  const text = KINDS.filter(([, name]) => step.times[name] > 0).map(([kind, name]) => `${kind} ${duration(step.times[name])}`).join(', ');
  const [from, to] = [step.released_at ? share(step.released_at) : 1, step.finished_at ? share(step.finished_at) : 1];
  return html`<div class="timeline-row"><a href=${at`/tasks/${task}/steps/${step.name}`} title=${step.name}>${step.name}</a>
    <div class="timeline-track" role="img" aria-label="${step.name}: running ${duration(step.times.running_ms)}${text ? `, ${text}` : ''}${step.is_critical ? ', on the critical path' : ''}">
      ${segments(step, attempts, share, whole).filter(([, begin, end]) => end > begin).map(bar)}
      ${step.is_critical && bar(['critical', from, to, 'on the critical path'])}</div>
    <span class="num small">${duration(step.times.queued_ms + step.times.running_ms + step.times.backoff_ms + step.times.suspended_ms)}</span></div>`;
}
