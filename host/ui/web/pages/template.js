// One template: its versions, how they do, and the migration of its open tasks.
import { html } from '../lib/preact.js';
import { at, get, post } from '../lib/api.js';
import { plural } from '../lib/format.js';
import { useLive, useLoad } from '../lib/hooks.js';
import { place } from '../lib/router.js';
import { may } from '../lib/session.js';
import { Card, Loaded, PageHead } from '../components/basics.js';
import { ActionButton, TextField } from '../components/dialog.js';
import { State } from '../components/state.js';
import { Pager } from '../components/table.js';
import { Usage } from '../components/usage.js';
import { VersionLine } from '../components/versions.js';

export default function Template({ namespace, name }) {
  const after = place.value.query.get('after');
  const base = at`/v1/namespaces/${namespace}/templates/${name}`;
  const loaded = useLoad((abort) => get(base, { after }, abort), [base, after]);
  useLive(loaded.reload, ({ type }) => type.startsWith('tasker.template.') || type.startsWith('tasker.pin.'));
  const hrefOf = (version) => at`/templates/${namespace}/${name}/${version.version}`;
  return html`<div class="page">
    <${PageHead} title=${`${namespace}/${name}`} lead="Template">
      ${may('run', namespace) && html`<a class="button primary" href=${at`/run/${namespace}/${name}`}>Run a task</a>`}
      <a class="button" href=${`/tasks?namespace=${namespace}&template=${name}`}>Its tasks</a>
      <a class="button" href=${at`/pins/${namespace}/template/${name}`}>Pin and rollout</a>
      ${may('operate', namespace) && html`<${Migrate} base=${base} />`}
    </${PageHead}>
    <${Loaded} of=${loaded} what="Reading the versions">${({ versions, latest, next }) => html`
      <${Card} title="Versions"><${VersionLine} versions=${versions} latest=${latest} hrefOf=${hrefOf}
          more=${(version) => html`<p class="muted">${plural(version.steps.length, 'step')}${version.description ? ` · ${version.description}` : ''}</p>`} />
        <${Pager} after=${after} next=${next} count=${versions.length} /></${Card}>`}
    </${Loaded}>
    <${Usage} query=${{ namespace, template: name, by: 'version' }} of="Of all of its steps." versionOf=${(group) => group.version} tasks />
  </div>`;
}

/** Moves open tasks to other versions of their components; first it says what would change. */
function Migrate({ base }) {
  const migrate = {
    title: 'Migrate open tasks',
    says: html`<p>Open tasks take other versions of what they run, as pins say now, or those below. Attempts that run end on their version. Without the box below
      nothing is changed, and the answer says what would.</p>`,
    values: { component: '', to: '', really: false, force: false },
    fields: ([values, change]) => html`
      <${TextField} label="Only this component" hint="NAME or NAMESPACE/NAME; empty: all" value=${values.component} onChange=${(component) => change({ component })} />
      <${TextField} label="To" hint="A requirement such as =2.0.0; with a component only" value=${values.to} onChange=${(to) => change({ to })} />
      <label><input type="checkbox" checked=${values.force} onChange=${(event) => change({ force: event.currentTarget.checked })} /> Also where what worked may not work any more</label>
      <label><input type="checkbox" checked=${values.really} onChange=${(event) => change({ really: event.currentTarget.checked })} /> Change it, not only show it</label>`,
    run: (reason, values) => migrateAll(base, {
      dry_run: !values.really, force: values.force, reason, component: values.component || null, to: values.to || null,
    }),
    shows: (answer) => html`<p>${answer.dry_run ? 'Nothing was changed. ' : ''}${answer.tasks} of ${plural(answer.matched, 'open task')} ${answer.dry_run ? 'would move' : 'moved'}.</p>
      <ul class="changes">${answer.components.map((it) => html`<li><${State} state=${it.level} />${it.namespace}/${it.component} ${it.from} → ${it.to}: ${plural(it.tasks, 'task')}, ${plural(it.steps, 'step')}</li>`)}</ul>`,
  };
  return html`<${ActionButton} action=${migrate} icon="retry" />`;
}

/** Sends requests until none is left, and adds their answers up. */
async function migrateAll(base, body) {
  const total = { dry_run: body.dry_run, matched: 0, tasks: 0, components: [] };
  let after = null;
  do {
    const answer = await post(`${base}/migrations`, { ...body, after });
    total.matched += answer.matched;
    total.tasks += answer.tasks;
    for (const it of answer.components) {
      const same = total.components.find((known) => ['namespace', 'component', 'from', 'to'].every((name) => known[name] === it[name]));
      if (same) Object.assign(same, { tasks: same.tasks + it.tasks, steps: same.steps + it.steps });
      else total.components.push({ ...it });
    }
    after = answer.next;
  } while (after);
  return total;
}
