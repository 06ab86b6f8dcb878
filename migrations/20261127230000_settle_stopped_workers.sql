-- A claim of a worker may still be under way when the worker is stopped, so what it holds is looked at once
-- more. That is remembered until it is done, however long no host runs.

alter table tasker.worker add column is_settled boolean not null default false;
create index worker_unsettled on tasker.worker (stopped_at) where stopped_at is not null and not is_settled;
