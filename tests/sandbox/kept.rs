//! The files of compiled code: what is found again, what goes, and what a host does where they cannot be written.

use super::guests;
use super::linked::{
    LARGE, SEES_MEMORY, fields, libraries, library, linked, loads, open, refusal, without_handler,
};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Two versions of a component, linked with the same library.
fn two_versions() -> [Vec<u8>; 2] {
    let first = linked(&library(SEES_MEMORY, LARGE), 1);
    let second = guests::noted(&first, "another version");
    [first, second]
}

/// The one library in the directory.
fn only_library(dir: &Path) -> PathBuf {
    let libraries = libraries(dir);
    assert_eq!(libraries.len(), 1);
    libraries.into_keys().next().unwrap()
}

/// As if nobody had written or read it for hours.
fn make_old(path: &Path) {
    let long_ago = SystemTime::now() - Duration::from_secs(4 * 3_600);
    File::open(path).unwrap().set_modified(long_ago).unwrap();
}

/// The files of code, finished or not.
fn files(dir: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dir).unwrap().map(|it| it.unwrap().path());
    files.filter(|it| it.extension().is_some()).collect()
}

#[tokio::test]
async fn a_library_whose_file_is_missing_or_was_changed_is_compiled_again() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = linked(&library(SEES_MEMORY, LARGE), 1);
    loads(&open(dir.path()), &bytes).await;
    let file = only_library(dir.path());
    std::fs::remove_file(&file).unwrap();
    assert_eq!(loads(&open(dir.path()), &bytes).await, 1);
    let mut code = std::fs::read(&file).unwrap();
    let middle = code.len() / 2;
    code[middle] ^= 1;
    std::fs::write(&file, code).unwrap();
    assert_eq!(loads(&open(dir.path()), &bytes).await, 1);
    assert_eq!(loads(&open(dir.path()), &bytes).await, 0);
}

#[tokio::test]
async fn a_library_goes_with_the_last_component_that_is_linked_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    for bytes in two_versions() {
        loads(&sandbox, &bytes).await;
    }
    let file = only_library(dir.path());
    make_old(&file);
    for left in [1, 0] {
        let mut kept = sandbox.kept_code().await;
        kept.truncate(1);
        sandbox.drop_code(kept).await;
        assert_eq!(libraries(dir.path()).len(), left);
    }
}

#[tokio::test]
async fn a_library_counts_with_the_component_that_was_used_last() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    for bytes in two_versions() {
        loads(&sandbox, &bytes).await;
    }
    let kept = sandbox.kept_code().await;
    let sizes = files(dir.path())
        .into_iter()
        .map(|it| it.metadata().unwrap().len());
    assert_eq!(
        kept.iter().map(|it| it.bytes).sum::<u64>(),
        sizes.sum::<u64>()
    );
    assert!(
        kept[0].used_at <= kept[1].used_at && kept[0].bytes < kept[1].bytes,
        "{kept:?}"
    );
}

#[tokio::test]
async fn the_file_of_a_library_in_memory_is_written_again_for_the_next_component() {
    let dir = tempfile::tempdir().unwrap();
    let [first, second] = two_versions();
    let sandbox = open(dir.path());
    loads(&sandbox, &first).await;
    std::fs::remove_file(only_library(dir.path())).unwrap();
    loads(&sandbox, &second).await;
    only_library(dir.path());
    assert_eq!(loads(&open(dir.path()), &second).await, 0);
}

#[tokio::test]
async fn libraries_stay_where_a_component_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    loads(&sandbox, &linked(&library(SEES_MEMORY, LARGE), 1)).await;
    make_old(&only_library(dir.path()));
    let component = files(dir.path())
        .into_iter()
        .find(|it| it.extension() == Some("cwasm".as_ref()));
    let component = component.unwrap();
    std::fs::remove_file(&component).unwrap();
    std::fs::create_dir(&component).unwrap();
    sandbox.drop_code(Vec::new()).await;
    only_library(dir.path());
}

#[tokio::test]
async fn nothing_stays_of_an_upload_that_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = open(dir.path());
    let bytes = without_handler(&fields(SEES_MEMORY, LARGE));
    refusal(&sandbox, bytes.clone()).await;
    assert_eq!(files(dir.path()), Vec::<PathBuf>::new());
    // Another one is linked with the same library.
    loads(&sandbox, &linked(&library(SEES_MEMORY, LARGE), 1)).await;
    refusal(&sandbox, bytes).await;
    only_library(dir.path());
}

#[tokio::test]
async fn what_a_killed_host_began_to_write_goes_after_an_hour() {
    let dir = tempfile::tempdir().unwrap();
    let [old, young] = ["old.part", "young.part"].map(|name| dir.path().join(name));
    for path in [&old, &young] {
        std::fs::write(path, "half").unwrap();
    }
    make_old(&old);
    open(dir.path()).drop_code(Vec::new()).await;
    assert_eq!(files(dir.path()), [young]);
}

#[tokio::test]
async fn a_component_whose_library_cannot_be_written_runs_and_is_not_kept() {
    let bytes = linked(&library(SEES_MEMORY, LARGE), 1);
    let other = tempfile::tempdir().unwrap();
    loads(&open(other.path()), &bytes).await;
    let file = only_library(other.path());
    // A file cannot take the place of a directory.
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(file.file_name().unwrap())).unwrap();
    let sandbox = open(dir.path());
    assert_eq!(loads(&sandbox, &bytes).await, 1);
    assert!(!sandbox.code_health().await.is_written);
    assert!(sandbox.kept_code().await.is_empty());
    assert_eq!(files(dir.path()).len(), 1);
}
