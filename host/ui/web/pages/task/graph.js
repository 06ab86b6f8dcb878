// The graph of a task, live.
import { html, useMemo } from '../../lib/preact.js';
import { at } from '../../lib/api.js';
import { plural } from '../../lib/format.js';
import { navigate } from '../../lib/router.js';
import { Loaded } from '../../components/basics.js';
import { Graph } from '../../components/graph.js';

export function GraphTab({ task, steps }) {
  return html`<${Loaded} of=${steps.of} what="Reading the steps">${(all) => html`<${Drawn} task=${task} all=${all} states=${steps.states} />`}</${Loaded}>`;
}

function Drawn({ task, all, states }) {
  const nodes = useMemo(() => all.map((step) => ({ id: step.name, parents: step.depends_on })), [all]);
  const open = (step) => navigate(at`/tasks/${task.id}/steps/${step}`);
  const label = `Graph of ${plural(all.length, 'step')}. The tab Steps has the same as a table.`;
  return html`<${Graph} nodes=${nodes} states=${states} onOpen=${open} label=${label} />`;
}
