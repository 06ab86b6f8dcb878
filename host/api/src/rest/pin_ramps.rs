//! Ramps of pins: take a step, hold, go on, go back; and the history of a pin.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::pins::{PinPath, PinView, by, pin_of};
use super::reason::OnlyReason;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use tasker_domain::guard::Guard;
use tasker_domain::pin::{RampStep, destination};
use tasker_domain::ramp::Percent;
use tasker_registry::RegistryError;
use tasker_registry::store::audit::AuditRow;

pub fn router() -> Router<Api> {
    let of_pin = |rest: &str| format!("/namespaces/{{namespace}}/pins/{{kind}}/{{target}}/{rest}");
    Router::new()
        .route(&of_pin("ramp"), post(ramp))
        .route(&of_pin("freeze"), post(freeze))
        .route(&of_pin("thaw"), post(thaw))
        .route(&of_pin("rollback"), post(rollback))
        .route(&of_pin("history"), get(history))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RampBody {
    /// Where to: a full version means exactly it, all else is a requirement.
    to: String,
    percent: f64,
    /// Left out: the guard that it has, the usual one at first. Null: none.
    #[serde(default, deserialize_with = "given")]
    guard: Option<Option<Guard>>,
    /// Goes on though the ramp is frozen, which it is no more then.
    #[serde(default)]
    force: bool,
    /// Why, for who reads the history.
    #[serde(default)]
    reason: String,
}

/// Tells null from what is left out.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Guard>>, D::Error> {
    Option::deserialize(from).map(Some)
}

async fn ramp(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    JsonBody(body): JsonBody<RampBody>,
) -> Result<Json<PinView>, ApiError> {
    let percent = Percent::try_from(body.percent);
    let step = RampStep {
        to: destination(&body.to).map_err(RegistryError::from)?,
        percent: percent.map_err(|error| ApiError::parameter("percent", error.to_string()))?,
        guard: body.guard,
        is_forced: body.force,
    };
    let by = by(&caller.0, "pin.ramp", &body.reason)?;
    let row = api.registry.ramp_pin(&pin_of(path)?, step, &by).await?;
    Ok(Json(PinView::of(row, &api).await?))
}

async fn freeze(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    JsonBody(body): JsonBody<OnlyReason>,
) -> Result<Json<PinView>, ApiError> {
    let by = by(&caller.0, "pin.freeze", body.reason()?)?;
    let row = api.registry.freeze_pin(&pin_of(path)?, &by).await?;
    Ok(Json(PinView::of(row, &api).await?))
}

async fn thaw(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    JsonBody(body): JsonBody<OnlyReason>,
) -> Result<Json<PinView>, ApiError> {
    let by = by(&caller.0, "pin.thaw", body.reason()?)?;
    let row = api.registry.thaw_pin(&pin_of(path)?, &by).await?;
    Ok(Json(PinView::of(row, &api).await?))
}

async fn rollback(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    JsonBody(body): JsonBody<OnlyReason>,
) -> Result<Json<PinView>, ApiError> {
    let by = by(&caller.0, "pin.rollback", body.reason()?)?;
    let row = api.registry.rollback_pin(&pin_of(path)?, &by).await?;
    Ok(Json(PinView::of(row, &api).await?))
}

/// One change of a pin.
#[derive(Serialize)]
struct PinChangeView {
    /// Of the audit; the higher, the newer.
    id: i64,
    at: DateTime<Utc>,
    /// An API key or account, or `host` for what its guard did.
    actor: String,
    action: String,
    reason: String,
    /// `from`, `to`, `ramp_from`, `ramp_to`; what a guard saw.
    #[serde(flatten)]
    detail: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryQuery {
    after: Option<String>,
    limit: Option<u32>,
}

async fn history(
    State(api): State<Api>,
    InPath(path): InPath<PinPath>,
    InQuery(query): InQuery<HistoryQuery>,
) -> Result<Json<Page<PinChangeView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let before = match query.after.as_deref() {
        Some(after) => Some(after.parse().map_err(|_| wrong_cursor(after))?),
        None => None,
    };
    let pin = pin_of(path)?;
    let rows = api.registry.pin_history(&pin, before, limit.rows()).await?;
    let cursor = |row: &AuditRow| row.audit_id.to_string();
    Ok(Json(limit.page(rows, cursor, PinChangeView::from)))
}

impl From<AuditRow> for PinChangeView {
    fn from(row: AuditRow) -> Self {
        let detail = match row.detail {
            Some(Value::Object(detail)) => detail,
            Some(_) | None => Map::new(),
        };
        Self {
            id: row.audit_id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            reason: row.reason,
            detail,
        }
    }
}
