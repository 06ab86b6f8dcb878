//! Which versions there are, by number alone.

use super::Store;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::name::Name;

/// A version that exists.
#[derive(Clone, Debug, FromRow)]
pub struct VersionNumber {
    pub version: String,
    /// No host runs its code.
    pub is_quarantined: bool,
}

impl Store {
    /// The versions of a component, in no order; none where it does not exist.
    pub async fn component_numbers(
        &self,
        namespace: &Name,
        component: &Name,
    ) -> Result<Vec<VersionNumber>, DatabaseError> {
        let rows = sqlx::query_as(
            "select v.version, q.digest is not null as is_quarantined
             from tasker.namespace n
             join tasker.component c using (namespace_id)
             join tasker.component_version v using (component_id)
             left join tasker.quarantine q using (digest)
             where n.name = $1 and c.name = $2",
        )
        .bind(namespace.as_str())
        .bind(component.as_str())
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// The versions of a template, in no order; none where it does not exist.
    pub async fn template_numbers(
        &self,
        namespace: &Name,
        template: &Name,
    ) -> Result<Vec<VersionNumber>, DatabaseError> {
        let rows = sqlx::query_as(
            "select v.version, false as is_quarantined
             from tasker.namespace n
             join tasker.template t using (namespace_id)
             join tasker.template_version v using (template_id)
             where n.name = $1 and t.name = $2",
        )
        .bind(namespace.as_str())
        .bind(template.as_str())
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }
}
