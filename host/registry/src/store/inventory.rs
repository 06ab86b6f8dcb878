//! How much there is, by namespace and in all.

use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, SqlSafeStr};
use std::collections::BTreeMap;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::actor::Actor;
use tasker_domain::inventory::Statistics;
use tasker_domain::name::Name;
use tasker_domain::order::{Direction, Seek};
use tasker_domain::resolve::VersionStatus;

/// A namespace and how much is in it.
#[derive(Debug, FromRow)]
pub struct NamespaceRow {
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub components: i64,
    pub component_versions: i64,
    pub templates: i64,
    pub template_versions: i64,
    pub pins: i64,
    pub open_tasks: i64,
}

/// A component version with what inspection found.
#[derive(Debug, FromRow)]
pub struct DescribedVersionRow {
    pub name: String,
    pub version: String,
    #[sqlx(try_from = "&'a str")]
    pub status: VersionStatus,
    pub is_quarantined: bool,
    /// When its bytes were removed, if they were.
    pub collected_at: Option<DateTime<Utc>>,
    pub descriptor: Value,
}

/// A template version with what it says.
#[derive(Debug, FromRow)]
pub struct DefinedVersionRow {
    pub namespace: String,
    pub name: String,
    pub version: String,
    #[sqlx(try_from = "&'a str")]
    pub status: VersionStatus,
    pub definition: Value,
}

impl Store {
    /// Namespaces by name.
    pub async fn list_namespaces(
        &self,
        seek: Seek<&str>,
    ) -> Result<Vec<NamespaceRow>, DatabaseError> {
        let statement = NAMESPACES.rows(seek.direction);
        self.namespaces(statement, None, seek).await
    }

    /// Those of these namespaces that exist.
    pub async fn namespaces_named(
        &self,
        names: &[String],
    ) -> Result<Vec<NamespaceRow>, DatabaseError> {
        let statement = NAMESPACES.rows(Direction::Ascending);
        let all = Seek::lowest(names.len() as i64);
        self.namespaces(statement, Some(names), all).await
    }

    /// How many namespaces there are.
    pub async fn count_namespaces(&self) -> Result<RowCount, DatabaseError> {
        let counted = self.namespaces(NAMESPACES.count(), None, counting());
        Ok(RowCount::of_rows(&counted.await?))
    }

    /// Namespaces by name, of these names or of all.
    async fn namespaces<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        names: Option<&[String]>,
        seek: Seek<&str>,
    ) -> Result<Vec<R>, DatabaseError> {
        let query = sqlx::query_as(statement)
            .bind(seek.after)
            .bind(seek.limit)
            .bind(names);
        Ok(query.fetch_all(self.pool()).await?)
    }

    /// True if something was ever put into this namespace.
    pub async fn has_namespace(&self, name: &Name) -> Result<bool, DatabaseError> {
        let found =
            sqlx::query_scalar("select exists (select from tasker.namespace where name = $1)")
                .bind(name.as_str())
                .fetch_one(self.pool())
                .await?;
        Ok(found)
    }

    /// The names of namespaces, the newest first, `limit` at most.
    pub async fn namespace_names(&self, limit: i64) -> Result<Vec<String>, DatabaseError> {
        let names = sqlx::query_scalar(
            "select name from tasker.namespace order by namespace_id desc limit $1",
        )
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        Ok(names)
    }

    /// Makes a namespace that nothing is in yet; false if it is there.
    pub async fn create_namespace(
        &self,
        name: &Name,
        actor: &Actor,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let made =
            sqlx::query("insert into tasker.namespace (name) values ($1) on conflict do nothing")
                .bind(name.as_str())
                .execute(&mut *tx)
                .await?;
        if made.rows_affected() == 0 {
            return Ok(false);
        }
        let change = NewAuditEntry {
            actor,
            action: "namespace.create",
            namespace: Some(name.as_str()),
            subject: format!("namespace {name}"),
            reason: "",
            detail: Value::Null,
        };
        audit::record(&mut tx, &change).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// How much there is in all, without the languages.
    pub async fn registry_counts(&self) -> Result<Statistics, DatabaseError> {
        let counts: Json<Statistics> = sqlx::query_scalar(COUNTS).fetch_one(self.pool()).await?;
        Ok(counts.0)
    }

    /// The languages that components say they were written in, the most frequent first, `limit` at
    /// most.
    pub async fn languages(&self, limit: i64) -> Result<BTreeMap<String, i64>, DatabaseError> {
        let rows = sqlx::query_as(LANGUAGES)
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// These versions of components of a namespace, each (component, version), in no order.
    pub async fn described_versions(
        &self,
        namespace: &Name,
        versions: &[(String, String)],
    ) -> Result<Vec<DescribedVersionRow>, DatabaseError> {
        let (names, versions): (Vec<&str>, Vec<&str>) = pairs(versions).unzip();
        let rows = sqlx::query_as(
            "select c.name, v.version, v.status::text as status, v.collected_at,
                    exists (select from tasker.quarantine q where q.digest = v.digest) as is_quarantined,
                    v.descriptor
             from unnest($2::text[], $3::text[]) as wanted (name, version)
             join tasker.namespace n on n.name = $1
             join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.name
             join tasker.component_version v
               on v.component_id = c.component_id and v.version = wanted.version",
        )
        .bind(namespace.as_str())
        .bind(names)
        .bind(versions)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// These versions of templates, each (namespace, template, version), in no order.
    pub async fn defined_versions(
        &self,
        versions: &[(String, String, String)],
    ) -> Result<Vec<DefinedVersionRow>, DatabaseError> {
        let column = |pick: fn(&(String, String, String)) -> &String| {
            versions
                .iter()
                .map(|it| pick(it).as_str())
                .collect::<Vec<_>>()
        };
        let rows = sqlx::query_as(
            "select n.name as namespace, t.name, v.version, v.status::text as status, v.definition
             from unnest($1::text[], $2::text[], $3::text[]) as wanted (namespace, name, version)
             join tasker.namespace n on n.name = wanted.namespace
             join tasker.template t on t.namespace_id = n.namespace_id and t.name = wanted.name
             join tasker.template_version v
               on v.template_id = t.template_id and v.version = wanted.version",
        )
        .bind(column(|it| &it.0))
        .bind(column(|it| &it.1))
        .bind(column(|it| &it.2))
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }
}

fn pairs(versions: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    versions
        .iter()
        .map(|(name, version)| (name.as_str(), version.as_str()))
}

const NAMESPACES: Listing = listing! {
    "select n.name, n.created_at,
           (select count(*) from tasker.component c where c.namespace_id = n.namespace_id) as components,
           (select count(*) from tasker.component c join tasker.component_version v using (component_id)
            where c.namespace_id = n.namespace_id) as component_versions,
           (select count(*) from tasker.template t where t.namespace_id = n.namespace_id) as templates,
           (select count(*) from tasker.template t join tasker.template_version v using (template_id)
            where t.namespace_id = n.namespace_id) as template_versions,
           (select count(*) from tasker.pin p where p.namespace_id = n.namespace_id) as pins,
           coalesce(o.open_tasks, 0) as open_tasks
    from tasker.namespace n
    left join (select k.namespace_id, count(*) as open_tasks from tasker.task k
               where k.finished_at is null group by k.namespace_id) o using (namespace_id)
    where ($1::text is null or n.name " > " $1) and ($3::text[] is null or n.name = any ($3))
    order by n.name " asc "
    limit $2"
};

const COUNTS: &str = "
    select row_to_json(counts) from (
    select (select generation from tasker.registry_generation) as generation,
           (select count(*) from tasker.namespace) as namespaces,
           (select count(*) from tasker.component) as components,
           v.component_versions, v.yanked, v.needs_approval,
           (select count(*) from tasker.quarantine) as quarantined_digests,
           v.uploads,
           (select coalesce(sum(octet_length(bytes)), 0) from tasker.component_blob)::bigint as upload_bytes,
           (select count(*) from tasker.template) as templates,
           (select count(*) from tasker.template_version) as template_versions,
           (select count(*) from tasker.pin) as pins,
           (select count(*) from tasker.lock) as locks,
           (select count(*) from tasker.task where finished_at is null) as open_tasks
    from (select count(*) as component_versions, count(distinct digest) as uploads,
                 count(*) filter (where status = 'yanked') as yanked,
                 count(*) filter (where status = 'needs_approval') as needs_approval
          from tasker.component_version) v) counts";

const LANGUAGES: &str = "
    select language ->> 'name' as name, count(*) as component_versions
    from tasker.component_version v
    cross join lateral jsonb_array_elements(
      coalesce(v.descriptor -> 'provenance' -> 'languages', '[]'::jsonb)) as language
    group by language ->> 'name'
    order by count(*) desc, language ->> 'name'
    limit $1";
