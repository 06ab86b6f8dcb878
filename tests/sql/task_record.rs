//! What is recorded of a task, in one read.

use super::{BY_POLICY, Graph, Session, Uuid, engine, engine_with};
use serde_json::Value;

async fn record(session: &mut Session, task: Uuid, rows: i32) -> Value {
    let text: String = session
        .one(&format!(
            "select tasker.task_record('{task}', {rows})::text"
        ))
        .await;
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_task_that_does_not_exist_has_no_record() {
    let (_database, mut session, _) = engine().await;
    let is_none: bool = session
        .one("select tasker.task_record(gen_random_uuid(), 10) is null")
        .await;
    assert!(is_none);
}

#[tokio::test]
async fn the_log_is_read_in_order_and_its_first_rows_where_it_is_longer() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    let logged: Vec<i64> = session
        .all(&format!(
            "select seq from tasker.transition where task_id = '{task}' order by seq"
        ))
        .await;
    let seqs = |record: &Value| -> Vec<i64> {
        let log = record["log"].as_array().unwrap().iter();
        log.map(|row| row["seq"].as_i64().unwrap()).collect()
    };
    let whole = record(&mut session, task, 1_000).await;
    assert_eq!(
        (seqs(&whole), &whole["is_log_cut"]),
        (logged.clone(), &Value::Bool(false))
    );
    let cut = record(&mut session, task, 2).await;
    assert_eq!(seqs(&cut), logged[..2]);
    assert_eq!(cut["is_log_cut"], true);
}

#[tokio::test]
async fn a_task_of_many_steps_is_read_in_time_that_grows_with_them_alone() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::fan_out(9_999).publish(&mut session).await;
    session
        .run(&format!(
            "insert into tasker.component (namespace_id, name)
             select namespace_id, 'c' from tasker.namespace order by namespace_id limit 1;
             insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
             select component_id, '1.0.0', '\\x01', 1, '{{}}' from tasker.component;
             insert into tasker.lock (template_version_id, fingerprint) values ({version}, '\\x02');
             insert into tasker.lock_entry
             select lock_id, st.step_no, component_version_id, 'noop'
             from tasker.lock, tasker.component_version, tasker.step_template st
             where st.template_version_id = {version}"
        ))
        .await;
    let task = session.create(version).await;
    session
        .run(&format!(
            "update tasker.task set lock_id = (select max(lock_id) from tasker.lock);
             insert into tasker.transition (at, task_id, step_no, attempt, to_state)
             select tasker.clock(), '{task}', n % 10000, 1, case n / 10000 when 0 then 'running' else 'complete' end
             from generate_series(0, 19999) n"
        ))
        .await;
    // A nested loop over steps and rows of the log takes minutes.
    session.run("set statement_timeout = '20s'").await;
    let record = record(&mut session, task, 60_000).await;
    assert_eq!(record["steps"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(record["log"].as_array().map(Vec::len), Some(20_001));
    assert_eq!(record["steps"][5]["depends_on"][0], "s0");
}
