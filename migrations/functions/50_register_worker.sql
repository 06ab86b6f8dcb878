-- A new run of a worker loop. Its leases are good for as long as its heartbeat goes on.
create or replace function tasker.register_worker(p_host_name text, p_pid int) returns int
language sql
set search_path = ''
as $$
  insert into tasker.worker (host_name, pid, started_at, heartbeat_at)
  values (p_host_name, p_pid, tasker.clock(), tasker.clock())
  returning worker_id
$$;
