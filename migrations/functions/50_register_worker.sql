-- Registers a new run of a worker loop. Its leases are valid as long as its heartbeat continues.
create or replace function tasker.register_worker(p_host_name text, p_pid int) returns int
language sql
set search_path = ''
as $$
  insert into tasker.worker (host_name, pid, started_at, heartbeat_at, alive_since, leases_at, checked_at)
  select p_host_name, p_pid, c.now, c.now, c.now, c.now, c.now from (select tasker.clock() as now) c
  returning worker_id
$$;
