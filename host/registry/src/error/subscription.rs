//! Why a change of a subscription is refused.

use crate::Release;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::name::Name;
use tasker_domain::subscription::{MAX_SUBSCRIPTIONS, SubscriptionState};

/// Why a change of a subscription is refused.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionRefused {
    #[error(
        "namespace {0} has {MAX_SUBSCRIPTIONS} subscriptions, which is the limit; remove some with: tasker subscription rm"
    )]
    TooMany(Name),
    #[error(
        "there is no subscription {namespace}/{name}; list them with: tasker subscription ls {namespace}"
    )]
    Unknown { namespace: Name, name: Name },
    #[error(
        "subscription {namespace}/{name} is {state} and delivers nothing; resume it with: tasker subscription resume {namespace}/{name}"
    )]
    NotActive {
        namespace: Name,
        name: Name,
        state: SubscriptionState,
    },
    #[error(
        "subscription {namespace}/{name} has no dead letter {id}; list them with: tasker subscription dead-letters {namespace}/{name}"
    )]
    UnknownDeadLetter {
        namespace: Name,
        name: Name,
        id: i64,
    },
    #[error(
        "subscription {namespace}/{name} has no run {run}, or keeps it no longer; list them with: tasker subscription runs {namespace}/{name}"
    )]
    UnknownRun {
        namespace: Name,
        name: Name,
        run: i64,
    },
    #[error("{release} has no subscriber `{subscriber}`{}", instead(.existing))]
    UnknownSubscriber {
        subscriber: Name,
        release: Box<Release>,
        existing: Vec<String>,
    },
    /// There is no version of the component that may take events.
    #[error("{0}")]
    NoVersion(String),
}

/// What there is instead, if anything is known.
fn instead(existing: &[String]) -> String {
    match existing {
        [] => String::new(),
        names => format!("; it has {}", names.join(", ")),
    }
}

impl Report for SubscriptionRefused {
    fn report(&self) -> ErrorReport {
        let (class, code) = match self {
            Self::TooMany(_) => (ErrorClass::Refused, "too_many_subscriptions"),
            Self::Unknown { .. } => (ErrorClass::NotFound, "unknown_subscription"),
            Self::NotActive { .. } => (ErrorClass::Refused, "subscription_not_active"),
            Self::UnknownSubscriber { .. } => (ErrorClass::Refused, "unknown_subscriber"),
            Self::NoVersion(_) => (ErrorClass::Refused, "unresolved"),
            Self::UnknownRun { .. } => (ErrorClass::NotFound, "unknown_run"),
            Self::UnknownDeadLetter { .. } => (ErrorClass::NotFound, "unknown_dead_letter"),
        };
        ErrorReport::new(class, code)
    }
}
