//! Components and templates with their versions, as lists have them.

use super::catalog::{Catalog, Selection, stored};
use super::{Registry, RegistryError};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::Serialize;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::resolve::{Candidate, Ineligible};

/// A component or template with its versions.
#[derive(Debug)]
pub struct ListedFamily {
    pub namespace: String,
    pub name: String,
    /// The highest first.
    pub versions: Vec<Version>,
    /// What a new task of its own namespace takes that asks for no version.
    pub latest: Option<Version>,
    /// The versions that such a task may not take.
    pub ineligible: IneligibleCounts,
    pub created_at: DateTime<Utc>,
}

/// How many versions new tasks may not take, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IneligibleCounts {
    #[serde(skip_serializing_if = "is_zero")]
    pub yanked: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub needs_approval: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub quarantined: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub collected: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub unsigned: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl IneligibleCounts {
    fn of(versions: &[Candidate<i32>]) -> Self {
        let mut counts = Self::default();
        for reason in versions.iter().filter_map(|it| it.ineligible) {
            *match reason {
                Ineligible::Yanked => &mut counts.yanked,
                Ineligible::NeedsApproval => &mut counts.needs_approval,
                Ineligible::Quarantined => &mut counts.quarantined,
                Ineligible::Collected => &mut counts.collected,
                Ineligible::Unsigned => &mut counts.unsigned,
            } += 1;
        }
        counts
    }
}

impl Registry {
    /// Components by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_components(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        self.listed(PinKind::Component, namespace, after, limit)
            .await
    }

    /// Templates by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_templates(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        self.listed(PinKind::Template, namespace, after, limit)
            .await
    }

    async fn listed(
        &self,
        kind: PinKind,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        let rows = self.store.list_families(kind, namespace, after, limit);
        let rows = rows.await?;
        let mut selection = Selection::default();
        let mut targets = Vec::with_capacity(rows.len());
        for row in &rows {
            let target = stored::qualified(&row.namespace, &row.name)?;
            selection.families(kind).insert(target.clone());
            targets.push(target);
        }
        let catalog: Catalog = self.catalog(&selection).await?;
        let listed = rows.into_iter().zip(&targets).map(|(row, target)| {
            let versions = catalog.versions(&target.namespace, kind, target);
            ListedFamily {
                namespace: row.namespace,
                name: row.name,
                versions: versions.iter().map(|it| it.version.clone()).collect(),
                latest: catalog.latest(kind, target),
                ineligible: IneligibleCounts::of(&versions),
                created_at: row.created_at,
            }
        });
        Ok(listed.filter(|it| !it.versions.is_empty()).collect())
    }
}
