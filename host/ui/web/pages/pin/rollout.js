// The rollout of a pin: its share, both sides, and how much worse the new one may be.
import { html, useEffect, useId, useState } from '../../lib/preact.js';
import { post, unchanged } from '../../lib/api.js';
import { bytes, duration, number, percent, plural } from '../../lib/format.js';
import { may } from '../../lib/session.js';
import { Card } from '../../components/basics.js';
import { ActionButton, ask } from '../../components/dialog.js';
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
      ${figures && html`<${Compared} pin=${pin} figures=${figures} />`}
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

/** Both sides as the guard sees them, with how much worse it lets the new one be. */
function Compared({ pin, figures: { base, rollout: now } }) {
  const { rollout } = pin;
  const { guard } = rollout;
  const rows = [
    ['Attempts', number(base.attempts), number(now.attempts), guard && `from ${number(guard.min_attempts)} on`],
    ['Failed', share(base.failed_percent), more(base.failed_percent, now.failed_percent), guard && points(guard.max_error_rate)],
    ['Trapped or over a limit', share(base.trapped_percent), more(base.trapped_percent, now.trapped_percent), guard && points(guard.max_trap_rate)],
    ['Time at 95 %', shown(base.wall_ms, duration), times(base.wall_ms, now.wall_ms, duration), guard && `${guard.max_p95_ratio} times`],
    ['Processor at 95 %', shown(base.cpu_ms, duration), times(base.cpu_ms, now.cpu_ms, duration), guard && `${guard.max_cpu_ratio} times`],
    ['Memory at 95 %', shown(base.memory_kib, kib), times(base.memory_kib, now.memory_kib, kib), guard && `${guard.max_memory_ratio} times`],
  ];
  return html`<div class="stack"><h3>Guard</h3>
    ${guard ? html`<p class="muted">It compares the last ${guard.window}, from ${guard.min_attempts} attempts on. ${guard.action ? `It then does a ${guard.action}.`
      : 'It rolls back where attempts fail, and pauses where they cost too much.'}</p>`
    : html`<p class="note">No guard watches it: nobody but you rolls it back. The figures are of the last hour.</p>`}
    <${Table} label="Figures of both sides" rows=${rows} keyOf=${([name]) => name} columns=${[
      { name: 'What', cell: ([name]) => name, kind: 'wide' },
      { name: `${pin.version ?? pin.requirement}, the present one`, cell: ([, before]) => before },
      { name: `${rollout.version ?? rollout.requirement}, the new one`, cell: ([, , after]) => after },
      ...(guard ? [{ name: 'The guard allows', cell: ([, , , allowed]) => allowed }] : []),
    ]} /></div>`;
}

const shown = (value, unit) => (value === null ? '' : unit(value));
const points = (rate) => `${plural(Number((rate * 100).toFixed(2)), 'point')} more`;
const share = (percents) => shown(percents, (it) => percent(it / 100));
const kib = (value) => bytes(value * 1024);

function more(before, after) {
  if (before === null || after === null || after <= before) return share(after);
  return html`${share(after)} <span class="muted">${points((after - before) / 100)}</span>`;
}

function times(before, after, unit) {
  if (!before || after === null) return shown(after, unit);
  return html`${unit(after)} <span class="muted">${(after / before).toFixed(2)} times</span>`;
}
