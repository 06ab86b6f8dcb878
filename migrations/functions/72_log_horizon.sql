-- The position in log and audit (tasker.transition.seq, tasker.audit.audit_id) below which nothing can appear any more,
-- for readers who go on from the last row that they had. Takes what the call before returned: the safe position, and a mark with those who may
-- still write below it; at first 0 and nulls. Returns the same anew. Call it a few times a second, by one statement in
-- a transaction of its own. What it returns holds once that transaction has ended without an error; after an error go
-- on with what was had before.
--
-- Whoever draws a number holds a lock on tasker.transition or tasker.audit (row exclusive) from before until the rows
-- are visible. So what was drawn up to v_last, which is read first, is complete as soon as all are gone who are found to hold such a lock
-- afterwards. Transactions that write elsewhere, and those that read, delay nothing. A writer that is prepared (two-phase
-- commit) changes its name: as long as one holds the lock, no mark is reached.
--
-- Claims are committed without a flush, and a crash of the server takes them back together with their numbers, which are
-- then drawn again. So before it returns anything new, it has its own commit flush the write-ahead log up to
-- there, for which it writes a message of a few bytes, unless the log is flushed already. With synchronous standbys it
-- waits for them as well.
--
-- Locks nothing. Not for a standby, which does not know the locks of the primary.
create or replace function tasker.log_horizon(
  p_safe bigint, p_mark bigint, p_writers text[], out safe bigint, out mark bigint, out writers text[]
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_prepared constant text := 'prepared';
  v_last bigint;
  v_holders text[];
begin
  v_last := coalesce(pg_catalog.pg_sequence_last_value('tasker.transition_seq_seq'), 0);
  -- A statement of its own, which begins after the one above.
  v_holders := array(
    select distinct case when l.pid is null then v_prepared else l.virtualtransaction end
    from pg_catalog.pg_locks l
    where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
      and l.relation in ('tasker.transition'::regclass, 'tasker.audit'::regclass)
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()));

  safe := p_safe;
  mark := p_mark;
  writers := p_writers;
  if v_holders = '{}' then
    safe := greatest(p_safe, v_last);
  elsif p_mark > p_safe and v_prepared <> all (v_holders) and not p_writers && v_holders then
    safe := p_mark;
  end if;
  if p_mark is null or p_mark <= safe then
    mark := v_last;
    writers := v_holders;
  end if;

  if (safe > p_safe or mark > coalesce(p_mark, p_safe))
     and (pg_catalog.pg_current_wal_flush_lsn() < pg_catalog.pg_current_wal_insert_lsn()
          or pg_catalog.current_setting('synchronous_standby_names') <> '') then
    if pg_catalog.current_setting('synchronous_commit') = 'off' then
      perform pg_catalog.set_config('synchronous_commit', 'on', true);
    end if;
    perform pg_catalog.pg_logical_emit_message(true, 'tasker', '');
  end if;
end
$$;
