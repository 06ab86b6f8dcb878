// The bytes of component versions that nothing needs: what would go, and how to have it go.
import { html } from '../lib/preact.js';
import { at, post } from '../lib/api.js';
import { bytes, plural } from '../lib/format.js';
import { useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Digest, Empty, Filter, Loaded, PageHead } from '../components/basics.js';
import { ActionButton } from '../components/dialog.js';
import { Table } from '../components/table.js';

const DAY_MS = 86_400_000;
const AGES = [['', '30 days'], ['0', 'at any time'], ['1', '1 day'], ['7', '7 days'], ['90', '90 days']];
const MOST_ROWS = 500;

export default function Collections() {
  if (!may('operate')) {
    return html`<div class="page"><${PageHead} title="Collections" /><${Empty} title="Only keys with operate in all namespaces collect versions.">The page <a href="/settings">Settings</a> says what yours may do.</${Empty}></div>`;
  }
  return html`<${Collectable} />`;
}

function Collectable() {
  const days = place.value.query.get('days');
  const age = Number(days || 30) * DAY_MS;
  const collectable = useLoad(() => post('/v1/collections', { older_than_ms: age, dry_run: true }), [age]);
  return html`<div class="page">
    <${PageHead} title="Collections" lead="Versions that nothing needs keep their record; a collection removes their bytes. What pins, open tasks and the newest version of a line need stays.">
      ${collectable.data?.versions.length > 0 && html`<${ActionButton} action=${collect(collectable.data, age, collectable.reload)} />`}</${PageHead}>
    <div class="filters"><${Filter} name="days" label="Not needed for" value=${days} options=${AGES} /></div>
    <${Loaded} of=${collectable} what="Looking for versions">${({ versions, freed_bytes: freed }) => (versions.length === 0
      ? html`<${Empty} title="There is nothing to collect." command="tasker gc --dry-run">Everything is needed, or was a shorter time ago. On a terminal:</${Empty}>`
      : html`<dl class="figures"><div><dt>Versions</dt><dd class="figure">${versions.length}</dd></div><div><dt>Would be freed</dt><dd class="figure">${bytes(freed)}</dd></div></dl>
        <${Versions} versions=${versions} />`)}</${Loaded}>
  </div>`;
}

const Versions = ({ versions }) => html`<${Table} label="Versions" rows=${versions.slice(0, MOST_ROWS)} keyOf=${(it) => `${it.namespace}/${it.component}@${it.version}`} columns=${[
  { name: 'Version', cell: (it) => html`<a href=${at`/components/${it.namespace}/${it.component}/${it.version}`}>${it.namespace}/${it.component}@${it.version}</a>`, kind: 'wide' },
  { name: 'Digest', cell: (it) => html`<${Digest} digest=${it.digest} />` },
  { name: 'Frees', cell: (it) => (it.freed_bytes > 0 ? bytes(it.freed_bytes) : html`<span class="muted">shared bytes</span>`), kind: 'num' },
]} />
${versions.length > MOST_ROWS && html`<p class="muted">and ${versions.length - MOST_ROWS} more</p>`}`;

const collect = ({ versions, freed_bytes: freed }, age, reload) => ({
  title: `Collect ${plural(versions.length, 'version')}`, isDangerous: true, takesReason: false,
  says: html`<p>The bytes of ${plural(versions.length, 'version')} are removed, ${bytes(freed)} in all. They cannot run again unless they are uploaded anew.
    What somebody needs by then is left.</p>`,
  run: () => post('/v1/collections', { older_than_ms: age, dry_run: false }),
  shows: (done) => html`<p>${plural(done.versions.length, 'version')} collected, ${bytes(done.freed_bytes)} freed.</p>`,
  then: reload,
});
