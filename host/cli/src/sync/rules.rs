//! What a folder says of rights and limits, and what of it a host has yet to learn.

use super::change::{Action, Change, Op};
use crate::client::pages;
use crate::{CliError, Context, Problem};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tasker_domain::bounds::{MAX_GRANTS, MAX_LIMIT_RULES};
use tasker_domain::capability::Capability;
use tasker_domain::limits::{Limit, LimitPatch, LimitSettings};
use tasker_domain::name::Name;
use tasker_domain::requirement::ComponentRef;
use tasker_domain::scope::Scope;
use tasker_wire::grant::{GrantQuery, ListGrants};
use tasker_wire::limit::ListLimits;
use tasker_wire::page::NamespacePageQuery;

/// `grants.yaml`: what components may reach in tasks of the namespace.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grants {
    /// To every component of the namespace itself.
    namespace: Vec<Capability>,
    /// `charge`, or `other/charge` of another namespace.
    components: BTreeMap<ComponentRef, Vec<Capability>>,
}

/// `limits.yaml`: what attempts may use in tasks of the namespace.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Of everything that its tasks run.
    namespace: LimitSettings,
    /// `charge`, or `other/charge` of another namespace.
    components: BTreeMap<ComponentRef, LimitSettings>,
}

/// One right of one component, as it is written.
type Right = (String, String);

impl Grants {
    /// Refused where a capability does not say enough to be granted.
    pub fn check(&self, path: &Path) -> Result<(), CliError> {
        let all = self
            .namespace
            .iter()
            .chain(self.components.values().flatten());
        match all.clone().find(|capability| !capability.is_grantable()) {
            Some(vague) => {
                let what = format!(
                    "{}: `{vague}` does not say enough to be granted",
                    path.display()
                );
                let help = "name a destination or a value, such as `http api.example.com`";
                Err(Problem::bad_input(what).help(help).into())
            }
            None => Ok(()),
        }
    }

    fn wanted(&self, home: &Name) -> BTreeMap<Right, &Capability> {
        let rights = self.rights(home);
        rights
            .map(|(grantee, it)| ((grantee.to_string(), it.to_string()), it))
            .collect()
    }

    /// What it grants, and to whom.
    pub fn given(&self, home: &Name) -> Vec<(Scope, Capability)> {
        let rights = self.rights(home);
        rights.map(|(grantee, it)| (grantee, it.clone())).collect()
    }

    fn rights(&self, home: &Name) -> impl Iterator<Item = (Scope, &Capability)> {
        let to_all = self
            .namespace
            .iter()
            .map(|capability| (Scope::All, capability));
        let to_one = self
            .components
            .iter()
            .flat_map(|(component, capabilities)| {
                let grantee = Scope::One(component.clone()).within(home);
                capabilities
                    .iter()
                    .map(move |capability| (grantee.clone(), capability))
            });
        to_all.chain(to_one)
    }
}

impl Limits {
    fn wanted(&self, home: &Name) -> BTreeMap<(Scope, Limit), u64> {
        let of_all = self.namespace.iter().map(|it| (Scope::All, it));
        let of_one = self.components.iter().flat_map(|(component, limits)| {
            let limited = Scope::One(component.clone()).within(home);
            limits.iter().map(move |it| (limited.clone(), it))
        });
        let settings = of_all.chain(of_one);
        settings
            .map(|(limited, (limit, value))| ((limited, limit), value))
            .collect()
    }
}

/// Rights to give and, where they are to be pruned, to take. A new value of an environment variable
/// takes the place of the old one by itself.
pub async fn grant_changes(
    namespace: &Name,
    grants: &Grants,
    prune: bool,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let query = GrantQuery {
        namespace: Some(namespace.clone()),
        ..GrantQuery::default()
    };
    let page = pages(&context.client, ListGrants {}, query).await?;
    let mut present: BTreeMap<Right, i64> = BTreeMap::new();
    for grant in page.value.items {
        present.insert((grant.component, grant.capability), grant.id);
    }
    let wanted = grants.wanted(namespace);
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
        if let Some(right) = &replaced {
            present.remove(right);
        }
        count += usize::from(replaced.is_none());
        let subject = format!("grant {component}");
        changes.push(Change {
            obstacle: (count > MAX_GRANTS as usize).then(|| too_many(MAX_GRANTS, "grants")),
            op,
            subject,
            note,
            action: Action::Grant {
                component,
                capability: text,
            },
        });
    }
    let unwanted = present
        .into_iter()
        .filter(|(right, _)| !wanted.contains_key(right));
    changes.extend(
        unwanted
            .filter(|_| prune)
            .map(|((component, note), id)| Change {
                op: Op::Remove,
                subject: format!("grant {component}"),
                note,
                action: Action::Revoke { id },
                obstacle: None,
            }),
    );
    Ok(changes)
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

/// Limits to set and, where they are to be pruned, to remove.
pub async fn limit_changes(
    namespace: &Name,
    limits: &Limits,
    prune: bool,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let query = NamespacePageQuery::of(Some(namespace.clone()));
    let page = pages(&context.client, ListLimits {}, query).await?;
    let mut present: BTreeMap<(Scope, Limit), u64> = BTreeMap::new();
    for rule in page.value.items {
        let settings = rule.limits.iter();
        present.extend(settings.map(|(limit, value)| ((rule.component.clone(), limit), value)));
    }
    let rules = |all: &BTreeMap<(Scope, Limit), u64>| -> BTreeSet<Scope> {
        all.keys().map(|(limited, _)| limited.clone()).collect()
    };
    let wanted = limits.wanted(namespace);
    let mut known = rules(&present);
    let names: BTreeSet<_> = present.keys().chain(wanted.keys()).collect();
    let changes = names.into_iter().filter_map(|name| {
        let (found, value) = (present.get(name).copied(), wanted.get(name).copied());
        let is_due = found != value && (value.is_some() || prune);
        is_due.then(|| {
            known.insert(name.0.clone());
            let is_beyond = known.len() > MAX_LIMIT_RULES as usize && found.is_none();
            Change {
                obstacle: is_beyond.then(|| too_many(MAX_LIMIT_RULES, "rules on limits")),
                ..limit_change(name, found, value)
            }
        })
    });
    Ok(changes.collect())
}

fn too_many(most: impl std::fmt::Display, of: &str) -> String {
    format!("a namespace has {most} {of} at most; give one to `*` in place of many")
}

fn limit_change(
    (limited, limit): &(Scope, Limit),
    found: Option<u64>,
    value: Option<u64>,
) -> Change {
    let shown = |value: u64| limit.show(value);
    let (op, note) = match (found.map(shown), value.map(shown)) {
        (Some(found), Some(value)) => (Op::Change, format!("{found} → {value}")),
        (None, value) => (Op::Add, value.unwrap_or_default()),
        (Some(found), None) => (Op::Remove, found),
    };
    Change {
        op,
        subject: format!("limit {limited} {limit}"),
        note,
        action: Action::Limit {
            component: limited.clone(),
            patch: LimitPatch::from_iter([(*limit, value)]),
        },
        obstacle: None,
    }
}
