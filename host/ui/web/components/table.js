// Tables: of one page of a list, and of very many rows of which only those in view are elements.
import { html, useLayoutEffect, useRef, useState } from '../lib/preact.js';
import { setQuery } from '../lib/router.js';

/**
 * @typedef {object} Column
 * @property {string} name the heading
 * @property {(row: any) => any} cell
 * @property {string} [kind] `num` for numbers, `wide` for what takes the room that is left
 */

/** @param {{label: string, columns: Column[], rows: any[], keyOf: (row: any) => string, rowClass?: (row: any) => string}} props */
export function Table({ label, columns, rows, keyOf, rowClass }) {
  return html`<div class="table-scroll" role="region" aria-label=${label} tabindex="0"><table class="data">
    <thead><tr>${columns.map((column) => html`<th scope="col" class=${column.kind ?? ''}>${column.name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${keyOf(row)} class=${rowClass?.(row) ?? ''}>
      ${columns.map((column) => html`<${Cell} column=${column} row=${row} />`)}
    </tr>`)}</tbody>
  </table></div>`;
}

function Cell({ column, row }) {
  const content = column.cell(row);
  const isEmpty = content === '' || content === null || content === undefined || content === false;
  return html`<td class=${column.kind ?? ''} data-name=${column.name}>${!isEmpty && html`<div>${content}</div>`}</td>`;
}

/** To the first and the next page of a list; `next` is what the host gave. */
export function Pager({ after, next, name = 'after', count }) {
  if (!after && !next) return null;
  const go = (to) => setQuery({ [name]: to }, { replace: false });
  return html`<nav class="pager" aria-label="Pages">
    <button type="button" class="button" disabled=${!after} onClick=${() => go(null)}>First page</button>
    <button type="button" class="button" disabled=${!after} onClick=${() => history.back()}>Back</button>
    <span class="muted">${count} on this page</span>
    <button type="button" class="button" disabled=${!next} onClick=${() => go(next)}>Next page</button>
  </nav>`;
}

/**
 * Rows of one height, of which those in view are elements.
 * @param {{label: string, count: number, height: number, row: (index: number) => any, rows?: number, end?: boolean}} props
 *   `rows`: how many are in view at most; `end`: stays at the last row
 */
export function LongList({ label, count, height, row, rows = 24, end = false }) {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  const [first, setFirst] = useState(0);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < height * 2;
    setFirst(Math.max(0, Math.floor(scrollTop / height) - 8));
  };
  useLayoutEffect(() => {
    if (end && isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count, end]);
  const from = Math.min(first, Math.max(0, count - 1));
  const last = Math.min(count, from + rows + 24);
  const shown = [];
  for (let index = from; index < last; index += 1) shown.push(index);
  return html`<div class="long" ref=${box} onScroll=${onScroll} style=${{ maxHeight: `${rows * height}px` }}
      role="region" aria-label=${label} tabindex="0">
    <div class="long-body" role="list" style=${{ height: `${count * height}px` }}>
      ${shown.map((index) => html`<div key=${index} class="long-row" role="listitem" aria-setsize=${count} aria-posinset=${index + 1}
        style=${{ top: `${index * height}px`, height: `${height}px` }}>${row(index)}</div>`)}
    </div>
  </div>`;
}
