//! The way from what a host has to what a folder says.

use super::folder::{ComponentUpload, Desired, Pins, TemplateUpload};
use super::rules::{grant_changes, limit_changes};
use crate::cli::view::{self, ComponentVersion, Family, TemplateVersion};
use crate::cli::{CliError, Context, Exit, Problem, list, units};
use crate::domain::digest::Digest;
use crate::domain::limits::LimitPatch;
use crate::domain::name::Name;
use crate::domain::scope::Scope;
use semver::Version;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Changes in the order in which they are made.
pub struct Plan {
    pub namespace: Name,
    pub changes: Vec<Change>,
}

pub struct Change {
    pub op: Op,
    /// Such as `component orders/charge@1.5.0`.
    pub subject: String,
    /// What more a person wants to know of it.
    pub note: String,
    pub action: Action,
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
        let mut conflicts = Vec::new();
        let uploads = component_changes(&namespace, desired.components, &mut conflicts, context);
        changes.extend(uploads.await?);
        let uploads = template_changes(&namespace, desired.templates, &mut conflicts, context);
        changes.extend(uploads.await?);
        refuse_conflicts(&conflicts)?;
        if let Some(pins) = &desired.pins {
            changes.extend(pin_changes(&namespace, pins, prune, context).await?);
        }
        // What the new versions do without, the old ones may need until then.
        changes.sort_by_key(|change| change.op == Op::Remove);
        Ok(Self { namespace, changes })
    }
}

/// Uploads of components that the host does not have; what it has with other bytes is a conflict.
async fn component_changes(
    namespace: &Name,
    uploads: BTreeMap<(Name, Version), ComponentUpload>,
    conflicts: &mut Vec<String>,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let names = uploads.keys().map(|(name, _)| name);
    let of = |version: &ComponentVersion| (version.version.clone(), version.digest);
    let present = present(context, namespace, "components", names, of).await?;
    let mut changes = Vec::new();
    for ((name, version), upload) in uploads {
        let subject = format!("component {namespace}/{name}@{version}");
        match present.get(&(name.clone(), version.clone())) {
            Some(digest) if *digest == upload.digest => {}
            Some(_) => conflicts.push(subject),
            None => changes.push(Change {
                op: Op::Add,
                subject,
                note: units::size(upload.bytes),
                action: Action::Component {
                    name,
                    version,
                    path: upload.path,
                },
            }),
        }
    }
    Ok(changes)
}

/// The same for templates.
async fn template_changes(
    namespace: &Name,
    uploads: BTreeMap<(Name, Version), TemplateUpload>,
    conflicts: &mut Vec<String>,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let names = uploads.keys().map(|(name, _)| name);
    let of = |version: &TemplateVersion| (version.version.clone(), version.digest);
    let present = present(context, namespace, "templates", names, of).await?;
    let mut changes = Vec::new();
    for ((name, version), upload) in uploads {
        let subject = format!("template {namespace}/{name}@{version}");
        match present.get(&(name.clone(), version.clone())) {
            Some(digest) if *digest == Digest::of(upload.source.as_bytes()) => {}
            Some(_) => conflicts.push(subject),
            None => changes.push(Change {
                op: Op::Add,
                subject,
                note: String::new(),
                action: Action::Template {
                    name,
                    version,
                    source: upload.source,
                    path: upload.path,
                },
            }),
        }
    }
    Ok(changes)
}

/// The digests of all versions of these components or templates.
async fn present<'a, V: DeserializeOwned>(
    context: &Context,
    namespace: &Name,
    kind: &str,
    names: impl Iterator<Item = &'a Name>,
    of: impl Fn(&V) -> (Version, Digest),
) -> Result<BTreeMap<(Name, Version), Digest>, CliError> {
    let names: BTreeSet<&Name> = names.collect();
    let mut digests = BTreeMap::new();
    for name in names {
        let path = ["namespaces", namespace.as_str(), kind, name.as_str()];
        let versions = match context.client.get::<Family<V>>(&path).await {
            Ok(family) => family.value.versions,
            Err(CliError::Problem(problem)) if problem.exit() == Exit::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        for (version, digest) in versions.iter().map(&of) {
            digests.insert((name.clone(), version), digest);
        }
    }
    Ok(digests)
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

/// A ramp that runs is left alone as long as it starts from what the folder says.
async fn pin_changes(
    namespace: &Name,
    pins: &Pins,
    prune: bool,
    context: &Context,
) -> Result<Vec<Change>, CliError> {
    let query = [("namespace", namespace.to_string())];
    let page = list::all::<view::Pin>(&context.client, &["pins"], &query).await?;
    let mut present: BTreeMap<(String, String), String> = BTreeMap::new();
    for pin in page.value.items {
        present.insert((pin.kind, pin.target), pin.requirement);
    }
    let mut changes = Vec::new();
    for ((kind, target), requirement) in wanted_pins(namespace, pins) {
        let found = present.remove(&(kind.to_owned(), target.clone()));
        let (op, note) = match found {
            Some(found) if view::canonical(&found) == view::canonical(&requirement) => continue,
            Some(found) => {
                let (from, to) = (view::canonical(&found), view::canonical(&requirement));
                (Op::Change, format!("{from} → {to}"))
            }
            None => (Op::Add, view::canonical(&requirement)),
        };
        changes.push(pin_change(op, (kind, target), note, Some(requirement)));
    }
    for ((kind, target), requirement) in present.into_iter().filter(|_| prune) {
        let kind = if kind == "template" {
            "template"
        } else {
            "component"
        };
        let note = view::canonical(&requirement);
        changes.push(pin_change(Op::Remove, (kind, target), note, None));
    }
    Ok(changes)
}

fn wanted_pins(namespace: &Name, pins: &Pins) -> Vec<(PinName, String)> {
    let components = pins.components.iter().map(|(target, requirement)| {
        let is_own = target.namespace.as_ref().is_none_or(|of| of == namespace);
        let target = match is_own {
            true => target.component.to_string(),
            false => target.to_string(),
        };
        (("component", target), requirement.to_string())
    });
    let templates = pins
        .templates
        .iter()
        .map(|(target, requirement)| (("template", target.to_string()), requirement.to_string()));
    components.chain(templates).collect()
}

fn pin_change(op: Op, pin: PinName, note: String, requirement: Option<String>) -> Change {
    Change {
        op,
        subject: format!("pin {} {}", pin.0, pin.1),
        note,
        action: Action::Pin { pin, requirement },
    }
}
