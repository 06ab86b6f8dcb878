// What the component of a step requests, and what is granted to it now.
import { html } from '../../lib/preact.js';
import { at, get, getAll } from '../../lib/api.js';
import { useLive, useLoad } from '../../lib/hooks.js';
import { Card, Loaded } from '../../components/basics.js';
import { Requested } from '../../components/capabilities.js';

/** @param {{namespace: string, step: {component: string, version: string}}} props the namespace of the task, whose grants count */
export function StepCapabilities({ namespace, step }) {
  const loaded = useLoad(async (abort) => {
    const [requested, grants] = await Promise.all([requestedBy(step, abort), grantsTo(namespace, step.component, abort)]);
    return { requested, grants };
  }, [namespace, step.component, step.version]);
  useLive(loaded.reload, ({ type }) => type.startsWith('tasker.component.') || type.startsWith('tasker.grant.'));
  return html`<${Card} title="What it could reach now"><${Loaded} of=${loaded}>${({ requested, grants }) => html`
    <p class="muted">This is what is granted in ${namespace} now. An attempt that has run had the grants of its time.</p>
    <h3>Requested by ${step.component}@${step.version}</h3>
    ${requested === null ? html`<p class="muted">You may not read its namespace.</p>` : html`<${Requested} requested=${marked(requested, grants, isOwn(namespace, step.component))} />`}
    <h3>Granted in ${namespace}</h3>
    ${grants.length === 0 ? html`<p class="muted">Nothing: it computes, and reaches nothing.</p>` : html`<ul class="changes">${grants.map((it) => html`<li key=${it.id}>
      <code>${it.capability}</code><span class="muted">to ${it.component === '*' ? `every component of ${namespace}` : it.component}</span></li>`)}</ul>`}
  `}</${Loaded}></${Card}>`;
}

/** What the version requests; null where the caller may not read it. */
async function requestedBy({ component, version }, abort) {
  const [namespace, name] = component.split('/');
  try {
    return (await get(at`/v1/namespaces/${namespace}/components/${name}/versions/${version}`, { fields: 'requested' }, abort)).requested;
  } catch (error) {
    if (error.status === 403) return null;
    throw error;
  }
}

const isOwn = (namespace, component) => component.split('/')[0] === namespace;

/** The grants of a namespace that include the component; those to every component are to its own ones. */
async function grantsTo(namespace, component, abort) {
  const names = isOwn(namespace, component) ? [component.split('/')[1], '*'] : [component];
  const lists = await Promise.all(names.map((name) => getAll(at`/v1/namespaces/${namespace}/grants`, { component: name }, 1_000, abort)));
  return lists.flat();
}

/** The version says what its own namespace grants. Of another one, only the same words, and no grant at all, are certain here. */
function marked(requested, grants, isOwnComponent) {
  if (isOwnComponent) return requested;
  return requested.map(({ capability }) => {
    const isSame = grants.some((it) => it.capability === capability);
    return { capability, granted: isSame || (grants.length === 0 ? false : undefined) };
  });
}
