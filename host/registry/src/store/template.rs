//! Task templates and their versions.

use super::Store;
use super::generation::{advance, lock_unmoved};
use super::namespace::ensure_namespace;
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use semver::Version;
use serde_json::{Value, json};
use sqlx::FromRow;
use std::collections::BTreeMap;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::column;
use tasker_domain::compatibility::CompatReport;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::{actor::Actor, digest::Digest, name::Name};

/// A template that was checked and may be stored.
pub struct NewTemplateVersion<'a> {
    pub namespace: &'a Name,
    pub name: &'a Name,
    pub version: &'a Version,
    pub digest: Digest,
    /// The YAML as its author wrote it.
    pub source: &'a str,
    /// What the YAML says.
    pub definition: &'a Value,
    /// In the order of their numbers, from 0.
    pub steps: Vec<NewStepTemplate>,
    /// (parent, child) by their numbers.
    pub dependencies: Vec<(i16, i16)>,
    /// None: there was no version to compare it with.
    pub compat_report: Option<&'a Value>,
    pub actor: &'a Actor,
}

/// One step of a new template version; times are in milliseconds.
pub struct NewStepTemplate {
    pub name: String,
    /// How many steps it depends on.
    pub parents: i32,
    /// No step depends on it.
    pub is_sink: bool,
    pub max_attempts: i32,
    /// `none`, `linear` or `exponential`.
    pub backoff: &'static str,
    pub backoff_base_ms: i32,
    pub backoff_max_ms: i32,
    /// From 0 to 1.
    pub jitter: f32,
    pub timeout_ms: i32,
    /// Such as `{"memory":"64MiB"}`; `None` if the step says nothing of limits.
    pub limits: Option<Value>,
    /// JSON text.
    pub config: Option<String>,
    /// JSON text.
    pub result_schema: Option<String>,
}

/// One template version.
#[derive(Debug, FromRow)]
pub struct TemplateVersionRow {
    pub template_version_id: i32,
    pub template_id: i32,
    pub namespace_id: i32,
    pub namespace: String,
    pub name: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub source: String,
    /// What the source says.
    pub definition: Value,
    #[sqlx(try_from = "&'a str")]
    pub status: VersionStatus,
    #[sqlx(json(nullable))]
    pub compat_report: Option<CompatReport>,
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Stores the template version unless it exists; in both cases returns the stored version, and
    /// whether this call made it; `None` if one of the namespaces that the decision was made by has moved
    /// since: then nothing changed. One transaction: nothing is visible before all is.
    pub async fn publish_template(
        &self,
        new: &NewTemplateVersion<'_>,
        decided_by: &BTreeMap<Name, i64>,
    ) -> Result<Option<(TemplateVersionRow, bool)>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, new.namespace).await?;
        let template_id = ensure_template(&mut tx, namespace_id, new.name).await?;
        let inserted = insert_version(&mut tx, template_id, new).await?;
        if let Some(template_version_id) = inserted {
            insert_steps(&mut tx, template_version_id, &new.steps).await?;
            insert_dependencies(&mut tx, template_version_id, &new.dependencies).await?;
            audit::record(&mut tx, &published(new)).await?;
            if !lock_unmoved(&mut tx, decided_by).await? {
                return Ok(None);
            }
            advance(&mut tx, [new.namespace.as_str()]).await?;
        }
        tx.commit().await?;
        let row = self
            .template_version(new.namespace, new.name, new.version)
            .await?;
        Ok(Some((
            row.ok_or(sqlx::Error::RowNotFound)?,
            inserted.is_some(),
        )))
    }

    /// One version of a template.
    pub async fn template_version(
        &self,
        namespace: &Name,
        name: &Name,
        version: &Version,
    ) -> Result<Option<TemplateVersionRow>, DatabaseError> {
        let row = sqlx::query_as(VERSION)
            .bind(namespace.as_str())
            .bind(name.as_str())
            .bind(version.to_string())
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// These versions of templates, as far as they exist; `None` where they have more than so many bytes of
    /// sources.
    pub async fn template_versions_named(
        &self,
        versions: &[(QualifiedName, Version)],
        max_bytes: usize,
    ) -> Result<Option<Vec<TemplateVersionRow>>, DatabaseError> {
        let mut rows = sqlx::query_as("select * from tasker.template_versions_named($1, $2, $3)")
            .bind(column(versions, |(of, _)| of.namespace.as_str()))
            .bind(column(versions, |(of, _)| of.name.as_str()))
            .bind(column(versions, |(_, version)| version.to_string()))
            .fetch(self.pool());
        let (mut found, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let row: TemplateVersionRow = row;
            bytes += row.source.len();
            if bytes > max_bytes {
                return Ok(None);
            }
            found.push(row);
        }
        Ok(Some(found))
    }
}

const VERSION: &str = "
    select v.template_version_id, t.template_id, n.namespace_id, n.name as namespace, t.name,
           v.version, v.digest, v.source, v.definition, v.status::text as status, v.compat_report,
           v.created_at
    from tasker.namespace n
    join tasker.template t using (namespace_id)
    join tasker.template_version v using (template_id)
    where n.name = $1 and t.name = $2 and v.version = $3";

async fn ensure_template(
    tx: &mut Connection,
    namespace_id: i32,
    name: &Name,
) -> Result<i32, DatabaseError> {
    sqlx::query(
        "insert into tasker.template (namespace_id, name) values ($1, $2) on conflict do nothing",
    )
    .bind(namespace_id)
    .bind(name.as_str())
    .execute(&mut *tx)
    .await?;
    let id = sqlx::query_scalar(
        "select template_id from tasker.template where namespace_id = $1 and name = $2",
    )
    .bind(namespace_id)
    .bind(name.as_str())
    .fetch_one(tx)
    .await?;
    Ok(id)
}

/// The new version's id, or `None` if it was there before.
async fn insert_version(
    tx: &mut Connection,
    template_id: i32,
    new: &NewTemplateVersion<'_>,
) -> Result<Option<i32>, DatabaseError> {
    let id = sqlx::query_scalar(
        "insert into tasker.template_version (template_id, version, digest, source, definition, compat_report)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing returning template_version_id",
    )
    .bind(template_id)
    .bind(new.version.to_string())
    .bind(&new.digest.as_bytes()[..])
    .bind(new.source)
    .bind(new.definition)
    .bind(new.compat_report)
    .fetch_optional(tx)
    .await?;
    Ok(id)
}

async fn insert_steps(
    tx: &mut Connection,
    template_version_id: i32,
    steps: &[NewStepTemplate],
) -> Result<(), DatabaseError> {
    sqlx::query(
        "insert into tasker.step_template
           (template_version_id, step_no, name, parents, is_sink, max_attempts, backoff,
            backoff_base_ms, backoff_max_ms, jitter, timeout_ms, config, result_schema, limits)
         select $1, (s.position - 1)::smallint, s.name, s.parents, s.is_sink, s.max_attempts,
                s.backoff::tasker.backoff, s.base_ms, s.max_ms, s.jitter, s.timeout_ms, s.config::json,
                s.result_schema::json, s.limits
         from unnest($2::text[], $3::int[], $4::boolean[], $5::int[], $6::text[],
                     $7::int[], $8::int[], $9::real[], $10::int[], $11::text[], $12::text[],
                     $13::jsonb[])
           with ordinality
           as s (name, parents, is_sink, max_attempts, backoff, base_ms, max_ms, jitter, timeout_ms,
                 config, result_schema, limits, position)",
    )
    .bind(template_version_id)
    .bind(column(steps, |step| step.name.as_str()))
    .bind(column(steps, |step| step.parents))
    .bind(column(steps, |step| step.is_sink))
    .bind(column(steps, |step| step.max_attempts))
    .bind(column(steps, |step| step.backoff))
    .bind(column(steps, |step| step.backoff_base_ms))
    .bind(column(steps, |step| step.backoff_max_ms))
    .bind(column(steps, |step| step.jitter))
    .bind(column(steps, |step| step.timeout_ms))
    .bind(column(steps, |step| step.config.as_deref()))
    .bind(column(steps, |step| step.result_schema.as_deref()))
    .bind(column(steps, |step| step.limits.as_ref()))
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_dependencies(
    tx: &mut Connection,
    template_version_id: i32,
    dependencies: &[(i16, i16)],
) -> Result<(), DatabaseError> {
    let (parents, children): (Vec<i16>, Vec<i16>) = dependencies.iter().copied().unzip();
    sqlx::query(
        "insert into tasker.dependency (template_version_id, from_no, to_no)
         select $1, d.from_no, d.to_no
         from unnest($2::smallint[], $3::smallint[]) as d (from_no, to_no)",
    )
    .bind(template_version_id)
    .bind(parents)
    .bind(children)
    .execute(tx)
    .await?;
    Ok(())
}

fn published<'a>(new: &NewTemplateVersion<'a>) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: new.actor,
        action: "template.publish",
        namespace: Some(new.namespace.as_str()),
        subject: format!("template {}@{}", new.name, new.version),
        reason: "",
        detail: json!({"digest": new.digest}),
    }
}
