//! Subscriptions of namespaces: set, list, pause, resume, replay, remove; their dead letters and runs.

use super::error::SubscriptionRefused;
use super::{Registry, RegistryError};
use crate::store::RowCount;
use crate::store::subscription::{
    DeadLetterRow, Definition, LoggedRunRow, Start, SubscriberRunRow, SubscriptionChange,
    SubscriptionRow,
};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::subscription::{SubscriptionState, Target};

impl Registry {
    /// Makes a subscription, or changes one, which keeps its position; true if it is new.
    pub async fn set_subscription(
        &self,
        change: SubscriptionChange<'_>,
        definition: &Definition,
        start: Start,
    ) -> Result<(SubscriptionRow, bool), RegistryError> {
        let secrets = &definition.secrets;
        let missing = self.store.missing_secret(change.namespace, secrets).await?;
        if let Some(name) = missing.and_then(|name| name.parse().ok()) {
            return Err(RegistryError::UnknownSecret {
                namespace: change.namespace.clone(),
                name,
            });
        }
        if let Target::Component(subscriber) = &definition.target {
            // Whether there is such a subscriber for events of now.
            let of_now = TaskId::generate();
            self.resolve_subscriber(change.namespace, subscriber, of_now)
                .await?;
        }
        let set = self.store.set_subscription(change, definition, start);
        match set.await? {
            Some(is_new) => {
                let row = self.subscription(change.namespace, change.name).await?;
                Ok((row, is_new))
            }
            None => Err(SubscriptionRefused::TooMany(change.namespace.clone()).into()),
        }
    }

    /// A subscription with how far it is.
    pub async fn subscription(
        &self,
        namespace: &Name,
        name: &Name,
    ) -> Result<SubscriptionRow, RegistryError> {
        let row = self.store.subscription(namespace, name).await?;
        let unknown = || SubscriptionRefused::Unknown {
            namespace: namespace.clone(),
            name: name.clone(),
        };
        Ok(row.ok_or_else(unknown)?)
    }

    /// Subscriptions by namespace and name, of these namespaces or of all.
    pub async fn list_subscriptions(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<SubscriptionRow>, RegistryError> {
        let rows = self.store.list_subscriptions(namespaces, seek);
        Ok(rows.await?)
    }

    /// Removes it with its dead letters.
    pub async fn remove_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<(), RegistryError> {
        match self.store.remove_subscription(change).await? {
            true => Ok(()),
            false => Err(SubscriptionRefused::Unknown {
                namespace: change.namespace.clone(),
                name: change.name.clone(),
            }
            .into()),
        }
    }

    /// Stops deliveries within a second or two; the position is kept.
    pub async fn pause_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<SubscriptionRow, RegistryError> {
        self.store.pause_subscription(change).await?;
        self.subscription(change.namespace, change.name).await
    }

    /// Delivers again from the position on, also to one that has ended.
    pub async fn resume_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<SubscriptionRow, RegistryError> {
        self.store.resume_subscription(change).await?;
        self.subscription(change.namespace, change.name).await
    }

    /// Has an event delivered for a test. One that is not active delivers nothing.
    pub async fn test_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<SubscriptionRow, RegistryError> {
        let row = self.subscription(change.namespace, change.name).await?;
        if row.state != SubscriptionState::Active {
            return Err(SubscriptionRefused::NotActive {
                namespace: change.namespace.clone(),
                name: change.name.clone(),
                state: row.state,
            }
            .into());
        }
        self.store.test_subscription(change).await?;
        Ok(row)
    }

    /// Has it go on from another position.
    pub async fn move_subscription(
        &self,
        change: SubscriptionChange<'_>,
        start: Start,
        from: &str,
    ) -> Result<SubscriptionRow, RegistryError> {
        self.store.move_subscription(change, start, from).await?;
        self.subscription(change.namespace, change.name).await
    }

    /// Dead letters of a subscription by id.
    pub async fn list_dead_letters(
        &self,
        namespace: &Name,
        name: &Name,
        seek: Seek<i64>,
    ) -> Result<Vec<DeadLetterRow>, RegistryError> {
        let of = self.subscription(namespace, name).await?.subscription_id;
        Ok(self.store.list_dead_letters(of, seek).await?)
    }

    /// How many dead letters a subscription has.
    pub async fn count_dead_letters(
        &self,
        namespace: &Name,
        name: &Name,
    ) -> Result<RowCount, RegistryError> {
        let of = self.subscription(namespace, name).await?.subscription_id;
        Ok(self.store.count_dead_letters(of).await?)
    }

    /// The runs of a component for a subscription, by number.
    pub async fn list_subscriber_runs(
        &self,
        namespace: &Name,
        name: &Name,
        seek: Seek<i64>,
    ) -> Result<Vec<SubscriberRunRow>, RegistryError> {
        let of = self.subscription(namespace, name).await?.subscription_id;
        Ok(self.store.list_subscriber_runs(of, seek).await?)
    }

    /// How many runs of a component for a subscription are kept.
    pub async fn count_subscriber_runs(
        &self,
        namespace: &Name,
        name: &Name,
    ) -> Result<RowCount, RegistryError> {
        let of = self.subscription(namespace, name).await?.subscription_id;
        Ok(self.store.count_subscriber_runs(of).await?)
    }

    /// A run of a component for a subscription.
    pub async fn subscriber_run(
        &self,
        namespace: &Name,
        name: &Name,
        run: i64,
    ) -> Result<LoggedRunRow, RegistryError> {
        let of = self.subscription(namespace, name).await?.subscription_id;
        let row = self.store.subscriber_run(of, run).await?;
        row.ok_or_else(|| {
            SubscriptionRefused::UnknownRun {
                namespace: namespace.clone(),
                name: name.clone(),
                run,
            }
            .into()
        })
    }

    /// Has one dead letter, or all, delivered once more; how many.
    pub async fn redeliver(
        &self,
        change: SubscriptionChange<'_>,
        dead_letter_id: Option<i64>,
    ) -> Result<i64, RegistryError> {
        let of = self.subscription(change.namespace, change.name).await?;
        let asked = self
            .store
            .redeliver(change, of.subscription_id, dead_letter_id)
            .await?;
        match (asked, dead_letter_id) {
            (0, Some(id)) => Err(SubscriptionRefused::UnknownDeadLetter {
                namespace: change.namespace.clone(),
                name: change.name.clone(),
                id,
            }
            .into()),
            _ => Ok(asked),
        }
    }
}
