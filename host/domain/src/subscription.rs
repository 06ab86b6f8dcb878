//! Subscriptions: events of a namespace that hosts deliver somewhere, such as to a webhook.

use super::named_enum::named_enum;
use std::time::Duration;

/// Subscriptions of one namespace at most.
pub const MAX_SUBSCRIPTIONS: i64 = 1_000;
/// Secrets that sign the deliveries of one subscription at most.
pub const MAX_SIGNING_SECRETS: usize = 4;
/// The longest URL of a webhook, in bytes.
pub const MAX_URL_BYTES: usize = 2_000;
/// Dead letters of one subscription at most; the oldest are dropped.
pub const MAX_DEAD_LETTERS: i32 = 1_000;
/// Of an error, and of the body of an answer that is kept with a dead letter, in bytes.
pub const MAX_KEPT_BYTES: usize = 1_024;
/// Tries of one event; then it is a dead letter.
pub const MAX_DELIVERY_ATTEMPTS: i32 = 12;
/// The longest `Retry-After` that is honoured.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// A state or kind of another release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state or kind of subscriptions that this version knows")]
pub struct SubscriptionError(String);

impl SubscriptionError {
    fn unknown(text: &str) -> Self {
        Self(text.to_owned())
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
    fn what_is_kept_of_a_text_has_a_bound_and_no_nul() {
        assert_eq!(kept("a\0b"), "a\u{fffd}b");
        assert_eq!(kept(&"ü".repeat(1_000)).len(), MAX_KEPT_BYTES);
    }
}
