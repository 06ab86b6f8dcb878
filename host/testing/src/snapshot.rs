//! Files with everything that cases did, which later runs are compared with.

use crate::case::Case;
use crate::compare::{Mismatch, pretty};
use crate::observed::Observed;
use crate::same::same;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The folder beside the files of cases.
const FOLDER: &str = "snapshots";
/// The longest name of a file, in bytes, without its extension.
const MAX_NAME_BYTES: usize = 120;
/// The largest snapshot that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// What is done with a snapshot that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshots {
    Compare,
    Update,
}

/// What came of the snapshot of a case.
#[derive(Debug)]
pub(crate) enum Checked {
    Same,
    Written,
    Wrong(Mismatch),
}

/// Where the snapshot of a case is.
pub fn path(case: &Case) -> PathBuf {
    let folder = case.file.parent().unwrap_or(Path::new("")).join(FOLDER);
    let file = file_name(&case.name);
    folder
        .join(case.file_stem())
        .join(file)
        .with_extension("json")
}

/// The name in letters, digits and `-`.
fn file_name(name: &str) -> String {
    let plain = name.chars().map(|c| match c.is_alphanumeric() {
        true => c.to_lowercase().to_string(),
        false => "-".to_owned(),
    });
    let plain: String = plain.collect();
    let parts = plain.split('-').filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join("-");
    name[..name.floor_char_boundary(MAX_NAME_BYTES)].to_owned()
}

/// Two cases whose snapshots would be one file.
pub fn collision(cases: &[Case]) -> Option<&Case> {
    let mut paths = BTreeSet::new();
    let mut with_snapshot = cases.iter().filter(|case| case.expect.snapshot);
    with_snapshot.find(|case| !paths.insert(path(case)))
}

/// Compares with the snapshot, or writes it.
pub(crate) fn check(case: &Case, observed: &Observed, mode: Snapshots) -> Checked {
    let (path, actual) = (path(case), observed.to_json());
    let kept = match read(&path) {
        Ok(kept) => kept,
        Err(error) => {
            let what = format!("the snapshot {} cannot be read: {error}", path.display());
            return Checked::Wrong(Mismatch::new(what));
        }
    };
    match (kept, mode) {
        (Some(kept), _) if same(&kept, &actual) => Checked::Same,
        (_, Snapshots::Update) => match write(&path, &actual) {
            Ok(()) => Checked::Written,
            Err(error) => {
                let what = format!("the snapshot {} cannot be written: {error}", path.display());
                Checked::Wrong(Mismatch::new(what))
            }
        },
        (Some(kept), Snapshots::Compare) => {
            let what = format!("the snapshot {} differs", path.display());
            let help = "if the new one is right: tasker test --update";
            Checked::Wrong(Mismatch::of(what, &kept, &actual).help(help))
        }
        (None, Snapshots::Compare) => {
            let mismatch = Mismatch {
                actual: Some(pretty(&actual)),
                ..Mismatch::new(format!("there is no snapshot {}", path.display()))
            };
            Checked::Wrong(mismatch.help("write it with: tasker test --update"))
        }
    }
}

fn read(path: &Path) -> io::Result<Option<Value>> {
    match fs::metadata(path) {
        Ok(file) if file.len() > MAX_BYTES => return Err(ErrorKind::FileTooLarge.into()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let text = fs::read_to_string(path)?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(io::Error::from)
}

fn write(path: &Path, value: &Value) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, pretty(value) + "\n")
}

/// The snapshots beside these cases that belong to none of them.
pub fn obsolete(folder: &Path, cases: &[Case]) -> Vec<PathBuf> {
    let with_snapshot = cases.iter().filter(|case| case.expect.snapshot);
    let used: BTreeSet<PathBuf> = with_snapshot.map(path).collect();
    let folders = entries(&folder.join(FOLDER)).into_iter();
    let files = folders.filter(|it| it.is_dir()).flat_map(|it| entries(&it));
    let snapshots = files.filter(|it| it.extension().is_some_and(|it| it == "json"));
    snapshots.filter(|it| !used.contains(it)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_snapshot_has_no_character_that_leads_elsewhere() {
        assert_eq!(file_name("greets Ada, twice!"), "greets-ada-twice");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert!(file_name(&"ü".repeat(200)).len() <= MAX_NAME_BYTES);
    }
}
