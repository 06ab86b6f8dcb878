// All steps of a task, read once and then kept up to date by the feed.
import { useEffect, useState } from './preact.js';
import { at, getAll } from './api.js';
import { subscribe } from './feed.js';
import { useLoad } from './hooks.js';

/** The state of a step after an event. */
const AFTER = {
  'tasker.step.ready': 'ready',
  'tasker.step.started': 'running',
  'tasker.step.completed': 'complete',
  'tasker.step.failed': 'error',
  'tasker.step.retry_scheduled': 'waiting_for_retry',
  'tasker.step.cancelled': 'cancelled',
};

/**
 * @param {string} id of the task
 * @returns {{of: ReturnType<typeof useLoad>, states: Map<string, string>}}
 */
export function useSteps(id) {
  const steps = useLoad((abort) => getAll(at`/v1/tasks/${id}/steps`, {}, 10_000, abort), [id]);
  const [states, setStates] = useState(() => new Map());
  useEffect(() => {
    if (steps.data) setStates(new Map(steps.data.map((step) => [step.name, step.state])));
  }, [steps.data]);
  useEffect(() => subscribe((events, isGap) => {
    if (isGap) steps.reload();
    const changes = events.filter(({ type, data }) => AFTER[type] && data.task_id === id);
    if (changes.length === 0) return;
    setStates((before) => {
      const after = new Map(before);
      for (const { type, data } of changes) after.set(data.step, AFTER[type]);
      return after;
    });
  }), [id, steps.reload]);
  return { of: steps, states };
}

/** The template version that a task runs. */
export const releaseOf = (task) => `${task.namespace}/${task.template}@${task.version}`;
