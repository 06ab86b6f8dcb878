//! The types that are derived from the audit: changes that somebody made, each under the name of its action.

use super::{Category, EventType, Member};

/// By name.
pub const OF_AUDIT: [EventType; 56] = [
    of(
        "component.approve",
        "Somebody approved the capabilities that a version requests",
        &[],
    ),
    of(
        "component.collect",
        "The bytes of a version that nothing references were removed",
        &[],
    ),
    of(
        "component.publish",
        "A version of a component was published",
        &["handler.registered"],
    ),
    of(
        "component.quarantine",
        "The bytes of a version were stopped on every host",
        &[],
    ),
    of("component.release", "A quarantine was lifted", &[]),
    of(
        "component.restore",
        "The bytes of a collected version were uploaded again",
        &[],
    ),
    of(
        "component.unyank",
        "A yanked version may be used by new tasks again",
        &[],
    ),
    of(
        "component.yank",
        "New tasks may no longer use a version",
        &["handler.unregistered"],
    ),
    of(
        "grant.add",
        "A namespace granted a capability to a component",
        &[],
    ),
    of("grant.remove", "A grant was removed", &[]),
    of("host.drain", "A host was told to claim nothing more", &[]),
    of("host.resume", "A drained host was told to claim again", &[]),
    of("key.create", "An API key was created", &[]),
    of("key.revoke", "An API key was revoked", &[]),
    of(
        "kv.remove",
        "An operator removed an entry of handlers; its value is not part of the event",
        &[],
    ),
    of(
        "kv.set",
        "An operator set an entry of handlers; its value is not part of the event",
        &[],
    ),
    of("limit.remove", "A limit was removed", &[]),
    of("limit.set", "A limit was set", &[]),
    of("namespace.create", "A namespace was created", &[]),
    of(
        "pin.pause",
        "A rollout was paused, by somebody or by its guard",
        &[],
    ),
    of("pin.remove", "A pin was removed", &[]),
    of("pin.resume", "A paused rollout goes on", &[]),
    of(
        "pin.rollback",
        "A pin was set back to what it was before, by somebody or by the guard of its rollout",
        &[],
    ),
    of(
        "pin.rollout",
        "A rollout of a pin began, or its share changed",
        &[],
    ),
    of("pin.set", "A pin was set", &[]),
    of(
        "queue.limit",
        "The limit of running steps of a namespace was set or removed",
        &[],
    ),
    of("queue.pause", "A namespace was paused in the queue", &[]),
    of(
        "queue.resume",
        "A paused namespace is claimed from again",
        &[],
    ),
    of(
        "queue.weight",
        "The weight of a namespace in the queue was set",
        &[],
    ),
    of(
        "recording_rule.remove",
        "A rule on which attempts are recorded was removed",
        &[],
    ),
    of(
        "recording_rule.set",
        "A rule on which attempts are recorded was set",
        &[],
    ),
    of(
        "retention.remove",
        "A rule of how long finished tasks are kept was removed",
        &[],
    ),
    of(
        "retention.set",
        "A rule of how long finished tasks are kept was set",
        &[],
    ),
    of("secret.remove", "A secret was removed", &[]),
    of(
        "secret.rotate",
        "The secrets were encrypted anew; no value is part of the event",
        &[],
    ),
    of(
        "secret.set",
        "A secret was set; its value is not part of the event",
        &[],
    ),
    of("session.begin", "Somebody signed in with a browser", &[]),
    of("session.end", "Somebody signed out of a browser", &[]),
    of(
        "share.add",
        "A component was shared with a namespace, or with all",
        &[],
    ),
    of("share.remove", "A share was removed", &[]),
    of("signature.add", "A signature of a component was added", &[]),
    of(
        "signing_key.add",
        "A namespace trusts another signing key",
        &[],
    ),
    of(
        "signing_key.remove",
        "A namespace no longer trusts a signing key",
        &[],
    ),
    of(
        "subscription.end",
        "A subscription ended because its receiver answered that it is gone",
        &[],
    ),
    of("subscription.pause", "A subscription was paused", &[]),
    of(
        "subscription.redeliver",
        "Dead letters of a subscription are delivered once more",
        &[],
    ),
    of(
        "subscription.remove",
        "A subscription was removed",
        &["subscriber.unregistered"],
    ),
    of(
        "subscription.replay",
        "A subscription was set to an earlier or later position",
        &[],
    ),
    of(
        "subscription.resume",
        "A paused or ended subscription is delivered to again",
        &[],
    ),
    of(
        "subscription.set",
        "A subscription was made or changed",
        &["subscriber.registered"],
    ),
    of(
        "subscription.test",
        "Somebody asked for a delivery to test a subscription, which has this event delivered whatever it filters",
        &[],
    ),
    of(
        "task.cancel",
        "Somebody asked to cancel tasks; each task that was cancelled has task.cancelled",
        &[],
    ),
    of(
        "task.migrate",
        "Somebody moved tasks to other versions; each task that moved has task.migrated",
        &[],
    ),
    of(
        "template.publish",
        "A version of a template was published",
        &[],
    ),
    of(
        "template.unyank",
        "A yanked version of a template may be used by new tasks again",
        &[],
    ),
    of(
        "template.yank",
        "New tasks may no longer use a version of a template",
        &[],
    ),
];

const fn of(
    name: &'static str,
    when: &'static str,
    predecessor: &'static [&'static str],
) -> EventType {
    EventType {
        name,
        category: Category::Change,
        since: "0.1.0",
        when,
        row: "tasker.audit with this action",
        predecessor,
        members: &[Member::Reason, Member::Detail],
    }
}
