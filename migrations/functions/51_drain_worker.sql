-- Asks a worker to claim nothing more, or, with p_is_draining false, to claim again. It learns of this from the
-- answer to its next heartbeat. Returns `changed`, `unchanged` (it was asked before), `stopped` or `unknown`; the
-- latter three changed nothing.
--
-- Locks: the row of the worker. Idempotent.
create or replace function tasker.drain_worker(p_worker_id int, p_is_draining bool) returns text
language plpgsql
set search_path = ''
as $$
declare
  v_worker tasker.worker;
begin
  select * into v_worker from tasker.worker w where w.worker_id = p_worker_id for update;
  if not found then
    return 'unknown';
  elsif v_worker.stopped_at is not null then
    return 'stopped';
  elsif (v_worker.draining_since is not null) = p_is_draining then
    return 'unchanged';
  end if;
  update tasker.worker w
  set draining_since = case when p_is_draining then tasker.clock() end, drained_at = null
  where w.worker_id = p_worker_id;
  return 'changed';
end
$$;
