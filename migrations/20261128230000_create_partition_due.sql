-- When all tasks of a closed partition may be deleted; infinite if some are kept for ever.
create view tasker.partition_due as
select p.from_at, p.until_at,
       max(case when c.from_at is null then '-infinity'
                when r.keep_ms is null then 'infinity'
                else c.last_finished_at + r.keep_ms * interval '1 millisecond' end) as due_at
from tasker.partition p
left join tasker.partition_content c using (from_at)
left join tasker.effective_retention r
  on r.namespace_id = c.namespace_id
  and r.state = case c.state when 'resolved_manually' then 'complete' else c.state end
where p.summed_at is not null
group by p.from_at, p.until_at;

-- It takes the partitions into account that will be dropped soon.
drop function if exists tasker.due_tasks(int);
drop function if exists tasker.ensure_partitions(int);
