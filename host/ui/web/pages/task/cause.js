// Why a task failed: the step, the error, the end of the log, and the command that runs it again.
import { html } from '../../lib/preact.js';
import { at, get } from '../../lib/api.js';
import { useLoad } from '../../lib/hooks.js';
import { Command } from '../../components/basics.js';
import { Icon } from '../../components/icon.js';
import { Failure } from './failure.js';

/** How many lines of the log are shown. */
const LINES = 8;

export function Cause({ task }) {
  const error = task.error ?? {};
  const href = error.step && at`/tasks/${task.id}/steps/${error.step}`;
  return html`<section class="cause" aria-label="Why it failed">
    <h2><${Icon} name="cross" />${error.step ? html`Step <a href=${href}><bdi>${error.step}</bdi></a> failed` : 'It failed'}</h2>
    <${Failure} error=${error} />
    ${error.step && html`<${LastLines} task=${task} step=${error.step} />`}
    <${Command} label="Run it again" text=${`tasker task input ${task.id} | tasker task run ${task.namespace}/${task.template} --version '=${task.version}' --input @- --watch`} />
  </section>`;
}

/** The end of what the last attempt logged, as far as one page of lines goes. */
function LastLines({ task, step }) {
  const lines = useLoad(async (abort) => {
    const page = await get(at`/v1/tasks/${task.id}/steps/${step}/logs`, { limit: 500 }, abort);
    const last = page.items.at(-1)?.attempt;
    return page.items.filter((line) => line.attempt === last).slice(-LINES);
  }, [task.id, step]);
  if (!lines.data?.length) return null;
  return html`<details open><summary>The end of its log</summary><pre class="backtrace" tabindex="0">${lines.data.map((line) => html`<bdi>${line.level.padEnd(5)} ${line.message}</bdi>\n`)}</pre>
    <a href=${`${at`/tasks/${task.id}/logs`}?step=${encodeURIComponent(step)}`}>The whole log</a></details>`;
}
