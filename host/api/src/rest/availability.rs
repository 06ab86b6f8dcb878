//! What decides whether new tasks may take a version: approve, yank, quarantine, release.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, wrong_cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::components::current;
use super::definitions::{affected_pins, readable_pins};
use super::grants::grant;
use super::reason::check_reason;
use super::templates;
use chrono::{DateTime, Utc};
use semver::Version;
use tasker_domain::digest::Digest;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::quarantine::{NamedVersion, QuarantineRow};
use tasker_wire::component::{ApproveComponent, ComponentVersion, UnyankComponent, YankComponent};
use tasker_wire::definition::AffectedPins;
use tasker_wire::endpoint::{Endpoint, Json, VersionPath};
use tasker_wire::quarantine::{
    HeldTasks, ListQuarantine, Quarantine, QuarantineComponent, ReleaseComponent, Released,
    VersionName,
};
use tasker_wire::reason::OnlyReason;
use tasker_wire::template::{TemplateVersion, UnyankTemplate, YankTemplate};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(approve)
        .on(|api, call: Call<YankComponent>| set_component_yanked(api, call, true))
        .on(|api, call: Call<UnyankComponent>| set_component_yanked(api, call, false))
        .on(|api, call: Call<YankTemplate>| set_template_yanked(api, call, true))
        .on(|api, call: Call<UnyankTemplate>| set_template_yanked(api, call, false))
        .on(list)
        .on(quarantine)
        .on(release)
}

async fn approve(api: Api, call: Call<ApproveComponent>) -> Answer<ApproveComponent> {
    let (target, number) = call.version()?;
    check_reason(&call.body.reason)?;
    let approved = api
        .registry
        .approve(&target, &number, call.actor(), &call.body.reason);
    let (row, added) = approved.await?;
    let granted = added.into_iter().map(|row| grant(row, None));
    Ok(Reply::ok(ComponentVersion {
        granted: Some(granted.collect()),
        ..current(&api, &target, row).await?
    }))
}

async fn set_component_yanked<E>(api: Api, call: Call<E>, is_yanked: bool) -> Answer<E>
where
    E: VersionPath + Endpoint<Body = Json<OnlyReason>, Answer = ComponentVersion>,
{
    let (target, number) = call.version()?;
    let version = (PinKind::Component, &target, &number);
    let pins = set_yanked(&api, version, is_yanked, &call).await?;
    let row = api.registry.component_version(&target, &number).await?;
    Ok(Reply::ok(ComponentVersion {
        pins,
        ..current(&api, &target, row).await?
    }))
}

async fn set_template_yanked<E>(api: Api, call: Call<E>, is_yanked: bool) -> Answer<E>
where
    E: VersionPath + Endpoint<Body = Json<OnlyReason>, Answer = TemplateVersion>,
{
    let (target, number) = call.version()?;
    let version = (PinKind::Template, &target, &number);
    let pins = set_yanked(&api, version, is_yanked, &call).await?;
    let row = api.registry.template_version(&target, &number).await?;
    Ok(Reply::ok(TemplateVersion {
        pins,
        ..templates::version(row)?
    }))
}

async fn set_yanked<E: Endpoint<Body = Json<OnlyReason>>>(
    api: &Api,
    version: (PinKind, &QualifiedName, &Version),
    is_yanked: bool,
    call: &Call<E>,
) -> Result<AffectedPins, ApiError> {
    let (_, target, _) = version;
    let reason = check_reason(&call.body.reason)?;
    let pins = api
        .registry
        .set_yanked(version, is_yanked, call.actor(), reason);
    Ok(readable_pins(target, pins.await?, &call.access))
}

async fn list(api: Api, mut call: Call<ListQuarantine>) -> Answer<ListQuarantine> {
    let (limit, seek) = call.page::<String>()?;
    let seek = seek.try_map(|after| quarantine_cursor(after))?;
    let rows = api.registry.list_quarantine(seek);
    let total = call.total(api.store.count_quarantine()).await?;
    let cursor = |(row, _): &Listed| format!("{}/{}", row.at.timestamp_micros(), row.digest);
    let item = |(row, names): Listed| quarantined(row, names);
    let page = limit.page(rows.await?, cursor, item);
    Ok(Reply::ok(Page { total, ..page }))
}

type Listed = (QuarantineRow, Vec<NamedVersion>);

/// Of microseconds, in which the database counts, and the digest.
fn quarantine_cursor(after: &str) -> Result<(DateTime<Utc>, Digest), ApiError> {
    let wrong = || wrong_cursor(after);
    let (at, digest) = after.split_once('/').ok_or_else(wrong)?;
    let at = at.parse().ok().and_then(DateTime::from_timestamp_micros);
    let digest = digest.parse().map_err(|_| wrong())?;
    Ok((at.ok_or_else(wrong)?, digest))
}

/// A quarantine applies everywhere, so its answer names everything that it affects.
async fn quarantine(api: Api, call: Call<QuarantineComponent>) -> Answer<QuarantineComponent> {
    let (target, number) = call.version()?;
    check_reason(&call.body.reason)?;
    let done = api
        .registry
        .quarantine(&target, &number, call.actor(), &call.body.reason);
    let done = done.await?;
    let held = done.held.into_iter().map(|held| HeldTasks {
        namespace: held.namespace,
        template: held.template,
        tasks: held.tasks,
        steps: held.steps,
    });
    Ok(Reply::ok(Quarantine {
        created: Some(done.created),
        held: Some(held.collect()),
        pins: affected_pins(done.pins, |_| true),
        ..quarantined(done.quarantine, done.names)
    }))
}

async fn release(api: Api, call: Call<ReleaseComponent>) -> Answer<ReleaseComponent> {
    let (target, number) = call.version()?;
    check_reason(&call.body.reason)?;
    let released = api
        .registry
        .release(&target, &number, call.actor(), &call.body.reason);
    let released = released.await?;
    Ok(Reply::ok(Released {
        names: names(released.names),
        steps: released.steps,
    }))
}

fn quarantined(row: QuarantineRow, named: Vec<NamedVersion>) -> Quarantine {
    Quarantine {
        digest: row.digest,
        at: row.at,
        actor: row.actor,
        reason: row.reason,
        names: names(named),
        created: None,
        held: None,
        pins: AffectedPins::default(),
    }
}

fn names(named: Vec<NamedVersion>) -> Vec<VersionName> {
    let name = |name: NamedVersion| VersionName {
        namespace: name.namespace.to_string(),
        component: name.component.to_string(),
        version: name.version,
    };
    named.into_iter().map(name).collect()
}
