-- Notes that the tasks of a partition up to p_through are in the archive, where they are durable, unless tasks were
-- returned to it since (p_returns): then it is archived anew. Then sets the pace of retention: the time since the
-- transaction began, times v_rest_share, passes before it is the turn of a host again. The caller has what
-- tasker.partition_to_archive returned, in this transaction.
--
-- Locks: the row of the partition. Idempotent.
create or replace function tasker.note_archived(p_from_at timestamptz, p_returns int, p_through uuid) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rest_share constant int := 4;
begin
  update tasker.partition p set archived_through = p_through
  where p.from_at = p_from_at and p.returns = p_returns;
  update tasker.retention_pace
  set next_at = tasker.clock() + v_rest_share * (clock_timestamp() - transaction_timestamp());
end
$$;
