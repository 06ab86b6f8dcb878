//! Components and their versions.

use super::Store;
use super::namespace::ensure_namespace;
use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use semver::Version;
use serde_json::{Value, json};
use sqlx::FromRow;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::{Connection, DatabaseError, column};
use tasker_domain::compatibility::CompatReport;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{VersionState, VersionStatus};
use tasker_domain::{actor::Actor, digest::Digest, name::Name};

/// An upload that was inspected and may be stored.
pub struct NewComponentVersion<'a> {
    pub namespace: &'a Name,
    pub component: &'a Name,
    pub version: &'a Version,
    pub digest: Digest,
    pub bytes: &'a [u8],
    /// What inspection found.
    pub descriptor: &'a Value,
    pub status: VersionStatus,
    /// None: there was no version to compare it with.
    pub compat_report: Option<&'a Value>,
    /// Requested capabilities that are not approved; empty unless it needs approval.
    pub unapproved: &'a [String],
    /// The revision of the component under which the status and the compat report were decided.
    pub decided_at: i64,
    pub actor: &'a Actor,
}

/// One upload without its bytes.
#[derive(Debug, FromRow)]
pub struct ComponentVersionRow {
    pub component_version_id: i32,
    pub namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub size_bytes: i32,
    pub descriptor: Value,
    #[sqlx(try_from = "&'a str")]
    pub status: VersionStatus,
    /// No host starts its code.
    pub is_quarantined: bool,
    #[sqlx(json(nullable))]
    pub compat_report: Option<CompatReport>,
    /// Requested capabilities that are not approved.
    pub unapproved: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// When its bytes were removed, if they were: new tasks don't take it.
    pub collected_at: Option<DateTime<Utc>>,
}

impl ComponentVersionRow {
    pub fn state(&self) -> VersionState {
        VersionState {
            status: self.status,
            is_quarantined: self.is_quarantined,
            is_collected: self.collected_at.is_some(),
        }
    }
}

impl Store {
    /// Stores the upload unless its version exists; in both cases returns the stored version
    /// then, and whether this call made it; `None` if the component has changed since `decided_at`: then nothing
    /// changed. One transaction: nothing is visible before all is.
    pub async fn publish_component(
        &self,
        new: &NewComponentVersion<'_>,
    ) -> Result<Option<(ComponentVersionRow, bool)>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        super::signature::lock_digest(&mut tx, new.digest).await?;
        let namespace_id = ensure_namespace(&mut tx, new.namespace).await?;
        let component_id = ensure_component(&mut tx, namespace_id, new.component).await?;
        ensure_blob(&mut tx, new.digest, new.bytes).await?;
        let created = insert_version(&mut tx, component_id, new).await?;
        if created {
            audit::record(&mut tx, &published(new)).await?;
            let namespaces = super::generation::revise_components(&mut tx, new.digest).await?;
            if has_moved(&mut tx, component_id, new.decided_at).await? {
                return Ok(None);
            }
            super::generation::advance(&mut tx, namespaces.iter().map(String::as_str)).await?;
        }
        tx.commit().await?;
        let row = self
            .component_version(new.namespace, new.component, new.version)
            .await?;
        Ok(Some((row.ok_or(sqlx::Error::RowNotFound)?, created)))
    }

    /// One version of a component.
    pub async fn component_version(
        &self,
        namespace: &Name,
        component: &Name,
        version: &Version,
    ) -> Result<Option<ComponentVersionRow>, DatabaseError> {
        let row = sqlx::query_as(VERSION)
            .bind(namespace.as_str())
            .bind(component.as_str())
            .bind(version.to_string())
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// These versions of components, as far as they exist; `None` where they have more than so many bytes of
    /// descriptors.
    pub async fn component_versions_named(
        &self,
        versions: &[(QualifiedName, Version)],
        max_bytes: usize,
    ) -> Result<Option<Vec<ComponentVersionRow>>, DatabaseError> {
        let mut rows = sqlx::query_as("select * from tasker.component_versions_named($1, $2, $3)")
            .bind(column(versions, |(of, _)| of.namespace.as_str()))
            .bind(column(versions, |(of, _)| of.name.as_str()))
            .bind(column(versions, |(_, version)| version.to_string()))
            .fetch(self.pool());
        let (mut found, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let row: ComponentVersionRow = row;
            bytes += row.descriptor.to_string().len();
            if bytes > max_bytes {
                return Ok(None);
            }
            found.push(row);
        }
        Ok(Some(found))
    }

    /// The digest of the bytes of a version.
    pub async fn component_digest(
        &self,
        component_version_id: i32,
    ) -> Result<Digest, DatabaseError> {
        let digest: Vec<u8> = sqlx::query_scalar(
            "select digest from tasker.component_version where component_version_id = $1",
        )
        .bind(component_version_id)
        .fetch_one(self.pool())
        .await?;
        let corrupt = |error| DatabaseError::Corrupt(format!("digest of a component: {error}"));
        Digest::try_from(digest).map_err(corrupt)
    }
}

const VERSION: &str = "
    select v.component_version_id, n.name as namespace, c.name as component, v.version, v.digest,
           v.size_bytes, v.descriptor, v.status::text as status, v.compat_report, v.unapproved, v.created_at,
           v.collected_at, exists (select from tasker.quarantine q where q.digest = v.digest) as is_quarantined
    from tasker.namespace n
    join tasker.component c using (namespace_id)
    join tasker.component_version v using (component_id)
    where n.name = $1 and c.name = $2 and v.version = $3";

async fn ensure_component(
    tx: &mut Connection,
    namespace_id: i32,
    name: &Name,
) -> Result<i32, DatabaseError> {
    sqlx::query(
        "insert into tasker.component (namespace_id, name) values ($1, $2) on conflict do nothing",
    )
    .bind(namespace_id)
    .bind(name.as_str())
    .execute(&mut *tx)
    .await?;
    let id = sqlx::query_scalar(
        "select component_id from tasker.component where namespace_id = $1 and name = $2",
    )
    .bind(namespace_id)
    .bind(name.as_str())
    .fetch_one(tx)
    .await?;
    Ok(id)
}

/// True if others changed the component, which this transaction revised once.
async fn has_moved(
    tx: &mut Connection,
    component_id: i32,
    decided_at: i64,
) -> Result<bool, DatabaseError> {
    let now: i64 =
        sqlx::query_scalar("select revision from tasker.component where component_id = $1")
            .bind(component_id)
            .fetch_one(tx)
            .await?;
    Ok(now != decided_at + 1)
}

/// Asks first, so that bytes which are there already do not travel again. Locks them, so that they
/// are not collected before the version that needs them is there.
pub(crate) async fn ensure_blob(
    tx: &mut Connection,
    digest: Digest,
    bytes: &[u8],
) -> Result<(), DatabaseError> {
    let existing: Option<i32> =
        sqlx::query_scalar("select 1 from tasker.component_blob where digest = $1 for key share")
            .bind(&digest.as_bytes()[..])
            .fetch_optional(&mut *tx)
            .await?;
    if existing.is_none() {
        sqlx::query(
            "insert into tasker.component_blob (digest, bytes) values ($1, $2) on conflict do nothing",
        )
        .bind(&digest.as_bytes()[..])
        .bind(bytes)
        .execute(tx)
        .await?;
    }
    Ok(())
}

fn published<'a>(new: &NewComponentVersion<'a>) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: new.actor,
        action: "component.publish",
        namespace: Some(new.namespace.as_str()),
        subject: format!("component {}@{}", new.component, new.version),
        reason: "",
        detail: json!({"digest": new.digest, "status": new.status, "unapproved": new.unapproved}),
    }
}

/// True if the version was not there.
async fn insert_version(
    tx: &mut Connection,
    component_id: i32,
    new: &NewComponentVersion<'_>,
) -> Result<bool, DatabaseError> {
    let inserted = sqlx::query(
        "insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor, status, compat_report, unapproved)
         values ($1, $2, $3, $4, $5, $6::text::tasker.version_status, $7, $8) on conflict do nothing",
    )
    .bind(component_id)
    .bind(new.version.to_string())
    .bind(&new.digest.as_bytes()[..])
    .bind(i32::try_from(new.bytes.len()).expect("uploads are far smaller than 2 GiB"))
    .bind(new.descriptor)
    .bind(new.status.into_str())
    .bind(new.compat_report)
    .bind(new.unapproved)
    .execute(tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
