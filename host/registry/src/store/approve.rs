//! A version that waited for approval becomes active.

use super::component::ComponentVersionRow;
use super::grant::{self, GrantRow, NewGrant};
use super::namespace::ensure_namespace;
use super::{Addition, Store, generation};
use serde_json::json;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;

/// An operator's agreement.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// Of the version.
    pub namespace: &'a Name,
    /// The grantee of the new capabilities in the version's own namespace.
    pub component: &'a Scope,
    /// What is to be granted with it.
    pub grants: &'a [Capability],
    pub actor: &'a Actor,
    pub reason: &'a str,
}

/// What an approval changed.
#[derive(Clone, Debug)]
pub enum Approved {
    /// The version is active, and these grants are new.
    Active(Vec<GrantRow>),
    /// Somebody else approved it or took it back: nothing changed.
    NotWaiting,
    /// The namespace has no room for what would be granted: nothing changed.
    Full,
}

impl Store {
    /// Makes the version active and adds the grants, in one transaction.
    pub async fn approve_component(
        &self,
        version: &ComponentVersionRow,
        approval: Approval<'_>,
    ) -> Result<Approved, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let activated = sqlx::query(ACTIVATE)
            .bind(version.component_version_id)
            .execute(&mut *tx)
            .await?;
        if activated.rows_affected() == 0 {
            return Ok(Approved::NotWaiting);
        }
        let namespace_id = ensure_namespace(&mut tx, approval.namespace).await?;
        let mut added = Vec::new();
        // In one order, because concurrent grants of the same wait for each other.
        let mut capabilities: Vec<_> = approval.grants.iter().collect();
        capabilities.sort_by_cached_key(|capability| capability.to_string());
        for capability in capabilities {
            let new = NewGrant {
                namespace: approval.namespace,
                component: approval.component,
                capability,
                actor: approval.actor,
                reason: approval.reason,
            };
            match grant::insert(&mut tx, namespace_id, &new).await? {
                Addition::Added(row) => added.push(row),
                Addition::Stood(_) => {}
                Addition::Full => return Ok(Approved::Full),
            }
        }
        audit::record(&mut tx, &change(version, &approval)).await?;
        let namespaces = generation::revise_components(&mut tx, version.digest).await?;
        generation::advance(&mut tx, namespaces.iter().map(String::as_str)).await?;
        tx.commit().await?;
        Ok(Approved::Active(added))
    }
}

fn change<'a>(version: &'a ComponentVersionRow, approval: &Approval<'a>) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: approval.actor,
        action: "component.approve",
        namespace: Some(&version.namespace),
        subject: format!("component {}@{}", version.component, version.version),
        reason: approval.reason,
        detail: json!({"unapproved": version.unapproved, "grants": approval.grants}),
    }
}

const ACTIVATE: &str = "
    update tasker.component_version set status = 'active', unapproved = '{}'
    where component_version_id = $1 and status = 'needs_approval'";
