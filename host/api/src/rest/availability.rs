//! What decides whether new tasks may take a version: approve, yank, quarantine, release.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::components::current;
use super::definitions::{affected_pins, one_version, readable_pins};
use super::grants::grant;
use super::reason::check_reason;
use super::templates;
use semver::Version;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::quarantine::{NamedVersion, QuarantineRow};
use tasker_wire::component::{ApproveComponent, ComponentVersion, UnyankComponent, YankComponent};
use tasker_wire::definition::AffectedPins;
use tasker_wire::quarantine::{
    HeldTasks, ListQuarantine, Quarantine, QuarantineComponent, ReleaseComponent, Released,
    VersionName,
};
use tasker_wire::reason::OnlyReason;
use tasker_wire::template::{TemplateVersion, UnyankTemplate, YankTemplate};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(approve)
        .on(yank_component)
        .on(unyank_component)
        .on(yank_template)
        .on(unyank_template)
        .on(list)
        .on(quarantine)
        .on(release)
}

async fn approve(api: Api, call: Call<ApproveComponent>) -> Answer<ApproveComponent> {
    let (path, access) = (call.path, call.access);
    let (target, number) = one_version(path.namespace, path.name, &path.version)?;
    check_reason(&call.body.reason)?;
    let approved = api
        .registry
        .approve(&target, &number, access.actor(), &call.body.reason);
    let (row, added) = approved.await?;
    let granted = added.into_iter().map(|row| grant(row, None));
    Ok(Reply::ok(ComponentVersion {
        granted: Some(granted.collect()),
        ..current(&api, &target, row).await?
    }))
}

async fn yank_component(api: Api, call: Call<YankComponent>) -> Answer<YankComponent> {
    let path = call.path;
    let of = one_version(path.namespace, path.name, &path.version)?;
    let version = set_component_yanked(&api, of, true, &call.body, &call.access);
    Ok(Reply::ok(version.await?))
}

async fn unyank_component(api: Api, call: Call<UnyankComponent>) -> Answer<UnyankComponent> {
    let path = call.path;
    let of = one_version(path.namespace, path.name, &path.version)?;
    let version = set_component_yanked(&api, of, false, &call.body, &call.access);
    Ok(Reply::ok(version.await?))
}

async fn yank_template(api: Api, call: Call<YankTemplate>) -> Answer<YankTemplate> {
    let path = call.path;
    let of = one_version(path.namespace, path.name, &path.version)?;
    let version = set_template_yanked(&api, of, true, &call.body, &call.access);
    Ok(Reply::ok(version.await?))
}

async fn unyank_template(api: Api, call: Call<UnyankTemplate>) -> Answer<UnyankTemplate> {
    let path = call.path;
    let of = one_version(path.namespace, path.name, &path.version)?;
    let version = set_template_yanked(&api, of, false, &call.body, &call.access);
    Ok(Reply::ok(version.await?))
}

async fn set_component_yanked(
    api: &Api,
    (target, number): (QualifiedName, Version),
    is_yanked: bool,
    body: &OnlyReason,
    access: &Access,
) -> Result<ComponentVersion, ApiError> {
    let version = (PinKind::Component, &target, &number);
    let pins = set_yanked(api, version, is_yanked, body, access).await?;
    let row = api.registry.component_version(&target, &number).await?;
    Ok(ComponentVersion {
        pins,
        ..current(api, &target, row).await?
    })
}

async fn set_template_yanked(
    api: &Api,
    (target, number): (QualifiedName, Version),
    is_yanked: bool,
    body: &OnlyReason,
    access: &Access,
) -> Result<TemplateVersion, ApiError> {
    let version = (PinKind::Template, &target, &number);
    let pins = set_yanked(api, version, is_yanked, body, access).await?;
    let row = api.registry.template_version(&target, &number).await?;
    Ok(TemplateVersion {
        pins,
        ..templates::version(row)?
    })
}

async fn set_yanked(
    api: &Api,
    version: (PinKind, &QualifiedName, &Version),
    is_yanked: bool,
    body: &OnlyReason,
    access: &Access,
) -> Result<AffectedPins, ApiError> {
    let (_, target, _) = version;
    let reason = check_reason(&body.reason)?;
    let pins = api
        .registry
        .set_yanked(version, is_yanked, access.actor(), reason);
    Ok(readable_pins(target, pins.await?, access))
}

async fn list(api: Api, _: Call<ListQuarantine>) -> Answer<ListQuarantine> {
    let listed = api.registry.list_quarantine().await?.into_iter();
    let items = listed.map(|(row, names)| quarantined(row, names));
    Ok(Reply::ok(Page {
        items: items.collect(),
        next: None,
    }))
}

/// A quarantine applies everywhere, so its answer names everything that it affects.
async fn quarantine(api: Api, call: Call<QuarantineComponent>) -> Answer<QuarantineComponent> {
    let (path, access) = (call.path, call.access);
    let (target, number) = one_version(path.namespace, path.name, &path.version)?;
    check_reason(&call.body.reason)?;
    let done = api
        .registry
        .quarantine(&target, &number, access.actor(), &call.body.reason);
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
    let (path, access) = (call.path, call.access);
    let (target, number) = one_version(path.namespace, path.name, &path.version)?;
    check_reason(&call.body.reason)?;
    let released = api
        .registry
        .release(&target, &number, access.actor(), &call.body.reason);
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
