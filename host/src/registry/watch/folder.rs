//! What lies in a watched folder.

use crate::domain::rule_file::is_rule_file;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files beyond this are left alone.
const MAX_FILES: usize = 10_000;

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    Component,
    Template,
    /// Pins, grants or limits: nothing to publish.
    Rules,
}

/// A file that the host does something about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub content: Content,
    /// The folder that it stands in.
    pub namespace: String,
    pub path: PathBuf,
    pub stamp: Stamp,
}

/// What tells one state of a file, and of the signatures beside it, from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    file: (u64, Option<SystemTime>),
    signatures: Option<(u64, Option<SystemTime>)>,
}

/// All files that may be published, components before templates, and those of rules. What cannot be read
/// is left out and logged.
pub fn scan(dir: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for namespace in entries(dir) {
        for file in entries(&namespace.path()) {
            found.extend(look_at(&namespace, &file));
        }
    }
    found.sort_by(|a, b| (a.content, &a.path).cmp(&(b.content, &b.path)));
    if found.len() > MAX_FILES {
        let (files, dir) = (found.len(), dir.display());
        tracing::warn!("{dir} has {files} files; only the first {MAX_FILES} are looked at");
        found.truncate(MAX_FILES);
    }
    found
}

fn entries(dir: &Path) -> Vec<DirEntry> {
    let listed = std::fs::read_dir(dir).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let is_hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
    match listed {
        Ok(entries) => entries
            .into_iter()
            .filter(|entry| !is_hidden(entry))
            .collect(),
        // A file among the folders of namespaces.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Vec::new(),
        Err(error) => {
            tracing::warn!("{} cannot be looked through: {error}", dir.display());
            Vec::new()
        }
    }
}

fn look_at(namespace: &DirEntry, file: &DirEntry) -> Option<Found> {
    let path = file.path();
    let content = match path.extension()?.to_str()? {
        _ if is_rule_file(path.file_name()?.to_str()?) => Content::Rules,
        "wasm" => Content::Component,
        "yaml" | "yml" => Content::Template,
        _ => return None,
    };
    let metadata = std::fs::metadata(&path).ok()?;
    // An empty file is one that somebody is about to write.
    if !metadata.is_file() || metadata.len() == 0 {
        return None;
    }
    let beside = std::fs::metadata(signature_file(&path)).ok();
    Some(Found {
        content,
        namespace: namespace.file_name().to_string_lossy().into_owned(),
        stamp: Stamp {
            file: state(&metadata),
            signatures: beside.as_ref().map(state),
        },
        path,
    })
}

fn state(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

/// Where the signatures of a file stand.
pub fn signature_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_one_folder_deep_are_found_components_first() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| std::fs::write(dir.path().join(path), text).unwrap();
        std::fs::create_dir_all(dir.path().join("orders/deeper")).unwrap();
        write("stray@1.0.0.wasm", "x");
        write("orders/a.yaml", "x");
        write("orders/charge@1.0.0.wasm", "x");
        write("orders/empty@1.0.0.wasm", "");
        write("orders/.hidden@1.0.0.wasm", "x");
        write("orders/notes.txt", "x");
        write("orders/deeper/b.yaml", "x");
        let found = scan(dir.path());
        let names: Vec<_> = found
            .iter()
            .map(|file| file.path.file_name().unwrap())
            .collect();
        assert_eq!(names, ["charge@1.0.0.wasm", "a.yaml"]);
        assert_eq!(found[0].namespace, "orders");
    }

    #[test]
    fn a_signature_that_comes_later_is_a_change_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("orders")).unwrap();
        let file = dir.path().join("orders/charge@1.0.0.wasm");
        std::fs::write(&file, "x").unwrap();
        let before = scan(dir.path());
        std::fs::write(signature_file(&file), "y").unwrap();
        assert_ne!(before, scan(dir.path()));
    }
}
