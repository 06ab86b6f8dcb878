//! A host whose own machine is in trouble.

use crate::harness::{TestDatabase, TestHost, basics, step_of, wait_until_sql};
use serde_json::json;
use tasker_sandbox::{CompileLimits, Compiler};

const STEPS: &str = "
steps:
  - {name: a, handler: basics/sum, config: {value: 7}, retry: {max_attempts: 1}}
";

#[tokio::test]
async fn a_host_that_cannot_compile_gives_steps_back_and_another_runs_them() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    api.publish_component("basics", "1.0.0", basics()).await;
    api.publish_template("one", STEPS).await;
    let empty = tempfile::tempdir().unwrap();
    // As where no further process can be started.
    let troubled = TestHost::start_with(&database, |config| {
        config.data_dir = empty.path().to_owned();
        config.compiler = Compiler::Child {
            program: empty.path().join("missing"),
            limits: CompileLimits::default(),
        };
    })
    .await;
    let id = api.submit("one", json!({})).await;
    let given_back = "select count(*) > 0 from tasker.step
        where free_attempts > 1 and state = 'ready' and error ->> 'code' = 'component_unusable'";
    wait_until_sql(database.pool(), given_back).await;
    let task = api.task(&id).await;
    let why = step_of(&task, "a")["error"]["message"].as_str().unwrap();
    assert!(why.contains("No such file"), "{why}");
    troubled.host.stop().await.unwrap();

    let worker = TestHost::start(&database).await;
    assert_eq!(api.finished(&id).await["result"], 7);
    for host in [worker, api] {
        host.host.stop().await.unwrap();
    }
}
