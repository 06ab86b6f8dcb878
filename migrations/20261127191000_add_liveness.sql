-- Workers are declared dead only by one that was alive itself for as long, and a clock that is set back
-- is noticed.

-- The beginning of the uninterrupted series of heartbeats, in the eyes of the database.
alter table tasker.worker add column alive_since timestamptz not null default now();

-- The latest time that the hosts have seen on the database's clock.
create table tasker.clock_mark (
  singleton boolean primary key default true,
  high_at timestamptz not null,
  -- By how much the clock was set back, for as long as steps are moved for it; then null.
  set_back interval,
  -- Steps that were due until then have been moved.
  moved_until timestamptz,
  constraint clock_mark_is_one_row check (singleton),
  constraint clock_mark_moves_when_set_back check ((set_back is null) = (moved_until is null))
);
insert into tasker.clock_mark (high_at) values (now());

-- These ended attempts and workers by the time alone: a host of the version before must not go on doing so.
drop function if exists tasker.reap(interval);
drop function if exists tasker.reap_overdue(interval);
