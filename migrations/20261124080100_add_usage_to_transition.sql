-- The ledger: what each attempt used, on the transition that ended it. Null on all others.
alter table tasker.transition
  -- The version that ran, which the lock of the task may have been moved from since.
  add column component_version_id int,
  -- From the start of the instance to its end.
  add column wall_ms real,
  -- On the processor, in the guest and in what it had the host do.
  add column cpu_ms real,
  -- Between a call of the guest to the host and its answer.
  add column host_ms real,
  -- The most that all memories and tables held together.
  add column memory_kib int,
  -- Bodies of HTTP responses and requests, in bytes; a larger value is stored as 2 GiB.
  add column in_bytes int,
  add column out_bytes int,
  add column http_requests int;

-- The log grows in the order of time: this finds a window of it at next to no cost a row.
create index transition_by_time on tasker.transition using brin (at) with (pages_per_range = 32, autosummarize = on);

-- The same as hosts report it, with each attempt that ends.
create type tasker.usage as (
  component_version_id int, wall_ms real, cpu_ms real, host_ms real, memory_kib int,
  in_bytes int, out_bytes int, http_requests int
);
