use super::terminal::{Ran, Terminal};
use crate::harness::{OciRegistry, basics, client};
use crate::sandbox::guests::noted;
use serde_json::{Value, json};
use tasker_domain::digest::Digest;

const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Runs `tasker oci …`.
async fn oci<const N: usize>(terminal: &Terminal, arguments: [&str; N]) -> Ran {
    terminal.run(["oci"].iter().chain(&arguments)).await
}

async fn manifest(registry: &OciRegistry, path: &str) -> Value {
    let request = client().get(registry.url(path)).header("accept", MANIFEST);
    request.send().await.unwrap().json().await.unwrap()
}

/// Uploads a blob as any other program would; its digest.
async fn put_blob(registry: &OciRegistry, repository: &str, bytes: Vec<u8>) -> String {
    let started = client()
        .post(registry.url(&format!("{repository}/blobs/uploads/")))
        .send()
        .await
        .unwrap();
    let to = started.headers()["location"].to_str().unwrap().to_owned();
    let digest = format!("sha256:{}", Digest::of(&bytes));
    let put = client().put(format!("{to}&digest={digest}"));
    let put = put.header("content-type", "application/octet-stream");
    assert_eq!(put.body(bytes).send().await.unwrap().status(), 201);
    digest
}

/// Puts an artifact there that has one layer and says nothing of itself.
async fn put_artifact(registry: &OciRegistry, path: &str, config_type: &str, bytes: &[u8]) {
    let (repository, tag) = path.split_once(':').unwrap();
    let config = b"{\"architecture\": \"wasm\", \"os\": \"wasip2\"}".to_vec();
    let sizes = (config.len(), bytes.len());
    let config = put_blob(registry, repository, config).await;
    let layer = put_blob(registry, repository, bytes.to_vec()).await;
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": {"mediaType": config_type, "digest": config, "size": sizes.0},
        "layers": [{"mediaType": "application/wasm", "digest": layer, "size": sizes.1}],
    });
    let put = client().put(registry.url(&format!("{repository}/manifests/{tag}")));
    let put = put
        .header("content-type", MANIFEST)
        .body(manifest.to_string());
    assert_eq!(put.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_component_goes_to_a_registry_and_comes_back_the_same() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let place = registry.place("demo/basics:0.1.0");
    let pushed = oci(&terminal, ["push", "demo/basics@0.1.0", &place]).await;
    let pushed = pushed.succeeds();
    assert!(
        pushed.out.contains("demo/basics@0.1.0 pushed to "),
        "{pushed:?}"
    );

    let pulled = oci(
        &terminal,
        ["pull", &place, "--name", "other/copy", "--output", "json"],
    );
    let pulled = pulled.await.succeeds().json();
    assert_eq!(pulled["digest"], json!(Digest::of(basics())));
    assert_eq!(
        (&pulled["component"], &pulled["version"]),
        (&json!("copy"), &json!("0.1.0"))
    );
    // Without a name it is called as it was pushed, and is there already.
    let again = oci(&terminal, ["pull", &format!("oci://{place}")])
        .await
        .succeeds();
    assert!(
        again.out.contains("demo/basics@0.1.0 was there already"),
        "{again:?}"
    );
}

#[tokio::test]
async fn a_pushed_component_is_laid_out_as_other_programs_expect_it() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let place = registry.place("demo/basics:0.1.0");
    let push = ["push", "demo/basics@0.1.0", &place];
    oci(&terminal, push).await.succeeds();
    let found = manifest(&registry, "demo/basics/manifests/0.1.0").await;
    let digest = format!("sha256:{}", Digest::of(basics()));
    assert_eq!(found["config"]["mediaType"], CONFIG);
    assert_eq!(found["layers"].as_array().unwrap().len(), 1);
    assert_eq!(found["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(found["layers"][0]["digest"], digest);
    let config = found["config"]["digest"].as_str().unwrap();
    let config = manifest(&registry, &format!("demo/basics/blobs/{config}")).await;
    assert_eq!(
        (&config["architecture"], &config["os"]),
        (&json!("wasm"), &json!("wasip2"))
    );
    assert_eq!(config["layerDigests"], json!([digest]));
    let exports = config["component"]["exports"].to_string();
    assert!(exports.contains("tasker:step/handler@1.1.0"), "{exports}");
    // A second push changes nothing.
    oci(&terminal, push).await.succeeds();
    assert_eq!(
        manifest(&registry, "demo/basics/manifests/0.1.0").await,
        found
    );
}

#[tokio::test]
async fn what_another_program_pushed_is_pulled_by_the_name_and_version_that_are_given() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_host().await;
    put_artifact(&registry, "x/foreign:latest", CONFIG, basics()).await;
    let place = registry.place("x/foreign:latest");
    let unnamed = oci(&terminal, ["pull", &place]).await.ends_with(2);
    assert!(
        unnamed.err.contains("add for example --name orders/charge"),
        "{unnamed:?}"
    );
    let named = ["pull", &place, "--name", "demo/foreign"];
    let unversioned = oci(&terminal, named).await.ends_with(2);
    assert!(
        unversioned.err.contains("add for example --version 1.5.0"),
        "{unversioned:?}"
    );
    let pull = [
        "pull",
        &place,
        "--name",
        "demo/foreign",
        "--version",
        "1.0.0",
    ];
    let pulled = oci(&terminal, pull).await.succeeds();
    assert!(
        pulled.out.contains("demo/foreign@1.0.0 published"),
        "{pulled:?}"
    );
}

#[tokio::test]
async fn what_is_no_component_or_not_there_is_refused() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_host().await;
    let image = "application/vnd.oci.image.config.v1+json";
    put_artifact(&registry, "x/image:1.0.0", image, b"layer").await;
    let place = registry.place("x/image:1.0.0");
    let ran = oci(&terminal, ["pull", &place, "--name", "demo/x"])
        .await
        .ends_with(2);
    assert!(
        ran.err.contains("is not a WebAssembly component"),
        "{ran:?}"
    );
    for missing in ["x/image:2.0.0", "x/none:1.0.0"] {
        let place = registry.place(missing);
        let ran = oci(&terminal, ["pull", &place, "--name", "demo/x"])
            .await
            .ends_with(3);
        assert!(ran.err.contains(&format!("there is no {place}")), "{ran:?}");
    }
    let nowhere = ["pull", "127.0.0.1:9/x:1.0.0", "--name", "demo/x"];
    let ran = oci(&terminal, nowhere).await.ends_with(5);
    assert!(ran.err.contains("no answer from 127.0.0.1:9"), "{ran:?}");
    let ran = oci(&terminal, ["push", "demo/none@1.0.0", &place])
        .await
        .ends_with(3);
    assert!(
        ran.err.contains("there is no component demo/none"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn bytes_that_changed_in_the_registry_are_refused() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let place = registry.place("demo/basics:0.1.0");
    oci(&terminal, ["push", "demo/basics@0.1.0", &place])
        .await
        .succeeds();
    registry.corrupt(&Digest::of(basics()).to_string());
    let pull = ["pull", &place, "--name", "demo/changed"];
    let ran = oci(&terminal, pull).await.ends_with(1);
    assert!(
        ran.err.contains("did not arrive as it was pushed"),
        "{ran:?}"
    );
    terminal
        .run(["component", "show", "demo/changed"])
        .await
        .ends_with(3);
}

#[tokio::test]
async fn a_closed_registry_wants_a_name_and_a_password() {
    let Some(registry) = OciRegistry::start_closed().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let place = registry.place("demo/basics:0.1.0");
    let push = ["oci", "push", "demo/basics@0.1.0", &place];
    let ran = terminal.run(push).await.ends_with(2);
    assert!(
        ran.err.contains("--username and --password-stdin"),
        "{ran:?}"
    );
    let login = ["--username", "ada", "--password-stdin"];
    let login = push.iter().chain(&login);
    let wrong = terminal.run_with_input(login.clone(), "guess\n").await;
    wrong.ends_with(2);
    let right = terminal.run_with_input(login, "s3cret\n").await.succeeds();
    assert!(right.out.contains("pushed to"), "{right:?}");
}

#[tokio::test]
async fn signatures_travel_with_a_component_and_satisfy_a_policy_at_its_other_end() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let key = terminal.path("ci");
    terminal
        .run(["signing-key", "create", &key])
        .await
        .succeeds();
    let add = ["signing-policy", "add", "strict", &format!("{key}.pub")];
    terminal.run(add).await.succeeds();

    let place = registry.place("demo/basics:0.1.0");
    let push = ["push", "demo/basics@0.1.0", &place];
    oci(&terminal, push).await.succeeds();
    let pull = ["pull", &place, "--name", "strict/basics"];
    let refused = oci(&terminal, pull).await.ends_with(2);
    assert!(
        refused
            .err
            .contains("is not signed by a key that namespace strict accepts: ci ("),
        "{refused:?}"
    );

    let signed = oci(
        &terminal,
        ["push", "demo/basics@0.1.0", &place, "--sign", &key],
    )
    .await;
    let signed = signed.succeeds();
    assert!(signed.out.contains("signed by "), "{signed:?}");
    oci(&terminal, pull).await.succeeds();
    let tag = format!("sha256-{}.sig", Digest::of(basics()));
    let beside = manifest(&registry, &format!("demo/basics/manifests/{tag}")).await;
    assert_eq!(
        beside["layers"][0]["mediaType"],
        "application/vnd.tasker.signature.v1"
    );
    assert_eq!(beside["subject"]["mediaType"], MANIFEST);
    let shown = terminal
        .run(["component", "show", "strict/basics@0.1.0"])
        .await;
    assert!(shown.out.contains("signed by  ci ("), "{shown:?}");
}

#[tokio::test]
async fn a_tag_is_taken_from_other_content_only_where_that_is_asked_for() {
    let Some(registry) = OciRegistry::start().await else {
        return;
    };
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("newer.wasm", noted(basics(), "newer"));
    let push = ["component", "publish", &file, "--name", "demo/basics"];
    let push = push.iter().chain(&["--version", "0.2.0"]);
    terminal.run(push).await.succeeds();
    let place = registry.place("demo/basics:stable");
    let first = ["push", "demo/basics@0.1.0", &place];
    oci(&terminal, first).await.succeeds();
    // The same again replaces nothing.
    oci(&terminal, first).await.succeeds();
    let second = oci(&terminal, ["push", "demo/basics@0.2.0", &place]).await;
    let second = second.ends_with(4);
    assert!(
        second.err.contains("is there already, with other content")
            && second.err.contains("replace it with --force"),
        "{second:?}"
    );
    let forced = ["push", "demo/basics@0.2.0", &place, "--force"];
    oci(&terminal, forced).await.succeeds();
}
