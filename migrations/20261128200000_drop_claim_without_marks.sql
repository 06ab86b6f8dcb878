-- A claim takes low marks of the queue from now on, and returns their next ones: functions with other arguments.
drop function if exists tasker.queue_next(timestamptz);
drop function if exists tasker.queue_turns(timestamptz, int, int);
drop function if exists tasker.claim_ready(int, int, bigint, int);
drop function if exists tasker.claim_each(int, int, bigint, int[], int[]);
