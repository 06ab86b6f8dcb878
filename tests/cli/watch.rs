use super::first_start::serve;
use crate::harness::{TestDatabase, basics, wait_until};
use std::os::unix::fs::symlink;

const ADD: &str = "namespace: shop\nname: add\nversion: 1.0.0\nsteps:\n\
    \x20 - {name: two, handler: basics/sum@^0.1}\n";

#[tokio::test]
async fn a_watched_folder_may_have_the_rules_that_sync_applies() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let watched = folder.path().join("watched");
    let shop = watched.join("shop");
    std::fs::create_dir_all(&shop).unwrap();
    let rules = ["pins.yaml", "grants.yaml", "limits.yaml", "recordings.yaml"];
    for name in rules {
        std::fs::write(shop.join(name), "components: {}\n").unwrap();
    }
    std::fs::write(shop.join("basics@0.1.0.wasm"), basics()).unwrap();
    std::fs::write(shop.join("add.yaml"), ADD).unwrap();
    std::fs::write(watched.join("astray.yaml"), ADD).unwrap();
    symlink("nothing.yaml", shop.join("dangling.yaml")).unwrap();
    let watch = ["--watch", watched.to_str().unwrap()];
    let host = serve(&database, folder.path(), &watch).await;
    let about = |log: &str, name: &str| -> Vec<String> {
        let path = shop.join(name).display().to_string();
        let lines = log.lines().filter(|line| line.contains(&path));
        lines.map(str::to_owned).collect()
    };
    wait_until("each file is told of", async || {
        let log = host.logged();
        let told = |name| !about(&log, name).is_empty();
        (log.contains("published template") && rules.into_iter().all(told)).then_some(())
    })
    .await;
    let (_, log) = host.stop().await;
    for name in rules {
        let told = about(&log, name);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("left alone: `tasker sync` applies"),
            "{told:?}"
        );
    }
    let dangling = about(&log, "dangling.yaml");
    assert_eq!(dangling.len(), 1, "{dangling:?}");
    let told = "passed over: it is a link to a missing file";
    assert!(dangling[0].contains(told), "{dangling:?}");
    assert!(log.contains("it is not in a folder"), "{log}");
    assert!(log.contains("published template shop/add@1.0.0"), "{log}");
}
