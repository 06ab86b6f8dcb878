//! What a folder says of rights, limits and recordings, and what of it a host has yet to learn.

use super::change::{Action, Change, Op};
use crate::{Context, Result, refuse};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;
use tasker_domain::bounds::{MAX_GRANTS, MAX_LIMIT_RULES, MAX_RECORDING_RULES};
use tasker_domain::capability::Capability;
use tasker_domain::limits::{Limit, LimitPatch, LimitSettings};
use tasker_domain::name::Name;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::requirement::ComponentRef;
use tasker_domain::scope::Scope;
use tasker_wire::grant::{GrantQuery, ListGrants};
use tasker_wire::limit::ListLimits;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::recording_rule::ListRecordingRules;

/// A file of rules.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules<T> {
    /// Of all: grants to what is of the namespace itself, other rules on what its tasks run.
    namespace: T,
    /// `charge`, or `other/charge` of another namespace.
    components: BTreeMap<ComponentRef, T>,
}

/// `grants.yaml`: what components may reach in tasks of the namespace.
pub type Grants = Rules<Vec<Capability>>;

/// `limits.yaml`: what attempts may use in tasks of the namespace.
pub type Limits = Rules<LimitSettings>;

/// `recordings.yaml`: which attempts in tasks of the namespace are recorded.
pub type Recordings = Rules<Option<RecordingPolicy>>;

/// One right of one component, as it is written.
type Right = (String, String);

impl<T> Rules<T> {
    /// Each rule with what it is about.
    fn scoped(&self, home: &Name) -> impl Iterator<Item = (Scope, &T)> {
        let to_one = self.components.iter().map(|(component, rule)| {
            let scope = Scope::One(component.clone());
            (scope.within(home), rule)
        });
        [(Scope::All, &self.namespace)].into_iter().chain(to_one)
    }
}

impl Grants {
    /// Refused where a capability does not say enough to be granted.
    pub fn check(&self, path: &Path) -> Result<()> {
        let to_one = self.components.values();
        let mut all = [&self.namespace].into_iter().chain(to_one).flatten();
        match all.find(|capability| !capability.is_grantable()) {
            Some(vague) => refuse(
                format!(
                    "{}: `{vague}` does not say enough to be granted",
                    path.display()
                ),
                "name a destination or a value, such as `http api.example.com`",
            ),
            None => Ok(()),
        }
    }

    /// What it grants, and to whom.
    pub fn given(&self, home: &Name) -> Vec<(Scope, Capability)> {
        let rules = self.scoped(home);
        let rights = rules.flat_map(|(scope, capabilities)| {
            let rights = capabilities.iter().cloned();
            rights.map(move |capability| (scope.clone(), capability))
        });
        rights.collect()
    }

    /// Rights to give and, where they are to be pruned, to take. A new value of an environment variable
    /// takes the place of the old one by itself.
    pub async fn changes(
        &self,
        home: &Name,
        prune: bool,
        context: &Context,
    ) -> Result<Vec<Change>> {
        let query = GrantQuery {
            namespaces: vec![home.clone()],
            ..GrantQuery::default()
        };
        let found = context.all(ListGrants {}, query).await?.value.items;
        let present = found.into_iter();
        let present = present.map(|it| ((it.component, it.capability), it.id));
        let mut present: BTreeMap<Right, i64> = present.collect();
        let wanted = self.given(home).into_iter();
        let wanted = wanted.map(|(scope, it)| ((scope.to_string(), it.to_string()), it));
        let wanted: BTreeMap<Right, Capability> = wanted.collect();
        let mut changes = Vec::new();
        let mut count = present.len();
        for (right, capability) in &wanted {
            if present.contains_key(right) {
                continue;
            }
            let (component, text) = right.clone();
            let replaced = replaced_by(capability, &component, &present);
            let (op, note) = match &replaced {
                Some((_, old)) => (Op::Change, format!("{old} → {text}")),
                None => (Op::Add, text.clone()),
            };
            match &replaced {
                Some(right) => drop(present.remove(right)),
                None => count += 1,
            }
            let subject = format!("grant {component}");
            let action = Action::Grant {
                component,
                capability: text,
            };
            let is_beyond = count > MAX_GRANTS as usize;
            let obstacle = is_beyond.then(|| too_many(MAX_GRANTS, "grants"));
            changes.push(Change::new(op, subject, note, action).hindered(obstacle));
        }
        present.retain(|right, _| prune && !wanted.contains_key(right));
        let taken = present.into_iter().map(|((component, note), id)| {
            let subject = format!("grant {component}");
            Change::new(Op::Remove, subject, note, Action::Revoke { id })
        });
        changes.extend(taken);
        Ok(changes)
    }
}

/// The right to the same environment variable with another value, if there is one.
fn replaced_by(
    capability: &Capability,
    component: &str,
    present: &BTreeMap<Right, i64>,
) -> Option<Right> {
    let Capability::Env(name, _) = capability else {
        return None;
    };
    let prefix = format!("env {name}=");
    let is_same = |(of, text): &&Right| of == component && text.starts_with(&prefix);
    present.keys().find(is_same).cloned()
}

impl Limits {
    /// Limits to set and, where they are to be pruned, to remove.
    pub async fn changes(
        &self,
        home: &Name,
        prune: bool,
        context: &Context,
    ) -> Result<Vec<Change>> {
        let query = NamespacePageQuery::of(Some(home.clone()));
        let found = context.all(ListLimits {}, query).await?.value.items;
        let found = found.iter();
        let present = each(found.map(|rule| (rule.component.clone(), &rule.limits)));
        let wanted = each(self.scoped(home));
        let most = (MAX_LIMIT_RULES, "rules on limits");
        let scope = |(scope, _): &(Scope, Limit)| scope.clone();
        Ok(due(&present, &wanted, prune, most, scope, limit_change))
    }
}

impl Recordings {
    /// Rules to set and, where they are to be pruned, to remove.
    pub async fn changes(
        &self,
        home: &Name,
        prune: bool,
        context: &Context,
    ) -> Result<Vec<Change>> {
        let query = NamespacePageQuery::of(Some(home.clone()));
        let found = context.all(ListRecordingRules {}, query).await?.value.items;
        let found = found.iter();
        let present: BTreeMap<Scope, RecordingPolicy> = found
            .map(|rule| (rule.component.clone(), rule.policy()))
            .collect();
        let wanted = self.scoped(home);
        let wanted: BTreeMap<Scope, RecordingPolicy> = wanted
            .filter_map(|(scope, policy)| Some((scope, (*policy)?)))
            .collect();
        let most = (MAX_RECORDING_RULES, "rules on recordings");
        Ok(due(
            &present,
            &wanted,
            prune,
            most,
            Scope::clone,
            recording_change,
        ))
    }
}

/// What is to be set and, where it is to be pruned, to be removed. A namespace has `most` rules at most, each with what it
/// is about: the scope of a name.
fn due<N: Ord, V: Copy + PartialEq>(
    present: &BTreeMap<N, V>,
    wanted: &BTreeMap<N, V>,
    prune: bool,
    (most, of): (i64, &str),
    scope: impl Fn(&N) -> Scope,
    change: impl Fn(&N, Option<V>, Option<V>) -> Change,
) -> Vec<Change> {
    let mut known: BTreeSet<Scope> = present.keys().map(&scope).collect();
    let names: BTreeSet<_> = present.keys().chain(wanted.keys()).collect();
    let changes = names.into_iter().filter_map(|name| {
        let (found, value) = (present.get(name).copied(), wanted.get(name).copied());
        let is_due = found != value && (value.is_some() || prune);
        is_due.then(|| {
            known.insert(scope(name));
            let is_beyond = known.len() as i64 > most && found.is_none();
            let obstacle = is_beyond.then(|| too_many(most, of));
            change(name, found, value).hindered(obstacle)
        })
    });
    changes.collect()
}

/// What a change from one value to another does, and how it is told.
fn told(found: Option<String>, value: Option<String>) -> (Op, String) {
    match (found, value) {
        (Some(found), Some(value)) => (Op::Change, format!("{found} → {value}")),
        (None, value) => (Op::Add, value.unwrap_or_default()),
        (Some(found), None) => (Op::Remove, found),
    }
}

fn recording_change(
    scope: &Scope,
    found: Option<RecordingPolicy>,
    value: Option<RecordingPolicy>,
) -> Change {
    let shown = |policy: RecordingPolicy| policy.to_string();
    let (op, note) = told(found.map(shown), value.map(shown));
    let action = Action::Record {
        component: scope.clone(),
        policy: value,
    };
    Change::new(op, format!("record {scope}"), note, action)
}

/// Each limit by itself.
fn each<'a>(
    rules: impl Iterator<Item = (Scope, &'a LimitSettings)>,
) -> BTreeMap<(Scope, Limit), u64> {
    let limits = rules.flat_map(|(scope, limits)| {
        let limits = limits.iter();
        limits.map(move |(limit, value)| ((scope.clone(), limit), value))
    });
    limits.collect()
}

fn too_many(most: impl Display, of: &str) -> String {
    format!("a namespace has {most} {of} at most; give one to `*` in place of many")
}

fn limit_change((scope, limit): &(Scope, Limit), found: Option<u64>, value: Option<u64>) -> Change {
    let shown = |value: u64| limit.show(value);
    let (op, note) = told(found.map(shown), value.map(shown));
    let action = Action::Limit {
        component: scope.clone(),
        patch: LimitPatch::from_iter([(*limit, value)]),
    };
    Change::new(op, format!("limit {scope} {limit}"), note, action)
}
