// What is done with many tasks, one request each: each is done or not by itself.
import { html } from '../../lib/preact.js';
import { at, post, send } from '../../lib/api.js';
import { plural } from '../../lib/format.js';

/** Requests at the same time. */
const AT_ONCE = 4;
/** Different reasons that are shown. */
const REASONS_SHOWN = 10;

/** What came of each: null, or why not. */
async function outcomesOf(tasks, act) {
  const outcomes = [];
  const rest = [...tasks];
  const work = async () => {
    for (let task = rest.shift(); task; task = rest.shift()) outcomes.push(await act(task).then(() => null, (error) => error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

/** How many it was done with, and why not with the others. */
function Outcomes({ of, done }) {
  const failures = of.filter(Boolean);
  const reasons = [...new Set(failures.map((error) => error.message))];
  return html`<p>${plural(of.length - failures.length, 'task')} ${done}.</p>
    ${failures.length > 0 && html`<p>${plural(failures.length, 'task')} not:</p>
      <ul>${reasons.slice(0, REASONS_SHOWN).map((reason) => html`<li><bdi>${reason}</bdi></li>`)}</ul>`}`;
}

/** Cancels tasks. `says` is which. */
export const cancelAction = (tasks, says, then) => ({
  title: `Cancel ${plural(tasks.length, 'task')}`,
  isDangerous: true,
  says: html`${says}<p>Steps that have not started never will, and what runs is ended. This cannot be undone.</p>`,
  run: (reason) => outcomesOf(tasks, (task) => post(at`/v1/tasks/${task.id}/cancel`, { reason })),
  shows: (outcomes) => html`<${Outcomes} of=${outcomes} done="cancelled" />`,
  then,
});

/** Submits new tasks like these. `says` is which. */
export const runAgainAction = (tasks, says, then) => ({
  title: `Run ${plural(tasks.length, 'task')} again`,
  takesReason: false,
  says: html`${says}<p>Each is submitted as a new task with the same input, tags and priority, on the version of its template that new tasks
    take now. Those selected stay as they are.</p>`,
  run: () => outcomesOf(tasks, runAgain),
  shows: (outcomes) => html`<${Outcomes} of=${outcomes} done="submitted" />`,
  then,
});

/** The input goes as the text that it is, so that its numbers keep their digits. */
async function runAgain({ id, namespace, template, tags, priority }) {
  const input = await (await send('GET', at`/v1/tasks/${id}/input`)).text();
  const like = JSON.stringify({ namespace, template, tags, priority });
  await send('POST', '/v1/tasks', { body: `{"input":${input},${like.slice(1)}`, type: 'application/json' });
}
