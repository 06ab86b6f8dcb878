//! The private database of a host, in an environment that is meant for other databases.

use super::serve::Serve;
use super::server::Site;
use crate::harness::client;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_environment_says_to_other_databases_does_not_reach_the_private_one() {
    let site = Site::new();
    let mut host = Serve::new(&site)
        .variable(
            "PGOPTIONS",
            "-c default_transaction_read_only=on -c search_path=nowhere",
        )
        .variable("PGDATABASE", "nowhere")
        .start()
        .await;
    let request = client()
        .put(format!("{}/v1/namespaces/shop/secrets/key", host.url()))
        .header("content-type", "text/plain")
        .body("sk_live_4Zq-7Yw1");
    let status = request.send().await.unwrap().status();
    assert_eq!(status, 200, "{}", host.logged());
    host.ask_to_stop();
    assert!(host.ended().await, "{}", host.logged());
}
