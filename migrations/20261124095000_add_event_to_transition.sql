-- Events of handlers: rows of the one log that have a name instead of a state.
alter table tasker.transition
  -- An event's name, such as `orders.charged`; null on changes of state. Its payload is the detail.
  add column event text,
  -- Null on events.
  alter column to_state drop not null;

-- One of them as hosts report it, with the attempt that it is of: its place in the call's arrays, from 1.
create type tasker.event as (attempt_ord int, name text, payload text);

-- They take events from now on.
drop function if exists tasker.advance(int, uuid[], smallint[], smallint[], text[], int, tasker.usage[]);
drop function if exists tasker.complete_steps(int, uuid[], smallint[], smallint[], text[], int, tasker.usage[]);
drop function if exists tasker.checkpoint_steps(int, uuid[], smallint[], smallint[], text[], tasker.usage[]);
drop function if exists tasker.complete_with_kv(
  int, uuid, smallint, smallint, text, bool, tasker.usage, text[], text[], text[], bool[], bigint[]);
