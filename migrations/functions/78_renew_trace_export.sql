-- Keeps the export of traces for a host, or gives it to it: returns the position up to which traces are exported; null
-- if another host has it. It has it until it did not renew for its ttl; also one whose last renewal lies ahead by as much,
-- because the clock was set back. p_position is where the first export of a database begins.
--
-- Locks the one row. Repeating it is harmless.
create or replace function tasker.renew_trace_export(p_owner uuid, p_ttl_ms int, p_position bigint) returns bigint
language sql
set search_path = ''
as $$
  update tasker.trace_export e
  set owner = p_owner, renewed_at = tasker.clock(), ttl_ms = p_ttl_ms, seq = coalesce(e.seq, p_position)
  where e.owner is null or e.owner = p_owner
     or abs(extract(epoch from tasker.clock() - e.renewed_at)) * 1000 >= e.ttl_ms
  returning e.seq;
$$;
