// What a version of a component requests, against what is granted now.
import { html } from '../lib/preact.js';
import { Icon } from './icon.js';

/** @param {{requested: {capability: string, granted?: boolean}[]}} props without `granted`, nothing is said of it */
export function Requested({ requested }) {
  if (requested.length === 0) return html`<p class="muted">It requests none.</p>`;
  return html`<ul class="changes">${requested.map((it) => html`<li key=${it.capability}>
    <${Mark} granted=${it.granted} /><code>${it.capability}</code></li>`)}</ul>`;
}

function Mark({ granted }) {
  if (granted === undefined) return html`<span class="state tone-idle"><${Icon} name="dash" />see the grants</span>`;
  return html`<span class="state ${granted ? 'tone-good' : 'tone-warn'}"><${Icon} name=${granted ? 'check' : 'lock'} />${granted ? 'granted' : 'not granted'}</span>`;
}
