//! Compatibility of a component for the subscriptions that deliver to it.

use super::CompatChange;
use tasker_domain::descriptor::{Descriptor, SubscriberDescription};

/// All that is different.
pub(crate) fn compare_subscribers(old: &Descriptor, new: &Descriptor) -> Vec<CompatChange> {
    match (old.has_subscribers(), new.has_subscribers()) {
        (false, false) => Vec::new(),
        (false, true) => vec![CompatChange::minor("subscribers", "are exported now")],
        (true, false) => vec![CompatChange::major("subscribers", "are no longer exported")],
        (true, true) => compare_described(old.subscribers.as_deref(), new.subscribers.as_deref()),
    }
}

fn compare_described(
    old: Option<&[SubscriberDescription]>,
    new: Option<&[SubscriberDescription]>,
) -> Vec<CompatChange> {
    match (old, new) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![CompatChange::minor("subscribers", "are described now")],
        (Some(_), None) => vec![CompatChange::major(
            "subscribers",
            "are no longer described",
        )],
        (Some(old), Some(new)) => compare_lists(old, new),
    }
}

fn compare_lists(
    old: &[SubscriberDescription],
    new: &[SubscriberDescription],
) -> Vec<CompatChange> {
    let path = |it: &SubscriberDescription| format!("subscribers.{}", it.name);
    let kept = old
        .iter()
        .filter_map(|it| match new.iter().find(|other| other.name == it.name) {
            None => Some(CompatChange::major(
                path(it),
                "the subscriber is no longer there",
            )),
            Some(other) if other.description != it.description => Some(CompatChange::patch(
                path(it),
                "the description is different",
            )),
            Some(_) => None,
        });
    let is_new = |it: &&SubscriberDescription| old.iter().all(|other| other.name != it.name);
    let added = new.iter().filter(is_new);
    let added = added.map(|it| CompatChange::minor(path(it), "the subscriber is new"));
    kept.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(exports: &[&str], subscribers: Option<&[&str]>) -> Descriptor {
        let subscribers = subscribers.map(|names| {
            let named = names.iter().map(|name| json!({"name": name}));
            named.collect::<Vec<_>>()
        });
        let descriptor = json!({
            "contract": "1.1.0", "handlers": [], "capabilities": [], "imports": [], "exports": exports,
            "subscribers": subscribers,
        });
        serde_json::from_value(descriptor).unwrap()
    }

    fn changes(old: &Descriptor, new: &Descriptor) -> Vec<String> {
        let changes = compare_subscribers(old, new).into_iter();
        changes.map(|change| change.to_string()).collect()
    }

    #[test]
    fn a_subscriber_that_is_gone_is_a_major_change_and_a_new_one_a_minor() {
        let exports = &["tasker:step/subscriber@1.1.0"];
        let old = of(exports, Some(&["a", "b"]));
        let new = of(exports, Some(&["b", "c"]));
        assert_eq!(
            changes(&old, &new),
            [
                "major: subscribers.a: the subscriber is no longer there",
                "minor: subscribers.c: the subscriber is new"
            ]
        );
        assert_eq!(changes(&old, &old), [""; 0]);
        assert_eq!(
            changes(&old, &of(&[], None)),
            ["major: subscribers: are no longer exported"]
        );
        assert_eq!(
            changes(&of(&[], None), &old),
            ["minor: subscribers: are exported now"]
        );
        assert_eq!(
            changes(&old, &of(exports, None)),
            ["major: subscribers: are no longer described"]
        );
    }
}
