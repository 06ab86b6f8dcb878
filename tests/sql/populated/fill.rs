use crate::sql::Session;

/// Tasks that are over, in the course of 50 days, a twentieth of them with an error.
const TASKS: i32 = 1_000_000;

/// The id of the n-th task, whose time is its first part, as hosts make them.
const ID: &str =
    "(lpad(to_hex((extract(epoch from s.first + n * s.apart) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex(n & 4095), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid";

/// Where and when: the template `filled`, and one task every few seconds up to now.
const SHAPE: &str = "
    create temporary table shape as
    select t.namespace_id, t.template_id, v.template_version_id, l.lock_id, e.component_version_id,
           now() - interval '50 days' as first, interval '50 days' / {tasks} as apart
    from tasker.template t
    join tasker.template_version v using (template_id)
    join tasker.lock l using (template_version_id)
    join tasker.lock_entry e using (lock_id)
    where t.name = 'filled'";

const TASK: &str = "
    insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state, remaining_sinks,
                             input, identity_key, correlation_id, created_at, finished_at, error)
    select {id}, s.namespace_id, s.template_id, s.template_version_id, s.lock_id,
           case when n % 20 = 0 then 'error' else 'complete' end::tasker.task_state, (n % 20 = 0)::int, '{}',
           case when n % 4 = 0 then n::text end, '', s.first + n * s.apart, s.first + n * s.apart + interval '1 s',
           case when n % 20 = 0 then '{\"step\": \"a\", \"code\": \"no\", \"message\": \"no\"}'::json end
    from shape s, generate_series(1, {tasks}) n";

const STEP: &str = "
    insert into tasker.step (task_id, step_no, namespace_id, state, remaining_deps, is_sink, timeout_ms, attempt,
                             worker_id, started_at, finished_at, result, error)
    select {id}, 0, s.namespace_id, case when n % 20 = 0 then 'error' else 'complete' end::tasker.step_state, 0, true, 1000, 1, 1,
           s.first + n * s.apart, s.first + n * s.apart + interval '1 s',
           case when n % 20 <> 0 then '{}'::json end,
           case when n % 20 = 0 then '{\"code\": \"no\", \"message\": \"no\"}'::json end
    from shape s, generate_series(1, {tasks}) n";

const LOG: &str = "
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, component_version_id, wall_ms)
    select s.first + n * s.apart, {id}, k.step_no, k.attempt, k.attempt,
           case when n % 20 = 0 and k.to_state = 'complete' then 'error' else k.to_state end,
           case when k.is_end then s.component_version_id end, case when k.is_end then 5.0 end
    from shape s, generate_series(1, {tasks}) n,
         (values (null::smallint, null::smallint, 'pending', false), (0::smallint, 1::smallint, 'running', false),
                 (0::smallint, 1::smallint, 'complete', true), (null, null, 'complete', false))
           k (step_no, attempt, to_state, is_end)";

const AUDIT: &str = "
    insert into tasker.audit (at, actor, action, namespace, subject)
    select s.first + n * s.apart, 'ada', 'task.cancel', 'shop', 'task ' || {id}
    from shape s, generate_series(1, {tasks}, 10) n";

/// Fills the database and gathers its statistics.
pub async fn fill(session: &mut Session) {
    session
        .run("reset tasker.now; set synchronous_commit = off")
        .await;
    session
        .run(
            "select set_config('tasker.now', (now() - interval '2 months')::text, false);
             select tasker.ensure_partitions();
             reset tasker.now",
        )
        .await;
    for statement in [SHAPE, TASK, STEP, LOG, AUDIT] {
        let statement = statement.replace("{tasks}", &TASKS.to_string());
        session.run(&statement.replace("{id}", ID)).await;
    }
    session.run("vacuum analyze").await;
    let stray: i64 = session
        .one("select count(*) from tasker.transition_default")
        .await;
    assert_eq!(stray, 0);
}
