//! What a folder says of a namespace.

use super::rules::{Grants, Limits, Recordings};
use super::subscriptions::Subscriptions;
use crate::component::publish::read_component;
use crate::input::{self, is_yaml};
use crate::signing::signature_file;
use crate::{CliError, Problem, Result, refuse};
use semver::Version;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tasker_domain::component_file::ComponentFile;
use tasker_domain::digest::Digest;
use tasker_domain::followed::{LinkError, followed};
use tasker_domain::name::Name;
use tasker_domain::requirement::{ComponentRef, Requirement};
use tasker_domain::rule_file::{GRANTS, LIMITS, PINS, RECORDINGS, SUBSCRIPTIONS};
use tasker_domain::template::{Template, TemplateError, read_document};

/// All that a folder may have.
const KNOWN: [&str; 7] = [
    "components",
    "templates",
    PINS,
    GRANTS,
    LIMITS,
    RECORDINGS,
    SUBSCRIPTIONS,
];

/// The desired state of one namespace.
pub struct Desired {
    pub namespace: Name,
    /// By name and version, the lowest first.
    pub components: BTreeMap<(Name, Version), ComponentUpload>,
    pub templates: BTreeMap<(Name, Version), TemplateUpload>,
    /// What there is no file for is none, and left alone.
    pub pins: Option<Pins>,
    pub grants: Option<Grants>,
    pub limits: Option<Limits>,
    pub recordings: Option<Recordings>,
    pub subscriptions: Option<Subscriptions>,
}

pub struct ComponentUpload {
    pub path: PathBuf,
    pub digest: Digest,
    pub bytes: u64,
}

pub struct TemplateUpload {
    pub path: PathBuf,
    pub source: String,
    pub template: Template,
}

/// `pins.yaml`: what new tasks of the namespace take.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pins {
    /// `charge`, or `other/charge` of another namespace.
    pub components: BTreeMap<ComponentRef, Requirement>,
    pub templates: BTreeMap<Name, Requirement>,
}

impl Desired {
    /// Reads and checks the whole folder; nothing is sent.
    pub fn read(dir: &Path, namespace: &Name) -> Result<Self> {
        refuse_strangers(dir)?;
        let mut components = BTreeMap::new();
        for path in files(dir, "components", is_wasm)? {
            let signatures = signature_file(&path);
            if signatures.exists() || signatures.is_symlink() {
                refuse_strange_link(dir, &signatures)?;
            }
            let (key, upload) = component(path)?;
            components.insert(key, upload);
        }
        let mut templates = BTreeMap::new();
        for path in files(dir, "templates", is_yaml)? {
            let (key, upload) = template(path, namespace)?;
            if let Some(other) = templates.insert(key, upload) {
                let other = other.path.display();
                let what = format!("another file has the same template and version as {other}");
                return Err(Problem::bad_input(what).into());
            }
        }
        let grants: Option<Grants> = document(dir, GRANTS)?;
        if let Some(grants) = &grants {
            grants.check(&dir.join(GRANTS))?;
        }
        Ok(Self {
            namespace: namespace.clone(),
            components,
            templates,
            pins: document(dir, PINS)?,
            grants,
            limits: document(dir, LIMITS)?,
            recordings: document(dir, RECORDINGS)?,
            subscriptions: document(dir, SUBSCRIPTIONS)?,
        })
    }
}

/// A folder without anything of what is looked for is a mistake, and so is a misspelt file.
fn refuse_strangers(dir: &Path) -> Result<()> {
    let help = "a folder has components/, templates/, pins.yaml, grants.yaml, limits.yaml, recordings.yaml and subscriptions.yaml, as far as it needs them";
    let entries = entries(dir)?;
    let (known, strange): (Vec<_>, Vec<_>) = entries.iter().partition(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| KNOWN.contains(&name))
    });
    if known.is_empty() {
        let what = format!("{} has nothing to bring a namespace to", dir.display());
        return refuse(what, help);
    }
    match strange.into_iter().find(|path| is_yaml(path)) {
        Some(stranger) => refuse(
            format!("{} is not understood here", stranger.display()),
            help,
        ),
        None => Ok(()),
    }
}

/// Links are followed within the folder, since mounted volumes are made of them, and not out of it.
fn refuse_strange_link(dir: &Path, path: &Path) -> Result<()> {
    let root = dir.canonicalize().map_err(LinkError::from);
    let followed = root.and_then(|root| followed(&root, path));
    let help = "put the file itself into the folder";
    followed.map_err(|error| Problem::of_file(path, error).help(help))?;
    Ok(())
}

/// The entries of a folder except hidden ones.
fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let listed = std::fs::read_dir(dir).and_then(|entries| {
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        paths.collect::<std::io::Result<Vec<_>>>()
    });
    let mut paths = listed.map_err(|error| {
        Problem::bad_input(format!("cannot look through {}: {error}", dir.display()))
    })?;
    let is_hidden = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.as_encoded_bytes().starts_with(b".")
    };
    paths.retain(|path| !is_hidden(path));
    paths.sort();
    Ok(paths)
}

fn is_wasm(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "wasm")
}

/// The files of a kind; none where there is no such folder.
fn files(root: &Path, dir: &str, is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let dir = root.join(dir);
    if !dir.exists() {
        return Ok(Vec::new());
    }
    refuse_strange_link(root, &dir)?;
    let mut files = entries(&dir)?;
    files.retain(|path| is_wanted(path));
    for file in &files {
        refuse_strange_link(root, file)?;
    }
    Ok(files)
}

fn component(path: PathBuf) -> Result<((Name, Version), ComponentUpload)> {
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let named = ComponentFile::parse(&file_name);
    let ComponentFile { name, version } = named.map_err(|error| Problem::of_file(&path, error))?;
    let bytes = read_component(&path)?;
    let upload = ComponentUpload {
        digest: Digest::of(&bytes),
        bytes: bytes.len() as u64,
        path,
    };
    Ok(((name, version), upload))
}

fn template(path: PathBuf, home: &Name) -> Result<((Name, Version), TemplateUpload)> {
    let source = input::read_text(&path)?;
    let template = Template::parse(&source).map_err(|error| wrong(&error, &path, &source))?;
    if template.namespace != *home {
        let (path, other) = (path.display(), &template.namespace);
        let what = format!("{path} is a template of namespace {other}, not of {home}");
        return refuse(
            what,
            "put it into the folder of its namespace, or say --namespace",
        );
    }
    let key = (template.name.clone(), template.version.clone());
    let upload = TemplateUpload {
        path,
        source,
        template,
    };
    Ok((key, upload))
}

/// What the file says; none where there is no such file.
fn document<T: DeserializeOwned>(dir: &Path, name: &str) -> Result<Option<T>> {
    let path = dir.join(name);
    if !path.exists() && !path.is_symlink() {
        return Ok(None);
    }
    refuse_strange_link(dir, &path)?;
    let source = input::read_text(&path)?;
    let read = read_document(&source).map_err(|error| wrong(&error, &path, &source))?;
    Ok(Some(read))
}

fn wrong(error: &TemplateError, path: &Path, source: &str) -> CliError {
    let problem = Problem::bad_input(format!("{} cannot be used", path.display()));
    problem.findings(path, source, error).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn signatures_that_are_a_link_out_of_the_folder_are_refused() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let components = dir.path().join("components");
        std::fs::create_dir(&components).unwrap();
        std::fs::write(components.join("charge@1.0.0.wasm"), "x").unwrap();
        let namespace: Name = "orders".parse().unwrap();
        let read = || match Desired::read(dir.path(), &namespace) {
            Ok(desired) => Ok(desired.components.len()),
            Err(CliError::Problem(problem)) => Err(problem.what().to_owned()),
            Err(CliError::ClosedPipe) => unreachable!("nothing is printed"),
        };
        assert_eq!(read(), Ok(1));
        let beside = components.join("charge@1.0.0.wasm.sig");
        std::fs::write(components.join("..sig"), "").unwrap();
        symlink("..sig", &beside).unwrap();
        assert_eq!(read(), Ok(1));
        std::fs::remove_file(&beside).unwrap();
        std::fs::write(other.path().join("secret"), "x").unwrap();
        symlink(other.path().join("secret"), &beside).unwrap();
        let refused = read().unwrap_err();
        assert!(
            refused.ends_with(".sig: it is a link that leads out of the folder"),
            "{refused}"
        );
    }
}
