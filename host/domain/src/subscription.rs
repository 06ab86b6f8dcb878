//! Subscriptions: events of a namespace that hosts deliver somewhere, such as to a webhook.

use super::named_enum::named_enum;
use super::requirement::{HandlerRef, RequirementError};
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// Subscriptions of one namespace at most.
pub const MAX_SUBSCRIPTIONS: i64 = 1_000;
/// Secrets that sign the deliveries of one subscription at most.
pub const MAX_SIGNING_SECRETS: usize = 4;
/// Events of one request to a webhook at most.
pub const MAX_BATCH: i16 = 100;
/// The longest target, in bytes.
pub const MAX_TARGET_BYTES: usize = 2_000;
/// Dead letters of one subscription at most; the oldest are dropped.
pub const MAX_DEAD_LETTERS: i32 = 1_000;
/// Of an error, and of the body of an answer that is kept with a dead letter, in bytes.
pub const MAX_KEPT_BYTES: usize = 1_024;
/// Tries of one event; then it is a dead letter.
pub const MAX_DELIVERY_ATTEMPTS: i32 = 12;
/// The longest `Retry-After` that is honoured.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// The type of event that a subscription has delivered to test it, whatever it filters.
pub const TEST: &str = "subscription.test";

/// A state or kind of another release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state or kind of subscriptions that this version knows")]
pub struct SubscriptionError(String);

impl SubscriptionError {
    fn unknown(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Where the events of a subscription go, as `--to` and `to` have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A URL; whether it may be reached is checked where it is used.
    Webhook(String),
    /// A subscriber of a component, written as the handler of a step.
    Component(HandlerRef),
    /// The server of NATS that hosts are set up with.
    Nats,
}

/// Why a text is no target.
#[derive(Debug, thiserror::Error)]
#[error("`{COMPONENT}` is followed by `[NAMESPACE/]COMPONENT/SUBSCRIBER[@REQUIREMENT]`: {0}")]
pub struct TargetError(#[from] RequirementError);

/// The text for NATS.
const NATS: &str = "nats";
/// How the texts for components begin.
const COMPONENT: &str = "component:";

impl Target {
    pub fn kind(&self) -> SubscriptionKind {
        match self {
            Self::Webhook(_) => SubscriptionKind::Webhook,
            Self::Component(_) => SubscriptionKind::Component,
            Self::Nats => SubscriptionKind::Nats,
        }
    }
}

impl TryFrom<&str> for Target {
    type Error = TargetError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        if text == NATS {
            return Ok(Self::Nats);
        }
        match text.strip_prefix(COMPONENT) {
            Some(subscriber) => Ok(Self::Component(subscriber.parse()?)),
            None => Ok(Self::Webhook(text.to_owned())),
        }
    }
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook(url) => f.write_str(url),
            Self::Component(subscriber) => write!(f, "{COMPONENT}{subscriber}"),
            Self::Nats => f.write_str(NATS),
        }
    }
}

named_enum! {
    /// What a subscription delivers to.
    #[derive(strum::Display)]
    #[strum(parse_err_ty = SubscriptionError, parse_err_fn = SubscriptionError::unknown)]
    pub enum SubscriptionKind {
        Webhook,
        Component,
        Nats,
    }
}

named_enum! {
    /// Whether a subscription is delivered to.
    #[derive(strum::Display)]
    #[strum(parse_err_ty = SubscriptionError, parse_err_fn = SubscriptionError::unknown)]
    pub enum SubscriptionState {
        Active,
        /// Somebody paused it; it keeps its position.
        Paused,
        /// Its receiver is gone for good.
        Ended,
    }
}

/// What a change of a subscription is about, in the audit log and in its events.
pub fn subject(name: &str) -> String {
    format!("subscription {name}")
}

/// The beginning of a text, of at most [`MAX_KEPT_BYTES`], as PostgreSQL can store it.
pub fn kept(text: &str) -> String {
    let mut kept = text.replace('\0', "\u{fffd}");
    kept.truncate(kept.floor_char_boundary(MAX_KEPT_BYTES));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_url_a_component_or_nats() {
        let parsed = |text: &str| Target::try_from(text).map(|target| target.to_string());
        for same in [
            "https://example.com/x",
            "nats",
            "component:a/totals/daily@^1.2",
        ] {
            assert_eq!(parsed(same).unwrap(), same);
        }
        assert_eq!(
            parsed("component:totals/daily").unwrap(),
            "component:totals/daily@*"
        );
        let wrong = parsed("component:totals").unwrap_err().to_string();
        assert!(
            wrong.contains("`[NAMESPACE/]COMPONENT/SUBSCRIBER[@REQUIREMENT]`"),
            "{wrong}"
        );
    }

    #[test]
    fn what_is_kept_of_a_text_has_a_bound_and_no_nul() {
        assert_eq!(kept("a\0b"), "a\u{fffd}b");
        assert_eq!(kept(&"ü".repeat(1_000)).len(), MAX_KEPT_BYTES);
    }
}
