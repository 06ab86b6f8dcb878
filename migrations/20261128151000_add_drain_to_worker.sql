-- What operators see of a host, and the drain that they ask of it. A host reports its version and slots when it
-- registers, and what it runs with each heartbeat.
alter table tasker.worker
  add column version text,
  add column slots int,
  -- Leases that it runs or has yet to report, by its last heartbeat.
  add column running int not null default 0,
  -- Since when it is to claim nothing.
  add column draining_since timestamptz,
  -- Since when it claims nothing and holds nothing.
  add column drained_at timestamptz;

-- For the list of hosts, which has those that stopped in the last hour.
create index worker_stopped on tasker.worker (stopped_at) where stopped_at is not null;

drop function if exists tasker.register_worker(text, int);
drop function if exists tasker.heartbeat(int, interval);
