-- What attempts used, for people and for what watches them. `ledger` is one row an attempt: filter it
-- by `at`, which finds a window without reading the whole log. The others sum it up by the hour.

create view tasker.ledger as
select tr.at, tr.task_id, st.name as step, tr.attempt, tr.to_state, tr.detail ->> 'kind' as failure_kind,
       tr.detail ->> 'code' as failure_code,
       n.name as namespace, te.name as template, tv.version as template_version,
       cn.name as component_namespace, c.name as component, cv.version as component_version,
       tr.component_version_id, tv.template_version_id, tr.worker_id,
       tr.wall_ms, tr.cpu_ms, tr.host_ms, tr.memory_kib, tr.in_bytes, tr.out_bytes, tr.http_requests
from tasker.every_transition tr
join tasker.every_task t using (task_id)
join tasker.namespace n on n.namespace_id = t.namespace_id
join tasker.template te on te.template_id = t.template_id
join tasker.template_version tv on tv.template_version_id = t.template_version_id
join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = tr.step_no
join tasker.component_version cv on cv.component_version_id = tr.component_version_id
join tasker.component c on c.component_id = cv.component_id
join tasker.namespace cn on cn.namespace_id = c.namespace_id
where tr.component_version_id is not null;

create view tasker.usage_by_component_version as
select date_trunc('hour', l.at) as hour, l.component_namespace as namespace, l.component,
       l.component_version as version, count(*) as attempts,
       count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.5) within group (order by l.wall_ms) as p50_wall_ms,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2, 3, 4;

create view tasker.usage_by_template_version as
select date_trunc('hour', l.at) as hour, l.namespace, l.template, l.template_version as version,
       count(*) as attempts, count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.5) within group (order by l.wall_ms) as p50_wall_ms,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2, 3, 4;

create view tasker.usage_by_namespace as
select date_trunc('hour', l.at) as hour, l.namespace,
       count(*) as attempts, count(*) filter (where l.failure_kind is not null) as failures,
       count(*) filter (where l.failure_kind = 'trapped') as traps,
       percentile_cont(0.95) within group (order by l.wall_ms) as p95_wall_ms,
       sum(l.cpu_ms::float8) as cpu_ms, sum(l.host_ms::float8) as host_ms,
       max(l.memory_kib) as peak_memory_kib, sum(l.in_bytes::bigint) as in_bytes,
       sum(l.out_bytes::bigint) as out_bytes, sum(l.http_requests::bigint) as http_requests
from tasker.ledger l
group by 1, 2;
