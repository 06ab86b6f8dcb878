// The input and the result of a task, and how they differ from another's.
import { html, useState } from '../../lib/preact.js';
import { at } from '../../lib/api.js';
import { bytes } from '../../lib/format.js';
import { differences, parse, payload, textOf } from '../../lib/payload.js';
import { useLoad } from '../../lib/hooks.js';
import { place, setQuery } from '../../lib/router.js';
import { Card, Empty, Loaded } from '../../components/basics.js';
import { Payload } from '../../components/json.js';

export function DataTab({ task }) {
  const other = place.value.query.get('with');
  const result = task.state === 'complete'
    ? html`<${Payload} path=${at`/v1/tasks/${task.id}/result`} size=${task.result_bytes} name="result-${task.id}" />`
    : html`<p class="muted">There is a result once the task is complete.</p>`;
  return html`<div class="stack">
    <${Compare} other=${other} />
    ${other ? html`<${Difference} what="input" task=${task} other=${other} />${task.state === 'complete' && html`<${Difference} what="result" task=${task} other=${other} />`}`
      : html`<div class="cards">
        <${Card} title="Input"><${Payload} path=${at`/v1/tasks/${task.id}/input`} size=${task.input_bytes} name="input-${task.id}" /></${Card}>
        <${Card} title="Result">${result}</${Card}></div>`}
  </div>`;
}

function Compare({ other }) {
  const [id, setId] = useState(other ?? '');
  const submit = (event) => {
    event.preventDefault();
    setQuery({ with: id.trim() }, { replace: false });
  };
  return html`<form class="toolbar" onSubmit=${submit}>
    <input type="search" aria-label="Compare with a task" placeholder="Id of a task to compare with" value=${id} onInput=${(event) => setId(event.currentTarget.value)} />
    <button type="submit" class="button" disabled=${!id.trim()}>Compare</button>
    ${other && html`<button type="button" class="button" onClick=${() => setQuery({ with: null })}>Show this task alone</button>`}
  </form>`;
}

function Difference({ what, task, other }) {
  const both = useLoad((abort) => Promise.all([other, task.id].map((id) => payload(at`/v1/tasks/${id}/${what}`, abort))), [what, task.id, other]);
  return html`<${Card} wide title=${what === 'input' ? 'Input' : 'Result'}><${Loaded} of=${both} what="Reading both">${([before, after]) => {
    if (before.isCut || after.isCut) return html`<p class="note">One of them has more than ${bytes(before.text.length)}; download both to compare them.</p>`;
    const found = differences(parse(before.text), parse(after.text));
    if (found.length === 0) return html`<${Empty} title="They are the same." />`;
    return html`<div class="diff"><span class="head">Where</span><span class="head">The other task</span><span class="head">This task</span>
      ${found.map((it) => html`<code>${it.path}</code><bdi class="before">${shown(it.before)}</bdi><bdi class="after">${shown(it.after)}</bdi>`)}</div>`;
  }}</${Loaded}></${Card}>`;
}

const shown = (value) => (value === undefined ? 'not there' : textOf(value).slice(0, 5_000));
