use std::fs;
use std::path::Path;

use tasker::host::{HostError, private_server};
use tasker_embedded_postgres::Embedded;

use super::{directory, start};

#[tokio::test]
async fn a_second_host_on_one_directory_is_told_who_has_it() {
    let directory = directory();
    let server = start(&directory).await;
    let message = refusal(directory.path()).await;
    let holder = format!("(process {})", std::process::id());
    assert!(message.contains(&holder), "{message}");
    assert!(message.contains("--database-url"), "{message}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_left_alone() {
    let directory = directory();
    let cluster = directory.path().join("postgres");
    fs::create_dir(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let message = refusal(directory.path()).await;
    assert!(message.contains("was made by PostgreSQL 9"), "{message}");
    assert!(message.contains("pg_upgrade"), "{message}");
    assert_eq!(fs::read_dir(&cluster).unwrap().count(), 1);
}

#[tokio::test]
async fn a_directory_of_something_else_is_left_alone() {
    let directory = directory();
    let something = directory.path().join("postgres");
    fs::create_dir(&something).unwrap();
    fs::write(something.join("thesis.txt"), "precious").unwrap();
    let message = refusal(directory.path()).await;
    assert!(message.contains("holds no PostgreSQL cluster"), "{message}");
    assert!(something.join("thesis.txt").exists());
}

#[tokio::test]
async fn a_server_that_ends_at_its_start_is_told_with_its_last_words() {
    let directory = directory();
    let mut config = private_server(directory.path());
    config.settings = vec![("shared_buffers".into(), "1000 parsecs".into())];
    let message = Embedded::start(config).await.unwrap_err().to_string();
    assert!(message.contains("postgres.log"), "{message}");
    assert!(message.contains("1000 parsecs"), "{message}");
}

async fn refusal(data_dir: &Path) -> String {
    let error = Embedded::start(private_server(data_dir))
        .await
        .expect_err("the start is refused");
    HostError::from(error).to_string()
}
