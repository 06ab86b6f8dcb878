-- Rollouts: a pin on its way from one requirement to another, by a share of new tasks.

create type tasker.rollout_state as enum ('running', 'paused');

alter table tasker.pin
  -- Where to. All null if there is no rollout.
  add column rollout_requirement text,
  -- The share of new tasks that are on the rollout, from 0 to 100 with two decimals.
  add column rollout_percent real,
  -- What watches the rollout, every member filled in; null for nothing.
  add column guard jsonb,
  -- Paused: the share does not grow, and the guard leaves it alone.
  add column rollout_state tasker.rollout_state,
  -- Since when it goes there, or was resumed: its guard looks at tasks that were created later.
  add column rollout_started_at timestamptz,
  add column paused_because text,
  add constraint pin_rollout_is_whole check (
    num_nulls(rollout_requirement, rollout_percent, rollout_state, rollout_started_at) in (0, 4)
    and (rollout_requirement is not null or guard is null)
    and (rollout_state is not distinct from 'paused') = (paused_because is not null)),
  add constraint pin_rollout_percent_is_a_share check (rollout_percent between 0 and 100);

-- What the guards look at, every few seconds.
create index pin_guarded on tasker.pin (namespace_id) where rollout_state = 'running' and guard is not null;

-- Which rollouts its tasks are on and took: names of pins, such as `component charge`. Tasks that take
-- the same versions by a rollout and without one have different locks, which distinguishes them.
alter table tasker.lock add column rollouts text[] not null default '{}';
