-- All that a worker needs to run the steps that it claimed: the lease, the lock, the task's input,
-- the results of the steps that each names in `depends_on` (parallel arrays by parent number), and
-- the registry's generation: whatever was granted or revoked before the step was claimed is known by it.
--
-- Reads only. A statement of its own after the claim, so that it sees results that another worker
-- committed while the claim waited for a row. Written so that it is inlined where it is called (SQL,
-- stable, no settings of its own): as a call it would cost a lone step a fifth of its time.
create or replace function tasker.invocations(p_steps tasker.step_key[])
returns table (
  task_id uuid, step_no smallint, attempt smallint, lock_id int, correlation_id text, input text,
  checkpoint text, parent_no smallint[], parent_result text[], generation bigint
)
language sql stable
as $$
  select s.task_id, s.step_no, s.attempt, t.lock_id, t.correlation_id, t.input::text,
         s.checkpoint::text, p.parent_no, p.parent_result,
         (select g.generation from tasker.registry_generation g where g.singleton)
  from pg_catalog.unnest(p_steps) k
  join tasker.step s on s.task_id = k.task_id and s.step_no = k.step_no
  join tasker.task t on t.task_id = k.task_id
  cross join lateral (
    select pg_catalog.array_agg(e.from_no) as parent_no,
           pg_catalog.array_agg(r.result::pg_catalog.text) as parent_result
    from tasker.dependency e
    join tasker.step r on r.task_id = k.task_id and r.step_no = e.from_no
    where e.template_version_id = t.template_version_id and e.to_no = k.step_no
  ) p
$$;
