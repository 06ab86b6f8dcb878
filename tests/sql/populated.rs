//! Every statement on a database that has run for long: a million finished tasks with their steps and
//! their log, statistics, and a few hundred open tasks. What a statement reads is bounded in rows, by
//! what PostgreSQL says of its plan after it ran, and no statement that reads what grows is left out.

mod drive;
mod fill;
mod log;
mod sets;
mod statements;

use super::calls::{BY_POLICY, PERMANENT};
use super::{Graph, Session};
use crate::harness::{NEW_ID, TestDatabase, TestHost};
pub use fill::PARTITIONS;
use log::{Log, Ran};
use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tasker::host::private_server;
use tasker_embedded_postgres::Embedded;

/// Rows of tables that grow with tasks that one statement may read: what a page of a list, a batch or
/// all open tasks of this test are, with their steps; and the log's last pages of each open partition, which its
/// index by time does not cover yet.
const ROWS_MAX: f64 = 20_000.0;

/// A server of this test's own, which explains what it ran.
async fn server(folder: &Path) -> Embedded {
    let mut config = private_server(&folder.join("postgres"));
    let settings = [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("autovacuum", "off"),
        ("max_wal_size", "8GB"),
        ("track_functions", "all"),
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_nested_statements", "on"),
        ("auto_explain.log_format", "json"),
        ("log_destination", "jsonlog"),
        ("logging_collector", "on"),
        ("log_directory", "plans"),
        ("log_filename", "plans"),
        ("log_rotation_size", "0"),
        ("log_rotation_age", "0"),
    ];
    config.settings = settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Embedded::start(config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_more_of_a_million_finished_tasks_than_it_has_to() {
    let folder = tempfile::tempdir().unwrap();
    // The account that the server runs as has to pass through.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).unwrap();
    let server = server(folder.path()).await;
    let database = TestDatabase::on(server.connect_options()).await;
    let host = TestHost::start_idle(&database).await;
    drive::publish(&host).await;
    let mut session = Session::new(&database).await;
    fill::fill(&mut session).await;
    let log = Log::from_now_on(folder.path());
    drop(session);
    drop(host);

    let mut session = Session::new(&database).await;
    session.run("reset tasker.now").await;
    call_functions(&mut session).await;
    call_deliveries(&mut session).await;
    sets::call(&mut session).await;
    count_log(&mut session).await;
    export_traces(&mut session).await;
    drive::drive(&database).await;

    let ran = log.read();
    let mut wrong = too_much(&ran);
    wrong.extend(statements::not_among(&ran));
    wrong.extend(functions_not_called(&mut session).await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    drop(database);
    server.stop().await.unwrap();
}

fn too_much(ran: &[Ran]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for statement in ran.iter().filter(|it| it.rows > ROWS_MAX) {
        if seen.insert(&statement.text) {
            let Ran { text, rows, nodes } = statement;
            told.push(format!("{rows} rows read by\n{text}\n{}", nodes.join("\n")));
        }
    }
    told
}

async fn functions_not_called(session: &mut Session) -> Vec<String> {
    session.run("select pg_stat_force_next_flush()").await;
    let names: Vec<String> = session
        .all(
            "select p.proname::text from pg_proc p
             left join pg_stat_user_functions f on f.funcid = p.oid
             where p.pronamespace = 'tasker'::regnamespace and coalesce(f.calls, 0) = 0
             order by 1",
        )
        .await;
    names
        .iter()
        .map(|name| format!("tasker.{name} was not called"))
        .collect()
}

/// What a host calls that delivers to a subscription.
async fn call_deliveries(session: &mut Session) {
    session
        .run(
            "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
             values (1, 'hook', 'webhook', '', '{}', 0, 0, 'ada');
             select tasker.take_subscriptions(tasker.renew_delivery_host(null, 'host', 1, 30000, '{webhook}'), 10);
             select tasker.store_cursors(s.delivery_host_id, array[s.subscription_id], '{0}', '{1}', '{0}', '{1}', '{null}'),
                    tasker.store_failure(s.delivery_host_id, s.subscription_id, 0, 1, 1000, '', now(), true),
                    tasker.add_dead_letter(s.delivery_host_id, s.subscription_id, 0, 2, 0::smallint, '', '', 500, '', 12, 9),
                    (select h.outcome from tasker.store_handled(s.delivery_host_id, s.subscription_id, 0, 3, 0::smallint, null, null,
                                                                '{counts}', '{total}', '{1}', '{f}', '{null}') h),
                    (select h.outcome from tasker.store_handled(s.delivery_host_id, s.subscription_id, 0, 2, 0::smallint, 1, null,
                                                                '{counts}', '{total}', '{1}', '{f}', '{null}') h),
                    tasker.store_replay(s.delivery_host_id, s.subscription_id, 1, null, null, null),
                    tasker.end_subscription(s.delivery_host_id, s.subscription_id, ''),
                    (select count(*) from tasker.store_runs(array[s.subscription_id], '{10}', '{3}', '{0}', '{1}', array[''],
                                      array[(1, 1, 1, 0, 64, 0, 0, 0)::tasker.usage], '{null}', '{null}', '{null}', '{null}')),
                    (select count(*) from tasker.surplus_subscriptions(s.delivery_host_id, 10)),
                    (select x.expired from tasker.expire_runs(10) x),
                    tasker.leave_subscriptions(s.delivery_host_id)
             from tasker.subscription s",
        )
        .await;
}

/// The end of the log, of all traces and of one in a hundred.
async fn export_traces(session: &mut Session) {
    session
        .run(
            "select tasker.renew_trace_export(gen_random_uuid(), 30000, last_value - 900) from tasker.transition_seq_seq;
             select count(*) from tasker.transition_seq_seq s, tasker.read_ended(s.last_value - 900, s.last_value, null);
             select count(*) from tasker.transition_seq_seq s,
                                  tasker.read_ended(s.last_value - 900, s.last_value, 92233720368547758);
             select tasker.store_trace_export(e.owner, e.seq + 900, true) from tasker.trace_export e",
        )
        .await;
}

/// The end of the log, in two batches.
async fn count_log(session: &mut Session) {
    session
        .run(
            "update tasker.statistic_position set seq = (select last_value - 900 from tasker.transition_seq_seq);
             select tasker.add_statistics(last_value - 450, 5000) from tasker.transition_seq_seq;
             select tasker.add_statistics(last_value, 5000) from tasker.transition_seq_seq;
             select tasker.message_shape('order 1')",
        )
        .await;
}

/// The functions as the host calls them, several batches each.
async fn call_functions(session: &mut Session) {
    let version = Graph::chain(3).backoff("none", 0, 0).publish(session).await;
    session
        .run("analyze tasker.step_template; analyze tasker.dependency")
        .await;
    let worker = session.worker().await;
    let tasks = session.create_many(version, 200).await;
    let claimed = session.claim(worker, 64).await;
    session.name(worker, &claimed).await;
    session
        .run(&format!("select tasker.drain_worker({worker}, true)"))
        .await;
    session.stale_leases(worker, &claimed).await;
    session.fail(worker, &claimed[..8], BY_POLICY).await;
    session.fail(worker, &claimed[8..16], PERMANENT).await;
    session.checkpoint(worker, &claimed[16..24], "1").await;
    let events = [(1, "orders", "1"), (4, "orders", "1")];
    session
        .complete_with_events(worker, &claimed[24..28], 0, &events)
        .await;
    session.suspend(worker, &claimed[28..30]).await;
    session
        .run("select tasker.resume_steps(decode(repeat('01', 32), 'hex'))")
        .await;
    session.complete(worker, &claimed[30..40]).await;
    session
        .run(&format!(
            "select tasker.claim_each({worker}, 4, 1000, '{{1}}', '{{13104}}', '{{-infinity}}', '{{4}}'), tasker.postpone_step('{}', 0::smallint, '', '22000')",
            tasks[199]
        ))
        .await;
    let one = &claimed[40];
    session
        .run(&format!(
            "select tasker.complete_with_kv({worker}, '{}', {}::smallint, {}::int, '1', false, null,
                                            '{{a}}', '{{b}}', '{{1}}', '{{f}}', '{{null}}')",
            one.task_id, one.step_no, one.attempt
        ))
        .await;
    session.release(&[worker], &claimed[50..]).await;
    session.cancel(&tasks[..4]).await;
    session.reap_overdue(worker, &[], "1 minute").await;
    session.reap(worker, "1 hour").await;
    session
        .run("select tasker.fail_lost_steps('{}', '{}', '{}', '{}')")
        .await;
    let mut ready = session.claim(worker, 16).await;
    for _ in 0..6 {
        ready = session.advance(worker, &ready, 16).await;
    }
    limited_and_mixed(session, worker, version).await;
    session
        .run(&format!(
            "select * from tasker.explain_steps('{}')",
            tasks[10]
        ))
        .await;
    session.stop(worker).await;
    session
        .run(
            "select tasker.record_uses('{1}', '{1}'), tasker.clear_collected(100), tasker.ensure_partitions(),
                    tasker.close_partition(), tasker.return_carried(10), tasker.sum_partition(), tasker.drop_partition(10, false),
                    tasker.skip_log(0, 1000, 100), tasker.note_archived('-infinity', 0, gen_random_uuid()), tasker.evaluate_rollout_guards(), tasker.delete_finished_tasks('{}');
             select * from tasker.collectable_versions(tasker.clock(), '0', '{}');
             select * from tasker.collect_versions(tasker.clock(), '1 year', '{}', '{1}', 'ada');
             select tasker.set_back_workers(tasker.clock()), tasker.give_back_steps(1, '{}', '{}', '{}', '{}', '{}')",
        )
        .await;
    session.cancel(&tasks[..100]).await;
}

/// A namespace with a limit of running steps and steps of several priorities.
async fn limited_and_mixed(session: &mut Session, worker: i32, version: i32) {
    session.create_many(version, 4).await;
    session
        .run(&format!(
            "insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, 100, 'ada');
             select * from tasker.create_tasks(
               array[{NEW_ID}], '{{1}}', '{{{version}}}', '{{{version}}}', '{{1}}', '{{1}}', array[null], '{{c}}', '{{f}}', '{{9}}')"
        ))
        .await;
    let mut ready = session.claim(worker, 16).await;
    for _ in 0..3 {
        ready = session.advance(worker, &ready, 16).await;
    }
    session
        .run(
            "delete from tasker.queue_rule where namespace_id = 1;
             select tasker.has_slow_key(1, 4) from tasker.queue_look_keys(1, 4, '-infinity', '{}', '{}');
             select * from tasker.queue_walk(tasker.clock(), 0::smallint, 64, '{1}', '{-5}', array[tasker.clock()])",
        )
        .await;
}
