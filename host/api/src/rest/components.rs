//! Components: publish, list, show, compare, plan.

use super::super::Api;
use super::super::page::{Page, PageLimit};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::definitions::{between, check_listed, summary};
use super::signatures::{given, signature};
use axum::http::{HeaderMap, HeaderValue, header};
use semver::Version;
use tasker_domain::capability::Capability;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::order::Seek;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::RegistryError;
use tasker_registry::discover::descriptor;
use tasker_registry::listed::ListedFamily;
use tasker_registry::publish_component::Published;
use tasker_registry::store::component::ComponentVersionRow;
use tasker_registry::version::parse_version;
use tasker_wire::component::{
    ComponentVersion, DiffComponent, DiffComponentUpload, DownloadComponent, ListComponents,
    ListSignatures, PlanComponent, PlanComponentUpload, PublishComponent, RequestedCapability,
    ShowComponent, ShowComponentVersion, Withdrawal,
};
use tasker_wire::definition::{AffectedPins, Versions};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(list)
        .on(show)
        .on(show_version)
        .on(publish)
        .on(bytes)
        .on(signatures)
        .on(diff)
        .on(diff_upload)
        .on(plan)
        .on(plan_upload)
}

async fn list(api: Api, mut call: Call<ListComponents>) -> Answer<ListComponents> {
    let (limit, seek) = call.page::<QualifiedName>()?;
    let namespaces = &call.query.namespaces;
    check_listed(&api, &call.access, namespaces).await?;
    let seek = seek.map(QualifiedName::parts);
    let rows = api.registry.list_components(namespaces, seek);
    let cursor = |row: &ListedFamily| format!("{}/{}", row.namespace, row.name);
    let total = call
        .total(api.store.count_families(PinKind::Component, namespaces))
        .await?;
    let page = limit.page(rows.await?, cursor, summary);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn show(api: Api, mut call: Call<ShowComponent>) -> Answer<ShowComponent> {
    let target = call.target();
    let (limit, seek) = call.page::<Version>()?;
    let seek = Seek {
        limit: limit.items() as i64,
        ..seek.map(|version| version)
    };
    let page = api.registry.component_page(&target, seek).await?;
    let total = call.known_total(page.total);
    let granted = api.registry.granted_to(&target).await?;
    let versions = page.rows.into_iter().map(|row| version(row, &granted));
    let versions = versions.collect::<Result<_, RegistryError>>()?;
    Ok(Reply::ok(Versions {
        versions,
        namespace: target.namespace,
        name: target.name,
        latest: None,
        next: page.next,
        total,
    }))
}

async fn show_version(api: Api, call: Call<ShowComponentVersion>) -> Answer<ShowComponentVersion> {
    let (target, number) = call.version()?;
    let row = api.registry.component_version(&target, &number).await?;
    let withdrawal = api.registry.withdrawal((&target, &number), &row);
    let withdrawal = withdrawal.await?.map(|row| Withdrawal {
        at: row.at,
        actor: row.actor,
        reason: row.reason,
    });
    let version = current(&api, &target, row).await?;
    Ok(Reply::ok(ComponentVersion {
        withdrawal,
        ..version
    }))
}

async fn publish(api: Api, call: Call<PublishComponent>) -> Answer<PublishComponent> {
    let actor = call.actor().clone();
    let (target, number) = call.version()?;
    let signatures = given(&call.headers)?;
    let bytes = call.body.bytes().await?;
    if !signatures.is_empty() {
        let kept = api
            .registry
            .keep_signatures(Digest::of(&bytes), &signatures, &actor);
        kept.await?;
    }
    let published = api
        .registry
        .publish_component(&target, &number, bytes, &actor);
    let (row, published) = published.await?;
    let created = published == Published::Created;
    let version = ComponentVersion {
        created: Some(created),
        restored: published == Published::Restored,
        ..current(&api, &target, row).await?
    };
    Ok(Reply::made(created, version))
}

async fn bytes(api: Api, call: Call<DownloadComponent>) -> Answer<DownloadComponent> {
    let (target, number) = call.version()?;
    let (digest, bytes) = api.registry.component_bytes(&target, &number).await?;
    let tag = HeaderValue::try_from(format!("\"sha256:{digest}\""));
    let tag = tag.expect("hexadecimal digits stand in a header");
    Ok(Reply::media(
        HeaderMap::from_iter([(header::ETAG, tag)]),
        bytes,
    ))
}

/// All at once: there are few.
async fn signatures(api: Api, call: Call<ListSignatures>) -> Answer<ListSignatures> {
    let (target, number) = call.version()?;
    let row = api.registry.component_version(&target, &number).await?;
    let most = PageLimit::parse(None)?.rows();
    let keys = api
        .registry
        .signing_keys(&target.namespace, Seek::lowest(most))
        .await?;
    let signatures = api.registry.signatures(row.digest).await?;
    let items = signatures.iter().map(|row| signature(row, &keys));
    Ok(Reply::ok(Page {
        items: items.collect(),
        next: None,
        total: None,
    }))
}

async fn diff(api: Api, call: Call<DiffComponent>) -> Answer<DiffComponent> {
    let target = call.target();
    let (from, to) = between(&call.query)?;
    Ok(Reply::ok(
        api.registry.component_diff(&target, &from, &to).await?,
    ))
}

async fn diff_upload(api: Api, call: Call<DiffComponentUpload>) -> Answer<DiffComponentUpload> {
    let (target, from) = (call.target(), parse_version(&call.query.from)?);
    let bytes = call.body.bytes().await?;
    let diff = api.registry.component_diff_with(&target, &from, bytes);
    Ok(Reply::ok(diff.await?))
}

async fn plan(api: Api, call: Call<PlanComponent>) -> Answer<PlanComponent> {
    let (target, number) = call.version()?;
    let plan = api.registry.plan_component_version(&target, &number);
    Ok(Reply::ok(
        plan.await?.seen_by(|it| call.access.may_read(it)),
    ))
}

async fn plan_upload(api: Api, call: Call<PlanComponentUpload>) -> Answer<PlanComponentUpload> {
    let (target, number) = call.version()?;
    let signatures = given(&call.headers)?;
    let bytes = call.body.bytes().await?;
    let plan = api
        .registry
        .plan_component(&target, &number, bytes, &signatures);
    Ok(Reply::ok(
        plan.await?.seen_by(|it| call.access.may_read(it)),
    ))
}

/// A version with what its namespace grants now.
pub(super) async fn current(
    api: &Api,
    target: &QualifiedName,
    row: ComponentVersionRow,
) -> Result<ComponentVersion, RegistryError> {
    let granted = api.registry.granted_to(target).await?;
    version(row, &granted)
}

/// The version, with the requested capabilities that are `granted` in its own namespace.
pub(crate) fn version(
    row: ComponentVersionRow,
    granted: &[Capability],
) -> Result<ComponentVersion, RegistryError> {
    let descriptor = descriptor(&row)?;
    let capability = |capability: Capability| RequestedCapability {
        granted: granted.iter().any(|grant| grant.covers(&capability)),
        capability: capability.to_string(),
    };
    let requested = descriptor.requested().into_iter().map(capability).collect();
    let Descriptor {
        contract,
        handlers,
        subscribers,
        capabilities,
        events,
        imports,
        provenance,
        exports: _,
    } = descriptor;
    Ok(ComponentVersion {
        contract,
        handlers: handlers.unwrap_or_default(),
        subscribers: subscribers.unwrap_or_default(),
        capabilities,
        events,
        requested,
        imports,
        provenance,
        unapproved: row.unapproved,
        version: parse_version(&row.version)?,
        namespace: row.namespace,
        component: row.component,
        digest: row.digest,
        size_bytes: u64::from(row.size_bytes.unsigned_abs()),
        status: row.status,
        quarantined: row.is_quarantined,
        compat_report: row.compat_report,
        created_at: row.created_at,
        collected_at: row.collected_at,
        withdrawal: None,
        created: None,
        restored: false,
        granted: None,
        pins: AffectedPins::default(),
    })
}
