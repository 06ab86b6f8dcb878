// What a version changed since another one, by what the changes are about.
import { html } from '../lib/preact.js';
import { get } from '../lib/api.js';
import { plural, words } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { Card, Filter, Loaded, Problem } from './basics.js';
import { State } from './state.js';

/** What a path of a change begins with, as people call it. */
const PARTS = {
  capabilities: 'Capabilities', defaults: 'Defaults', description: 'Description', environments: 'Environments', events: 'Events', exports: 'Exports',
  handlers: 'Handlers', identity: 'Identity of tasks', input_schema: 'Input', result: 'Result', steps: 'Steps', subscribers: 'Subscribers',
};
const LEVELS = [
  ['major', 'what worked may not work any more'], ['minor', 'there is more than before'], ['patch', 'nothing that others rely on is different'],
];
/** The most changes that the host lists. */
const MOST_CHANGES = 100;

/**
 * A card with the changes since the version that is named by `with` in the address; without it, since the one below.
 * @param {{base: string, data: {version: string, compat_report: any}, wide?: boolean}} props the path of the component or
 *   template, and the version
 */
export function Comparison({ base, data, wide }) {
  const since = place.value.query.get('with');
  const versions = useLoad((abort) => get(base, { limit: 500, fields: 'versions.version' }, abort), [base]);
  const below = data.compat_report?.against;
  return html`<${Card} title="What it changed" wide=${wide}>
    <div class="filters"><${Filter} name="with" label="Compare with" value=${since} options=${choices(versions.data?.versions ?? [], data.version, below, since)} /></div>
    ${versions.error && html`<${Problem} error=${versions.error} retry=${versions.reload} />`}
    ${since ? html`<${Since} base=${base} from=${since} to=${data.version} />` : html`<${Below} report=${data.compat_report} version=${data.version} />`}
  </${Card}>`;
}

/** The one below first, then all others; the one in the address is always among them. */
function choices(versions, own, below, since) {
  const others = versions.map((it) => it.version).filter((it) => it !== own && (it !== below || it === since));
  const isListed = !since || others.includes(since);
  return [['', below ? `${below} (below)` : 'no version'], ...[...(isListed ? [] : [since]), ...others].map((version) => [version, version])];
}

const Below = ({ report, version }) => (report
  ? html`<${Changes} report=${report} from=${report.against} to=${version} />`
  : html`<p class="muted">The first version, or nothing to compare it with.</p>`);

function Since({ base, from, to }) {
  const loaded = useLoad((abort) => get(`${base}/diff`, { from, to }, abort), [base, from, to]);
  return html`<${Loaded} of=${loaded} what="Comparing the versions">${(diff) => html`<${Changes} report=${diff} from=${from} to=${to} />`}</${Loaded}>`;
}

function Changes({ report: { level, changes }, from, to }) {
  const parts = [...new Set(changes.map(partOf))];
  return html`<section class="stack" aria-label="Changes">
    <p><${State} state=${level} text=${`${level} from ${from} to ${to}`} /></p>
    ${changes.length === 0 ? html`<p>Nothing is different for those who use it.</p>` : html`<ul class="inline">${LEVELS.map(([name, means]) => {
      const count = changes.filter((it) => it.level === name).length;
      return count > 0 && html`<li key=${name}><strong>${plural(count, `${name} change`)}</strong>: ${means}</li>`;
    })}</ul>`}
    ${parts.map((part) => html`<div key=${part}><h3>${PARTS[part] ?? words(part)}</h3><ul class="changes">${changes.filter((it) => partOf(it) === part).map((change) => html`<li>
      <span class="tag">${change.level}</span><code>${change.path}</code><span>${change.what}</span></li>`)}</ul></div>`)}
    ${changes.length >= MOST_CHANGES && html`<p class="note">The ${MOST_CHANGES} largest changes are listed; there may be more.</p>`}
  </section>`;
}

const partOf = ({ path }) => /^\w*/.exec(path)[0];
