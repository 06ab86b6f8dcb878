//! Templates: check, publish, list, show, draw, compare, plan.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::request::{is_json, parse_json};
use super::super::routes::{Answer, Call, Reply, Routes};
use super::definitions::{between, check_listed, summary};
use axum::http::HeaderMap;
use semver::Version;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::{Assumed, MAX_ASSUMED};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{MAX_SOURCE_BYTES, OrderedStep, Template, graph};
use tasker_registry::RegistryError;
use tasker_registry::discover::stored_template;
use tasker_registry::listed::ListedFamily;
use tasker_registry::publish_template::{Missing, PublishedTemplate};
use tasker_registry::store::template::TemplateVersionRow;
use tasker_registry::version::parse_version;
use tasker_wire::definition::{AffectedPins, Versions};
use tasker_wire::template::{
    CheckTemplate, CheckedTemplate, DiffTemplate, DiffTemplateUpload, DrawTemplate, LATEST,
    ListTemplates, PlanTemplate, PlannedTemplate, PublishTemplate, RetryPolicy, ShowTemplate,
    ShowTemplateVersion, StepTemplate, TemplateVersion,
};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .on(list)
        .on(check)
        .on(show)
        .on(show_version)
        .on(publish)
        .on(draw)
        .on(diff)
        .on(diff_upload)
        .on(plan)
}

async fn list(api: Api, mut call: Call<ListTemplates>) -> Answer<ListTemplates> {
    let (limit, seek) = call.page::<QualifiedName>()?;
    let namespaces = &call.query.namespaces;
    check_listed(&api, &call.access, namespaces).await?;
    let seek = seek.map(QualifiedName::parts);
    let rows = api.registry.list_templates(namespaces, seek);
    let cursor = |row: &ListedFamily| format!("{}/{}", row.namespace, row.name);
    let total = call
        .total(api.store.count_families(PinKind::Template, namespaces))
        .await?;
    let page = limit.page(rows.await?, cursor, summary);
    Ok(Reply::ok(Page { total, ..page }))
}

/// Nothing is stored.
async fn check(_: Api, call: Call<CheckTemplate>) -> Answer<CheckTemplate> {
    let source = call.body.text().await?;
    let template = Template::parse(&source).map_err(RegistryError::from)?;
    Ok(Reply::ok(CheckedTemplate {
        namespace: template.namespace,
        name: template.name,
        version: template.version,
        steps: template.steps.len(),
    }))
}

async fn show(api: Api, mut call: Call<ShowTemplate>) -> Answer<ShowTemplate> {
    let target = call.target();
    let (limit, seek) = call.page::<Version>()?;
    let seek = Seek {
        limit: limit.items() as i64,
        ..seek.map(|version| version)
    };
    let page = api.registry.template_page(&target, seek).await?;
    let total = call.known_total(page.total);
    let latest = api.registry.default_template_version(&target).await?;
    let versions = page.rows.into_iter().map(version);
    let versions = versions.collect::<Result<_, RegistryError>>()?;
    Ok(Reply::ok(Versions {
        versions,
        namespace: target.namespace,
        name: target.name,
        latest: Some(latest),
        next: page.next,
        total,
    }))
}

async fn show_version(api: Api, call: Call<ShowTemplateVersion>) -> Answer<ShowTemplateVersion> {
    let path = call.path;
    let row = version_or_latest(&api, path.namespace, path.name, &path.version).await?;
    Ok(Reply::ok(version(row)?))
}

async fn publish(api: Api, call: Call<PublishTemplate>) -> Answer<PublishTemplate> {
    let actor = call.actor().clone();
    let (target, number) = call.version()?;
    let source = call.body.text().await?;
    let missing = match call.query.allow_missing {
        true => Missing::Allowed,
        false => Missing::Refused,
    };
    let published = api
        .registry
        .publish_template(&target, &number, &source, missing, &actor);
    let PublishedTemplate {
        row,
        created,
        warnings,
    } = published.await?;
    let version = TemplateVersion {
        created: Some(created),
        warnings: Some(warnings),
        ..version(row)?
    };
    Ok(Reply::made(created, version))
}

async fn draw(api: Api, call: Call<DrawTemplate>) -> Answer<DrawTemplate> {
    let path = call.path;
    let row = version_or_latest(&api, path.namespace, path.name, &path.version).await?;
    let drawn = graph::draw(&stored_template(&row)?, call.query.format);
    Ok(Reply::media(HeaderMap::new(), drawn))
}

async fn diff(api: Api, call: Call<DiffTemplate>) -> Answer<DiffTemplate> {
    let target = call.target();
    let (from, to) = between(&call.query)?;
    Ok(Reply::ok(
        api.registry.template_diff(&target, &from, &to).await?,
    ))
}

async fn diff_upload(api: Api, call: Call<DiffTemplateUpload>) -> Answer<DiffTemplateUpload> {
    let (target, from) = (call.target(), parse_version(&call.query.from)?);
    let source = call.body.text().await?;
    let diff = api.registry.template_diff_with(&target, &from, &source);
    Ok(Reply::ok(diff.await?))
}

async fn plan(api: Api, call: Call<PlanTemplate>) -> Answer<PlanTemplate> {
    let (target, number) = call.version()?;
    let PlannedTemplate { source, assume } = match is_json(&call.headers) {
        true => parse_json(&call.body.bytes().await?)?,
        false => PlannedTemplate {
            source: call.body.at_most(MAX_SOURCE_BYTES).text().await?,
            assume: Assumed::default(),
        },
    };
    if assume.components.len() > MAX_ASSUMED {
        let message = format!("at most {MAX_ASSUMED} versions can be assumed");
        return Err(ApiError::parameter("assume", message));
    }
    let plan = api
        .registry
        .plan_template(&target, &number, &source, &assume);
    Ok(Reply::ok(plan.await?))
}

async fn version_or_latest(
    api: &Api,
    namespace: Name,
    name: Name,
    version: &str,
) -> Result<TemplateVersionRow, RegistryError> {
    let target = QualifiedName { namespace, name };
    match version {
        LATEST => api.registry.latest_template(&target).await,
        _ => {
            let version = parse_version(version)?;
            api.registry.template_version(&target, &version).await
        }
    }
}

pub(crate) fn version(row: TemplateVersionRow) -> Result<TemplateVersion, RegistryError> {
    let template = stored_template(&row)?;
    Ok(TemplateVersion {
        steps: template.ordered().iter().map(step).collect(),
        description: template.description,
        input_schema: template.input_schema,
        version: parse_version(&row.version)?,
        namespace: row.namespace,
        name: row.name,
        digest: row.digest,
        source: row.source,
        status: row.status,
        compat_report: row.compat_report,
        created_at: row.created_at,
        created: None,
        warnings: None,
        pins: AffectedPins::default(),
    })
}

fn step(ordered: &OrderedStep<'_>) -> StepTemplate {
    let retry = &ordered.policy.retry;
    StepTemplate {
        name: ordered.step.name.clone(),
        handler: ordered.step.handler.clone(),
        depends_on: ordered.step.depends_on.clone(),
        timeout_ms: milliseconds(ordered.policy.timeout),
        limits: ordered.policy.limits.clone(),
        retry: RetryPolicy {
            max_attempts: retry.max_attempts,
            backoff: retry.backoff,
            base_ms: milliseconds(retry.base),
            max_ms: milliseconds(retry.max),
            jitter: retry.jitter,
        },
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
