// A page that is a list: filters in the address, pages, and what to do where it is empty.
import { html } from '../lib/preact.js';
import { get } from '../lib/api.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { Empty, Filter, Loaded, PageHead } from './basics.js';
import { Pager, Table } from './table.js';

/**
 * @param {object} props
 * @param {string} props.title
 * @param {any} [props.lead]
 * @param {string} props.path of the list
 * @param {[name: string, label: string, more: string | [string, string][]][]} [props.filters] with a placeholder or options
 * @param {(reload: () => void) => object[]} props.columns columns of a table, see `table.js`
 * @param {(row: any) => string} props.keyOf
 * @param {any} props.empty
 * @param {string} [props.live] how the types of the events begin that change it
 * @param {(reload: () => void) => any} [props.actions] of the whole page
 * @param {string} [props.cursor] the parameter of the next page
 */
export function Listing({ title, lead, path, filters = [], columns, keyOf, empty, live, actions, cursor = 'after' }) {
  const { query } = place.value;
  const given = Object.fromEntries([...filters.map(([name]) => name), cursor].map((name) => [name, query.get(name)]));
  const rows = useLoad((abort) => get(path, given, abort), [path, JSON.stringify(given)]);
  useLive(rows.reload, ({ type }) => Boolean(live) && type.startsWith(`tasker.${live}`));
  const isFiltered = filters.some(([name]) => given[name]);
  return html`<div class="page">
    <${PageHead} title=${title} lead=${lead}>${actions?.(rows.reload)}</${PageHead}>
    ${filters.length > 0 && html`<div class="filters">${filters.map(([name, label, more]) => html`<${Filter} key=${name} name=${name} label=${label}
      value=${given[name]} ...${typeof more === 'string' ? { placeholder: more } : { options: more }} />`)}</div>`}
    <${Loaded} of=${rows}>${({ items, next }) => html`
      ${items.length > 0 ? html`<${Table} label=${title} rows=${items} columns=${columns(rows.reload)} keyOf=${keyOf} />`
        : isFiltered ? html`<${Empty} title="Nothing is as these filters say.">Change or clear them.</${Empty}>` : empty}
      <${Pager} after=${given[cursor]} next=${next} name=${cursor} count=${items.length} />`}
    </${Loaded}>
  </div>`;
}

export const NAMESPACE = ['namespace', 'Namespace', 'all'];
