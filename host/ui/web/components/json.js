// JSON as a tree. Only what is open is there, so that a large value costs nothing until it is looked at.
import { html, useState } from '../lib/preact.js';
import { bytes, plural } from '../lib/format.js';
import { Digits, isContainer, parse, payload } from '../lib/payload.js';
import { useLoad } from '../lib/hooks.js';
import { Copy, Loaded } from './basics.js';

/** Members that are listed before somebody asks for more. */
const MEMBERS = 100;
/** Characters of a text that are shown before somebody asks for more. */
const CHARACTERS = 2_000;

/** A payload of the API: read on demand, with a copy and a download. */
export function Payload({ path, size, name, open = true }) {
  const loaded = useLoad((abort) => payload(path, abort), [path]);
  return html`<${Loaded} of=${loaded} what="Reading">${({ text, isCut }) => html`
    <div class="payload">
      <div class="toolbar">
        <span class="muted">${bytes(size ?? text.length)}</span>
        ${!isCut && html`<${Copy} text=${text} />`}
        <a class="button small" href=${path} download="${name}.json">Download</a>
      </div>
      ${isCut ? html`<p class="note">This is the beginning; download it for the rest.</p><pre class="raw" tabindex="0">${text.slice(0, 20_000)}</pre>`
        : html`<${Text} text=${text} open=${open} />`}
    </div>`}</${Loaded}>`;
}

function Text({ text, open }) {
  let value;
  try {
    value = parse(text);
  } catch {
    return html`<pre class="raw" tabindex="0">${text.slice(0, 20_000)}</pre>`;
  }
  return html`<${JsonTree} value=${value} open=${open} />`;
}

export const JsonTree = ({ value, open = true }) => html`<div class="json" tabindex="0" role="group" aria-label="JSON"><${Node} value=${value} depth=${0} open=${open} /></div>`;

function Node({ name, value, depth, open }) {
  const key = name !== undefined && html`<span class="json-key">${name}</span>`;
  if (!isContainer(value)) return html`<div class="json-leaf">${key}<${Leaf} value=${value} /></div>`;
  return html`<${Branch} name=${key} value=${value} depth=${depth} open=${open} />`;
}

function Branch({ name, value, depth, open }) {
  const [isOpen, setOpen] = useState(open && depth < 2);
  const [most, setMost] = useState(MEMBERS);
  const isList = Array.isArray(value);
  const names = Object.keys(value);
  const summary = isList ? plural(names.length, 'item') : plural(names.length, 'member');
  if (names.length === 0) return html`<div class="json-leaf">${name}<span class="muted">${isList ? '[]' : '{}'}</span></div>`;
  return html`<details open=${isOpen} onToggle=${(event) => { event.stopPropagation(); setOpen(event.currentTarget.open); }}>
    <summary>${name}<span class="muted">${isList ? `[${summary}]` : `{${summary}}`}</span></summary>
    ${isOpen && html`<div class="json-members">
      ${names.slice(0, most).map((member) => html`<${Node} key=${member} name=${member} value=${value[member]} depth=${depth + 1} open=${open} />`)}
      ${names.length > most && html`<button type="button" class="button small" onClick=${() => setMost(most + 1_000)}>
        ${names.length - most} more</button>`}
    </div>`}
  </details>`;
}

function Leaf({ value }) {
  const [isWhole, setWhole] = useState(false);
  if (value instanceof Digits) return html`<span class="json-number">${value.text}</span>`;
  if (typeof value !== 'string') return html`<span class="json-${value === null ? 'null' : typeof value}">${String(value)}</span>`;
  const isCut = value.length > CHARACTERS && !isWhole;
  // Isolated, so that marks of writing direction in it change nothing around it.
  return html`<bdi class="json-string">"${isCut ? value.slice(0, CHARACTERS) : value}"</bdi>
    ${isCut && html`<button type="button" class="button small" onClick=${() => setWhole(true)}>all ${value.length} characters</button>`}`;
}

/** A small value that is part of a view. */
export const Inline = ({ value }) => (value === null || value === undefined ? html`<span class="muted">–</span>` : html`<${JsonTree} value=${value} />`);
