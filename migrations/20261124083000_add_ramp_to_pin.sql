-- Ramps: a pin on its way from one requirement to another, by a share of new tasks.

create type tasker.ramp_state as enum ('ramping', 'frozen');

alter table tasker.pin
  -- Where to. All null if there is no ramp.
  add column ramp_requirement text,
  -- The share of new tasks that are on the ramp, from 0 to 100 with two decimals.
  add column ramp_percent real,
  -- What watches the ramp, every member filled in; null for nothing.
  add column guard jsonb,
  -- Frozen: the share does not grow, and the guard leaves it alone.
  add column ramp_state tasker.ramp_state,
  -- Since when it goes there, or was thawed: its guard looks at tasks that were created later.
  add column ramp_started_at timestamptz,
  add column frozen_because text,
  add constraint pin_ramp_is_whole check (
    num_nulls(ramp_requirement, ramp_percent, ramp_state, ramp_started_at) in (0, 4)
    and (ramp_requirement is not null or guard is null)
    and (ramp_state is not distinct from 'frozen') = (frozen_because is not null)),
  add constraint pin_ramp_percent_is_a_share check (ramp_percent between 0 and 100);

-- What the guards look at, every few seconds.
create index pin_guarded on tasker.pin (namespace_id) where ramp_state = 'ramping' and guard is not null;

-- Which ramps its tasks are on and took: names of pins, such as `component charge`. Tasks that take
-- the same versions by a ramp and without one have different locks, which distinguishes them.
alter table tasker.lock add column ramped text[] not null default '{}';
