-- How many tasks a list has: counted where at most p_most have to be looked at, and otherwise as the planner estimates, which
-- is_exact denies. What is null does not restrict the list; p_namespace and p_template may be several names with commas
-- between them. p_from is the lowest id, p_until is above the highest. An estimate is as good as the statistics of the tables.
--
-- Locks: nothing. Reads p_most + 1 tasks at most. It is volatile since only such functions may ask for plans.
create or replace function tasker.count_tasks(
  p_namespace text, p_template text, p_states text[], p_tag text, p_most int, p_from uuid default null, p_until uuid default null
)
returns table (count bigint, is_exact boolean)
language plpgsql volatile
set search_path = '' set jit = off
as $$
#variable_conflict use_variable
declare
  v_tables text := 'tasker.every_task t';
  -- What an index has, so that only what fits is looked at; and what is left to compare.
  v_indexed text := 'true';
  v_rest text := 'true';
  v_ids text := case when p_tag is null then 't' else 'g' end;
  v_namespaces int[];
  v_templates int[];
  v_looked_at bigint;
  v_found bigint;
  v_plan json;
begin
  if p_namespace is not null or p_template is not null then
    v_templates := array(
      select p.template_id
      from tasker.template p
      join tasker.namespace n on n.namespace_id = p.namespace_id
      where (p_namespace is null or n.name = any (string_to_array(p_namespace, ',')))
        and (p_template is null or p.name = any (string_to_array(p_template, ',')))
    );
  end if;
  if p_tag is not null then
    v_namespaces := array(select n.namespace_id from tasker.namespace n where p_namespace is null or n.name = any (string_to_array(p_namespace, ',')));
    v_tables := 'tasker.task_tag g cross join lateral (select e.* from tasker.every_task e where e.task_id = g.task_id) t';
    v_indexed := format('g.namespace_id = any (%L) and g.tag = %L', v_namespaces, p_tag);
    v_rest := format('(%L::int[] is null or t.template_id = any (%L))', v_templates, v_templates);
  elsif v_templates is not null then
    v_indexed := format('t.template_id = any (%L)', v_templates);
  end if;
  if p_states <@ array['pending', 'in_progress'] and p_tag is null then
    -- Open tasks are few, and have an index.
    v_tables := 'tasker.task t';
    v_rest := format('%s and t.state = any (%L)', v_indexed, p_states);
    v_indexed := 't.finished_at is null';
  elsif p_states <@ array['error', 'cancelled'] and p_tag is null and v_templates is null then
    v_indexed := format(
      't.error is not null and (case when t.error ->> ''step'' is null then ''cancelled'' else ''error'' end) = any (%L)', p_states);
  elsif p_states <@ array['error', 'cancelled'] and p_tag is null then
    v_indexed := format(
      't.error is not null and (case when t.error ->> ''step'' is null then - t.template_id else t.template_id end) = any (%L)',
      array(select s.sign * k.template_id
            from unnest(v_templates) k (template_id)
            cross join (values ('error', 1), ('cancelled', -1)) s (state, sign)
            where s.state = any (p_states)));
  elsif p_states is not null then
    v_rest := format('%s and t.state = any (%L)', v_rest, p_states);
  end if;
  if p_from is not null then
    v_indexed := format('%s and %s.task_id >= %L', v_indexed, v_ids, p_from);
  end if;
  if p_until is not null then
    v_indexed := format('%s and %s.task_id < %L', v_indexed, v_ids, p_until);
  end if;
  execute format(
    'select count(*), count(*) filter (where l.fits) from (select %s as fits from %s where %s limit %s) l',
    v_rest, v_tables, v_indexed, p_most + 1
  ) into v_looked_at, v_found;
  if v_looked_at <= p_most then
    return query select v_found, true;
    return;
  end if;
  execute format('explain (format json) select from %s where %s and %s', v_tables, v_indexed, v_rest) into v_plan;
  return query select greatest(v_found, (v_plan -> 0 -> 'Plan' ->> 'Plan Rows')::double precision::bigint), false;
end
$$;
