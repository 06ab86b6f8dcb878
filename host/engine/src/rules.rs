//! What a namespace grants to components and how it limits them, as its attempts are held to it.

use super::Engine;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::bounds::{MAX_GRANTS, MAX_LIMIT_RULES};
use tasker_domain::capability::Capability;
use tasker_domain::limits::LimitSettings;
use tasker_domain::scope::Scope;

/// What attempts of a component may reach.
#[derive(Clone, Debug, FromRow)]
pub struct GrantRule {
    pub grant_id: i64,
    #[sqlx(try_from = "String")]
    pub component: Scope,
    #[sqlx(try_from = "String")]
    pub capability: Capability,
}

/// What attempts of a component may use.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct LimitRule {
    #[sqlx(try_from = "String")]
    pub component: Scope,
    #[sqlx(json)]
    pub limits: LimitSettings,
}

impl Engine {
    /// What a namespace grants: first to all components, then to one each.
    pub async fn grant_rules(&self, namespace: &str) -> Result<Vec<GrantRule>, DatabaseError> {
        let rules = sqlx::query_as(
            "select g.grant_id, g.component, g.capability
             from tasker.grant g
             join tasker.namespace n using (namespace_id)
             where n.name = $1
             order by g.component <> '*', g.grant_id
             limit $2",
        )
        .bind(namespace)
        .bind(MAX_GRANTS)
        .fetch_all(self.pool())
        .await?;
        Ok(rules)
    }

    /// What a namespace limits.
    pub async fn limit_rules(&self, namespace: &str) -> Result<Vec<LimitRule>, DatabaseError> {
        let rules = sqlx::query_as(
            "select r.component, r.limits
             from tasker.limit_rule r
             join tasker.namespace n using (namespace_id)
             where n.name = $1
             order by r.component
             limit $2",
        )
        .bind(namespace)
        .bind(MAX_LIMIT_RULES)
        .fetch_all(self.pool())
        .await?;
        Ok(rules)
    }
}
