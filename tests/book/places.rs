//! Where things are in the repository.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

/// A file of the folder that has what chapters presuppose.
pub fn own_file(name: &str) -> PathBuf {
    root().join("tests/book").join(name)
}
