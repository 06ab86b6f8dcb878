//! Files whose names or contents are not meant well, in folders that are published.

use super::bombs::laughs;
use crate::cli::terminal::Terminal;
use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use std::fs;

/// Names of files that are no components, each said to be one.
const NAMES: [&str; 8] = [
    "a..@1.0.0.wasm",
    "a%2f..%2fcharge@1.0.0.wasm",
    "a b@1.0.0.wasm",
    "\u{455}hop@1.0.0.wasm",
    "a\nb@1.0.0.wasm",
    "';drop table tasker.task;--@1.0.0.wasm",
    "charge@../../1.0.0.wasm.wasm",
    "charge@99999999999999999999.0.0.wasm",
];

/// Writes the file, unless it would stand elsewhere.
fn write(folder: &str, name: &str, bytes: &[u8]) -> bool {
    !name.contains('/') && fs::write(format!("{folder}/{name}"), bytes).is_ok()
}

#[tokio::test]
async fn sync_refuses_names_that_are_none_before_it_sends_anything() {
    let terminal = Terminal::with_host().await;
    for (number, name) in NAMES.into_iter().enumerate() {
        let demo = terminal.path(&format!("demo{number}"));
        let components = format!("{demo}/components");
        fs::create_dir_all(&components).unwrap();
        if !write(&components, name, basics()) {
            continue;
        }
        let refused = terminal.run(["sync", &demo]).await.ends_with(2);
        assert!(refused.err.contains("error: "), "{refused:?}");
        assert!(refused.err.contains("components"), "{refused:?}");
    }
    let listed = terminal.run(["component", "ls"]).await.succeeds();
    assert!(!listed.out.contains("1.0.0"), "{listed:?}");
}

#[tokio::test]
async fn sync_refuses_yaml_that_multiplies() {
    let terminal = Terminal::with_host().await;
    let demo = terminal.path("demo");
    fs::create_dir_all(format!("{demo}/templates")).unwrap();
    for (file, rest) in [
        ("pins.yaml", "components: {a: *a9}\n"),
        ("templates/one.yaml", "steps: [{name: a, config: *a9}]\n"),
    ] {
        let path = format!("{demo}/{file}");
        fs::write(&path, format!("{}{rest}", laughs())).unwrap();
        let refused = terminal.run(["sync", &demo]).await.ends_with(2);
        assert!(refused.err.contains(file), "{refused:?}");
        fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn a_watched_folder_with_such_files_publishes_the_others() {
    let (database, dir) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let root = dir.path().to_str().unwrap();
    let shop = format!("{root}/shop");
    for folder in ["shop", "..shop", "sh op", "\u{455}hop", "shop\n"] {
        fs::create_dir_all(format!("{root}/{folder}")).unwrap();
        write(&format!("{root}/{folder}"), "strange@1.0.0.wasm", basics());
    }
    fs::remove_file(format!("{shop}/strange@1.0.0.wasm")).unwrap();
    for name in NAMES {
        write(&shop, name, basics());
    }
    fs::write(format!("{shop}/bomb.yaml"), laughs()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", format!("{shop}/zero@1.0.0.wasm")).unwrap();
    std::os::unix::fs::symlink(&shop, format!("{shop}/loop@1.0.0.wasm")).unwrap();
    write(&shop, "zz@1.0.0.wasm", basics());
    let watched = dir.path().to_owned();
    let host = TestHost::start_with(&database, |config| config.watch = Some(watched)).await;
    wait_until("the last of them is published", async || {
        let path = "/v1/namespaces/shop/components/zz/versions/1.0.0";
        (host.get(path).await.0 == 200).then_some(())
    })
    .await;
    let (status, all) = host.get("/v1/components").await;
    let names: Vec<_> = all["items"].as_array().unwrap().iter().collect();
    assert_eq!((status, names.len()), (200, 1), "{all}");
}
