// YAML with line numbers, and with mistakes where they are.
import { html } from '../lib/preact.js';
import { Icon } from './icon.js';

/** More lines are not shown. */
const MOST_LINES = 5_000;

/** @param {{source: string, errors?: {line?: number, column?: number, message: string, path?: string}[]}} props */
export function Yaml({ source, errors = [] }) {
  const lines = source.split('\n');
  const at = (index) => errors.filter((error) => error.line === index + 1);
  return html`<div class="yaml" tabindex="0" role="region" aria-label="YAML">${lines.slice(0, MOST_LINES).map((line, index) => html`
    <div class=${at(index).length > 0 ? 'is-wrong' : ''}><span aria-hidden="true">${index + 1}</span><span>${coloured(line)}</span>
      ${at(index).map((error) => html`<p class="wrong-text"><${Icon} name="alert" />${error.column ? `column ${error.column}: ` : ''}${error.message}</p>`)}</div>`)}
    ${lines.length > MOST_LINES && html`<div><span /><span>and ${lines.length - MOST_LINES} more lines</span></div>`}</div>`;
}

function coloured(line) {
  const comment = /^\s*#/.test(line);
  if (comment) return html`<span class="comment">${line}</span>`;
  const key = /^(\s*(?:- )?)([A-Za-z0-9_$-]+)(:(?:\s.*)?)$/.exec(line);
  return key ? html`${key[1]}<span class="key">${key[2]}</span>${key[3]}` : line || ' ';
}
