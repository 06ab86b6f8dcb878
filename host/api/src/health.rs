//! Health: liveness, readiness and status.

mod claims;
mod look;
mod parts;

use super::Api;
use super::error::ApiError;
use super::routes::{Answer, Call, Reply, Routes};
use claims::{failing, is_draining};
pub(crate) use look::StatusLooks;
use std::time::Duration;
use tasker_wire::health::{Health, HealthStatus, ShowLiveness, ShowReadiness, ShowStatus};
use tokio::time::timeout;

/// How long the database may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn routes() -> Routes {
    Routes::default().on(live).on(ready).on(status)
}

async fn live(_: Api, _: Call<ShowLiveness>) -> Answer<ShowLiveness> {
    let status = HealthStatus::Live;
    Ok(Reply::ok(Health { status }))
}

async fn ready(api: Api, _: Call<ShowReadiness>) -> Answer<ShowReadiness> {
    if api.shutdown.is_cancelled() {
        return Err(not_ready("the host is shutting down"));
    }
    if is_draining(&api) {
        return Err(not_ready(
            "the host drains: it claims no steps, but serves the API until it is stopped",
        ));
    }
    if let Some(why) = failing(&api) {
        return Err(not_ready(&why));
    }
    match timeout(PING_TIMEOUT, api.engine.database().ping()).await {
        Ok(Ok(())) => {
            let status = HealthStatus::Ready;
            Ok(Reply::ok(Health { status }))
        }
        Ok(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the database refused a ping"
            );
            Err(not_ready(error.outage()))
        }
        Err(_) => Err(not_ready("the database did not answer within 1 s")),
    }
}

fn not_ready(why: &str) -> ApiError {
    ApiError::NotReady {
        why: why.to_owned(),
    }
}

async fn status(api: Api, _: Call<ShowStatus>) -> Answer<ShowStatus> {
    Ok(Reply::ok(api.status_looks.clone().status(api).await))
}
