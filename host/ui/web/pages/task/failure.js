// An error of an attempt: code, message, backtrace, and whatever else a handler said.
import { html } from '../../lib/preact.js';
import { words } from '../../lib/format.js';
import { JsonTree } from '../../components/json.js';

const KNOWN = ['step', 'code', 'kind', 'message', 'reason', 'backtrace'];

export function Failure({ error }) {
  if (typeof error !== 'object' || error === null) return html`<bdi class="message">${String(error)}</bdi>`;
  const rest = Object.fromEntries(Object.entries(error).filter(([name, value]) => !KNOWN.includes(name) && value !== null));
  return html`
    ${(error.code || error.kind) && html`<p><code>${error.code ?? ''}</code> ${error.kind && html`<span class="muted">${words(error.kind)}</span>`}</p>`}
    <p class="message"><bdi>${String(error.message ?? error.reason ?? '').slice(0, 20_000)}</bdi></p>
    ${error.backtrace?.length > 0 && html`<details open><summary>Backtrace</summary>
      <pre class="backtrace" tabindex="0">${error.backtrace.join('\n')}</pre></details>`}
    ${Object.keys(rest).length > 0 && html`<details><summary>Details</summary><${JsonTree} value=${rest} /></details>`}`;
}
