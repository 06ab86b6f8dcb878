-- Small values that outlive tasks. Handlers' writes come with the completion of their step, operators'
-- come alone.
create sequence tasker.kv_version;

-- Like the runtime tables without foreign keys: the functions are the only writers.
create table tasker.kv (
  namespace_id int not null,
  -- Both in byte order, in which keys are listed and locked.
  bucket text collate "C" not null,
  key text collate "C" not null,
  -- Of one sequence for all: a key that was removed and set again never has a version that it had.
  version bigint not null default nextval('tasker.kv_version'),
  value json not null,
  updated_at timestamptz not null,
  -- The task whose step wrote it; null if an operator did.
  task_id uuid,
  primary key (namespace_id, bucket, key),
  constraint kv_bucket_is_a_name check (bucket ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint kv_key_is_bounded check (octet_length(key) between 1 and 200),
  constraint kv_value_is_bounded check (octet_length(value::text) <= 65536)
);
