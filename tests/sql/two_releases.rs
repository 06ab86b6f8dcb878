//! Hosts of two releases on one database: the functions of the newer one stay, and keep the signatures
//! that the older one calls.

use super::{Session, engine};
use crate::harness::TestDatabase;
use std::path::Path;

/// Set to anything, it makes a test write the file instead of comparing: when a release is made.
const RENEW: &str = "TASKER_RENEW_SIGNATURES";

/// Has the database say that a host installed its functions, one of which answers in a way of its own.
async fn installed_by(session: &mut Session, schema_version: i64, host: &str, oldest: &str) {
    session
        .run(&format!(
            "create or replace function tasker.attempts_max() returns int
             language sql immutable parallel safe set search_path = '' as 'select 7';
             update tasker.functions set digest = 'other', schema_version = {schema_version},
                                         host_version = '{host}', oldest_host = '{oldest}'"
        ))
        .await;
}

async fn attempts_max(session: &mut Session) -> i32 {
    session.one("select tasker.attempts_max()").await
}

async fn start(database: &TestDatabase) -> Result<(), String> {
    let migrated = tasker_database::migrate(&database.options()).await;
    migrated.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_host_replaces_the_functions_of_an_older_one() {
    for (schema_version, host) in [(0, "99.0.0"), (3, "0.0.1")] {
        let (database, mut session, _) = engine().await;
        installed_by(&mut session, schema_version, host, "0.0.1").await;
        start(&database).await.unwrap();
        assert_eq!(attempts_max(&mut session).await, 2_000_000_000);
        let by: String = session
            .one("select host_version from tasker.functions")
            .await;
        assert_eq!(by, env!("CARGO_PKG_VERSION"));
    }
}

#[tokio::test]
async fn a_host_leaves_the_functions_of_a_newer_one_and_works_by_them() {
    let (database, mut session, worker) = engine().await;
    installed_by(&mut session, 99990101000000, "99.0.0", "0.1.0").await;
    session
        .run(
            "insert into tasker.migration (version, description, success, checksum, execution_time)
             values (99990101000000, 'of a newer host', true, '', 1)",
        )
        .await;
    for _ in 0..2 {
        start(&database).await.unwrap();
        assert_eq!(attempts_max(&mut session).await, 7);
    }
    let version = super::Graph::single().publish(&mut session).await;
    let task = session.create(version).await;
    let claimed = session.claim(worker, 1).await;
    session.complete(worker, &claimed).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn a_host_that_is_too_old_to_work_beside_the_newer_one_is_refused() {
    let (database, mut session, _) = engine().await;
    installed_by(&mut session, 99990101000000, "99.0.0", "98.0.0").await;
    let refused = start(&database).await.unwrap_err();
    let own = env!("CARGO_PKG_VERSION");
    assert_eq!(
        refused,
        format!(
            "the database was upgraded by tasker 99.0.0, which works with hosts of 98.0.0 or later; \
             this host is {own}; install tasker 99.0.0"
        )
    );
    assert_eq!(attempts_max(&mut session).await, 7);
}

/// Functions as a caller sees them: name, types of the arguments, columns of the result.
async fn signatures(session: &mut Session) -> Vec<String> {
    session.run("set search_path = ''").await;
    let functions: Vec<(String, String)> = session
        .rows(
            "select p.proname::text, array_to_string(array(
                      select format_type(t.type, null) from unnest(p.proargtypes) with ordinality t (type, ord) order by t.ord), '|')
             from pg_proc p where p.pronamespace = 'tasker'::regnamespace order by 1, 2",
        )
        .await;
    let mut lines = Vec::new();
    for (name, types) in functions {
        let result = result_of(session, &name, &types).await.unwrap();
        lines.push(format!("{name}({types}): {result}"));
    }
    lines
}

/// The columns that a call with arguments of these types returns; `None` if there is no such call.
async fn result_of(session: &mut Session, name: &str, types: &str) -> Option<String> {
    let types = types.split('|').filter(|of| !of.is_empty());
    let arguments: Vec<String> = types.map(|of| format!("null::{of}")).collect();
    let call = format!("tasker.{name}({})", arguments.join(", "));
    session
        .run("set search_path = ''; drop view if exists pg_temp.called")
        .await;
    let view = format!(
        "do $$ begin
           create temporary view called as select * from {call} as result;
         exception
           when undefined_function then create temporary view called as select 1 as missing;
           when invalid_table_definition then create temporary view called as select 1 as nothing;
         end $$"
    );
    session.run(&view).await;
    let columns: Vec<String> = session
        .all(
            "select attname || ' ' || format_type(atttypid, atttypmod) from pg_attribute
             where attrelid = 'pg_temp.called'::regclass order by attnum",
        )
        .await;
    let columns = columns.join(", ");
    (columns != "missing integer").then_some(columns)
}

/// Which of these signatures no call of the database has any more: it may return more columns at the
/// end, and take more arguments that have a default.
async fn gone(session: &mut Session, previous: &str) -> Vec<String> {
    let lines = previous
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut gone = Vec::new();
    for line in lines {
        let (call, result) = line.split_once("): ").unwrap();
        let (name, types) = call.split_once('(').unwrap();
        let found = result_of(session, name, types).await;
        if !found.is_some_and(|found| found == result || found.starts_with(&format!("{result}, ")))
        {
            gone.push(line.to_owned());
        }
    }
    gone
}

#[tokio::test]
async fn functions_keep_the_signatures_of_the_release_before() {
    let (_database, mut session, _) = engine().await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/signatures-previous.txt");
    if std::env::var_os(RENEW).is_some() {
        let release = format!("# Functions as of {}\n", env!("CARGO_PKG_VERSION"));
        let lines = signatures(&mut session).await.join("\n");
        std::fs::write(&file, release + &lines + "\n").unwrap();
    }
    let previous = std::fs::read_to_string(&file).unwrap();
    let gone = gone(&mut session, &previous).await;
    assert!(
        gone.is_empty(),
        "hosts of the release before call these, and may run beside this one: {gone:#?}"
    );
}

#[tokio::test]
async fn a_signature_that_a_release_took_away_or_changed_is_found() {
    let (_database, mut session, _) = engine().await;
    let own = signatures(&mut session).await.join("\n");
    assert_eq!(gone(&mut session, &own).await, [""; 0]);
    session
        .run(
            "drop function tasker.stop_worker(int, text);
             drop function tasker.attempts_max();
             create function tasker.attempts_max() returns bigint language sql set search_path = '' as 'select 7';
             drop function tasker.clear_collected(int);
             create function tasker.clear_collected(p_limit int, p_more int default 1) returns int
             language sql set search_path = '' as 'select 7';
             drop function tasker.cancel_tasks(uuid[], text);
             create function tasker.cancel_tasks(p_task_id uuid[], p_reason text) returns table (task_id uuid, more int)
             language sql set search_path = '' as 'select null::uuid, 7'",
        )
        .await;
    let gone = gone(&mut session, &own).await;
    let names: Vec<_> = gone
        .iter()
        .filter_map(|line| line.split('(').next())
        .collect();
    assert_eq!(names, ["attempts_max", "stop_worker"]);
}
