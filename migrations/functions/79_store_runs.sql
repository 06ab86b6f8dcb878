-- Stores runs of components with subscribers, and deletes the oldest runs of their subscriptions beyond the newest
-- v_kept. A run whose subscription was removed is left out. Returns the subscriptions that another transaction has locked,
-- whose runs are left for the next call, so that one of them delays no other.
--
-- All parameters are parallel arrays, one element per run; runs of one subscription are in order. p_rollouts has the names
-- of the pins with commas between them, p_usage the ledger, and p_age_ms how long ago the run ended.
--
-- Locks the subscriptions by id, skipping locked ones. Repeating it stores the runs twice, and does no other harm.
create or replace function tasker.store_runs(
  p_subscription_id int[], p_age_ms bigint[], p_seq bigint[], p_index smallint[], p_attempt int[], p_rollouts text[],
  p_usage tasker.usage[], p_failure_kind text[], p_failure_code text[], p_failure_message text[], p_lines text[]
) returns setof int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_kept constant int := 1000;
  v_now constant timestamptz := tasker.clock();
begin
  return query
  with run as materialized (
    select u.*, row_number() over (partition by u.subscription_id order by u.ord) as no
    from unnest(p_subscription_id, p_age_ms, p_seq, p_index, p_attempt, p_rollouts, p_usage, p_failure_kind, p_failure_code,
                p_failure_message, p_lines)
      with ordinality as u (subscription_id, age_ms, seq, seq_index, attempt, rollouts, component_version_id, wall_ms, cpu_ms,
                            host_ms, memory_kib, in_bytes, out_bytes, http_requests, failure_kind, failure_code,
                            failure_message, lines, ord)
  ), locked as materialized (
    select s.subscription_id, s.runs
    from tasker.subscription s
    where s.subscription_id = any (p_subscription_id)
    order by s.subscription_id
    for no key update skip locked
  ), counted as (
    update tasker.subscription s
    set runs = s.runs + (select count(*) from run r where r.subscription_id = s.subscription_id)
    where s.subscription_id = any (array(select l.subscription_id from locked l))
    returning s.subscription_id, s.runs
  ), added as (
    insert into tasker.subscriber_run
      (subscription_id, run_no, at, seq, seq_index, attempt, rollouts, component_version_id, wall_ms, cpu_ms, host_ms,
       memory_kib, in_bytes, out_bytes, http_requests, failure_kind, failure_code, failure_message, lines)
    select r.subscription_id, l.runs + r.no, v_now - r.age_ms * interval '1 millisecond', r.seq, r.seq_index, r.attempt, string_to_array(r.rollouts, ','),
           r.component_version_id, r.wall_ms, r.cpu_ms, r.host_ms, r.memory_kib, r.in_bytes, r.out_bytes, r.http_requests,
           r.failure_kind, r.failure_code, r.failure_message, r.lines::json
    from run r
    join locked l using (subscription_id)
  ), gone as (
    delete from tasker.subscriber_run d
    using counted c
    where d.subscription_id = c.subscription_id and d.run_no <= c.runs - v_kept
  )
  select s.subscription_id
  from tasker.subscription s
  where s.subscription_id = any (p_subscription_id)
    and s.subscription_id <> all (array(select l.subscription_id from locked l));
end
$$;
