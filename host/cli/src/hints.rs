//! Which commands are worth naming: not those that the key may not run.

use std::sync::OnceLock;
use tasker_domain::name::Name;
use tasker_domain::permission::{Permission, Permissions};
use tasker_wire::analytics::ShowPerformance;
use tasker_wire::audit::ListAudit;
use tasker_wire::collection::CollectVersions;
use tasker_wire::component::{ApproveComponent, PublishComponent, ShowComponent, YankComponent};
use tasker_wire::endpoint::{Endpoint as _, Needs, Scope};
use tasker_wire::grant::{AddGrant, ListGrants};
use tasker_wire::host::{DrainHost, ListHosts};
use tasker_wire::key::CreateKey;
use tasker_wire::kv::{ListKv, SetKv};
use tasker_wire::limit::{ChangeLimits, ListLimits};
use tasker_wire::migration::MigrateTasks;
use tasker_wire::namespace::CreateNamespace;
use tasker_wire::pin::{SetPin, ShowPinHistory};
use tasker_wire::quarantine::ReleaseComponent;
use tasker_wire::queue::{ChangeQueue, ListQueue};
use tasker_wire::recording_rule::{ListRecordingRules, SetRecordingRule};
use tasker_wire::retention::{ListRetention, SetRetention};
use tasker_wire::secret::SetSecret;
use tasker_wire::share::{AddShare, ListShares};
use tasker_wire::signature::{AddSigningKey, ListSigningKeys};
use tasker_wire::task::{CancelTask, ShowTask};
use tasker_wire::template::{PublishTemplate, ShowTemplate, YankTemplate};

/// What the host said that the key may do; not set where that is everything.
static PERMISSIONS: OnceLock<Permissions> = OnceLock::new();

/// Keeps what an answer of the host says of the key.
pub fn know(permissions: &str) {
    let entries = permissions.split("; ").map(str::parse::<Permission>);
    if let Ok(entries) = entries.collect::<Result<Vec<_>, _>>() {
        PERMISSIONS.get_or_init(|| Permissions::new(entries));
    }
}

/// False for a command that the host would refuse this key.
pub fn is_permitted(command: &str) -> bool {
    let permissions = PERMISSIONS.get();
    permissions.is_none_or(|permissions| permits(permissions, command))
}

fn permits(permissions: &Permissions, command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    let (noun, verb) = (words.get(1).copied(), words.get(2).copied());
    let Some(Needs { action, scope }) = needs(noun.unwrap_or(""), verb.unwrap_or("")) else {
        return true;
    };
    match (scope, namespace(&words)) {
        (Scope::AllNamespaces, _) => permissions.allow_everywhere(action),
        (_, Some(namespace)) => permissions.allow(action, &namespace),
        (_, None) => permissions.allow_somewhere(action),
    }
}

/// What the endpoint of a command needs; none for those that ask no host, or for nothing.
fn needs(noun: &str, verb: &str) -> Option<Needs> {
    Some(match (noun, verb) {
        ("component", "publish") => PublishComponent::NEEDS,
        ("component", "approve") => ApproveComponent::NEEDS,
        ("component", "yank" | "unyank") => YankComponent::NEEDS,
        ("component", "quarantine" | "release") => ReleaseComponent::NEEDS,
        ("component" | "registry", _) => ShowComponent::NEEDS,
        ("template", "publish") => PublishTemplate::NEEDS,
        ("template", "yank" | "unyank") => YankTemplate::NEEDS,
        ("template", _) => ShowTemplate::NEEDS,
        ("pin", "ls") | ("rollout", "history" | "figures") => ShowPinHistory::NEEDS,
        ("pin" | "rollout", _) => SetPin::NEEDS,
        ("task", "run" | "cancel") => CancelTask::NEEDS,
        ("task", "migrate") => MigrateTasks::NEEDS,
        ("task", _) => ShowTask::NEEDS,
        ("grant", "ls") => ListGrants::NEEDS,
        ("grant", _) => AddGrant::NEEDS,
        ("limit", "ls") => ListLimits::NEEDS,
        ("limit", _) => ChangeLimits::NEEDS,
        ("record", "ls") => ListRecordingRules::NEEDS,
        ("record", _) => SetRecordingRule::NEEDS,
        ("queue", "ls") => ListQueue::NEEDS,
        ("queue", _) => ChangeQueue::NEEDS,
        ("retention", "ls") => ListRetention::NEEDS,
        ("retention", _) => SetRetention::NEEDS,
        ("share", "ls") => ListShares::NEEDS,
        ("share", _) => AddShare::NEEDS,
        ("kv", "ls" | "get") => ListKv::NEEDS,
        ("kv", _) => SetKv::NEEDS,
        ("signing-policy", "ls") => ListSigningKeys::NEEDS,
        ("signing-policy", _) => AddSigningKey::NEEDS,
        ("secret", _) => SetSecret::NEEDS,
        ("namespace", "create") => CreateNamespace::NEEDS,
        ("host", "ls") => ListHosts::NEEDS,
        ("host", _) => DrainHost::NEEDS,
        ("key", _) => CreateKey::NEEDS,
        ("gc", _) => CollectVersions::NEEDS,
        ("audit", _) => ListAudit::NEEDS,
        ("stats", _) => ShowPerformance::NEEDS,
        _ => return None,
    })
}

/// The namespace that the command names, if it does.
fn namespace(words: &[&str]) -> Option<String> {
    let other = words.iter().position(|word| *word == "--in");
    let other = other.and_then(|at| words.get(at + 1).copied());
    let of_name = || words.iter().find_map(|word| Some(word.split_once('/')?.0));
    let alone = || match words {
        [
            _,
            "registry" | "audit" | "signing-policy" | "queue",
            _,
            name,
            ..,
        ]
        | [_, _, "ls", name, ..] => Some(*name),
        _ => None,
    };
    let found = other.or_else(of_name).or_else(alone)?;
    let is_name = !found.starts_with('-') && found.parse::<Name>().is_ok();
    is_name.then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_to_who_may_run_it() {
        let ci = ["publish in orders", "read in *"].map(|text| text.parse().unwrap());
        let ci = Permissions::new(ci.to_vec());
        for permitted in [
            "tasker component publish . --name orders/charge",
            "tasker component show payments/charge",
            "tasker build",
            "tasker task show 0197fd3e-0000-7000-8000-000000000000",
        ] {
            assert!(permits(&ci, permitted), "{permitted}");
        }
        for other in [
            "tasker component publish . --name payments/charge",
            "tasker pin set component orders/charge '=1.0.0'",
            "tasker key revoke ci",
            "tasker task run orders/fulfil --input '{}'",
            "tasker grant add orders/charge 'kv a'",
        ] {
            assert!(!permits(&ci, other), "{other}");
        }
    }
}
