//! Runs of components with subscribers.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::subscriptions::cursor;
use tasker_database::DatabaseError;
use tasker_domain::task_report::Resources;
use tasker_registry::RegistryError;
use tasker_registry::store::subscription::{LoggedRunRow, SubscriberRunRow};
use tasker_wire::log::{AttemptLogLine, chunk_lines};
use tasker_wire::subscription::{
    ListSubscriberRuns, LoggedSubscriberRun, ShowSubscriberRun, SubscriberRun, SubscriberRunFailure,
};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(show)
}

async fn list(api: Api, mut call: Call<ListSubscriberRuns>) -> Answer<ListSubscriberRuns> {
    let (limit, seek) = call.page()?;
    let ListSubscriberRuns { namespace, name } = &call.path;
    let rows = api.registry.list_subscriber_runs(namespace, name, seek);
    let total = call
        .total(api.registry.count_subscriber_runs(namespace, name))
        .await?;
    let cursor = |row: &SubscriberRunRow| row.run_no.to_string();
    let page = limit.page(rows.await?, cursor, run);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, call: Call<ShowSubscriberRun>) -> Answer<ShowSubscriberRun> {
    let ShowSubscriberRun {
        namespace,
        name,
        run: run_no,
    } = &call.path;
    let row = api.registry.subscriber_run(namespace, name, *run_no);
    let LoggedRunRow { run: row, lines } = row.await?;
    let lines = lines.map(|lines| lines_of(&row, &lines)).transpose()?;
    Ok(Reply::ok(LoggedSubscriberRun {
        run: run(row),
        lines: lines.unwrap_or_default(),
    }))
}

fn lines_of(row: &SubscriberRunRow, lines: &str) -> Result<Vec<AttemptLogLine>, ApiError> {
    let lines = chunk_lines(
        row.attempt.unsigned_abs(),
        row.log_lines.unsigned_abs(),
        lines,
    );
    lines.map_err(|error| {
        let corrupt = format!("the log of run {} cannot be read: {error}", row.run_no);
        RegistryError::from(DatabaseError::Corrupt(corrupt)).into()
    })
}

fn run(row: SubscriberRunRow) -> SubscriberRun {
    let failure = row.failure_kind.map(|kind| SubscriberRunFailure {
        kind,
        code: row.failure_code.unwrap_or_default(),
        message: row.failure_message.unwrap_or_default(),
    });
    let bytes = |bytes: i32| u64::from(bytes.unsigned_abs());
    SubscriberRun {
        number: row.run_no,
        at: row.at,
        event_id: format!("{}-{}", row.seq, row.seq_index),
        cursor: cursor(row.seq, row.seq_index).to_string(),
        attempt: row.attempt,
        component: row.component,
        version: row.version,
        rollouts: row.rollouts,
        usage: Resources {
            wall_ms: row.wall_ms.into(),
            cpu_ms: row.cpu_ms.into(),
            host_ms: row.host_ms.into(),
            memory_kib: bytes(row.memory_kib),
            in_bytes: bytes(row.in_bytes),
            out_bytes: bytes(row.out_bytes),
            http_requests: bytes(row.http_requests),
        },
        failure,
        log_lines: row.log_lines,
    }
}
