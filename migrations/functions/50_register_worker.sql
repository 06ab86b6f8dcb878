-- Registers a new run of a worker loop. Its leases are valid as long as its heartbeat continues. A host that drains
-- and was declared dead registers with p_is_draining, so that it still claims nothing.
create or replace function tasker.register_worker(
  p_host_name text, p_pid int, p_version text default null, p_slots int default null, p_is_draining bool default false
) returns int
language sql
set search_path = ''
as $$
  insert into tasker.worker (host_name, pid, started_at, heartbeat_at, alive_since, leases_at, checked_at,
                             version, slots, draining_since)
  select p_host_name, p_pid, c.now, c.now, c.now, c.now, c.now,
         p_version, p_slots, case when p_is_draining then c.now end
  from (select tasker.clock() as now) c
  returning worker_id
$$;
