// One pin: what new tasks take and why, its rollout with the figures of both sides, and who changed what and why.
import { html } from '../lib/preact.js';
import { at, get, getAll, post, put, remove, unchanged } from '../lib/api.js';
import { useInterval, useLive, useLoad } from '../lib/hooks.js';
import { may } from '../lib/session.js';
import { Card, Empty, Loaded, PageHead } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { History } from './pin/history.js';
import { Rollout } from './pin/rollout.js';

export default function Pin({ namespace, kind, target }) {
  const [owner, name] = target.includes('~') ? target.split('~') : [namespace, target];
  const path = at`/v1/namespaces/${namespace}/pins/${kind}/${target}`;
  const loaded = useLoad(async (abort) => {
    const [pins, definition] = await Promise.all([
      getAll('/v1/pins', { namespace }, 10_000, abort),
      get(at`/v1/namespaces/${owner}/${kind}s/${name}`, { limit: 100 }, abort),
    ]);
    const wanted = target.replace('~', '/');
    const pin = pins.find((it) => it.kind === kind && it.target === wanted) ?? null;
    return { pin, definition, figures: await figuresOf(path, pin, abort) };
  }, [path]);
  const history = useLoad((abort) => get(`${path}/history`, { limit: 50 }, abort), [path]);
  const reload = () => { loaded.reload(); history.reload(); };
  useLive(reload, ({ type, data }) => type.startsWith('tasker.pin.') && data.namespace === namespace, 300);
  useInterval(loaded.reload, 10_000);
  return html`<div class="page">
    <${PageHead} title=${`${owner}/${name}`} lead=${html`What new tasks in <strong>${namespace}</strong> take of this ${kind}. <a href=${at`/${kind}s/${owner}/${name}`}>Its versions</a>`}>
      ${may('pin', namespace) && loaded.data && html`<${Actions} path=${path} pin=${loaded.data.pin} reload=${reload} />`}</${PageHead}>
    <${Loaded} of=${loaded} what="Reading the pin">${({ pin, definition, figures }) => html`
      <${Card} title="What new tasks take"><${Why} pin=${pin} definition=${definition} namespace=${namespace} /></${Card}>
      <${Rollout} path=${path} namespace=${namespace} pin=${pin} versions=${definition.versions} figures=${figures} reload=${reload} />`}
    </${Loaded}>
    <${Card} title="History"><${Loaded} of=${history}>${({ items }) => (items.length === 0
      ? html`<${Empty} title="It was never pinned." command=${`tasker pin set ${kind} ${owner}/${name}@1.0.0`} />`
      : html`<${History} changes=${items} />`)}</${Loaded}></${Card}>
  </div>`;
}

/** What the guard of its rollout compares; null where it has none, or none any more. */
const figuresOf = (path, pin, abort) => pin?.rollout && get(`${path}/figures`, {}, abort).catch((error) => {
  if (error.problem?.code === 'no_rollout') return null;
  throw error;
});

function Why({ pin, definition, namespace }) {
  if (!pin) {
    const stable = definition.latest ?? definition.versions.find((it) => it.status === 'active' && !it.quarantined && !it.collected_at && !it.version.includes('-'))?.version;
    return html`<p><span class="figure">${stable ?? 'no version'}</span></p>
      <p class="muted">${namespace} has no pin for it, so new tasks take the highest stable version that the step's requirement allows.</p>`;
  }
  const { rollout } = pin;
  return html`<dl class="figures">
      <div><dt>${rollout ? `${Number((100 - rollout.percent).toFixed(2))} % take` : 'All take'}</dt><dd class="figure">${pin.version ?? 'no version'}</dd></div>
      ${rollout && html`<div><dt>${rollout.percent} % take</dt><dd class="figure">${rollout.version ?? 'no version'}</dd></div>`}
    </dl>
    <p class="muted">The pin says <code>${pin.requirement}</code>${rollout && html`, its rollout <code>${rollout.requirement}</code>`}; set by ${pin.created_by}.
      ${!pin.version && html`<strong class="tone-bad"> No version that new tasks may take satisfies it, so they are refused.</strong>`}</p>`;
}

function Actions({ path, pin, reload }) {
  const set = {
    title: 'Set the pin',
    says: html`<p>From the next task on, new tasks take what the pin says.${pin?.rollout && ' Its rollout ends.'} Open tasks keep what they have.</p>`,
    values: { requirement: pin?.requirement ?? '' },
    fields: ([values, change]) => html`<${TextField} label="Requirement" hint="=1.4.2 is exactly that version; ^1.4 and >=1.0, <2 are ranges" value=${values.requirement} required onChange=${(requirement) => change({ requirement })} />`,
    run: (reason, { requirement }) => put(path, { requirement, reason }, unchanged(pin)), then: reload,
  };
  const rollBack = {
    title: 'Roll back', isDangerous: true,
    says: pin?.rollout
      ? html`<p>The rollout is cancelled: all new tasks take <strong>${pin.version ?? pin.requirement}</strong> again, from the next task on, on every host.</p>`
      : html`<p>The last change of the pin is taken back, from the next task on, on every host. The history below says what that was.</p>`,
    run: (reason) => post(`${path}/rollback`, { reason }, undefined, unchanged(pin)), then: reload,
  };
  const removal = {
    title: 'Remove the pin', isDangerous: true,
    says: html`<p>New tasks take the highest stable version from then on.</p>`,
    run: (reason) => remove(path, { reason }, unchanged(pin)), then: reload,
  };
  return html`<${ActionButton} action=${rollBack} icon="back" /><${ActionButton} action=${set} icon="pin" />${pin && html`<${ActionButton} action=${removal} />`}`;
}
