//! The statements of lists of tasks.

use tasker_database::listing;
use tasker_database::listing::Listing;

// A short scan of the one index that has what is asked for together. Rows are compared where values
// would do, since that and the order leave no other index to choose, whatever the statistics say. It begins behind $4; what is
// behind $7 is not shown. A comparison of rows does not end the scan of an index before its first column is over: of one that
// ends with $7, the entries behind it would be read too. So where each row fits, $8 is the last of all ids, and the limit ends
// the scan.
pub(super) const ALL: Listing = listing! {
    "select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from (
      (select o.* from tasker.every_task o
       where $6 = 'all' and o.task_id " > " $4 and o.task_id " <= " $7 and ($3::text[] is null or o.state = any ($3::text[]::tasker.task_state[]))
       order by o.task_id " asc " limit $5)
      union all
      (select o.* from tasker.task o
       where $6 in ('open', 'open_and_failed') and o.finished_at is null and o.task_id " > " $4 and o.task_id " <= " $7
         and o.state = any ($3::text[]::tasker.task_state[])
       order by o.task_id " asc " limit $5)
      union all
      (select l.* from unnest($3::text[]) s (state)
       cross join lateral (
         select o.* from tasker.every_task o
         where o.error is not null
           and ((case when o.error ->> 'step' is null then 'cancelled' else 'error' end), o.task_id) " > " (s.state, $4)
           and ((case when o.error ->> 'step' is null then 'cancelled' else 'error' end), o.task_id) " <= " (s.state, $8)
         order by (case when o.error ->> 'step' is null then 'cancelled' else 'error' end) " asc ", o.task_id " asc "
         limit $5) l
       where $6 in ('failed', 'open_and_failed') and s.state in ('error', 'cancelled') and l.task_id " <= " $7)
    ) t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    where num_nonnulls($1::text[], $2::text[]) = 0
    order by t.task_id " asc "
    limit $5"
};

// The same for each template: to walk all tasks for those of one would take the longer, the more there
// are of others.
pub(super) const OF_TEMPLATES: Listing = listing! {
    "with asked as materialized (
      select p.template_id
      from tasker.namespace n
      join tasker.template p using (namespace_id)
      where ($1::text[] is null or n.name = any ($1)) and ($2::text[] is null or p.name = any ($2))
    )
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from (
      (select l.* from asked k
       cross join lateral (
         select o.* from tasker.every_task o
         where (o.template_id, o.task_id) " > " (k.template_id, $4) and (o.template_id, o.task_id) " <= " (k.template_id, $8)
           and ($3::text[] is null or o.state = any ($3::text[]::tasker.task_state[]))
         order by o.template_id " asc ", o.task_id " asc "
         limit $5) l
       where $6 = 'all' and l.task_id " <= " $7)
      union all
      (select o.* from tasker.task o
       where $6 in ('open', 'open_and_failed') and o.finished_at is null and o.task_id " > " $4 and o.task_id " <= " $7
         and o.state = any ($3::text[]::tasker.task_state[])
         and o.template_id in (select k.template_id from asked k)
       order by o.task_id " asc " limit $5)
      union all
      (select l.* from asked k
       cross join (values ('error', 1), ('cancelled', -1)) s (state, sign)
       cross join lateral (
         select o.* from tasker.every_task o
         where o.error is not null
           and ((case when o.error ->> 'step' is null then - o.template_id else o.template_id end), o.task_id)
             " > " (s.sign * k.template_id, $4)
           and ((case when o.error ->> 'step' is null then - o.template_id else o.template_id end), o.task_id)
             " <= " (s.sign * k.template_id, $8)
         order by (case when o.error ->> 'step' is null then - o.template_id else o.template_id end) " asc ", o.task_id " asc "
         limit $5) l
       where $6 in ('failed', 'open_and_failed') and s.state = any ($3) and l.task_id " <= " $7)
    ) t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    order by t.task_id " asc "
    limit $5"
};

// The same with a tag ($6), by namespaces. Each task of the tag is looked up by its id for the state and the template, so
// that a page takes as long as it takes to find tasks that fit. An array has the one namespace, since the order would be that of
// task_tag_by_task too where both columns before the id are constants; rows that are compared would end the scan with the
// namespace, behind all tags.
pub(super) const TAGGED: Listing = listing! {
    "with asked as materialized (
      select n.namespace_id, n.name from tasker.namespace n where $1::text[] is null or n.name = any ($1)
    )
    select t.task_id, k.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from asked k
    cross join lateral (
      select o.*
      from tasker.task_tag g
      cross join lateral (select e.* from tasker.every_task e where e.task_id = g.task_id) o
      where g.namespace_id = any (array[k.namespace_id]) and g.tag = $6 and g.task_id " > " $4 and g.task_id " <= " $8
        and ($3::text[] is null or o.state = any ($3::text[]::tasker.task_state[]))
        and ($2::text[] is null
             or exists (select from tasker.template a where a.template_id = o.template_id and a.name = any ($2)))
      order by g.namespace_id " asc ", g.tag " asc ", g.task_id " asc "
      limit $5
    ) t
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    where t.task_id " <= " $7
    order by t.task_id " asc "
    limit $5"
};
