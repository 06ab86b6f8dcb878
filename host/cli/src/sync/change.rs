//! One change that a sync makes.

use crate::units::joined;
use crate::{Reference, Tone};
use serde::Serialize;
use std::path::PathBuf;
use tasker_domain::limits::LimitPatch;
use tasker_domain::name::Name;
use tasker_domain::permission;
use tasker_domain::pin::PinKind;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::scope::Scope;
use tasker_wire::access::Access;
use tasker_wire::subscription::NewSubscription;

pub struct Change {
    pub op: Op,
    /// Such as `component orders/charge@1.5.0`.
    pub subject: String,
    /// What more a person wants to know of it.
    pub note: String,
    pub action: Action,
    /// Why it cannot be made, and how to mend that.
    pub obstacle: Option<String>,
}

/// What is left as it is though the folder does not say all of it.
#[derive(Serialize)]
pub struct Kept {
    pub subject: String,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Add,
    Change,
    Remove,
}

/// What makes the change.
pub enum Action {
    Component {
        release: Reference,
        path: PathBuf,
    },
    Template {
        release: Reference,
        source: String,
        path: PathBuf,
        /// Also where no task could run yet.
        allow_missing: bool,
    },
    /// None: the pin goes.
    Pin {
        pin: PinName,
        requirement: Option<String>,
    },
    Grant {
        component: String,
        capability: String,
    },
    /// The grant of this id goes.
    Revoke {
        id: i64,
    },
    Limit {
        component: Scope,
        patch: LimitPatch,
    },
    /// None: the rule goes.
    Record {
        component: Scope,
        policy: Option<RecordingPolicy>,
    },
    Subscribe {
        name: Name,
        body: Box<NewSubscription>,
    },
    Unsubscribe {
        name: Name,
    },
}

/// Kind and target.
pub type PinName = (PinKind, String);

impl Action {
    /// What the caller has to be permitted for it.
    fn needs(&self) -> permission::Action {
        match self {
            Self::Component { .. } | Self::Template { .. } => permission::Action::Publish,
            Self::Pin { .. } => permission::Action::Pin,
            Self::Grant { .. }
            | Self::Revoke { .. }
            | Self::Subscribe { .. }
            | Self::Unsubscribe { .. } => permission::Action::Grant,
            Self::Limit { .. } | Self::Record { .. } => permission::Action::Operate,
        }
    }
}

impl Change {
    /// One that nothing hinders.
    pub fn new(op: Op, subject: String, note: String, action: Action) -> Self {
        Self {
            op,
            subject,
            note,
            action,
            obstacle: None,
        }
    }

    /// The same where something does.
    pub fn hindered(self, obstacle: Option<String>) -> Self {
        Self { obstacle, ..self }
    }

    /// Rights and other rules on attempts come first, so that no version waits for approval of what the folder grants;
    /// then components and what they are pinned to, so that the templates find what they run. What the
    /// new versions do without, the old ones may need until the end.
    pub fn stage(&self) -> u8 {
        match (&self.action, self.op) {
            (Action::Component { .. }, _) => 1,
            (Action::Pin { pin, .. }, _) if pin.0 == PinKind::Component => 2,
            (Action::Template { .. }, _) => 3,
            (_, Op::Remove) => 5,
            (Action::Subscribe { .. } | Action::Unsubscribe { .. }, _) => 4,
            (Action::Pin { .. }, Op::Add | Op::Change) => 4,
            (
                Action::Grant { .. }
                | Action::Revoke { .. }
                | Action::Limit { .. }
                | Action::Record { .. },
                _,
            ) => 0,
        }
    }

    /// Marks it where the host would refuse this caller.
    pub fn check(&mut self, namespace: &Name, access: &Access) {
        let action = self.action.needs();
        if !access.permissions.allow(action, namespace.as_str()) {
            let mine = format!("{} may not {action} in {namespace}", access.actor);
            let all = self.obstacle.take().into_iter().chain([mine]);
            self.obstacle = Some(joined(all, "\n"));
        }
    }

    /// `+ subject  note`, with its obstacle below.
    pub fn line(&self) -> String {
        let sign = match (&self.obstacle, self.op) {
            (Some(_), _) => Tone::Bad.of("✘"),
            (None, Op::Add) => Tone::Good.of("+"),
            (None, Op::Change) => Tone::Caution.of("~"),
            (None, Op::Remove) => Tone::Bad.of("-"),
        };
        let line = format!("{sign} {}  {}", self.subject, Tone::Quiet.of(&self.note));
        let reasons = self.obstacle.iter().flat_map(|obstacle| obstacle.lines());
        joined([line.trim_end()].into_iter().chain(reasons), "\n    ")
    }
}
