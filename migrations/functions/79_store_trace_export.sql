-- Stores the position up to which a host has exported traces, where it still has the export; p_leaves gives it up for
-- others. Returns whether it had it. A position never goes back.
--
-- Locks the one row. Repeating it is harmless.
create or replace function tasker.store_trace_export(p_owner uuid, p_position bigint, p_leaves bool) returns bool
language sql
set search_path = ''
as $$
  with stored as (
    update tasker.trace_export e
    set seq = greatest(e.seq, p_position), renewed_at = tasker.clock(),
        owner = case when not p_leaves then e.owner end
    where e.owner = p_owner
    returning 1
  )
  select exists (select from stored);
$$;
