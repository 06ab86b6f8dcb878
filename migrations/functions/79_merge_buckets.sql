-- Two histograms as one: buckets in order, and how many are in each.
create or replace function tasker.merge_buckets(
  p_buckets smallint[], p_counts bigint[], p_other_buckets smallint[], p_other_counts bigint[],
  out buckets smallint[], out counts bigint[]
)
language sql immutable parallel safe
set search_path = ''
as $$
  select coalesce(array_agg(m.bucket order by m.bucket), '{}'), coalesce(array_agg(m.n order by m.bucket), '{}')
  from (
    select u.bucket, sum(u.n)::bigint as n
    from (
      select * from unnest(p_buckets, p_counts) as a (bucket, n)
      union all
      select * from unnest(p_other_buckets, p_other_counts) as b (bucket, n)
    ) u
    group by u.bucket
  ) m
$$;
