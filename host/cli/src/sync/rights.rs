//! What the caller may do, asked before anything is changed.

use super::change::{Action as Made, Change};
use crate::units::joined;
use crate::{Context, Result};
use tasker_domain::name::Name;
use tasker_domain::permission::Action;

/// Marks the changes that the host would refuse this caller.
pub async fn check(namespace: &Name, changes: &mut [Change], context: &Context) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let access = context.client.access().await?;
    for change in changes {
        let action = needed(&change.action);
        if access.permissions.allow(action, namespace.as_str()) {
            continue;
        }
        let mine = format!("{} may not {action} in {namespace}", access.actor);
        let all = change.obstacle.take().into_iter().chain([mine]);
        change.obstacle = Some(joined(all, "\n"));
    }
    Ok(())
}

fn needed(made: &Made) -> Action {
    match made {
        Made::Component { .. } | Made::Template { .. } => Action::Publish,
        Made::Pin { .. } => Action::Pin,
        Made::Grant { .. } | Made::Revoke { .. } => Action::Grant,
        Made::Limit { .. } => Action::Operate,
    }
}
