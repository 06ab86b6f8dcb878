-- Counts the rows of the log behind p_after up to p_until, p_rows at most, and returns the latest of their times, null if
-- there are none. For tasker.add_statistics, which see.
create or replace function tasker.count_log(p_after bigint, p_until bigint, p_rows int) returns timestamptz
language plpgsql
set search_path = '' set timezone = 'UTC' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- Groups of errors of a namespace and a day; a tenth of that from one call. What is beyond is counted as `(other)`.
  v_groups_max constant int := 1000;
  v_last timestamptz;
begin
  with row as materialized (
    select l.seq, l.at, l.task_id, l.step_no, l.attempt, l.worker_id, l.to_state, l.component_version_id, l.wall_ms,
           case when l.to_state in ('error', 'waiting_for_retry') and l.worker_id is not null then l.detail end as error,
           coalesce(l.to_state = 'ready' and tasker.error_text(l.detail, 'reason') = 'quarantined', false) as is_suspended,
           lag(l.to_state) over step as before, lag(l.at) over step as before_at,
           lead(l.seq) over step is null as is_last,
           t.namespace_id, t.template_version_id, t.created_at
    from tasker.log_window(p_after, p_until, p_rows) l
    cross join lateral (
      select x.namespace_id, x.template_version_id, x.created_at
      from (
        select w.* from tasker.task w where w.task_id = l.task_id
        union all
        select h.* from tasker.task_history h where h.task_id = l.task_id
      ) x
      limit 1
    ) t
    where l.event is null
    window step as (partition by l.task_id, l.step_no order by l.seq)
  ), claim as materialized (
    select r.at, r.namespace_id, r.template_version_id, r.step_no,
           case when r.before = 'ready' then r.at - r.before_at
                when r.before is not null then null
                when k.ready_at is not null then r.at - k.ready_at
                when r.attempt = 1 and m.parents = 0 then r.at - r.created_at
                when r.attempt = 1 then interval '0' end as delay
    from row r
    left join lateral (select q.ready_at from tasker.statistic_ready q
                       where q.task_id = r.task_id and q.step_no = r.step_no) k on true
    left join lateral (select st.parents from tasker.step_template st
                       where st.template_version_id = r.template_version_id and st.step_no = r.step_no) m on true
    where r.step_no is not null and r.to_state = 'running'
  ), measured as (
    select r.at, 'task' as measure, r.namespace_id, r.template_version_id, -1::smallint as step_no,
           0 as component_version_id, greatest(extract(epoch from r.at - r.created_at) * 1000, 0)::float8 as ms,
           r.to_state = 'error' as is_failed, false as is_retried, r.to_state = 'cancelled' as is_cancelled
    from row r
    where r.step_no is null and r.to_state in ('complete', 'error', 'cancelled', 'resolved_manually')
    union all
    select r.at, 'run', r.namespace_id, r.template_version_id, r.step_no, coalesce(r.component_version_id, 0),
           r.wall_ms::float8, r.to_state = 'error', r.to_state = 'waiting_for_retry', false
    from row r
    where r.step_no is not null and (r.component_version_id is not null or r.error is not null)
    union all
    select c.at, 'claim', c.namespace_id, c.template_version_id, c.step_no, 0,
           greatest(extract(epoch from c.delay) * 1000, 0)::float8, false, false, false
    from claim c
    where c.delay is not null
  ), fact as materialized (
    -- Each bucket is 2 % wide, so that its middle is within 1 % of what is in it; what is shorter than a microsecond is
    -- in bucket 0. Not a function, which a row would pay for.
    select m.*, case when m.ms <= 0.001 then 0 else ceil(ln(m.ms / 0.001) / ln(1.01 / 0.99)) end::smallint as bucket
    from measured m
  ), bucket as (
    select w.width, date_bin(w.width * interval '1 minute', f.at, 'epoch') as at, f.measure, f.namespace_id,
           f.template_version_id, f.step_no, f.component_version_id, f.bucket,
           count(*) as n, count(*) filter (where f.is_failed) as failed, count(*) filter (where f.is_retried) as retried,
           count(*) filter (where f.is_cancelled) as cancelled, coalesce(sum(f.ms), 0) as sum_ms,
           coalesce(max(f.ms), 0) as max_ms
    from fact f
    cross join (values (1::smallint), (60::smallint), (1440::smallint)) as w (width)
    group by 1, 2, 3, 4, 5, 6, 7, 8
  ), counted as (
    insert into tasker.statistic as s
      (width, at, measure, namespace_id, template_version_id, step_no, component_version_id,
       count, failed, retried, cancelled, sum_ms, max_ms, buckets, counts)
    select b.width, b.at, b.measure, b.namespace_id, b.template_version_id, b.step_no, b.component_version_id,
           sum(b.n), sum(b.failed), sum(b.retried), sum(b.cancelled), sum(b.sum_ms), max(b.max_ms),
           coalesce(array_agg(b.bucket order by b.bucket) filter (where b.bucket is not null), '{}'),
           coalesce(array_agg(b.n order by b.bucket) filter (where b.bucket is not null), '{}')
    from bucket b
    group by 1, 2, 3, 4, 5, 6, 7
    on conflict (width, at, measure, namespace_id, template_version_id, step_no, component_version_id) do update
    set count = s.count + excluded.count, failed = s.failed + excluded.failed, retried = s.retried + excluded.retried,
        cancelled = s.cancelled + excluded.cancelled, sum_ms = s.sum_ms + excluded.sum_ms,
        max_ms = greatest(s.max_ms, excluded.max_ms),
        (buckets, counts) = (
          select m.buckets, m.counts
          from tasker.merge_buckets(s.buckets, s.counts, excluded.buckets, excluded.counts) m)
  ), shaped as materialized (
    select r.at, r.namespace_id, r.template_version_id, r.step_no, r.task_id,
           coalesce(left(tasker.error_text(r.error, 'code'), 200), '') as code,
           coalesce(tasker.message_shape(tasker.error_text(r.error, 'message')), '') as shape
    from row r
    where r.step_no is not null and r.error is not null
  ), full_day as materialized (
    select g.namespace_id, g.at
    from tasker.error_group g
    where g.width = 1440 and g.at in (select date_bin('1 day', h.at, 'epoch') from shaped h)
    group by g.namespace_id, g.at
    having count(*) >= v_groups_max
  ), ranked as (
    select h.at, h.namespace_id, h.template_version_id, h.step_no, h.task_id,
           case when h.is_grouped then h.code else '(other)' end as code,
           case when h.is_grouped then h.shape else '(other)' end as shape
    from (
      select d.*,
             dense_rank() over (partition by d.namespace_id order by d.code, d.shape) <= v_groups_max / 10
             and not exists (select from full_day y
                             where y.namespace_id = d.namespace_id and y.at = date_bin('1 day', d.at, 'epoch'))
               as is_grouped
      from shaped d
    ) h
  ), grouped as (
    insert into tasker.error_group as g
      (width, at, namespace_id, template_version_id, step_no, code, shape, count, first_at, last_at, task_id)
    select w.width, date_bin(w.width * interval '1 minute', h.at, 'epoch'), h.namespace_id, h.template_version_id,
           h.step_no, h.code, h.shape,
           count(*), min(h.at), max(h.at), (array_agg(h.task_id order by h.at desc))[1]
    from ranked h
    cross join (values (1::smallint), (60::smallint), (1440::smallint)) as w (width)
    group by 1, 2, 3, 4, 5, 6, 7
    on conflict (width, at, namespace_id, template_version_id, step_no, code, shape) do update
    set count = g.count + excluded.count, first_at = least(g.first_at, excluded.first_at),
        last_at = greatest(g.last_at, excluded.last_at),
        task_id = case when excluded.last_at >= g.last_at then excluded.task_id else g.task_id end
  ), claimed as (
    delete from tasker.statistic_ready k
    using row r
    where r.is_last and r.step_no is not null and (r.to_state <> 'ready' or r.is_suspended)
      and k.task_id = r.task_id and k.step_no = r.step_no
  ), left_ready as (
    insert into tasker.statistic_ready as k (task_id, step_no, ready_at)
    select r.task_id, r.step_no, r.at
    from row r
    where r.is_last and r.step_no is not null and r.to_state = 'ready' and not r.is_suspended
    on conflict (task_id, step_no) do update set ready_at = excluded.ready_at
  )
  select max(r.at) into v_last from row r;
  return v_last;
end
$$;
