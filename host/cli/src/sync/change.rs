//! One change that a sync makes.

use semver::Version;
use std::path::PathBuf;
use tasker_domain::limits::LimitPatch;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::scope::Scope;

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
pub struct Kept {
    pub subject: String,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Change,
    Remove,
}

/// What makes the change.
pub enum Action {
    Component {
        name: Name,
        version: Version,
        path: PathBuf,
    },
    Template {
        name: Name,
        version: Version,
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
}

/// Kind and target.
pub type PinName = (PinKind, String);

impl Op {
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

impl Change {
    /// Rights and limits come first, so that no version waits for approval of what the folder grants;
    /// then components and what they are pinned to, so that the templates find what they run. What the
    /// new versions do without, the old ones may need until the end.
    pub fn stage(&self) -> u8 {
        match (&self.action, self.op) {
            (Action::Component { .. }, _) => 1,
            (Action::Pin { pin, .. }, _) if pin.0 == PinKind::Component => 2,
            (Action::Template { .. }, _) => 3,
            (_, Op::Remove) => 5,
            (Action::Pin { .. }, Op::Add | Op::Change) => 4,
            (Action::Grant { .. } | Action::Revoke { .. } | Action::Limit { .. }, _) => 0,
        }
    }
}
