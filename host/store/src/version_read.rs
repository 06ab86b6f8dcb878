//! Which versions there are, without what is in them. Nothing here changes anything.

use super::{Store, StoreError};
use tasker_domain::name::Name;

impl Store {
    /// Every version of a component, in no order.
    pub async fn versions_of_component(
        &self,
        namespace: &Name,
        component: &Name,
    ) -> Result<Vec<String>, StoreError> {
        let versions = sqlx::query_scalar(
            "select v.version
             from tasker.namespace n
             join tasker.component c using (namespace_id)
             join tasker.component_version v using (component_id)
             where n.name = $1 and c.name = $2",
        )
        .bind(namespace.as_str())
        .bind(component.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(versions)
    }

    /// Every version of a template, in no order.
    pub async fn versions_of_template(
        &self,
        namespace: &Name,
        template: &Name,
    ) -> Result<Vec<String>, StoreError> {
        let versions = sqlx::query_scalar(
            "select v.version
             from tasker.namespace n
             join tasker.template t using (namespace_id)
             join tasker.template_version v using (template_id)
             where n.name = $1 and t.name = $2",
        )
        .bind(namespace.as_str())
        .bind(template.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(versions)
    }
}
