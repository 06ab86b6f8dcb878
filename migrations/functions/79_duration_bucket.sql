-- The bucket of a duration in milliseconds: each is 2 % wide, so that its middle (tasker.bucket_duration) is within 1 %
-- of what is in it. What is shorter than a microsecond is in bucket 0.
create or replace function tasker.duration_bucket(p_ms double precision) returns smallint
language sql immutable strict parallel safe
set search_path = ''
as $$
  select case when p_ms <= 0.001 then 0 else ceil(ln(p_ms / 0.001) / ln(1.01 / 0.99)) end::smallint
$$;
