//! What a change was, in a few words.

use crate::{pin_name, units};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tasker_domain::limits::LimitSettings;
use tasker_domain::permission::Permissions;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::retention::Retention;
use tasker_wire::pin::{Rollout, RolloutState};

/// Characters of a digest that are shown.
const DIGEST_CHARS: usize = 12;

/// `+ kv c`, `=1.0.0 → =1.1.0`, `memory=64MiB`: what the audit has beside who, when and why. Empty where
/// that says it all.
pub fn made(action: &str, detail: Option<&Value>) -> String {
    let Some(Value::Object(detail)) = detail else {
        return String::new();
    };
    match action {
        "grant.add" => signed("+", detail, "capability"),
        "grant.remove" => signed("-", detail, "capability"),
        "share.add" => signed("+", detail, "shared_with"),
        "share.remove" => signed("-", detail, "shared_with"),
        "limit.set" | "limit.remove" => limits(detail),
        "recording_rule.set" | "recording_rule.remove" => recordings(detail),
        "retention.set" | "retention.remove" => retention(detail),
        "component.approve" => list(detail, "unapproved", "+ "),
        "component.publish" => published(detail),
        "key.create" => key(detail),
        "task.migrate" => migrated(detail),
        "secret.rotate" => rotated(detail),
        _ if action.starts_with("pin.") => pin(detail),
        _ => other(detail),
    }
}

/// A member behind a sign.
fn signed(sign: &str, detail: &Map<String, Value>, name: &str) -> String {
    text(detail, name).map_or_else(String::new, |it| format!("{sign} {it}"))
}

/// A step from one state to another.
fn step(from: &str, to: &str) -> String {
    match (from, to) {
        ("", to) => to.to_owned(),
        (from, "") => format!("{from} → -"),
        (from, to) if from == to => to.to_owned(),
        (from, to) => format!("{from} → {to}"),
    }
}

/// Of a rollout only what it became, where the others take what they took.
fn pin(detail: &Map<String, Value>) -> String {
    let requirement = |name| text(detail, name).map(|it| pin_name::canonical(&it));
    let rollout = |name| {
        let rollout: Option<Rollout> = read(detail, name);
        rollout.map_or_else(String::new, |rollout| {
            let paused = match rollout.state {
                RolloutState::Paused => " paused",
                RolloutState::Running => "",
            };
            let to = rollout.requirement.canonical();
            format!("{to} {}{paused}", rollout.percent)
        })
    };
    let (from, to) = (requirement("from"), requirement("to"));
    let (rollout_from, rollout_to) = (rollout("rollout_from"), rollout("rollout_to"));
    if from == to && !(rollout_from.is_empty() && rollout_to.is_empty()) {
        return format!("rollout {}", step(&rollout_from, &rollout_to));
    }
    let (from, to) = (from.as_deref(), to.as_deref());
    format!("{} → {}", from.unwrap_or("-"), to.unwrap_or("-"))
}

fn limits(detail: &Map<String, Value>) -> String {
    let side = |name| {
        let limits = read::<LimitSettings>(detail, name);
        limits.map(|it| it.to_string()).unwrap_or_default()
    };
    step(&side("before"), &side("after"))
}

fn recordings(detail: &Map<String, Value>) -> String {
    let side = |name| {
        let policy = read::<RecordingPolicy>(detail, name);
        policy.map(|it| it.to_string()).unwrap_or_default()
    };
    step(&side("before"), &side("after"))
}

fn retention(detail: &Map<String, Value>) -> String {
    let side = |name| {
        let retention = read::<Retention>(detail, name);
        retention.map(|it| it.to_string()).unwrap_or_default()
    };
    step(&side("before"), &side("after"))
}

fn published(detail: &Map<String, Value>) -> String {
    let unapproved = list(detail, "unapproved", "+ ");
    match unapproved.is_empty() {
        true => text(detail, "digest").map_or_else(String::new, |it| digest(&it)),
        false => format!("needs approval: {unapproved}"),
    }
}

fn key(detail: &Map<String, Value>) -> String {
    let permissions = read::<Permissions>(detail, "permissions");
    let until = text(detail, "expires_at").map(|at| format!("until {at}"));
    let permissions = permissions.map(|it| it.to_string());
    units::joined(permissions.into_iter().chain(until), ", ")
}

fn migrated(detail: &Map<String, Value>) -> String {
    let moved = read::<Vec<Map<String, Value>>>(detail, "components").unwrap_or_default();
    let moved = moved.iter().map(|component| {
        let [namespace, name, from, to] = ["namespace", "component", "from", "to"]
            .map(|member| text(component, member).unwrap_or_default());
        format!("{namespace}/{name} {from} → {to}")
    });
    let moved = units::joined(moved, ", ");
    let tasks = read::<usize>(detail, "tasks").unwrap_or_default();
    let forced = match read::<bool>(detail, "forced") {
        Some(true) => ", forced",
        Some(false) | None => "",
    };
    format!("{}: {moved}{forced}", units::count(tasks, "task"))
}

fn rotated(detail: &Map<String, Value>) -> String {
    let secrets = read::<usize>(detail, "secrets").unwrap_or_default();
    let key = text(detail, "key_id").unwrap_or_default();
    format!("{} under key {key}", units::count(secrets, "secret"))
}

/// Of an action without words of its own: from what to what, and the rest by name.
fn other(detail: &Map<String, Value>) -> String {
    let has_step = ["from", "to"].iter().any(|name| detail.contains_key(*name));
    let way = has_step.then(|| {
        let side = |name| text(detail, name).unwrap_or_default();
        step(&side("from"), &side("to"))
    });
    let rest = detail
        .keys()
        .filter(|name| !["from", "to"].contains(&name.as_str()));
    let rest = rest.filter_map(|name| {
        let value = text(detail, name)?;
        Some(match name.as_str() {
            "digest" => digest(&value),
            _ => format!("{name}={value}"),
        })
    });
    units::joined(way.into_iter().chain(rest), " ")
}

fn digest(text: &str) -> String {
    let digits = text.trim_start_matches("sha256:");
    digits.chars().take(DIGEST_CHARS).collect()
}

fn list(detail: &Map<String, Value>, name: &str, lead: &str) -> String {
    let items = read::<Vec<String>>(detail, name).unwrap_or_default();
    let items = items.iter().map(|item| format!("{lead}{item}"));
    units::joined(items, ", ")
}

/// A text or a number; none for null and for what has parts.
fn text(detail: &Map<String, Value>, name: &str) -> Option<String> {
    match detail.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn read<T: DeserializeOwned>(detail: &Map<String, Value>, name: &str) -> Option<T> {
    serde_json::from_value(detail.get(name)?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[track_caller]
    fn told(changes: impl IntoIterator<Item = (&'static str, Value, &'static str)>) {
        for (action, detail, expected) in changes {
            assert_eq!(made(action, Some(&detail)), expected, "{action} {detail}");
        }
    }

    #[test]
    fn what_namespaces_say_is_told_from_what_to_what() {
        let rollout = json!({"requirement": "=1.1.0", "percent": 10, "state": "running"});
        let paused = json!({"requirement": "=1.1.0", "percent": 10, "state": "paused"});
        told([
            (
                "grant.add",
                json!({"grant_id": 1, "capability": "kv c"}),
                "+ kv c",
            ),
            (
                "grant.remove",
                json!({"grant_id": 1, "capability": "kv c"}),
                "- kv c",
            ),
            (
                "pin.set",
                json!({"from": null, "to": "=1.0.0"}),
                "- → =1.0.0",
            ),
            (
                "pin.remove",
                json!({"from": "=1.0.0", "to": null}),
                "=1.0.0 → -",
            ),
            (
                "pin.rollout",
                json!({"from": "=1.0.0", "to": "=1.0.0", "rollout_to": rollout}),
                "rollout =1.1.0 10 %",
            ),
            (
                "pin.pause",
                json!({"from": "=1.0.0", "to": "=1.0.0", "rollout_from": rollout, "rollout_to": paused}),
                "rollout =1.1.0 10 % → =1.1.0 10 % paused",
            ),
            (
                "pin.rollback",
                json!({"from": "=1.0.0", "to": "=1.0.0", "rollout_from": rollout}),
                "rollout =1.1.0 10 % → -",
            ),
            (
                "limit.set",
                json!({"before": {}, "after": {"memory": "64MiB"}}),
                "memory=64MiB",
            ),
            (
                "limit.remove",
                json!({"before": {"memory": "64MiB"}, "after": {}}),
                "memory=64MiB → -",
            ),
            ("secret.set", json!({"from": null, "to": 1}), "1"),
            ("secret.set", json!({"from": 1, "to": 2}), "1 → 2"),
            ("secret.remove", json!({"from": 2, "to": null}), "2 → -"),
            (
                "secret.rotate",
                json!({"key_id": "ab12", "secrets": 3}),
                "3 secrets under key ab12",
            ),
            ("kv.set", json!({"version": 3}), "version=3"),
            ("kv.remove", json!({"version": null}), ""),
        ]);
    }

    #[test]
    fn rules_on_recordings_are_told_from_what_to_what() {
        told([
            (
                "recording_rule.set",
                json!({"before": {"percent": 10.0, "only_failures": false},
                       "after": {"percent": 0.1, "only_failures": true}}),
                "10 % → 0.1 % only failures",
            ),
            (
                "recording_rule.remove",
                json!({"before": {"percent": 1, "only_failures": false}, "after": null}),
                "1 % → -",
            ),
        ]);
    }

    #[test]
    fn what_happens_to_versions_keys_and_tasks_is_told() {
        told([
            (
                "component.yank",
                json!({"from": "active", "to": "yanked"}),
                "active → yanked",
            ),
            (
                "component.publish",
                json!({"digest": DIGEST, "status": "active", "unapproved": []}),
                "0123456789ab",
            ),
            (
                "component.publish",
                json!({"digest": DIGEST, "status": "needs_approval", "unapproved": ["kv c"]}),
                "needs approval: + kv c",
            ),
            (
                "component.approve",
                json!({"unapproved": ["kv c", "env A"], "grants": []}),
                "+ kv c, + env A",
            ),
            (
                "component.quarantine",
                json!({"digest": DIGEST}),
                "0123456789ab",
            ),
            ("key.revoke", json!({"prefix": "tk_1"}), "prefix=tk_1"),
            ("signing_key.remove", json!({"name": "ci"}), "name=ci"),
            (
                "task.migrate",
                json!({"tasks": 2, "forced": true, "components":
                    [{"namespace": "a", "component": "b", "from": "1.0.0", "to": "1.1.0"}]}),
                "2 tasks: a/b 1.0.0 → 1.1.0, forced",
            ),
            ("task.cancel", Value::Null, ""),
        ]);
        assert_eq!(made("task.cancel", None), "");
    }
}
