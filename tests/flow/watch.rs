//! A folder that a host watches.

use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use serde_json::{Value, json};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

const ADD: &str = "namespace: shop\nname: add\nversion: 1.0.0\nsteps:\n\
    \x20 - {name: two, handler: basics/sum@^0.1, config: {value: 2}}\n";
const MORE: &str = "  - {name: three, handler: basics/noop}\n";

/// A host that watches a folder with the namespace `shop` in it.
async fn watching(database: &TestDatabase) -> (TestHost, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("shop")).unwrap();
    let watched = dir.path().to_owned();
    let host = TestHost::start_with(database, |config| config.watch = Some(watched)).await;
    (host, dir)
}

/// The version once it is published.
async fn published(host: &TestHost, path: &str) -> Value {
    let path = format!("/v1/namespaces/shop/{path}");
    wait_until(&path, async || {
        let (status, found) = host.get(&path).await;
        (status == 200).then_some(found)
    })
    .await
}

fn write(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(dir.join("shop").join(name), bytes).unwrap();
}

#[tokio::test]
async fn what_appears_in_a_watched_folder_is_published_and_runs() {
    let database = TestDatabase::new().await;
    let (host, dir) = watching(&database).await;
    write(dir.path(), "basics@0.1.0.wasm", basics());
    write(dir.path(), "add.yaml", ADD);
    published(&host, "components/basics/versions/0.1.0").await;
    published(&host, "templates/add/versions/1.0.0").await;
    let task = host.run("add", json!(null)).await;
    assert_eq!(task["state"], "complete", "{task}");
    // A new version in the same file is published beside the old one.
    write(dir.path(), "add.yaml", ADD.replace("1.0.0", "1.1.0"));
    published(&host, "templates/add/versions/1.1.0").await;
    published(&host, "templates/add/versions/1.0.0").await;
}

#[tokio::test]
async fn what_is_wrong_in_a_watched_folder_is_left_out_and_the_rest_is_published() {
    let database = TestDatabase::new().await;
    let (host, dir) = watching(&database).await;
    write(dir.path(), "basics@0.1.0.wasm", basics());
    published(&host, "components/basics/versions/0.1.0").await;
    // Other bytes under a version that is there, bytes that are none, a name without a version, a
    // template of another namespace.
    write(
        dir.path(),
        "basics@0.1.0.wasm",
        [basics(), &[0, 2, 1, b'x']].concat(),
    );
    write(dir.path(), "broken@1.0.0.wasm", "not wasm");
    write(dir.path(), "unversioned.wasm", basics());
    write(
        dir.path(),
        "far.yaml",
        ADD.replace("shop", "far").replace("add", "far"),
    );
    write(dir.path(), "z-last.yaml", ADD);
    published(&host, "templates/add/versions/1.0.0").await;
    let (_, page) = host.get("/v1/components").await;
    let names: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["name"])
        .collect();
    assert_eq!(names, ["basics"]);
    assert_eq!(host.get("/v1/namespaces/far/templates/far").await.0, 404);
    let kept = published(&host, "components/basics/versions/0.1.0").await;
    assert_eq!(kept["size_bytes"], basics().len());
}

#[tokio::test]
async fn a_file_that_is_being_written_is_left_alone_until_it_is_closed() {
    let database = TestDatabase::new().await;
    let (host, dir) = watching(&database).await;
    write(dir.path(), "basics@0.1.0.wasm", basics());
    published(&host, "components/basics/versions/0.1.0").await;
    let mut file = std::fs::File::create(dir.path().join("shop/add.yaml")).unwrap();
    file.write_all(ADD.as_bytes()).unwrap();
    // What comes later and is whole is published, so the first had the time.
    write(
        dir.path(),
        "other.yaml",
        ADD.replace("name: add", "name: other"),
    );
    published(&host, "templates/other/versions/1.0.0").await;
    assert_eq!(host.get("/v1/namespaces/shop/templates/add").await.0, 404);
    file.write_all(MORE.as_bytes()).unwrap();
    drop(file);
    let whole = published(&host, "templates/add/versions/1.0.0").await;
    assert_eq!(whole["steps"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_template_waits_for_what_it_runs() {
    let database = TestDatabase::new().await;
    let (host, dir) = watching(&database).await;
    write(dir.path(), "add.yaml", ADD);
    // What comes later and is whole is published, so the first had the time.
    write(dir.path(), "charge@0.1.0.wasm", basics());
    published(&host, "components/charge/versions/0.1.0").await;
    assert_eq!(host.get("/v1/namespaces/shop/templates/add").await.0, 404);
    write(dir.path(), "basics@0.1.0.wasm", basics());
    published(&host, "templates/add/versions/1.0.0").await;
}

#[tokio::test]
async fn a_mounted_volume_is_published_and_so_is_what_is_swapped_in() {
    let database = TestDatabase::new().await;
    let (host, dir) = watching(&database).await;
    let shop = dir.path().join("shop");
    let fill = |name: &str, version: &str| {
        let folder = shop.join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("basics@0.1.0.wasm"), basics()).unwrap();
        std::fs::write(folder.join("add.yaml"), ADD.replace("1.0.0", version)).unwrap();
    };
    fill("..one", "1.0.0");
    symlink("..one", shop.join("..data")).unwrap();
    for name in ["basics@0.1.0.wasm", "add.yaml"] {
        symlink(Path::new("..data").join(name), shop.join(name)).unwrap();
    }
    published(&host, "templates/add/versions/1.0.0").await;
    fill("..two", "1.0.1");
    symlink("..two", shop.join("..data_tmp")).unwrap();
    std::fs::rename(shop.join("..data_tmp"), shop.join("..data")).unwrap();
    std::fs::remove_dir_all(shop.join("..one")).unwrap();
    published(&host, "templates/add/versions/1.0.1").await;
}
