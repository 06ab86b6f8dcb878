//! Pins: set, list, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use crate::domain::name::Name;
use crate::domain::requirement::{ComponentRef, Requirement};
use crate::registry::RegistryError;
use crate::store::pin::{PinKind, PinRow};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub fn router() -> Router<Api> {
    Router::new().route("/pins", get(list)).route(
        "/namespaces/{namespace}/pins/{kind}/{target}",
        put(set).delete(remove),
    )
}

#[derive(Serialize)]
struct PinView {
    namespace: String,
    kind: PinKind,
    /// `name`, or `other/name` of another namespace.
    target: String,
    requirement: String,
    created_at: DateTime<Utc>,
    created_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinBody {
    /// Checked by the handler, which can say more of it than a parser of JSON.
    requirement: String,
    /// Why, for who reads the history.
    #[serde(default)]
    reason: String,
}

/// The longest reason, in bytes.
const MAX_REASON_BYTES: usize = 1_000;

async fn set(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, kind, target)): InPath<(Name, PinKind, String)>,
    JsonBody(body): JsonBody<PinBody>,
) -> Result<Json<PinView>, ApiError> {
    if body.reason.len() > MAX_REASON_BYTES || body.reason.contains('\0') {
        let message = format!("at most {MAX_REASON_BYTES} bytes without a NUL are kept");
        return Err(ApiError::parameter("reason", message));
    }
    let target = path_target(&target)?;
    let requirement: Requirement = body.requirement.parse().map_err(RegistryError::from)?;
    let pin = api
        .registry
        .set_pin(
            &namespace,
            kind,
            &target,
            &requirement,
            &caller.0,
            &body.reason,
        )
        .await?;
    Ok(Json(PinView::from(pin)))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, kind, target)): InPath<(Name, PinKind, String)>,
) -> Result<StatusCode, ApiError> {
    api.registry
        .remove_pin(&namespace, kind, &path_target(&target)?, &caller.0)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<PinView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref().map(pin_cursor).transpose()?;
    let rows = api
        .registry
        .list_pins(query.namespace.as_ref(), after, limit.rows())
        .await?;
    let cursor = |row: &PinRow| format!("{}/{}/{}", row.namespace, row.kind.as_str(), row.target);
    Ok(Json(limit.page(rows, cursor, PinView::from)))
}

/// `name` or `other~name`: a slash would end the segment.
fn path_target(segment: &str) -> Result<ComponentRef, ApiError> {
    let target = segment
        .replacen('~', "/", 1)
        .parse()
        .map_err(RegistryError::from)?;
    Ok(target)
}

fn pin_cursor(after: &str) -> Result<(&str, PinKind, &str), ApiError> {
    let wrong = || wrong_cursor(after);
    let (namespace, rest) = after.split_once('/').ok_or_else(wrong)?;
    let (kind, target) = rest.split_once('/').ok_or_else(wrong)?;
    let kind = PinKind::named(kind).ok_or_else(wrong)?;
    let is_whole = namespace.parse::<Name>().is_ok() && target.parse::<ComponentRef>().is_ok();
    is_whole
        .then_some((namespace, kind, target))
        .ok_or_else(wrong)
}

impl From<PinRow> for PinView {
    fn from(row: PinRow) -> Self {
        let PinRow {
            namespace,
            kind,
            target,
            requirement,
            created_at,
            created_by,
        } = row;
        Self {
            namespace,
            kind,
            target,
            requirement,
            created_at,
            created_by,
        }
    }
}
