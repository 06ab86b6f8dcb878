// What the attempts of a step logged, followed as it is written.
import { html, useEffect, useId, useMemo, useRef, useState } from '../../lib/preact.js';
import { at, get } from '../../lib/api.js';
import { clock, exact, plural } from '../../lib/format.js';
import { place, setQuery } from '../../lib/router.js';
import { Empty, Filter, Loaded, Problem } from '../../components/basics.js';
import { LongList } from '../../components/table.js';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];
/** How many lines are kept; the oldest go. */
const MOST_LINES = 50_000;
const WAIT_MS = 20_000;

export function LogsTab({ task, steps }) {
  return html`<${Loaded} of=${steps.of} what="Reading the steps">${(all) => html`<${Logs} task=${task} all=${all} />`}</${Loaded}>`;
}

function Logs({ task, all }) {
  const { query } = place.value;
  const failed = all.find((step) => step.state === 'error');
  const step = query.get('step') ?? (failed ?? all[0])?.name;
  if (!step) return html`<${Empty} title="The task has no steps." />`;
  return html`<div class="stack">
    <div class="filters">
      <${StepChoice} key=${step} step=${step} all=${all} />
      <${Filter} name="attempt" label="Attempt" value=${query.get('attempt')} placeholder="all" />
      <${Filter} name="level" label="At least" value=${query.get('level')} options=${[['', 'trace'], ...LEVELS.slice(1).map((it) => [it, it])]} />
      <${Filter} name="find" label="Find" value=${query.get('find')} />
    </div>
    <${StepLog} key=${`${step} ${query.get('attempt')}`} task=${task} step=${step} attempt=${query.get('attempt')} level=${query.get('level') ?? 'trace'} find=${query.get('find') ?? ''} />
  </div>`;
}

/** A step by its name, which is typed or chosen. */
function StepChoice({ step, all }) {
  const id = useId();
  const [text, setText] = useState(step);
  return html`<div class="filter"><label for=${id}>Step</label>
    <input id=${id} list="${id}-all" value=${text} onInput=${(event) => setText(event.currentTarget.value)}
      onChange=${(event) => setQuery({ step: event.currentTarget.value, attempt: null })} />
    <datalist id="${id}-all">${all.slice(0, 1_000).map((it) => html`<option value=${it.name} />`)}</datalist></div>`;
}

export function StepLog({ task, step, attempt = null, level = 'trace', find = '' }) {
  const { lines, isComplete, error } = useFollowed(task.id, step, attempt);
  const [follows, setFollows] = useState(true);
  const wanted = find.toLowerCase();
  const shown = useMemo(() => lines.filter((line) => LEVELS.indexOf(line.level) >= LEVELS.indexOf(level)
    && (!wanted || line.message.toLowerCase().includes(wanted))), [lines, level, wanted]);
  if (error) return html`<${Problem} error=${error} />`;
  return html`<div class="stack">
    <div class="toolbar">
      <span class="muted" aria-live="polite">${plural(shown.length, 'line')}${isComplete ? ', complete' : ', more may come'}</span>
      ${!isComplete && html`<label><input type="checkbox" checked=${follows} onChange=${(event) => setFollows(event.currentTarget.checked)} /> Follow the end</label>`}
    </div>
    ${shown.length === 0 ? html`<${Empty} title=${isComplete ? 'Nothing was logged.' : 'Nothing is logged yet.'} command=${`tasker step logs ${task.id} ${step}`}>
        Lines appear here as they are written. On a terminal:</${Empty}>`
      : html`<${LongList} label="Log" count=${shown.length} height=${22} rows=${26} end=${follows} row=${(index) => html`<${Line} line=${shown[index]} find=${wanted} />`} />`}
  </div>`;
}

function Line({ line, find }) {
  const fields = Object.entries(line.fields ?? {}).map(([name, value]) => ` ${name}=${value}`).join('');
  const text = line.message + fields;
  const found = find ? text.toLowerCase().indexOf(find) : -1;
  const marked = found < 0 ? text.slice(0, 2_000)
    : html`${text.slice(0, found)}<mark>${text.slice(found, found + find.length)}</mark>${text.slice(found + find.length, 2_000)}`;
  return html`<div class="log-row"><time datetime=${line.at} title=${exact(line.at)}>${clock(line.at)}</time><span class="muted">${line.attempt}</span>
    <span class="level-${line.level}">${line.level}</span><bdi title=${text.slice(0, 4_000)}>${marked}</bdi></div>`;
}

/** Lines from the beginning, then by long polls, until the log is complete. */
function useFollowed(task, step, attempt) {
  const [state, setState] = useState({ lines: [], isComplete: false, error: null });
  const kept = useRef([]);
  useEffect(() => {
    const abort = new AbortController();
    const path = at`/v1/tasks/${task}/steps/${step}/logs`;
    (async () => {
      let after = null;
      for (;;) {
        const page = await get(path, { attempt, after, limit: 500, wait_ms: after ? WAIT_MS : null }, abort.signal);
        kept.current = [...kept.current, ...page.items].slice(-MOST_LINES);
        after = page.next ?? page.position;
        setState({ lines: kept.current, isComplete: page.is_complete, error: null });
        if (page.is_complete) return;
      }
    })().catch((error) => abort.signal.aborted || setState((before) => ({ ...before, error })));
    return () => abort.abort();
  }, [task, step, attempt]);
  return state;
}
