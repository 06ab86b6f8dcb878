//! The way from what a host has to what a folder says.

use super::folder::{Desired, Pins};
use crate::cli::view::{self, ComponentVersion, Family, TemplateVersion};
use crate::cli::{CliError, Context, Exit, Problem, list, units};
use crate::domain::digest::Digest;
use crate::domain::name::Name;
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
    /// nothing could bring that about.
    pub async fn make(desired: Desired, prune: bool, context: &Context) -> Result<Self, CliError> {
        let mut changes = Vec::new();
        let mut conflicts = Vec::new();
        let names = desired.components.keys().map(|(name, _)| name);
        let present = present(
            context,
            &desired.namespace,
            "components",
            names,
            |version: &ComponentVersion| (version.version.clone(), version.digest),
        );
        let present = present.await?;
        for ((name, version), upload) in desired.components {
            let subject = format!("component {}/{name}@{version}", desired.namespace);
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
        let names = desired.templates.keys().map(|(name, _)| name);
        let present = self::present(
            context,
            &desired.namespace,
            "templates",
            names,
            |version: &TemplateVersion| (version.version.clone(), version.digest),
        );
        let present = present.await?;
        for ((name, version), upload) in desired.templates {
            let subject = format!("template {}/{name}@{version}", desired.namespace);
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
        refuse_conflicts(&conflicts)?;
        let namespace = desired.namespace;
        changes.extend(pin_changes(&namespace, &desired.pins, prune, context).await?);
        Ok(Self { namespace, changes })
    }
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
            Some(found) if found == requirement => continue,
            Some(found) => (Op::Change, format!("{found} → {requirement}")),
            None => (Op::Add, requirement.clone()),
        };
        changes.push(pin_change(op, (kind, target), note, Some(requirement)));
    }
    for ((kind, target), requirement) in present.into_iter().filter(|_| prune) {
        let kind = if kind == "template" {
            "template"
        } else {
            "component"
        };
        changes.push(pin_change(Op::Remove, (kind, target), requirement, None));
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
