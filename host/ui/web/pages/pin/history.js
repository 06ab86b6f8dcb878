// The changes of a pin: what, who, when and why.
import { html } from '../../lib/preact.js';
import { words } from '../../lib/format.js';
import { Time } from '../../components/basics.js';
import { JsonTree } from '../../components/json.js';

const OWN = ['id', 'at', 'actor', 'action', 'reason', 'from', 'to', 'rollout_from', 'rollout_to', 'undid'];

export const History = ({ changes }) => html`<ol class="versions">${changes.map((change) => html`<li key=${change.id}>
  <div class="head"><strong>${words(change.action.replace('pin.', ''))}</strong><${Change} change=${change} /></div>
  <p class="muted">${change.actor} · <${Time} at=${change.at} /></p>
  ${change.reason && html`<p><bdi>${change.reason}</bdi></p>`}
  <${Rest} change=${change} /></li>`)}</ol>`;

function Change({ change }) {
  const { from, to, rollout_from: before, rollout_to: after } = change;
  const text = (requirement, rollout) => {
    if (!requirement) return 'no pin';
    return rollout ? `${requirement}, ${rollout.percent} % to ${rollout.requirement}` : requirement;
  };
  return html`<span><code>${text(from, before)}</code> → <code>${text(to, after)}</code></span>`;
}

/** What a guard saw, and whatever else the audit log has. */
function Rest({ change }) {
  const rest = Object.fromEntries(Object.entries(change).filter(([name]) => !OWN.includes(name)));
  return Object.keys(rest).length > 0 && html`<details><summary>Details</summary><${JsonTree} value=${rest} /></details>`;
}
