// The rollout of a pin: its share, both sides, and how much worse the new one may be.
import { html, useEffect, useId, useState } from '../../lib/preact.js';
import { post, unchanged } from '../../lib/api.js';
import { duration, number, percent } from '../../lib/format.js';
import { may } from '../../lib/session.js';
import { Card } from '../../components/basics.js';
import { ActionButton, ask } from '../../components/dialog.js';
import { failureRate } from '../../components/figures.js';
import { State } from '../../components/state.js';
import { Table } from '../../components/table.js';

export function Rollout({ path, namespace, pin, versions, figures, reload }) {
  const rollout = pin?.rollout;
  const mayPin = may('pin', namespace);
  const end = (name, title, says) => ({ title, says: html`<p>${says}</p>`, run: (reason) => post(`${path}/${name}`, { reason }, undefined, unchanged(pin)), then: reload });
  return html`<${Card} title="Rollout" actions=${rollout && html`<${State} state=${rollout.state} />`}>
    ${rollout?.paused_because && html`<p class="note"><strong>Paused:</strong> <bdi>${rollout.paused_because}</bdi></p>`}
    ${!pin && html`<p class="muted">A rollout goes from what is pinned to another version, so it needs a pin first.</p>`}
    ${pin && mayPin && html`<${Share} path=${path} pin=${pin} versions=${versions} reload=${reload} />`}
    ${rollout && html`
      <div class="sides">
        <${Side} title=${`${pin.version ?? pin.requirement}, the present one`} figures=${figures.find((it) => it.version === pin.version)} />
        <${Side} title=${`${rollout.version ?? rollout.requirement}, the new one`} isNew figures=${figures.find((it) => it.version === rollout.version)} />
      </div>
      <${Guard} guard=${rollout.guard} before=${figures.find((it) => it.version === pin.version)} after=${figures.find((it) => it.version === rollout.version)} />
      ${mayPin && html`<div class="actions">${rollout.state === 'paused'
        ? html`<${ActionButton} icon="play" action=${end('resume', 'Resume the rollout', 'The rollout goes on; its guard looks at what comes from then on.')} />`
        : html`<${ActionButton} icon="pause" action=${end('pause', 'Pause the rollout', 'Its share stays as it is, and may not grow until it is resumed.')} />`}</div>`}`}
  </${Card}>`;
}

/** Which version, and what share of new tasks: a slider, and a field for what a slider cannot say. */
function Share({ path, pin, versions, reload }) {
  const ids = [useId(), useId(), useId()];
  const usable = versions.filter((it) => it.status === 'active' && !it.quarantined && !it.collected_at).map((it) => it.version);
  const others = usable.filter((it) => it !== pin.version);
  const [to, setTo] = useState(pin.rollout?.version ?? others[0] ?? '');
  const [share, setShare] = useState(pin.rollout?.percent ?? 10);
  useEffect(() => {
    if (pin.rollout) {
      setShare(pin.rollout.percent);
      setTo(pin.rollout.version ?? '');
    }
  }, [pin.rollout?.percent, pin.rollout?.version]);
  if (others.length === 0) return html`<p class="muted">There is no other version that new tasks may take.</p>`;
  const isPaused = pin.rollout?.state === 'paused';
  const start = {
    title: Number(share) === 100 ? 'Move all new tasks' : 'Set the share',
    says: html`<p><strong>${share} %</strong> of new tasks take <strong>${to}</strong>, the others <strong>${pin.version ?? pin.requirement}</strong>. ${Number(share) === 100 ? 'That ends the rollout: the pin says the new version.' : 'A task keeps its side for all of its steps.'}</p>
      ${isPaused && html`<p class="note">The rollout is paused; this resumes it.</p>`}`,
    run: (reason) => post(`${path}/rollout`, { to, percent: Number(share), reason, force: isPaused }, undefined, unchanged(pin)), then: reload,
  };
  const submit = (event) => {
    event.preventDefault();
    ask(start);
  };
  return html`<form class="stack" onSubmit=${submit}>
    <div class="field"><label for=${ids[0]}>New version</label><select id=${ids[0]} onChange=${(event) => setTo(event.currentTarget.value)}>
      ${others.map((version) => html`<option value=${version} selected=${version === to}>${version}</option>`)}</select></div>
    <div class="field"><label for=${ids[1]}>Share of new tasks</label>
      <div class="slider"><input id=${ids[1]} type="range" min="0" max="100" step="1" value=${share} onInput=${(event) => setShare(event.currentTarget.value)} />
        <input id=${ids[2]} type="number" min="0" max="100" step="0.01" value=${share} aria-label="Share in percent" onInput=${(event) => setShare(event.currentTarget.value)} /></div></div>
    <div><button type="submit" class="button primary">${start.title}</button></div>
  </form>`;
}

const Side = ({ title, figures, isNew }) => html`<div class="side-figures ${isNew ? 'is-new' : ''}"><h3>${title}</h3>
  ${figures ? html`<dl class="figures">
      <div><dt>Attempts</dt><dd>${number(figures.count)}</dd></div>
      <div><dt>Failed</dt><dd>${percent(failureRate(figures))}</dd></div>
      <div><dt>Median</dt><dd>${duration(figures.p50)}</dd></div>
      <div><dt>95 %</dt><dd>${duration(figures.p95)}</dd></div></dl>`
    : html`<p class="muted">No attempt ended in the last hour.</p>`}</div>`;

/** The bounds of the guard beside what is measured, as far as statistics have it. */
function Guard({ guard, before, after }) {
  if (!guard) return html`<p class="note">No guard watches it: nobody but you rolls it back.</p>`;
  const [old, now] = [before && failureRate(before), after && failureRate(after)];
  const more = old !== undefined && now !== undefined && old !== null && now !== null ? now - old : null;
  const slower = before?.p95 && after?.p95 ? after.p95 / before.p95 : null;
  const rows = [
    ['Failed attempts', `${percent(guard.max_error_rate)} more`, more === null ? null : `${percent(Math.max(0, more))} more`, more !== null && more > guard.max_error_rate],
    ['Traps and exceeded limits', `${percent(guard.max_trap_rate)} more`, null, false],
    ['Time at 95 %', `${guard.max_p95_ratio} times`, slower === null ? null : `${slower.toFixed(2)} times`, slower !== null && slower > guard.max_p95_ratio],
    ['Memory', `${guard.max_memory_ratio} times`, null, false],
    ['Processor', `${guard.max_cpu_ratio} times`, null, false],
  ];
  const does = guard.action ? `It then does a ${guard.action}.` : 'It rolls back where attempts fail, and pauses where they cost too much.';
  return html`<div class="stack"><h3>Guard</h3>
    <p class="muted">It compares the last ${guard.window}, from ${guard.min_attempts} attempts on. ${does} The figures here are of the last hour.</p>
    <${Table} label="Bounds of the guard" rows=${rows} keyOf=${([name]) => name} columns=${[
      { name: 'What', cell: ([name]) => name, kind: 'wide' },
      { name: 'At most', cell: ([, bound]) => bound },
      { name: 'Now', cell: ([, , now, isOver]) => html`<span class=${isOver ? 'tone-bad' : ''}>${now ?? 'only the guard measures it'}${isOver ? ', above the bound' : ''}</span>` },
    ]} /></div>`;
}
