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
    insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, timeout_ms, attempt,
                             worker_id, started_at, finished_at, result, error)
    select {id}, 0, s.namespace_id, s.template_version_id, case when n % 20 = 0 then 'error' else 'complete' end::tasker.step_state, 0, true, 1000, 1, 1,
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
         (values (null::smallint, null::int, 'pending', false), (0::smallint, 1, 'running', false),
                 (0::smallint, 1, 'complete', true), (null, null, 'complete', false))
           k (step_no, attempt, to_state, is_end)";

const AUDIT: &str = "
    insert into tasker.audit (at, actor, action, namespace, subject)
    select s.first + n * s.apart, 'ada', 'task.cancel', 'shop', 'task ' || {id}
    from shape s, generate_series(1, {tasks}, 10) n";

/// Of every second task of the last five days.
const RECORDINGS: &str = "
    insert into tasker.recording (task_id, step_no, attempt, is_complete, content)
    select {id}, 0, 1, true, '\\x01' from shape s, generate_series({tasks} * 9 / 10, {tasks}, 2) n";
const RECORDING_SIZE: &str = "
    insert into tasker.recording_size (slot, bytes) select 0, sum(octet_length(content)) from tasker.recording";

/// Those of the 60 days before the first one, 20 days each.
pub const PARTITIONS: &str = "
    do $$
    declare
      v_table text;
      v_from timestamptz := (select from_at - interval '60 days' from tasker.partition);
    begin
      foreach v_table in array array['task', 'step', 'transition'] loop
        execute format('alter table tasker.%I detach partition tasker.%I', v_table, v_table || '_carried');
        execute format('alter table tasker.%I attach partition tasker.%I for values from (minvalue) to (%L)',
                       v_table, v_table || '_carried', tasker.first_id(v_from));
      end loop;
      for n in 1 .. 3 loop
        perform tasker.add_partition(to_char(v_from, 'YYYYMMDD'), tasker.first_id(v_from),
                                     tasker.first_id(v_from + interval '20 days'));
        insert into tasker.partition (from_at, until_at) values (v_from, v_from + interval '20 days');
        v_from := v_from + interval '20 days';
      end loop;
    end $$";

/// The first of them have no open task.
const CLOSE: &str =
    "select tasker.close_partition() and tasker.close_partition() and tasker.sum_partition()
                            and tasker.sum_partition()";

/// Fills the database and gathers its statistics.
pub async fn fill(session: &mut Session) {
    session
        .run("reset tasker.now; set synchronous_commit = off")
        .await;
    session.run(PARTITIONS).await;
    for statement in [SHAPE, TASK, STEP, LOG, AUDIT, RECORDINGS, RECORDING_SIZE] {
        let statement = statement.replace("{tasks}", &TASKS.to_string());
        session.run(&statement.replace("{id}", ID)).await;
    }
    assert!(session.one::<bool>(CLOSE).await);
    session.run("vacuum analyze").await;
    let strays: i64 = session
        .one("select count(*) from tasker.task_carried")
        .await;
    assert_eq!(strays, 0);
}
