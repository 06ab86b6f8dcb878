//! Pins: set, list, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::reason::{OnlyReason, check_reason};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};
use tasker_domain::actor::Actor;
use tasker_domain::guard::Guard;
use tasker_domain::name::Name;
use tasker_domain::ramp::Percent;
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_registry::RegistryError;
use tasker_registry::pin::PinTarget;
use tasker_registry::resolved_pin::ResolvedPin;
use tasker_registry::store::pin::{PinBy, PinKind, PinRow};

pub fn router() -> Router<Api> {
    Router::new().route("/pins", get(list)).route(
        "/namespaces/{namespace}/pins/{kind}/{target}",
        put(set).delete(remove),
    )
}

/// A pin as it stands.
#[derive(Serialize)]
pub(super) struct PinView {
    namespace: String,
    kind: PinKind,
    /// `name`, or `other/name` of another namespace.
    target: String,
    requirement: String,
    /// Which version that is now; null where nothing that new tasks may take satisfies it.
    version: Option<Version>,
    /// Null where it has none.
    ramp: Option<RampView>,
    created_at: DateTime<Utc>,
    created_by: String,
}

#[derive(Serialize)]
struct RampView {
    /// Where to.
    requirement: Requirement,
    /// Which version that is now.
    version: Option<Version>,
    percent: Percent,
    /// `ramping`, or `frozen`.
    state: &'static str,
    frozen_because: Option<String>,
    /// Its guard looks at tasks that were created since.
    started_at: Option<DateTime<Utc>>,
    /// Null where nothing watches it.
    guard: Option<Guard>,
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

/// The pin that a path names.
pub(super) type PinPath = (Name, PinKind, String);

async fn set(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    JsonBody(body): JsonBody<PinBody>,
) -> Result<Json<PinView>, ApiError> {
    let pin = pin_of(path)?;
    let by = by(&caller.0, "pin.set", &body.reason)?;
    let requirement: Requirement = body.requirement.parse().map_err(RegistryError::from)?;
    let row = api.registry.set_pin(&pin, requirement, &by).await?;
    Ok(Json(PinView::of(row, &api).await?))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath(path): InPath<PinPath>,
    InQuery(query): InQuery<OnlyReason>,
) -> Result<StatusCode, ApiError> {
    let by = by(&caller.0, "pin.remove", query.reason()?)?;
    api.registry.remove_pin(&pin_of(path)?, &by).await?;
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
    let Page { items, next } = limit.page(rows, cursor, |row| row);
    let items = api.registry.resolve_pins(items).await?;
    let items = items.into_iter().map(PinView::from).collect();
    Ok(Json(Page { items, next }))
}

/// `name` or `other~name`: a slash would end the segment.
pub(super) fn pin_of((namespace, kind, target): PinPath) -> Result<PinTarget, ApiError> {
    let target: ComponentRef = target
        .replacen('~', "/", 1)
        .parse()
        .map_err(RegistryError::from)?;
    Ok(PinTarget::new(namespace, kind, &target)?)
}

/// Who changes a pin and why, as far as that can be kept.
pub(super) fn by<'a>(
    actor: &'a Actor,
    action: &'static str,
    reason: &'a str,
) -> Result<PinBy<'a>, ApiError> {
    check_reason(reason)?;
    Ok(PinBy {
        actor,
        action,
        reason,
    })
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

impl PinView {
    /// The pin as it stands, with what it leads to now.
    pub(super) async fn of(row: PinRow, api: &Api) -> Result<Self, ApiError> {
        let led = api.registry.resolve_pins(vec![row]).await?.pop();
        Ok(Self::from(led.expect("one pin was asked for")))
    }
}

impl From<ResolvedPin> for PinView {
    fn from(led: ResolvedPin) -> Self {
        let ResolvedPin {
            row,
            pinned,
            version,
            ramp_version,
        } = led;
        let ramp = pinned.ramp.map(|ramp| RampView {
            requirement: ramp.requirement,
            version: ramp_version,
            percent: ramp.percent,
            state: if ramp.frozen.is_some() {
                "frozen"
            } else {
                "ramping"
            },
            frozen_because: ramp.frozen,
            started_at: row.ramp.ramp_started_at,
            guard: ramp.guard,
        });
        Self {
            namespace: row.namespace,
            kind: row.kind,
            target: row.target,
            requirement: row.requirement,
            version,
            ramp,
            created_at: row.created_at,
            created_by: row.created_by,
        }
    }
}
