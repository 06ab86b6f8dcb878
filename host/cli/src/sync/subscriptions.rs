//! What a folder says of subscriptions, and what of it a host has yet to learn.

use super::change::{Action, Change, Op};
use crate::{Context, Result};
use reqwest::Url;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::subscription::{MAX_SUBSCRIPTIONS, Target};
use tasker_domain::tag::Tag;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::secret::ListSecrets;
use tasker_wire::subscription::{ListSubscriptions, NewSubscription, Subscription};

/// `subscriptions.yaml`: where events of the namespace go, by the name of the subscription.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Subscriptions(BTreeMap<Name, Wanted>);

/// As the API has it, without a position: a new one begins at the sync.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Wanted {
    to: String,
    #[serde(default)]
    secrets: Vec<Name>,
    batch: Option<i16>,
    types: Option<String>,
    template: Option<Name>,
    task: Option<TaskId>,
    step: Option<Name>,
    handler: Option<Name>,
    tag: Option<Tag>,
}

impl Subscriptions {
    /// Subscriptions to set and, where they are to be pruned, to remove.
    pub async fn changes(
        &self,
        home: &Name,
        prune: bool,
        context: &Context,
    ) -> Result<Vec<Change>> {
        let query = NamespacePageQuery::of(Some(home.clone()));
        let found = context.all(ListSubscriptions {}, query.clone()).await?;
        let found = found.value.items.into_iter();
        let mut present: BTreeMap<String, Subscription> =
            found.map(|it| (it.name.clone(), it)).collect();
        let mut count = present.len();
        let mut changes = Vec::new();
        for (name, wanted) in &self.0 {
            let op = match present.remove(name.as_str()) {
                Some(found) if wanted.is(&found) => continue,
                Some(_) => Op::Change,
                None => Op::Add,
            };
            count += usize::from(op == Op::Add);
            let is_beyond = count > MAX_SUBSCRIPTIONS as usize;
            let obstacle = is_beyond
                .then(|| format!("a namespace has {MAX_SUBSCRIPTIONS} subscriptions at most"));
            changes.push(wanted.set(name, op).hindered(obstacle));
        }
        if !changes.is_empty() {
            let secrets = context.all(ListSecrets {}, query).await?.value.items;
            let secrets: BTreeSet<String> = secrets.into_iter().map(|it| it.name).collect();
            changes = changes
                .into_iter()
                .map(|change| without_secret(home, change, &secrets))
                .collect();
        }
        let gone = present.into_iter().filter(|_| prune);
        changes.extend(gone.filter_map(|(name, found)| {
            let name: Name = name.parse().ok()?;
            let about = subject(&name);
            Some(Change::new(
                Op::Remove,
                about,
                found.to,
                Action::Unsubscribe { name },
            ))
        }));
        Ok(changes)
    }
}

/// Marked where the namespace does not have what signs its deliveries.
fn without_secret(home: &Name, change: Change, secrets: &BTreeSet<String>) -> Change {
    let Action::Subscribe { body, .. } = &change.action else {
        return change;
    };
    let missing = body
        .secrets
        .iter()
        .find(|it| !secrets.contains(it.as_str()));
    let why = missing.map(|it| {
        format!(
            "there is no secret {home}/{it} to sign with; set it: tasker secret set {home}/{it}"
        )
    });
    match why {
        Some(why) => change.hindered(Some(why)),
        None => change,
    }
}

fn subject(name: &Name) -> String {
    format!("subscription {name}")
}

impl Wanted {
    /// True if the host has it so.
    fn is(&self, found: &Subscription) -> bool {
        let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
        let secrets = self.secrets.iter().map(Name::as_str);
        same_target(&self.to, &found.to)
            && secrets.eq(found.secrets.iter().map(String::as_str))
            && self.batch == found.batch
            && self.types == found.types
            && text(&self.template) == found.template
            && self.task == found.task
            && text(&self.step) == found.step
            && text(&self.handler) == found.handler
            && self.tag.as_ref().map(Tag::as_str) == found.tag.as_deref()
    }

    fn set(&self, name: &Name, op: Op) -> Change {
        let note = match &self.types {
            Some(types) => format!("{} {types}", self.to),
            None => self.to.clone(),
        };
        let body = NewSubscription {
            to: self.to.clone(),
            secrets: self.secrets.clone(),
            batch: self.batch,
            types: self.types.clone(),
            template: self.template.clone(),
            task: self.task,
            step: self.step.clone(),
            handler: self.handler.clone(),
            tag: self.tag.clone(),
            ..NewSubscription::default()
        };
        let action = Action::Subscribe {
            name: name.clone(),
            body: Box::new(body),
        };
        Change::new(op, subject(name), note, action)
    }
}

/// The host keeps URLs and components as it reads them.
fn same_target(wanted: &str, found: &str) -> bool {
    wanted == found
        || Url::parse(wanted).is_ok_and(|url| url.as_str() == found)
        || Target::try_from(wanted).is_ok_and(|target| target.to_string() == found)
}
