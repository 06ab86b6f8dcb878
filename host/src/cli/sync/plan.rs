//! The way from what a host has to what a folder says.

use super::folder::Desired;
use super::pins::pin_changes;
use super::rules::{grant_changes, limit_changes};
use super::versions::Versions;
use crate::cli::{CliError, Context, Exit, Problem};
use crate::domain::limits::LimitPatch;
use crate::domain::name::Name;
use crate::domain::scope::Scope;
use semver::Version;
use std::path::PathBuf;

/// Changes in the order in which they are made.
pub struct Plan {
    pub namespace: Name,
    pub changes: Vec<Change>,
    pub kept: Vec<Kept>,
}

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

/// Kind and target as the API tells them.
pub type PinName = (&'static str, String);

impl Op {
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

impl Plan {
    /// Compares with what the host has. Refused where a version exists with other content, since
    /// nothing could bring that about. Rights and limits come first, so that no version waits for
    /// approval of what the folder grants.
    pub async fn make(desired: Desired, prune: bool, context: &Context) -> Result<Self, CliError> {
        let namespace = desired.namespace.clone();
        let mut changes = Vec::new();
        if let Some(grants) = &desired.grants {
            changes.extend(grant_changes(&namespace, grants, prune, context).await?);
        }
        if let Some(limits) = &desired.limits {
            changes.extend(limit_changes(&namespace, limits, prune, context).await?);
        }
        let granted = desired.grants.as_ref().map(|it| it.given(&namespace));
        let mut versions = Versions::with_grants(granted.unwrap_or_default());
        let mut conflicts = Vec::new();
        let uploads =
            versions.component_changes(&namespace, desired.components, &mut conflicts, context);
        changes.extend(uploads.await?);
        let uploads =
            versions.template_changes(&namespace, desired.templates, &mut conflicts, context);
        changes.extend(uploads.await?);
        refuse_conflicts(&conflicts)?;
        let mut kept = Vec::new();
        if let Some(pins) = &desired.pins {
            let pins = pin_changes(&namespace, pins, prune, &mut versions, &mut kept, context);
            changes.extend(pins.await?);
        }
        // What the new versions do without, the old ones may need until then.
        changes.sort_by_key(|change| change.op == Op::Remove);
        Ok(Self {
            namespace,
            changes,
            kept,
        })
    }
}

fn refuse_conflicts(conflicts: &[String]) -> Result<(), CliError> {
    if conflicts.is_empty() {
        return Ok(());
    }
    let what = format!(
        "these exist with other content, and versions are never changed:\n{}",
        conflicts.join("\n")
    );
    Err(Problem::new(Exit::Conflict, "version_exists", what)
        .help("bump the version; nothing was changed")
        .into())
}
