-- The worker's one call: records results, releases and claims what they released, claims what else
-- is due up to p_claim in all, and returns everything that the next attempts need.
--
-- Takes parallel arrays, one element a completed lease, with what its attempt used and what all of them
-- tell of (tasker.send_events); empty arrays only claim. Repeatable: void leases change nothing. Locks:
-- as tasker.complete_steps, then as tasker.claim_ready.
--
-- The settings that pin the plans stand here, for the functions that it calls too: setting them at
-- each of these calls costs a batch of one a tenth of its time.
create or replace function tasker.advance(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt smallint[], p_result text[],
  p_claim int, p_usage tasker.usage[] default null, p_events tasker.event[] default null
) returns table (
  task_id uuid, step_no smallint, attempt smallint, lock_id int, correlation_id text, input text,
  checkpoint text, parent_no smallint[], parent_result text[], generation bigint
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_claimed tasker.step_key[] := '{}';
  v_claim int := p_claim;
begin
  -- A worker that was declared dead may still report what it did, but it gets nothing more.
  if not exists (select from tasker.worker w where w.worker_id = p_worker_id and w.stopped_at is null) then
    v_claim := 0;
  end if;
  if cardinality(p_task_id) = 0 then
    -- Nothing is reported: a claim that a crash of the server undoes is a step that is ready again.
    perform pg_catalog.set_config('synchronous_commit', 'off', true);
  else
    v_claimed := tasker.complete_steps(
      p_worker_id, p_task_id, p_step_no, p_attempt, p_result, v_claim, p_usage, p_events);
  end if;
  if cardinality(v_claimed) < v_claim then
    v_claimed := v_claimed || tasker.claim_ready(p_worker_id, v_claim - cardinality(v_claimed));
  end if;
  if cardinality(v_claimed) > 0 then
    return query select * from tasker.invocations(v_claimed);
  end if;
end
$$;
