//! What decides which versions new tasks take, as it is stored: facts, without conclusions.

use super::{RowCount, Store, columns};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgExecutor};
use std::collections::BTreeMap;
use tasker_database::listing::Listing;
use tasker_database::{Connection, DatabaseError, column, listing};
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{VersionState, VersionStatus};
use tasker_engine::sets::RowOf;

/// How often a namespace has changed; 0 if it does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Revisions {
    /// All changes of what new tasks take of it or by it.
    #[sqlx(rename = "revision")]
    pub namespace: i64,
    /// Those of the versions of its components and templates.
    #[sqlx(rename = "families_revision")]
    pub families: i64,
}

/// A namespace by its name.
#[derive(Debug, FromRow)]
pub struct NamespaceRevision {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    #[sqlx(flatten)]
    pub revisions: Revisions,
}

/// What a namespace says about its own tasks and its own components.
#[derive(Debug, FromRow)]
pub struct NamespaceRulesRow {
    #[sqlx(try_from = "String")]
    pub namespace: Name,
    #[sqlx(flatten)]
    pub revisions: Revisions,
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
    pub families_revision: i64,
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
            rules: namespace_rules(&mut *tx, &names).await?,
            versions: family_versions(&mut *tx, kind, std::slice::from_ref(target)).await?,
        })
    }

    /// The revisions under which they were read.
    pub(crate) fn revisions(&self) -> BTreeMap<Name, i64> {
        let rules = self.rules.iter();
        rules
            .map(|row| (row.namespace.clone(), row.revisions.namespace))
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

/// Some components or templates of a namespace.
#[derive(Clone, Debug)]
pub struct FamiliesOf {
    pub namespace: String,
    /// Only those behind this name.
    pub after: Option<String>,
    pub limit: i32,
}

impl Store {
    /// The revisions of these namespaces, as far as they exist. Read them before anything else of a
    /// namespace: what was read under the same revision is the same.
    pub async fn namespace_revisions(
        &self,
        names: &[&str],
    ) -> Result<Vec<NamespaceRevision>, DatabaseError> {
        let query = match names {
            // Of this one PostgreSQL keeps the plan.
            [name] => sqlx::query_as(REVISIONS_OF_ONE).bind(*name),
            names => sqlx::query_as(REVISIONS).bind(names),
        };
        Ok(query.fetch_all(self.pool()).await?)
    }

    /// What these namespaces say; those that do not exist are left out.
    pub async fn namespace_rules(
        &self,
        names: &[&str],
    ) -> Result<Vec<NamespaceRulesRow>, DatabaseError> {
        namespace_rules(self.pool(), names).await
    }

    /// What every namespace says.
    pub async fn every_namespace_rules(&self) -> Result<Vec<NamespaceRulesRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.namespace_rule")
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
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
        let rows = sqlx::query_as("select * from tasker.component_family")
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

    /// Components or templates by (namespace, name), of these namespaces or of all.
    pub async fn list_families(
        &self,
        kind: PinKind,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<FamilyRow>, DatabaseError> {
        self.rows_in(list_of(kind), namespaces, seek).await
    }

    /// How many components or templates these namespaces have, or all have.
    pub async fn count_families(
        &self,
        kind: PinKind,
        namespaces: &[Name],
    ) -> Result<RowCount, DatabaseError> {
        self.count_in(list_of(kind), namespaces).await
    }
}

impl Store {
    /// Components or templates of these namespaces, by key and name.
    pub async fn families_of_namespaces(
        &self,
        kind: PinKind,
        namespaces: &[FamiliesOf],
    ) -> Result<Vec<RowOf<FamilyRow>>, DatabaseError> {
        let query = match kind {
            PinKind::Component => "select * from tasker.components_of_namespaces($1, $2, $3)",
            PinKind::Template => "select * from tasker.templates_of_namespaces($1, $2, $3)",
        };
        let rows = sqlx::query_as(query)
            .bind(column(namespaces, |it| it.namespace.as_str()))
            .bind(column(namespaces, |it| it.after.as_deref()))
            .bind(column(namespaces, |it| it.limit))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

impl Store {
    /// These components or templates, as far as they exist.
    pub async fn families_named(
        &self,
        kind: PinKind,
        families: &[QualifiedName],
    ) -> Result<Vec<FamilyRow>, DatabaseError> {
        let query = match kind {
            PinKind::Component => "select * from tasker.components_named($1, $2)",
            PinKind::Template => "select * from tasker.templates_named($1, $2)",
        };
        let (namespaces, names) = columns(families);
        let query = sqlx::query_as(query).bind(namespaces).bind(names);
        Ok(query.fetch_all(self.pool()).await?)
    }
}

fn list_of(kind: PinKind) -> &'static Listing {
    match kind {
        PinKind::Component => &LIST_COMPONENTS,
        PinKind::Template => &LIST_TEMPLATES,
    }
}

pub(crate) async fn namespace_rules(
    executor: impl PgExecutor<'_>,
    names: &[&str],
) -> Result<Vec<NamespaceRulesRow>, DatabaseError> {
    let rows = sqlx::query_as("select * from tasker.namespace_rules($1)")
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
        PinKind::Component => "select * from tasker.component_families($1, $2)",
        PinKind::Template => "select * from tasker.template_families($1, $2)",
    };
    let query = sqlx::query_as(query).bind(namespaces).bind(names);
    Ok(query.fetch_all(executor).await?)
}

const REVISIONS_OF_ONE: &str =
    "select name as namespace, revision, families_revision from tasker.namespace where name = $1";

const REVISIONS: &str = "select name as namespace, revision, families_revision from tasker.namespace where name = any ($1)";

macro_rules! list_families {
    ($table:literal) => {
        listing! {
            "select n.name as namespace, f.name, f.created_at from " $table
            " f join tasker.namespace n using (namespace_id)
             where ($1::text is null or n.name = $1)
               and ($2::text is null or (n.name, f.name) " > " ($2, $3))
             order by n.name " asc ", f.name " asc "
             limit $4"
        }
    };
}

const LIST_COMPONENTS: Listing = list_families!("tasker.component");

const LIST_TEMPLATES: Listing = list_families!("tasker.template");
