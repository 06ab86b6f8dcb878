//! What a handler tells of besides its result: see [`Context::send_event`](crate::Context::send_event).

use crate::Failure;

/// Where events go. Payloads are JSON text.
pub(crate) trait Events {
    fn send_event(&self, name: &str, payload: &str) -> Result<(), EventError>;
}

/// Why an event was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, reason = "only a host refuses")
)]
pub(crate) enum EventError {
    NotGranted,
    Invalid(String),
    Other(String),
}

pub(crate) fn refused(name: &str, error: EventError) -> Failure {
    match error {
        EventError::NotGranted => Failure::permanent(
            "event_not_granted",
            format!("this component was not granted the event `{name}`"),
        ),
        EventError::Invalid(why) => {
            Failure::permanent("event_invalid", format!("event `{name}`: {why}"))
        }
        EventError::Other(why) => {
            Failure::retryable("event_failed", format!("event `{name}`: {why}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Attempt, sent_events};
    use crate::{Retry, json};

    #[test]
    fn a_test_sees_what_was_sent_in_order() {
        let ctx = Attempt::new().context();
        ctx.send_event("orders.charged", json!({"amount": 3}))
            .unwrap();
        ctx.send_event("orders.done", ()).unwrap();
        let sent = sent_events(&ctx);
        assert_eq!(sent[0], ("orders.charged".to_owned(), json!({"amount": 3})));
        assert_eq!(sent[1], ("orders.done".to_owned(), json!(null)));
        assert_eq!(sent.len(), 2);
    }

    #[test]
    fn a_refusal_names_the_event() {
        let failure = refused("orders.charged", EventError::NotGranted);
        assert_eq!(failure.code(), "event_not_granted");
        assert!(failure.message().contains("`orders.charged`"));
        assert_eq!(failure.retry(), Retry::Never);
    }
}
