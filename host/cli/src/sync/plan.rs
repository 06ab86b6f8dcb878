//! The way from what a host has to what a folder says.

use super::change::{Change, Kept};
use super::folder::Desired;
use super::pins::{self, pin_changes};
use super::rights;
use super::rules::{grant_changes, limit_changes};
use super::uploads::TemplateOptions;
use super::versions::Versions;
use crate::{CliError, Context, Exit, Problem};
use tasker_domain::name::Name;

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
