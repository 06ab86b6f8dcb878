//! The way from what a host has to what a folder says.

use super::folder::Desired;
use super::pins::{self, pin_changes};
use super::rights;
use super::rules::{grant_changes, limit_changes};
use super::uploads::TemplateOptions;
use super::versions::Versions;
use crate::{CliError, Context, Exit, Problem};
use semver::Version;
use std::path::PathBuf;
use tasker_domain::limits::LimitPatch;
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;

/// What the user asked for besides.
#[derive(Clone, Copy)]
pub struct Options {
    pub prune: bool,
    pub allow_missing: bool,
}

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
    /// nothing could bring that about. What would be refused on the way is marked: by the host's plans,
    /// which are told of what comes before, and by what the caller may do.
    pub async fn make(
        desired: Desired,
        options: Options,
        context: &Context,
    ) -> Result<Self, CliError> {
        let namespace = desired.namespace.clone();
        let Options {
            prune,
            allow_missing,
        } = options;
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
        let present = match &desired.pins {
            Some(_) => pins::present(&namespace, context).await?,
            None => pins::Present::new(),
        };
        let repinned = desired.pins.as_ref();
        let repinned = repinned.map(|it| pins::repinned(&namespace, it, prune, &present));
        let options = TemplateOptions {
            allow_missing,
            pins: repinned.unwrap_or_default(),
        };
        let templates = desired.templates;
        let uploads =
            versions.template_changes(&namespace, templates, &options, &mut conflicts, context);
        changes.extend(uploads.await?);
        refuse_conflicts(&conflicts)?;
        let mut kept = Vec::new();
        if let Some(wanted) = &desired.pins {
            let (versions, kept) = (&mut versions, &mut kept);
            let pins = pin_changes(&namespace, wanted, prune, present, versions, kept, context);
            changes.extend(pins.await?);
        }
        changes.sort_by_key(Change::stage);
        rights::check(&namespace, &mut changes, context).await?;
        Ok(Self {
            namespace,
            changes,
            kept,
        })
    }
}

impl Change {
    /// Rights and limits come first, so that no version waits for approval of what the folder grants;
    /// then components and what they are pinned to, so that the templates find what they run. What the
    /// new versions do without, the old ones may need until the end.
    fn stage(&self) -> u8 {
        match (&self.action, self.op) {
            (Action::Component { .. }, _) => 1,
            (Action::Pin { pin, .. }, _) if pin.0 == "component" => 2,
            (Action::Template { .. }, _) => 3,
            (_, Op::Remove) => 5,
            (Action::Pin { .. }, Op::Add | Op::Change) => 4,
            (Action::Grant { .. } | Action::Revoke { .. } | Action::Limit { .. }, _) => 0,
        }
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
