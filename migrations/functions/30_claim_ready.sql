-- Claims due steps for a worker: up to p_limit steps, and up to p_bytes of their data (the task's input and the
-- checkpoint), but at least one step. The namespaces that have due steps take turns (see tasker.queue_turns), from the
-- one after p_after; of each, the oldest come first, by priority (see tasker.split_shares), and the keys that it has take
-- turns from the one after p_after_key (see tasker.queue_keys). So what one namespace or key has in the queue delays no
-- other.
--
-- Returns one row per step, with all data of its attempt that changes between attempts, for how long it was due, and the
-- revision of the task's namespace, which includes everything that was granted or revoked before the claim. One more row with a null
-- lease states, if fewer than p_limit were claimed, in due_ms when the next step is due: 0 if a due step was left,
-- because of the limit on bytes, a lock or its namespace's share; null if none is due within a minute. It has is_limited
-- where a namespace with due steps has a limit of running steps (see tasker.limited_turns): another may be claimed
-- whenever one of its steps ends; in after_key, where there are keys, after which the next claim begins. Returns nothing for a worker that was declared dead.
--
-- p_marked, p_marked_lane and p_low have the low marks of lanes and ranges (see tasker.queue_turns); that row has the next
-- ones of lanes. A step below its lane's mark is not claimed; tasker.queue_look finds it.
--
-- If the claim of a step fails (because of its data, its task's data or a damaged row), the others are claimed
-- one at a time by tasker.claim_each.
--
-- Locks: rules of namespaces with a limit, then the steps that it claims, skipping locked ones of both, then their tasks
-- if one begins. It is a separate call
-- outside of the order of locks, so it must not wait. `skip locked` does wait if the last change of a row is being
-- committed while the next is under way. After lock_timeout it gives up its claims.
create or replace function tasker.claim_ready(p_worker_id int, p_limit int, p_bytes bigint, p_after int default 0,
                                              p_marked int[] default null,
                                              p_marked_lane smallint[] default null,
                                              p_low timestamptz[] default null, p_after_key smallint default 0)
returns table (
  task_id uuid, step_no smallint, attempt int, lock_id int, correlation_id text, input text,
  checkpoint text, revision bigint, namespace_id int, due_ms bigint, marked int[], marked_lane smallint[], low timestamptz[],
  is_limited bool, after_key smallint, waited interval, traceparent text
)
language plpgsql
set search_path = '' set lock_timeout = '20ms' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
-- Else a queue that was short when the plan was made is read and sorted as a whole for each claim.
set enable_sort = off set enable_incremental_sort = off
as $$
declare
  v_looks constant int := 64;
  v_now constant timestamptz := tasker.clock();
  v_claimed tasker.claimed_step[];
  v_is_left bool := false;
  v_rows tid[];
  v_deleted int;
  v_waiting int[];
  v_waiting_lanes smallint[];
  v_marked int[];
  v_marked_lanes smallint[];
  v_marks timestamptz[];
  v_namespaces int[];
  v_lanes smallint[];
  v_lows timestamptz[];
  v_shares int[];
  v_limited bool[];
  v_is_mixed bool;
  v_has_keys bool;
  v_window int;
  v_cut bool[];
  v_looked_at_namespaces int[];
  v_looked_at_lanes smallint[];
  v_is_split_left bool;
  v_locked int[];
  v_is_contended bool := false;
begin
  -- A claim that a crash of the server undoes is a step that is ready again.
  perform pg_catalog.set_config('synchronous_commit', 'off', true);
  if p_limit < 1 or not exists (
    select from tasker.worker w where w.worker_id = p_worker_id and w.stopped_at is null) then
    return;
  end if;

  if p_marked is not null then
    -- The ranges that have a mark share v_looks.
    v_window := (select greatest(1, v_looks / count(*)) from unnest(p_marked_lane) m (lane) where m.lane < 0 having count(*) > 0);
  end if;
  -- Most calls of a worker with few tasks find nothing: detect that before the expensive part.
  select array_agg(q.namespace_id) filter (where q.ready_at is not null),
         array_agg(q.lane) filter (where q.ready_at is not null),
         array_agg(q.namespace_id) filter (where q.is_marked),
         array_agg(q.lane) filter (where q.is_marked),
         array_agg(greatest(least(q.ready_at, v_now - tasker.queue_look_back()), 'epoch')) filter (where q.is_marked),
         array_agg(q.namespace_id) filter (where q.share > 0),
         array_agg(q.lane) filter (where q.share > 0),
         array_agg(q.ready_at) filter (where q.share > 0),
         array_agg(q.share) filter (where q.share > 0),
         array_agg(q.is_limited) filter (where q.share > 0),
         bool_or(q.is_mixed) filter (where q.share > 0),
         bool_or(q.lane % tasker.lane_width() > 0) filter (where q.share > 0)
  into v_waiting, v_waiting_lanes, v_marked, v_marked_lanes, v_marks,
       v_namespaces, v_lanes, v_lows, v_shares, v_limited, v_is_mixed, v_has_keys
  from tasker.queue_turns(v_now, p_limit, p_after, p_marked, p_marked_lane, p_low, p_after_key, v_window) q;
  if true = any (v_limited) then
    select l.namespace_ids, l.lanes, l.ready_at, l.shares, l.locked, l.is_contended
    into v_namespaces, v_lanes, v_lows, v_shares, v_locked, v_is_contended
    from tasker.limited_turns(v_namespaces, v_lanes, v_lows, v_shares, v_limited) l;
  end if;
  if v_has_keys and v_namespaces is not null then
    select l.namespace_ids, l.lanes, l.ready_at, l.shares, l.cut into v_namespaces, v_lanes, v_lows, v_shares, v_cut
    from tasker.queue_keys(v_now, p_after_key, v_namespaces, v_lanes, v_lows, v_shares, p_marked, p_marked_lane) l;
    v_looked_at_namespaces := v_namespaces;
    v_looked_at_lanes := v_lanes;
  end if;
  if (v_is_mixed or v_has_keys) and v_namespaces is not null then
    select l.namespace_ids, l.lanes, l.ready_at, l.shares, l.is_left
    into v_namespaces, v_lanes, v_lows, v_shares, v_is_split_left
    from tasker.split_shares(v_now, v_namespaces, v_lanes, v_lows, v_shares) l;
  end if;
  if v_namespaces is not null then
    begin
      with picked as materialized (
        select p.*, n.turn, n.share
        from unnest(v_namespaces, v_lanes, v_lows, v_shares)
               with ordinality as n (namespace_id, lane, low, share, turn)
        cross join lateral (
          select q.ctid as row, q.ready_at, s.ctid as step_row, s.task_id, s.step_no, s.checkpoint::text as checkpoint
          from tasker.queue q
          join tasker.step s on s.task_id = q.task_id and s.step_no = q.step_no and s.ready_at = q.ready_at
          where q.namespace_id = n.namespace_id and q.lane = n.lane
            and q.ready_at >= n.low and q.ready_at <= v_now
          order by q.ready_at
          limit n.share
          for update of s skip locked
        ) p
        limit p_limit
      ), weighed as materialized (
        -- Also the last, whose bytes are before none: an input that cannot be read is to fail here.
        select p.row, p.step_row, p.task_id, p.step_no, p.turn, p.ready_at, p.checkpoint,
               t.state = 'pending' as is_first,
               coalesce(octet_length(t.input::text), 0) + coalesce(octet_length(p.checkpoint), 0) as bytes
        from picked p
        left join tasker.task t on t.task_id = p.task_id
      ), sized as materialized (
        select w.row, w.step_row, w.task_id, w.step_no, w.checkpoint, w.is_first, w.ready_at,
               sum(w.bytes) over (
                 order by w.turn, w.ready_at rows between unbounded preceding and 1 preceding) as bytes_before
        from weighed w
      ), claimed as (
        update tasker.step s
        set state = 'running', attempt = s.attempt + 1, worker_id = p_worker_id, ready_at = null,
            started_at = v_now, deadline_at = v_now + s.timeout_ms * interval '1 ms'
        from sized p
        -- By address: the row that was locked stays where it is.
        where s.ctid = p.step_row and s.task_id = p.task_id and s.step_no = p.step_no
          and coalesce(p.bytes_before, 0) < p_bytes
        returning s.task_id, s.step_no, s.attempt, p.checkpoint, p.row, p.is_first, p.ready_at
      ), begun as (
        update tasker.task t set state = 'in_progress'
        from (select distinct c.task_id from claimed c where c.is_first order by c.task_id) b
        where t.task_id = b.task_id and t.state = 'pending'
        returning t.task_id
      ), log as (
        insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state)
        select v_now, b.task_id, null, null, p_worker_id, 'in_progress' from begun b
        union all
        select v_now, c.task_id, c.step_no, c.attempt, p_worker_id, 'running' from claimed c
      )
      select array_agg((c.task_id, c.step_no, c.attempt, c.checkpoint, c.ready_at)::tasker.claimed_step),
             array_agg(c.row),
             count(*) < (select count(*) from picked)
               or v_is_split_left is null and cardinality(v_namespaces) > 1
                  and exists (select from picked p group by p.turn, p.share having count(*) = p.share)
      from claimed c into v_claimed, v_rows, v_is_left;
      -- Also after each step of a key in a range that has a mark: there may be more where no look was.
      v_is_left := v_is_left or v_is_split_left is true or true = any (v_cut)
        or v_window is not null and v_has_keys and v_claimed is not null;
      -- By address: no plan can make this expensive. As long as this call runs, no address is given to another row.
      delete from tasker.queue q where q.ctid = any (v_rows);
      get diagnostics v_deleted = row_count;
      if v_deleted < cardinality(v_rows) then
        -- A step was queued again, with the same time, before its lock was had.
        delete from tasker.queue q
        using unnest(v_claimed) c
        where q.task_id = c.task_id and q.step_no = c.step_no and q.ready_at <= v_now
          and q.namespace_id = any (v_namespaces);
      end if;
    exception
      when lock_not_available then
        v_claimed := null;
        v_is_left := true;
      when data_exception or integrity_constraint_violation or program_limit_exceeded or internal_error then
        v_claimed := tasker.claim_each(p_worker_id, p_limit, p_bytes, v_namespaces, v_lanes, v_lows, v_shares);
        v_is_left := cardinality(v_claimed) > 0;
    end;
    if v_locked is not null and v_claimed is not null then
      perform tasker.take_slots(v_claimed, v_locked);
    end if;
  end if;

  -- A statement of its own after the claim: it sees the lock to which a task was moved meanwhile.
  return query
    with revisions as materialized (
      select array_agg(n.namespace_id) as of, array_agg(n.revision) as revision
      from tasker.namespace n where n.namespace_id = any (v_namespaces)
    )
    select k.task_id, k.step_no, k.attempt, coalesce(t.lock_id, 0), coalesce(t.correlation_id, ''),
           coalesce(t.input::text, 'null'), k.checkpoint,
           coalesce(r.revision[array_position(r.of, t.namespace_id)], 0), coalesce(t.namespace_id, 0),
           null::bigint, null::int[], null::smallint[], null::timestamptz[], null::bool, null::smallint,
           v_now - k.ready_at, t.traceparent
    from unnest(v_claimed) k
    cross join revisions r
    left join tasker.task t on t.task_id = k.task_id;
  if v_marked is not null or true = any (v_limited) or v_has_keys or v_window is not null
     or coalesce(cardinality(v_claimed), 0) < p_limit then
    return query
      select null::uuid, null::smallint, null::int, null::int, null::text, null::text, null::text,
             null::bigint, null::int,
             case when coalesce(cardinality(v_claimed), 0) >= p_limit then null
                  when v_is_left or v_is_contended then 0
                  else ceil(extract(epoch from tasker.queue_next(v_now, v_waiting, v_waiting_lanes) - v_now) * 1000)::bigint end,
             v_marked, v_marked_lanes, v_marks, coalesce(true = any (v_limited), false),
             case when v_has_keys or v_window is not null
                  then tasker.next_key(p_after_key, v_claimed, v_looked_at_namespaces, v_looked_at_lanes, v_cut, v_window) end,
             null::interval, null::text;
  end if;
end
$$;
