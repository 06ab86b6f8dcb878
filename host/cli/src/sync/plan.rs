//! The way from what a host has to what a folder says.

use super::change::{Change, Kept};
use super::folder::Desired;
use super::pins::{self, pin_changes, repinned};
use super::uploads::Uploads;
use super::versions::Versions;
use crate::units::joined;
use crate::{Context, Exit, Problem, Result, Tone, good};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tasker_domain::name::Name;

/// Changes in the order in which they are made.
pub struct Plan {
    pub namespace: Name,
    pub changes: Vec<Change>,
    kept: Vec<Kept>,
    pub warnings: Vec<String>,
}

impl Plan {
    /// Compares with what the host has. Refused where a version exists with other content, since
    /// nothing could bring that about. What would be refused on the way is marked: by the host's plans,
    /// which are told of what comes before, and by what the caller may do.
    pub async fn make(
        desired: Desired,
        prune: bool,
        allow_missing: bool,
        context: &Context,
    ) -> Result<Self> {
        let namespace = desired.namespace;
        let mut changes = Vec::new();
        if let Some(grants) = &desired.grants {
            changes.extend(grants.changes(&namespace, prune, context).await?);
        }
        if let Some(limits) = &desired.limits {
            changes.extend(limits.changes(&namespace, prune, context).await?);
        }
        if let Some(recordings) = &desired.recordings {
            changes.extend(recordings.changes(&namespace, prune, context).await?);
        }
        if let Some(subscriptions) = &desired.subscriptions {
            changes.extend(subscriptions.changes(&namespace, prune, context).await?);
        }
        let granted = desired.grants.map(|it| it.given(&namespace));
        let mut versions = Versions::new(granted.unwrap_or_default(), context);
        let mut uploads = Uploads {
            namespace: &namespace,
            versions: &mut versions,
            conflicts: Vec::new(),
            allow_missing,
            pins: BTreeMap::new(),
        };
        changes.extend(uploads.components(desired.components).await?);
        let present = match &desired.pins {
            Some(_) => pins::present(&namespace, context).await?,
            None => pins::Present::new(),
        };
        let pinned = desired.pins.as_ref();
        let pinned = pinned.map(|it| repinned(&namespace, it, prune, &present));
        uploads.pins = pinned.unwrap_or_default();
        changes.extend(uploads.templates(desired.templates).await?);
        refuse_conflicts(&uploads.conflicts)?;
        let pins = match &desired.pins {
            Some(pins) => pin_changes(&namespace, pins, prune, present, &mut versions).await?,
            None => pins::PinChanges::default(),
        };
        changes.extend(pins.changes);
        changes.sort_by_key(Change::stage);
        if !changes.is_empty() {
            let access = context.client.access().await?;
            changes
                .iter_mut()
                .for_each(|it| it.check(&namespace, &access));
        }
        Ok(Self {
            namespace,
            changes,
            kept: pins.kept,
            warnings: pins.warnings,
        })
    }

    /// The changes that cannot be made.
    pub fn hindered(&self) -> usize {
        let hindered = self.changes.iter().filter(|it| it.obstacle.is_some());
        hindered.count()
    }

    /// The changes as JSON; the first `done` of them are made.
    pub fn answer(&self, done: usize) -> Value {
        let changes = self.changes.iter().enumerate().map(|(place, it)| {
            json!({
                "op": it.op, "subject": it.subject, "note": it.note,
                "obstacle": it.obstacle, "done": place < done,
            })
        });
        let changes: Vec<_> = changes.collect();
        json!({
            "namespace": self.namespace, "changes": changes, "kept": self.kept,
            "warnings": self.warnings,
        })
    }

    pub fn text(&self) -> String {
        let kept = self.kept.iter();
        let kept = kept.map(|it| Tone::Quiet.of(format_args!("= {}: {}", it.subject, it.note)));
        let nothing = format_args!("{} is as the folder says; nothing to do", self.namespace);
        let nothing = self.changes.is_empty().then(|| good(nothing));
        let lines = self.changes.iter().map(Change::line);
        joined(lines.chain(kept).chain(nothing), "\n")
    }
}

fn refuse_conflicts(conflicts: &[String]) -> Result<()> {
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
