//! What is set of subscriptions, beside how far they are.

use super::super::change_error::ChangeError;
use super::{Definition, SubscriptionChange, SubscriptionRow, sql};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::Connection;
use tasker_domain::precondition::{EntityTag, Precondition};
use tasker_domain::subscription::SubscriptionState;

/// What is set of a subscription.
#[derive(FromRow)]
struct SetRow {
    #[sqlx(flatten)]
    definition: Definition,
    #[sqlx(try_from = "&'a str")]
    state: SubscriptionState,
    created_at: DateTime<Utc>,
}

impl SetRow {
    fn tag(&self, namespace: &str, name: &str) -> EntityTag {
        let definition = self.definition.json();
        let state = self.state.to_string();
        EntityTag::of(&(namespace, name, definition, state, self.created_at))
    }
}

impl SubscriptionRow {
    /// Stands for what is set, and not for how far it is.
    pub fn tag(&self) -> EntityTag {
        let set = SetRow {
            definition: self.definition.clone(),
            state: self.state,
            created_at: self.created_at,
        };
        set.tag(&self.namespace, &self.name)
    }
}

impl SubscriptionChange<'_> {
    /// Refuses a change of a subscription that is not as the caller knows it, which is locked until the transaction
    /// ends.
    pub(super) async fn check(&self, tx: &mut Connection) -> Result<(), ChangeError> {
        if *self.only_if == Precondition::NONE {
            return Ok(());
        }
        let row: Option<SetRow> = sqlx::query_as(sql::LOCK)
            .bind(self.namespace.as_str())
            .bind(self.name.as_str())
            .fetch_optional(tx)
            .await?;
        let tag = row.map(|row| row.tag(self.namespace.as_str(), self.name.as_str()));
        Ok(self.only_if.check(tag.as_ref())?)
    }
}
