// One subscription: how far it is, what it could not deliver, and what can be done.
import { html, useState } from '../lib/preact.js';
import { at, get, post, remove } from '../lib/api.js';
import { duration, number, plural } from '../lib/format.js';
import { useInterval, useLive, useLoad } from '../lib/hooks.js';
import { navigate, place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Card, Facts, Loaded, PageHead, Time } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { State } from '../components/state.js';
import { Pager, Table } from '../components/table.js';

/** The newest runs of a component; the command line lists more. */
const SHOWN_RUNS = 20;

export default function Subscription({ namespace, name }) {
  const path = at`/v1/namespaces/${namespace}/subscriptions/${name}`;
  const after = place.value.query.get('after');
  const loaded = useLoad(async (abort) => {
    const [subscription, letters, runs] = await Promise.all([
      get(path, {}, abort), get(`${path}/dead-letters`, { after }, abort), get(`${path}/runs`, { limit: SHOWN_RUNS }, abort),
    ]);
    return { subscription, letters, runs: runs.items };
  }, [path, after]);
  useLive(loaded.reload, ({ type, data }) => type.startsWith('tasker.subscription.') && data.namespace === namespace);
  useInterval(loaded.reload, 5_000);
  return html`<div class="page"><${Loaded} of=${loaded}>${({ subscription, letters, runs }) => html`
    <${PageHead} title=${`${namespace}/${name}`} lead=${html`To <bdi>${subscription.to}</bdi>`}><${Actions} path=${path} subscription=${subscription} reload=${loaded.reload} /></${PageHead}>
    ${subscription.ended_reason && html`<p class="note">It ended: <bdi>${subscription.ended_reason}</bdi></p>`}
    ${subscription.last_error && html`<p class="note">Last failure <${Time} at=${subscription.last_error_at} />: <bdi>${subscription.last_error}</bdi>
      ${subscription.next_at && html` Next try <${Time} at=${subscription.next_at} />, after ${plural(subscription.attempts, 'failed try', 'failed tries')}.`}</p>`}
    <${Facts} of=${[
      ['State', html`<${State} state=${subscription.state} />`],
      ['Types', subscription.types ?? 'all'],
      ['Only of', [subscription.template, subscription.step, subscription.handler].filter(Boolean).join(', ')],
      ['Signed by', subscription.secrets.join(', ')],
      ['Delivered', number(subscription.delivered)],
      ['Failed tries', number(subscription.failures)],
      ['Given up', number(subscription.given_up)],
      ['Oldest that waits', subscription.lag_ms > 0 ? duration(subscription.lag_ms) : 'none'],
      ['Last delivery', html`<${Time} at=${subscription.delivered_at} none="none" />`],
      ['Host', subscription.host ?? 'none yet'],
      ['Cursor', html`<code>${subscription.cursor}</code>`],
    ]} />
    ${runs.length > 0 && html`<${Runs} path=${path} runs=${runs} />`}
    <${DeadLetters} path=${path} namespace=${namespace} letters=${letters} after=${after} reload=${loaded.reload} />`}
  </${Loaded}></div>`;
}

function Runs({ path, runs }) {
  return html`<${Card} title="Newest runs"><${Table} label="Newest runs" rows=${runs} keyOf=${(it) => String(it.number)} columns=${[
    { name: 'Run', cell: (it) => it.number, kind: 'num' },
    { name: 'When', cell: (it) => html`<${Time} at=${it.at} />`, kind: 'nowrap' },
    { name: 'Version', cell: (it) => html`<bdi>${it.component}@${it.version}</bdi>` },
    { name: 'Outcome', cell: (it) => (it.failure ? html`<span class="tone-bad">${it.failure.kind}</span> <bdi>${it.failure.code}: ${it.failure.message}</bdi>` : 'handled'), kind: 'wide' },
    { name: 'Took', cell: (it) => duration(it.usage.wall_ms), kind: 'num' },
    { name: 'Log', cell: (it) => it.log_lines > 0 && html`<${RunLog} path=${`${path}/runs/${it.number}`} count=${it.log_lines} />` },
  ]} /></${Card}>`;
}

/** What a run logged, read when it is opened. */
function RunLog({ path, count }) {
  const [isOpen, setOpen] = useState(false);
  const loaded = useLoad((abort) => (isOpen ? get(path, {}, abort) : Promise.resolve(null)), [path, isOpen]);
  return html`<details onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${plural(count, 'line')}</summary>
    ${isOpen && html`<${Loaded} of=${loaded}>${(run) => run && html`<pre class="raw" tabindex="0">${run.lines.map((line) => html`<bdi>${line.level.padEnd(5)} ${line.message}</bdi>\n`)}</pre>`}</${Loaded}>`}</details>`;
}

function DeadLetters({ path, namespace, letters, after, reload }) {
  const replay = (id) => ({
    title: id ? 'Deliver it once more' : 'Deliver all once more',
    says: html`<p>${id ? 'The event' : 'All dead letters'} will be delivered again, after what waits already.</p>`,
    run: (reason) => post(`${path}/dead-letters/replay`, { id: id ?? null, reason }), then: reload,
  });
  const mayReplay = may('operate', namespace);
  return html`<${Card} title="Dead letters" actions=${letters.items.length > 0 && mayReplay && html`<${ActionButton} action=${replay(null)} />`}>
    ${letters.items.length === 0 ? html`<p class="muted">Everything was delivered.</p>` : html`<${Table} label="Dead letters" rows=${letters.items} keyOf=${(it) => String(it.id)} columns=${[
      { name: 'When', cell: (it) => html`<${Time} at=${it.at} />`, kind: 'nowrap' },
      { name: 'Event', cell: (it) => html`<bdi>${it.type}</bdi>` },
      { name: 'Why', cell: (it) => html`<bdi>${it.reason}</bdi>${it.body && html`<details><summary>Answer ${it.status ?? ''}</summary><pre class="raw" tabindex="0">${it.body}</pre></details>`}`, kind: 'wide' },
      { name: 'Tries', cell: (it) => it.attempts, kind: 'num' },
      { name: 'Action', cell: (it) => (it.is_replaying ? 'waits to be delivered' : mayReplay && html`<${ActionButton} kind="small" text="Deliver again" action=${replay(it.id)} />`) },
    ]} />`}<${Pager} after=${after} next=${letters.next} count=${letters.items.length} /></${Card}>`;
}

function Actions({ path, subscription, reload }) {
  const simple = (name, title, says, isDangerous = false) => ({ title, isDangerous, says: html`<p>${says}</p>`, run: (reason) => post(`${path}/${name}`, { reason }), then: reload });
  const replay = {
    title: 'Set its position',
    says: html`<p>Deliveries go on from there, earlier or later. Receivers get earlier events once more.</p>`,
    values: { from: '' },
    fields: ([values, change]) => html`<${TextField} label="From" hint="A cursor, or a time such as 2026-01-31T12:00:00Z" value=${values.from} required onChange=${(from) => change({ from })} />`,
    run: (reason, { from }) => post(`${path}/replay`, { from, reason }), then: reload,
  };
  const removal = {
    title: 'Remove the subscription', isDangerous: true,
    says: html`<p>Nothing more is delivered, and its dead letters go with it.</p>`,
    run: (reason) => remove(path, { reason }), then: () => navigate('/subscriptions'),
  };
  const { namespace, state } = subscription;
  return html`
    ${may('operate', namespace) && html`
      <${ActionButton} icon="send" action=${simple('test', 'Deliver a test event', 'An event tasker.subscription.test is delivered after what waits.')} />
      ${state === 'active' ? html`<${ActionButton} icon="pause" action=${simple('pause', 'Pause deliveries', 'Nothing is delivered until it is resumed. The position is kept.', true)} />`
        : html`<${ActionButton} icon="play" action=${simple('resume', 'Resume deliveries', 'Deliveries go on from the position.')} />`}
      <${ActionButton} action=${replay} />`}
    ${may('grant', namespace) && html`<${ActionButton} action=${removal} />`}`;
}
