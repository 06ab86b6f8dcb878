-- Hosts send the hints of what was created and what ended, after the commit: these functions return it.
drop function if exists tasker.create_tasks(
  uuid[], int[], int[], int[], int[], text[], text[], text[], bool[]);
drop function if exists tasker.complete_tasks(uuid[], timestamptz);
drop function if exists tasker.fail_tasks(uuid[], timestamptz);
drop function if exists tasker.complete_steps(
  int, uuid[], smallint[], smallint[], text[], int, tasker.usage[], tasker.event[]);
drop function if exists tasker.fail_steps(
  int, uuid[], smallint[], smallint[], text[], bool[], bigint[], tasker.usage[]);
drop function if exists tasker.complete_with_kv(
  int, uuid, smallint, smallint, text, bool, tasker.usage, text[], text[], text[], bool[], bigint[], tasker.event[]);
