-- Claims as tasker.claim_ready does, but each step alone, so that a failing claim affects no other step:
-- tasker.postpone_step postpones such a step with the reason. Used after a claim of several failed. Returns what it
-- claimed. Takes the namespaces in the order of their turns, with each lane that has due steps, the time of the first step of each and how many it gets.
--
-- Locks: as tasker.claim_ready, under the caller's lock_timeout; locked rows are left.
create or replace function tasker.claim_each(
  p_worker_id int, p_limit int, p_bytes bigint, p_namespace_id int[], p_lane smallint[],
  p_low timestamptz[], p_share int[]
)
returns tasker.claimed_step[]
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_due constant tasker.step_key[] := array(
    select (q.task_id, q.step_no)::tasker.step_key
    from unnest(p_namespace_id, p_lane, p_low, p_share) with ordinality as t (namespace_id, lane, low, share, turn)
    cross join lateral (
      select d.task_id, d.step_no
      from tasker.queue d
      where d.namespace_id = t.namespace_id and d.lane = t.lane and d.ready_at >= t.low and d.ready_at <= v_now
      order by d.ready_at
      limit t.share
    ) q
    order by t.turn
    limit p_limit);
  v_step tasker.step_key;
  v_one tasker.claimed_step;
  v_claimed tasker.claimed_step[] := '{}';
  v_bytes bigint;
  v_bytes_left bigint := p_bytes;
  v_message text;
  v_code text;
begin
  foreach v_step in array v_due loop
    exit when v_bytes_left <= 0;
    begin
      v_one := tasker.claim_one(p_worker_id, v_step.task_id, v_step.step_no);
      if v_one.task_id is not null then
        -- Before it is kept: where the input cannot be read the claim is undone, but no variable is.
        v_bytes := coalesce(octet_length(v_one.checkpoint), 0) + coalesce(
          (select octet_length(t.input::text) from tasker.task t where t.task_id = v_one.task_id), 0);
        v_claimed := v_claimed || v_one;
        v_bytes_left := v_bytes_left - v_bytes;
      end if;
    exception
      when lock_not_available then
        null;
      when data_exception or integrity_constraint_violation or program_limit_exceeded or internal_error then
        get stacked diagnostics v_message = message_text, v_code = returned_sqlstate;
        perform tasker.postpone_step(v_step.task_id, v_step.step_no, v_message, v_code);
    end;
  end loop;
  return v_claimed;
end
$$;
