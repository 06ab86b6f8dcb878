//! Which commands are worth naming: not those that the key may not run.

use std::sync::OnceLock;
use tasker_domain::name::Name;
use tasker_domain::permission::{Action, Permission, Permissions};

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
    let Some(action) = action(noun.unwrap_or(""), verb.unwrap_or("")) else {
        return true;
    };
    match (action, namespace(&words)) {
        (Action::Admin, _) => permissions.allow_everywhere(action),
        (_, Some(namespace)) => permissions.allow(action, &namespace),
        (_, None) => permissions.allow_somewhere(action),
    }
}

/// What a command asks for; none for those that ask no host, or for nothing.
fn action(noun: &str, verb: &str) -> Option<Action> {
    Some(match (noun, verb) {
        ("key", _) => Action::Admin,
        ("component" | "template", "push") | ("namespace", "create") => Action::Publish,
        ("component" | "template", "yank" | "unyank" | "quarantine" | "release")
        | ("task", "upgrade")
        | ("limit" | "kv", "set" | "rm")
        | ("gc", _) => Action::Operate,
        ("grant" | "policy", "add" | "rm") | ("component", "approve") | ("secret", _) => {
            Action::Grant
        }
        ("share", "add" | "rm") => Action::Use,
        ("pin", "ls" | "history") => Action::Read,
        ("pin", _) => Action::Pin,
        ("task", "run" | "cancel") => Action::Run,
        (
            "component" | "template" | "plan" | "registry" | "drain" | "grant" | "limit" | "kv"
            | "share" | "policy" | "task" | "step" | "audit" | "namespace",
            _,
        ) => Action::Read,
        _ => return None,
    })
}

/// The namespace that the command names, if it does.
fn namespace(words: &[&str]) -> Option<String> {
    let named = ["--in", "--namespace"].iter().find_map(|option| {
        let at = words.iter().position(|word| word == option)?;
        words.get(at + 1).copied()
    });
    let of_family = || words.iter().find_map(|word| Some(word.split_once('/')?.0));
    let found = named.or_else(of_family)?;
    found.parse::<Name>().is_ok().then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_to_who_may_run_it() {
        let ci = ["publish in orders", "read in *"].map(|text| text.parse().unwrap());
        let ci = Permissions::new(ci.to_vec());
        for permitted in [
            "tasker component push . --name orders/charge",
            "tasker component show payments/charge",
            "tasker build",
            "tasker task show 0197fd3e-0000-7000-8000-000000000000",
        ] {
            assert!(permits(&ci, permitted), "{permitted}");
        }
        for other in [
            "tasker component push . --name payments/charge",
            "tasker pin set component orders/charge '=1.0.0'",
            "tasker key revoke ci",
            "tasker task run orders/fulfil --input '{}'",
            "tasker grant add orders/charge 'kv a'",
        ] {
            assert!(!permits(&ci, other), "{other}");
        }
    }
}
