-- Writes what the oldest closed partition without a summary has, by namespace and state: tasker.partition_content.
-- Returns whether it wrote one. Reads the whole partition, once in its life.
--
-- Locks: the row of the partition; it returns false if another transaction has it.
create or replace function tasker.sum_partition() returns bool
language plpgsql
set search_path = '' set jit = off
as $$
declare
  v_partition tasker.partition;
begin
  select * into v_partition
  from tasker.partition p
  where p.closed_at is not null and p.summed_at is null
  order by p.from_at
  limit 1
  for update skip locked;
  if not found then
    return false;
  end if;
  insert into tasker.partition_content (from_at, namespace_id, state, last_finished_at)
  select v_partition.from_at, h.namespace_id, h.state, max(h.finished_at)
  from tasker.task_history h
  where h.task_id >= tasker.first_id(v_partition.from_at) and h.task_id < tasker.first_id(v_partition.until_at)
  group by h.namespace_id, h.state
  on conflict (from_at, namespace_id, state) do update
    set last_finished_at = greatest(partition_content.last_finished_at, excluded.last_finished_at);
  update tasker.partition p set summed_at = tasker.clock() where p.from_at = v_partition.from_at;
  return true;
end
$$;
