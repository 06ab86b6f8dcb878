//! What the audit calls the changes that it has.

/// Every action that is written down, by its object.
pub const ACTIONS: [&str; 56] = [
    "component.approve",
    "component.collect",
    "component.publish",
    "component.quarantine",
    "component.release",
    "component.restore",
    "component.unyank",
    "component.yank",
    "grant.add",
    "grant.remove",
    "host.drain",
    "host.resume",
    "key.create",
    "key.revoke",
    "kv.remove",
    "kv.set",
    "limit.remove",
    "limit.set",
    "namespace.create",
    "pin.pause",
    "pin.remove",
    "pin.resume",
    "pin.rollback",
    "pin.rollout",
    "pin.set",
    "queue.limit",
    "queue.pause",
    "queue.resume",
    "queue.weight",
    "recording_rule.remove",
    "recording_rule.set",
    "retention.remove",
    "retention.set",
    "secret.remove",
    "secret.rotate",
    "secret.set",
    "session.begin",
    "session.end",
    "share.add",
    "share.remove",
    "signature.add",
    "signing_key.add",
    "signing_key.remove",
    "subscription.end",
    "subscription.pause",
    "subscription.redeliver",
    "subscription.remove",
    "subscription.replay",
    "subscription.resume",
    "subscription.set",
    "subscription.test",
    "task.cancel",
    "task.migrate",
    "template.publish",
    "template.unyank",
    "template.yank",
];

/// True for an action that is written down, and for the object of some.
pub fn is_action(text: &str) -> bool {
    !actions(text).is_empty()
}

/// The actions that are meant: one, or all of an object.
pub fn actions(text: &str) -> Vec<&'static str> {
    let of_object = |action: &str| action.split_once('.').is_some_and(|(of, _)| of == text);
    let meant = ACTIONS
        .into_iter()
        .filter(|action| *action == text || of_object(action));
    meant.collect()
}
