-- What a worker holds is found by what its heartbeats name and by the log since then, so that taking it back does not
-- read every open task.

-- The right of one worker to run one attempt.
create type tasker.lease as (task_id uuid, step_no smallint, attempt smallint);

alter table tasker.worker
  -- What heartbeats named, until it was found to be over.
  add column leases tasker.lease[] not null default '{}',
  -- Whatever else the worker holds was claimed later than this, less tasker.call_max(): it is in the log.
  add column leases_at timestamptz,
  -- When the worker last was not sure to know all its leases, or the database may have lost some of its reports.
  add column unsure_at timestamptz not null default '-infinity',
  -- When the log was last searched for leases that the worker does not know, and none was left.
  add column checked_at timestamptz,
  -- The server that took the last heartbeat.
  add column server_started_at timestamptz not null default pg_postmaster_start_time();

update tasker.worker set leases_at = started_at, checked_at = started_at;
alter table tasker.worker alter column leases_at set not null, alter column checked_at set not null;

drop function if exists tasker.heartbeat(int, interval);
drop function if exists tasker.heartbeat(int, interval, int, bool);
-- A step that is lost too often fails as it is taken back.
drop function if exists tasker.fail_lost_steps();
