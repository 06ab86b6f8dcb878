//! Pins: set, list, show, remove; their rollouts and their history.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, wrong_cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use serde_json::{Map, Value};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::pin::{RolloutStep, destination};
use tasker_domain::precondition::Precondition;
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::rollout::Percent;
use tasker_registry::RegistryError;
use tasker_registry::pin::PinTarget;
use tasker_registry::resolved_pin::ResolvedPin;
use tasker_registry::store::audit::AuditRow;
use tasker_registry::store::pin::{PinBy, PinKind, PinRow, SideRow};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::pin::{
    ListPins, PauseRollout, Pin, PinChange, RemovePin, ResumeRollout, RollBackPin, Rollout,
    RolloutFigures, RolloutState, SetPin, ShowPin, ShowPinHistory, ShowRolloutFigures, SideFigures,
    StartRollout,
};

pub(crate) fn routes() -> Routes {
    let routes = Routes::default().on(list).on(show).on(set).on(remove);
    let routes = routes.on(rollout).on(pause).on(resume).on(rollback);
    routes.on(figures).on(history)
}

async fn list(api: Api, mut call: Call<ListPins>) -> Answer<ListPins> {
    let (limit, seek) = call.page::<String>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.try_map(|after| pin_cursor(after))?;
    let rows = api.registry.list_pins(namespaces, seek);
    let total = call.total(api.store.count_pins(namespaces)).await?;
    let Page { items, next, .. } = limit.page(rows.await?, cursor_of, |row| row);
    let items = api.registry.resolve_pins(items).await?;
    let items = items.into_iter().map(view).collect();
    Ok(Reply::ok(Page { items, next, total }))
}

async fn show(api: Api, call: Call<ShowPin>) -> Answer<ShowPin> {
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    answer(&api, api.registry.pin(&pin).await?).await
}

async fn set(api: Api, call: Call<SetPin>) -> Answer<SetPin> {
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.set", &call.body.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    let requirement = call.body.requirement.parse::<Requirement>();
    let requirement = requirement.map_err(RegistryError::from)?;
    answer(&api, api.registry.set_pin(&pin, requirement, &by).await?).await
}

async fn remove(api: Api, call: Call<RemovePin>) -> Answer<RemovePin> {
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.remove", &call.query.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    api.registry.remove_pin(&pin, &by).await?;
    Ok(Reply::done())
}

async fn rollout(api: Api, call: Call<StartRollout>) -> Answer<StartRollout> {
    let body = &call.body;
    let percent = Percent::try_from(body.percent);
    let step = RolloutStep {
        to: destination(&body.to).map_err(RegistryError::from)?,
        percent: percent.map_err(|error| ApiError::parameter("percent", error.to_string()))?,
        guard: body.guard.clone(),
        is_forced: body.force,
    };
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.rollout", &body.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    answer(&api, api.registry.roll_out(&pin, step, &by).await?).await
}

async fn pause(api: Api, call: Call<PauseRollout>) -> Answer<PauseRollout> {
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.pause", &call.body.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    answer(&api, api.registry.pause_rollout(&pin, &by).await?).await
}

async fn resume(api: Api, call: Call<ResumeRollout>) -> Answer<ResumeRollout> {
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.resume", &call.body.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    answer(&api, api.registry.resume_rollout(&pin, &by).await?).await
}

async fn rollback(api: Api, call: Call<RollBackPin>) -> Answer<RollBackPin> {
    let only_if = call.precondition()?;
    let by = by(call.actor(), "pin.rollback", &call.body.reason, &only_if)?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    answer(&api, api.registry.rollback_pin(&pin, &by).await?).await
}

async fn figures(api: Api, call: Call<ShowRolloutFigures>) -> Answer<ShowRolloutFigures> {
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    let [rollout, base] = api.registry.rollout_figures(&pin).await?;
    Ok(Reply::ok(RolloutFigures {
        since: rollout.since,
        rollout: side(rollout),
        base: side(base),
    }))
}

fn side(row: SideRow) -> SideFigures {
    SideFigures {
        attempts: row.attempts.unsigned_abs(),
        failed_percent: row.failed_percent,
        trapped_percent: row.trapped_percent,
        wall_ms: row.wall_ms,
        cpu_ms: row.cpu_ms,
        memory_kib: row.memory_kib,
    }
}

async fn history(api: Api, mut call: Call<ShowPinHistory>) -> Answer<ShowPinHistory> {
    let (limit, seek) = call.page()?;
    let pin = pin_of(&call.path.namespace, call.path.kind, &call.path.target)?;
    let rows = api.registry.pin_history(&pin, seek).await?;
    let total = call.total(api.registry.count_pin_history(&pin)).await?;
    let page = limit.page(rows, |row| row.audit_id.to_string(), change);
    Ok(Reply::ok(Page { total, ..page }))
}

/// `name` or `other~name`: a slash would end the segment.
fn pin_of(namespace: &Name, kind: PinKind, target: &str) -> Result<PinTarget, ApiError> {
    let target = target.replacen('~', "/", 1).parse::<ComponentRef>();
    let target = target.map_err(RegistryError::from)?;
    Ok(PinTarget::new(namespace.clone(), kind, &target)?)
}

/// Who changes a pin and why, as far as that can be kept.
fn by<'a>(
    actor: &'a Actor,
    action: &'static str,
    reason: &'a str,
    only_if: &'a Precondition,
) -> Result<PinBy<'a>, ApiError> {
    Ok(PinBy {
        actor,
        action,
        reason: check_reason(reason)?,
        only_if,
    })
}

pub(crate) fn pin_cursor(after: &str) -> Result<(&str, PinKind, &str), ApiError> {
    let wrong = || wrong_cursor(after);
    let (namespace, rest) = after.split_once('/').ok_or_else(wrong)?;
    let (kind, target) = rest.split_once('/').ok_or_else(wrong)?;
    let kind = kind.parse().map_err(|_| wrong())?;
    let is_whole = namespace.parse::<Name>().is_ok() && target.parse::<ComponentRef>().is_ok();
    is_whole
        .then_some((namespace, kind, target))
        .ok_or_else(wrong)
}

/// The cursor behind a pin in the list of all.
pub(crate) fn cursor_of(row: &PinRow) -> String {
    format!("{}/{}/{}", row.namespace, row.kind.into_str(), row.target)
}

/// The current pin, with the versions that it resolves to now.
async fn answer<E: Endpoint<Answer = Pin>>(api: &Api, row: PinRow) -> Answer<E> {
    let tag = row.tag();
    let resolved = api.registry.resolve_pins(vec![row]).await?.pop();
    let pin = view(resolved.expect("one pin was asked for"));
    Ok(Reply::ok(pin).with_state(tag))
}

pub(crate) fn view(resolved: ResolvedPin) -> Pin {
    let ResolvedPin {
        row,
        pinned,
        version,
        rollout_version,
    } = resolved;
    let rollout = pinned.rollout.map(|rollout| Rollout {
        requirement: rollout.requirement,
        version: rollout_version,
        percent: rollout.percent,
        state: match rollout.paused {
            Some(_) => RolloutState::Paused,
            None => RolloutState::Running,
        },
        paused_because: rollout.paused,
        started_at: row.rollout.rollout_started_at,
        guard: rollout.guard,
    });
    let etag = row.tag().to_string();
    Pin {
        etag,
        namespace: row.namespace.to_string(),
        kind: row.kind,
        target: row.target.to_string(),
        requirement: pinned.requirement,
        version,
        rollout,
        created_at: row.created_at,
        created_by: row.created_by,
    }
}

fn change(row: AuditRow) -> PinChange {
    PinChange {
        id: row.audit_id,
        at: row.at,
        actor: row.actor,
        action: row.action,
        reason: row.reason,
        detail: match row.detail {
            Some(Value::Object(detail)) => detail,
            Some(_) | None => Map::new(),
        },
    }
}
