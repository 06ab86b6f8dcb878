-- Creates the partition for the tasks of the coming time once a quarter of the newest one is left, and the first two of
-- a new database. Returns whether the partitions are there; false if another host is creating them or a lock was not
-- obtained in time: call it again later. Idempotent; called at every start and every few minutes.
--
-- If no host ran for long, the new partition also covers that time, so that every id up to its end has a place. No
-- other table takes an id of a later time: the insert fails, since only a wrong clock makes one.
--
-- Locks: the tables against other changes of their structure for lock_timeout at most, not against reading and writing.
create or replace function tasker.ensure_partitions() returns bool
language plpgsql
set search_path = '' set timezone = 'UTC' set datestyle = 'ISO' set lock_timeout = '100ms'
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_width constant interval := (select make_interval(days => w.days) from tasker.partition_width w);
  v_from timestamptz := (select max(p.until_at) from tasker.partition p);
  v_until timestamptz;
begin
  if v_from > v_now + v_width / 4 then
    return true;
  end if;
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.partitions')) then
    return false;
  end if;
  -- Read again: another host may have created it before this had the lock.
  v_from := (select max(p.until_at) from tasker.partition p);
  if v_from > v_now + v_width / 4 then
    return true;
  end if;
  if v_from is null then
    v_from := date_trunc('day', v_now);
    perform tasker.add_partition('carried', null, tasker.first_id(v_from));
  end if;
  v_until := greatest(v_from, date_trunc('day', v_now)) + v_width;
  perform tasker.add_partition(to_char(v_from, 'YYYYMMDD'), tasker.first_id(v_from), tasker.first_id(v_until));
  insert into tasker.partition (from_at, until_at) values (v_from, v_until);
  return true;
exception when lock_not_available then
  return false;
end
$$;
