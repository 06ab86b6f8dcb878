//! Hosts: list, show, drain, resume.

use super::super::Api;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::ids::WorkerId;
use tasker_engine::host::{HostChange, HostRow};
use tasker_wire::endpoint::{Endpoint, Json};
use tasker_wire::host::{DrainHost, Host, ListHosts, ResumeHost, ShowHost};
use tasker_wire::reason::OnlyReason;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(list)
        .on(show)
        .on(|api, call: Call<DrainHost>| async move {
            set_draining(&api, &call, call.path.id, true).await
        })
        .on(|api, call: Call<ResumeHost>| async move {
            set_draining(&api, &call, call.path.id, false).await
        })
}

async fn list(api: Api, mut call: Call<ListHosts>) -> Answer<ListHosts> {
    let (limit, seek) = call.page()?;
    let rows = api.engine.list_hosts(seek).await?;
    let total = call.total(api.engine.count_hosts()).await?;
    let cursor = |row: &HostRow| row.worker_id.to_string();
    let page = limit.page(rows, cursor, |row| host(row, None));
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, call: Call<ShowHost>) -> Answer<ShowHost> {
    let row = api.engine.host(call.path.id).await?;
    Ok(Reply::ok(host(row, None)))
}

async fn set_draining<E>(api: &Api, call: &Call<E>, id: WorkerId, is_draining: bool) -> Answer<E>
where
    E: Endpoint<Body = Json<OnlyReason>, Answer = Host>,
{
    let change = HostChange {
        id,
        is_draining,
        actor: call.actor(),
        reason: check_reason(&call.body.reason)?,
    };
    let (row, is_changed) = api.engine.drain_host(change).await?;
    Ok(Reply::ok(host(row, Some(is_changed))))
}

fn host(row: HostRow, changed: Option<bool>) -> Host {
    Host {
        id: WorkerId(row.worker_id),
        state: row.state(),
        host_name: row.host_name,
        pid: row.pid,
        version: row.version,
        running: row.running,
        slots: row.slots,
        started_at: row.started_at,
        heartbeat_at: row.heartbeat_at,
        draining_since: row.draining_since,
        drained_at: row.drained_at,
        stopped_at: row.stopped_at,
        changed,
    }
}
