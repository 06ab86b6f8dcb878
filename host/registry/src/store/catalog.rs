//! What decides which versions new tasks take, as it is stored: facts, without conclusions.

use super::{Store, columns};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgExecutor};
use std::collections::BTreeMap;
use tasker_database::{Connection, DatabaseError};
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{VersionState, VersionStatus};

/// A namespace, with the number of changes so far of what new tasks take of it or by it.
#[derive(Debug, FromRow)]
pub struct NamespaceRevision {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    pub revision: i64,
}

/// What a namespace says about its own tasks and its own components.
#[derive(Debug, FromRow)]
pub struct NamespaceRulesRow {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    pub revision: i64,
    /// One of these keys has to have signed what its tasks run; all is taken where there is none.
    pub keys: Vec<Vec<u8>>,
    /// What it shares and, in the same order, with which namespaces.
    pub shared: Vec<String>,
    pub shared_with: Vec<String>,
    /// An array of objects with the columns of `tasker.pin`.
    pub pins: Value,
}

/// One version of a component or template.
#[derive(Debug, FromRow)]
pub struct FamilyVersionRow {
    pub namespace_id: i32,
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    pub namespace_revision: i64,
    pub family_id: i32,
    #[sqlx(try_from = "String")]
    pub family: Name,
    /// Counts the changes of a component; none of a template.
    pub revision: Option<i64>,
    pub version_id: i32,
    pub version: String,
    #[sqlx(try_from = "&'a str")]
    status: VersionStatus,
    is_quarantined: bool,
    is_collected: bool,
    /// The public keys that signed its bytes; none of a template.
    pub signers: Vec<Vec<u8>>,
}

impl FamilyVersionRow {
    pub fn state(&self) -> VersionState {
        VersionState {
            status: self.status,
            is_quarantined: self.is_quarantined,
            is_collected: self.is_collected,
        }
    }
}

/// What decides which versions a pin may take and leads to.
#[derive(Debug)]
pub struct PinFacts {
    /// Of the pin's namespace, and of the owner of what is pinned.
    pub rules: Vec<NamespaceRulesRow>,
    /// Of what is pinned.
    pub versions: Vec<FamilyVersionRow>,
}

impl PinFacts {
    /// Reads them within a transaction.
    pub(crate) async fn read(
        tx: &mut Connection,
        namespace: &Name,
        kind: PinKind,
        target: &QualifiedName,
    ) -> Result<Self, DatabaseError> {
        let names = [namespace.as_str(), target.namespace.as_str()];
        Ok(Self {
            rules: namespace_rules(&mut *tx, Some(&names)).await?,
            versions: family_versions(&mut *tx, kind, std::slice::from_ref(target)).await?,
        })
    }

    /// The revisions under which they were read.
    pub(crate) fn revisions(&self) -> BTreeMap<Name, i64> {
        let rules = self.rules.iter();
        rules
            .map(|row| (row.namespace.clone(), row.revision))
            .collect()
    }
}

/// A component or template by its name.
#[derive(Debug, FromRow)]
pub struct FamilyRow {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    #[sqlx(try_from = "String")]
    pub name: Name,
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// The revisions of these namespaces, as far as they exist. Read them before anything else of a
    /// namespace: what was read under the same revision is the same.
    pub async fn namespace_revisions(
        &self,
        names: &[&str],
    ) -> Result<Vec<NamespaceRevision>, DatabaseError> {
        let rows = sqlx::query_as(
            "select name as namespace, revision from tasker.namespace where name = any ($1)",
        )
        .bind(names)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// What these namespaces say, or all; those that do not exist are left out.
    pub async fn namespace_rules(
        &self,
        names: Option<&[&str]>,
    ) -> Result<Vec<NamespaceRulesRow>, DatabaseError> {
        namespace_rules(self.pool(), names).await
    }

    /// Every version of these components or templates, each named once.
    pub async fn family_versions(
        &self,
        kind: PinKind,
        families: &[QualifiedName],
    ) -> Result<Vec<FamilyVersionRow>, DatabaseError> {
        family_versions(self.pool(), kind, families).await
    }

    /// Every version of every component.
    pub async fn every_component_version(&self) -> Result<Vec<FamilyVersionRow>, DatabaseError> {
        let rows = sqlx::query_as(EVERY_COMPONENT_VERSION)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// What a template version says, as publishing stored it.
    pub async fn template_definition(
        &self,
        template_version_id: i32,
    ) -> Result<Value, DatabaseError> {
        let definition = sqlx::query_scalar(
            "select definition from tasker.template_version where template_version_id = $1",
        )
        .bind(template_version_id)
        .fetch_one(self.pool())
        .await?;
        Ok(definition)
    }

    /// What inspection found of each of these component versions, by their ids.
    pub async fn descriptors(&self, versions: &[i32]) -> Result<Vec<(i32, Value)>, DatabaseError> {
        let rows = sqlx::query_as(
            "select component_version_id, descriptor from tasker.component_version
             where component_version_id = any ($1)",
        )
        .bind(versions)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// Components or templates by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_families(
        &self,
        kind: PinKind,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<FamilyRow>, DatabaseError> {
        let (after_namespace, after_name) = after.unzip();
        let list = match kind {
            PinKind::Component => LIST_COMPONENTS,
            PinKind::Template => LIST_TEMPLATES,
        };
        let rows = sqlx::query_as(list)
            .bind(namespace.map(Name::as_str))
            .bind(after_namespace)
            .bind(after_name)
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

pub(crate) async fn namespace_rules(
    executor: impl PgExecutor<'_>,
    names: Option<&[&str]>,
) -> Result<Vec<NamespaceRulesRow>, DatabaseError> {
    let rows = sqlx::query_as(RULES)
        .bind(names)
        .fetch_all(executor)
        .await?;
    Ok(rows)
}

pub(crate) async fn family_versions(
    executor: impl PgExecutor<'_>,
    kind: PinKind,
    families: &[QualifiedName],
) -> Result<Vec<FamilyVersionRow>, DatabaseError> {
    let (namespaces, names) = columns(families);
    let query = match kind {
        PinKind::Component => COMPONENT_VERSIONS,
        PinKind::Template => TEMPLATE_VERSIONS,
    };
    let query = sqlx::query_as(query).bind(namespaces).bind(names);
    Ok(query.fetch_all(executor).await?)
}

const RULES: &str = "
    select n.name as namespace, n.revision,
           array(select k.public_key from tasker.signing_key k
                 where k.namespace_id = n.namespace_id) as keys,
           array(select s.component from tasker.share s
                 where s.namespace_id = n.namespace_id order by s.share_id) as shared,
           array(select s.shared_with from tasker.share s
                 where s.namespace_id = n.namespace_id order by s.share_id) as shared_with,
           (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from tasker.pin p
            where p.namespace_id = n.namespace_id) as pins
    from tasker.namespace n
    where $1::text[] is null or n.name = any ($1)";

macro_rules! component_versions {
    ($from:literal) => {
        concat!(
            "select n.namespace_id, n.name as namespace, n.revision as namespace_revision,
                    c.component_id as family_id, c.name as family, c.revision,
                    v.component_version_id as version_id, v.version, v.status::text as status,
                    q.digest is not null as is_quarantined, v.collected_at is not null as is_collected,
                    array(select s.public_key from tasker.signature s where s.digest = v.digest) as signers
             from ",
            $from,
            " join tasker.component_version v using (component_id)
             left join tasker.quarantine q using (digest)"
        )
    };
}

const COMPONENT_VERSIONS: &str = component_versions!(
    "unnest($1::text[], $2::text[]) as wanted (namespace, family)
     join tasker.namespace n on n.name = wanted.namespace
     join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.family"
);

const EVERY_COMPONENT_VERSION: &str =
    component_versions!("tasker.namespace n join tasker.component c using (namespace_id)");

const TEMPLATE_VERSIONS: &str = "
    select n.namespace_id, n.name as namespace, n.revision as namespace_revision,
           t.template_id as family_id, t.name as family, null::bigint as revision,
           v.template_version_id as version_id, v.version, v.status::text as status,
           false as is_quarantined, false as is_collected, '{}'::bytea[] as signers
    from unnest($1::text[], $2::text[]) as wanted (namespace, family)
    join tasker.namespace n on n.name = wanted.namespace
    join tasker.template t on t.namespace_id = n.namespace_id and t.name = wanted.family
    join tasker.template_version v using (template_id)";

macro_rules! list_families {
    ($table:literal) => {
        concat!(
            "select n.name as namespace, f.name, f.created_at from ",
            $table,
            " f join tasker.namespace n using (namespace_id)
             where ($1::text is null or n.name = $1)
               and ($2::text is null or (n.name, f.name) > ($2, $3))
             order by n.name, f.name
             limit $4"
        )
    };
}

const LIST_COMPONENTS: &str = list_families!("tasker.component");

const LIST_TEMPLATES: &str = list_families!("tasker.template");
