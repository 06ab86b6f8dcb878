-- The delay after failure number p_failures (from 1), in milliseconds: none 0, linear base × n, exponential
-- base × 2^(n-1), limited by the cap; then ± jitter, a share of the delay, by p_random in [0, 1).
create or replace function tasker.backoff_ms(
  p_backoff tasker.backoff, p_base_ms int, p_max_ms int, p_jitter real, p_failures int,
  p_random double precision
) returns bigint
language sql immutable parallel safe
set search_path = ''
as $$
  select round(
    least(p_max_ms::double precision,
          case p_backoff
            when 'none' then 0
            when 'linear' then p_base_ms::double precision * p_failures
            when 'exponential' then p_base_ms * power(2::double precision, least(p_failures - 1, 62))
          end)
    * (1 + p_jitter * (2 * p_random - 1)))::bigint
$$;
