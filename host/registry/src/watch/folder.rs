//! What lies in a watched folder.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use tasker_domain::followed::{LinkError, followed};
use tasker_domain::rule_file::is_rule_file;

/// Files beyond this are left alone.
const MAX_FILES: usize = 10_000;

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    Component,
    Template,
    /// Pins, grants or limits: nothing to publish.
    Rules,
}

/// A file that the host does something about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFile {
    pub content: FileKind,
    /// The folder that contains it.
    pub namespace: String,
    /// As it is called in the folder.
    pub path: PathBuf,
    /// What is read: the same, or what it links to.
    pub real: PathBuf,
    /// Of a component, the file of its signatures or what that links to, where there is one.
    pub signatures: Option<PathBuf>,
    pub stamp: Stamp,
}

/// A file or folder that is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: PathBuf,
    pub why: String,
}

/// All that a look through the folder found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Components before templates, then those of rules.
    pub found: Vec<WatchedFile>,
    pub skipped: Vec<Skipped>,
}

/// Identifies the state of a file and of its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    file: State,
    signatures: Option<State>,
}

/// A link to another file has another inode, even if everything else is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    bytes: u64,
    modified: (i64, i64),
    inode: (u64, u64),
}

/// All files that may be published and those of rules. Links are followed within the folder, as mounted
/// volumes are made of them.
pub fn scan(dir: &Path) -> Scan {
    let mut scan = Scan::default();
    let root = match dir.canonicalize() {
        Ok(root) => root,
        Err(error) => {
            scan.skip(dir, &error.into());
            return scan;
        }
    };
    for namespace in scan.entries(dir) {
        match followed(&root, &namespace) {
            Ok((_, metadata)) if metadata.is_dir() => {
                for file in scan.entries(&namespace) {
                    scan.look_at(&root, &namespace, file);
                }
            }
            Ok(_) if content(&namespace).is_some() => scan.skipped.push(Skipped {
                why: "it is not in a folder that is named after a namespace".to_owned(),
                path: namespace,
            }),
            Ok(_) => {}
            Err(error) => scan.skip(&namespace, &error),
        }
    }
    scan.found
        .sort_by(|a, b| (a.content, &a.path).cmp(&(b.content, &b.path)));
    if let Some(first) = scan.found.get(MAX_FILES) {
        let why =
            format!("there are more than {MAX_FILES} files; it and those after it are left out");
        let path = first.path.clone();
        scan.skipped.push(Skipped { path, why });
        scan.found.truncate(MAX_FILES);
    }
    scan
}

/// What a file is by its name; `None` if it is of no concern.
fn content(path: &Path) -> Option<FileKind> {
    match path.extension()?.to_str()? {
        _ if is_rule_file(path.file_name()?.to_str()?) => Some(FileKind::Rules),
        "wasm" => Some(FileKind::Component),
        "yaml" | "yml" => Some(FileKind::Template),
        _ => None,
    }
}

impl Scan {
    fn skip(&mut self, path: &Path, error: &LinkError) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            why: error.to_string(),
        });
    }

    /// The entries of a folder except hidden ones.
    fn entries(&mut self, dir: &Path) -> Vec<PathBuf> {
        let listed =
            std::fs::read_dir(dir).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        match listed {
            Ok(entries) => entries
                .into_iter()
                .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
                .map(|entry| entry.path())
                .collect(),
            Err(error) => {
                self.skip(dir, &error.into());
                Vec::new()
            }
        }
    }

    fn look_at(&mut self, root: &Path, namespace: &Path, path: PathBuf) {
        let Some(content) = content(&path) else {
            return;
        };
        let (real, metadata) = match followed(root, &path) {
            Ok(followed) => followed,
            Err(error) => return self.skip(&path, &error),
        };
        // An empty file is one that somebody is about to write.
        if !metadata.is_file() || metadata.len() == 0 {
            return;
        }
        let (signatures, state) = match content {
            FileKind::Component => self.signatures(root, &path).unzip(),
            FileKind::Template | FileKind::Rules => (None, None),
        };
        self.found.push(WatchedFile {
            content,
            namespace: namespace
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            stamp: Stamp {
                file: State::of(&metadata),
                signatures: state,
            },
            path,
            real,
            signatures,
        });
    }

    /// What is read for the signatures of a component, if there is such a file.
    fn signatures(&mut self, root: &Path, component: &Path) -> Option<(PathBuf, State)> {
        let path = signature_file(component);
        match followed(root, &path) {
            Ok((real, metadata)) if metadata.is_file() => Some((real, State::of(&metadata))),
            Ok(_) => {
                self.skip(&path, &LinkError::NoFile);
                None
            }
            Err(LinkError::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.skip(&path, &error);
                None
            }
        }
    }
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            inode: (metadata.dev(), metadata.ino()),
        }
    }
}

/// The path of the signatures of a file.
pub fn signature_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Whoever opens it waits for somebody to write.
#[cfg(test)]
pub fn make_pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

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
        let scan = scan(dir.path());
        let names: Vec<_> = scan
            .found
            .iter()
            .map(|file| file.path.file_name().unwrap())
            .collect();
        assert_eq!(names, ["charge@1.0.0.wasm", "a.yaml"]);
        assert_eq!(scan.found[0].namespace, "orders");
        let skipped: Vec<_> = scan.skipped.iter().map(|it| it.path.clone()).collect();
        assert_eq!(skipped, [dir.path().join("stray@1.0.0.wasm")]);
    }

    #[test]
    fn a_signature_that_comes_later_is_a_change_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("orders")).unwrap();
        let file = dir.path().join("orders/charge@1.0.0.wasm");
        std::fs::write(&file, "x").unwrap();
        let before = scan(dir.path()).found;
        std::fs::write(signature_file(&file), "y").unwrap();
        let after = scan(dir.path());
        assert_ne!(before, after.found);
        let read = after.found[0].signatures.as_deref();
        assert_eq!(read, Some(signature_file(&file).as_path()));
        assert_eq!(after.skipped, []);
    }

    #[test]
    fn signatures_are_read_from_files_within_the_folder_alone() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let orders = dir.path().join("orders");
        std::fs::create_dir_all(orders.join("..data")).unwrap();
        let secret = other.path().join("secret");
        std::fs::write(&secret, "x").unwrap();
        std::fs::write(orders.join("..data/d.sig"), "x").unwrap();
        let beside = |name: &str| {
            let component = orders.join(format!("{name}@1.0.0.wasm"));
            std::fs::write(&component, "x").unwrap();
            signature_file(&component)
        };
        make_pipe(&beside("a"));
        symlink(&secret, beside("b")).unwrap();
        symlink("nothing", beside("c")).unwrap();
        symlink("..data/d.sig", beside("d")).unwrap();
        let scan = scan(dir.path());
        let read: Vec<_> = scan.found.iter().map(|it| it.signatures.clone()).collect();
        assert_eq!(read, [None, None, None, Some(orders.join("..data/d.sig"))]);
        let mut told: Vec<_> = scan
            .skipped
            .iter()
            .map(|it| format!("{}: {}", it.path.file_name().unwrap().display(), it.why))
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                "a@1.0.0.wasm.sig: it is not a regular file",
                "b@1.0.0.wasm.sig: it is a link that leads out of the folder",
                "c@1.0.0.wasm.sig: it is a link to a missing file",
            ]
        );
    }

    /// A volume as Kubernetes mounts it: `orders/a.yaml → ..data/a.yaml`, `..data → ..1`.
    fn mounted(text: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let orders = dir.path().join("orders");
        std::fs::create_dir_all(orders.join("..1")).unwrap();
        std::fs::write(orders.join("..1/a.yaml"), text).unwrap();
        symlink("..1", orders.join("..data")).unwrap();
        symlink("..data/a.yaml", orders.join("a.yaml")).unwrap();
        dir
    }

    #[test]
    fn a_swap_of_what_a_mounted_volume_links_to_is_a_change_of_its_files() {
        let dir = mounted("x");
        let before = scan(dir.path()).found;
        assert_eq!(before[0].path, dir.path().join("orders/a.yaml"));
        let orders = dir.path().join("orders");
        std::fs::create_dir(orders.join("..2")).unwrap();
        std::fs::write(orders.join("..2/a.yaml"), "y").unwrap();
        let modified = orders.join("..1/a.yaml").metadata().unwrap().modified();
        let file = std::fs::File::options()
            .write(true)
            .open(orders.join("..2/a.yaml"));
        file.unwrap().set_modified(modified.unwrap()).unwrap();
        symlink("..2", orders.join("..data_tmp")).unwrap();
        std::fs::rename(orders.join("..data_tmp"), orders.join("..data")).unwrap();
        let after = scan(dir.path()).found;
        assert_eq!((after.len(), &after[0].path), (1, &before[0].path));
        assert_ne!(after[0].stamp, before[0].stamp);
        assert!(after[0].real.ends_with("..2/a.yaml"));
    }

    #[test]
    fn links_that_lead_out_or_nowhere_are_passed_over_with_the_reason() {
        let (dir, other) = (mounted("x"), tempfile::tempdir().unwrap());
        let orders = dir.path().join("orders");
        std::fs::write(other.path().join("secret.yaml"), "x").unwrap();
        symlink(other.path().join("secret.yaml"), orders.join("b.yaml")).unwrap();
        symlink("nothing.yaml", orders.join("c.yaml")).unwrap();
        symlink(other.path(), dir.path().join("far")).unwrap();
        let scan = scan(dir.path());
        assert_eq!(scan.found.len(), 1);
        let mut told: Vec<_> = scan
            .skipped
            .iter()
            .map(|it| format!("{}: {}", it.path.file_name().unwrap().display(), it.why))
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                "b.yaml: it is a link that leads out of the folder",
                "c.yaml: it is a link to a missing file",
                "far: it is a link that leads out of the folder",
            ]
        );
    }
}
