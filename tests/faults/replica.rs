//! Reads that a streaming standby answers, as long as it can.

use super::server::{Server, Site};
use crate::flow::retention::make_old_in;
use crate::harness::{ADMIN_KEY, TestHost, basics, tasker, wait_until};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;
use tasker::host::{HostConfig, ReadReplica};
use tasker_archive::Location;
use tokio::process::Command;

/// A role that may see nothing of the server but its own database.
const PLAIN: &str = "app";

const ONE: &str = "steps: [{name: a, handler: basics/noop}]";

/// A primary, its standby, and a host that reads from the standby.
struct Replicated {
    site: Site,
    primary: Server,
    standby: Server,
    host: TestHost,
}

impl Replicated {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut HostConfig)) -> Self {
        let site = Site::new();
        let primary = site.primary(&[]).await;
        primary.run("create role app login").await;
        primary.run("create database app owner app").await;
        let standby = site.standby_of(&primary).await;
        let host = TestHost::start_at(primary.url(PLAIN, PLAIN), |config| {
            config.connections = 16;
            config.read_replica = Some(ReadReplica {
                url: standby.url(PLAIN, PLAIN),
                max_lag: Duration::from_secs(60),
            });
            change(config);
        })
        .await;
        host.publish_component("basics", "1.0.0", basics()).await;
        host.publish_template("one", ONE).await;
        let all = Self {
            site,
            primary,
            standby,
            host,
        };
        all.catch_up().await;
        all.is_read(true).await;
        all
    }

    /// Returns once the standby has what the primary has by now.
    async fn catch_up(&self) {
        let written: String = self.primary.ask("select pg_current_wal_lsn()::text").await;
        let has = format!("select pg_last_wal_replay_lsn() >= '{written}'");
        wait_until("the standby has it", async || {
            self.standby.ask::<bool>(&has).await.then_some(())
        })
        .await;
    }

    async fn pause(&self) {
        self.standby.run("select pg_wal_replay_pause()").await;
        let state = "select pg_get_wal_replay_pause_state() = 'paused'";
        wait_until("the replay is paused", async || {
            self.standby.ask::<bool>(state).await.then_some(())
        })
        .await;
    }

    async fn resume(&self) {
        self.standby.run("select pg_wal_replay_resume()").await;
    }

    /// The answer, and how far the replica is behind that gave it.
    async fn get(&self, path: &str) -> (Option<u64>, Value) {
        self.get_within(path, "60000").await
    }

    async fn get_within(&self, path: &str, max_lag_ms: &str) -> (Option<u64>, Value) {
        let header = "x-tasker-max-lag-ms";
        let (status, lag, answer) = self.host.get_with(path, header, max_lag_ms).await;
        assert_eq!(status, 200, "{path}: {answer}");
        (lag, answer)
    }

    /// Waits until lists are, or are not, answered by the standby.
    async fn is_read(&self, is_read: bool) {
        wait_until(&format!("the standby is read: {is_read}"), async || {
            let (lag, _) = self.get("/v1/tasks").await;
            (lag.is_some() == is_read).then_some(())
        })
        .await;
    }

    /// What the host says of the replica.
    async fn health(&self) -> Value {
        let (status, health) = self.host.get("/health/status").await;
        assert_eq!(status, 200, "{health}");
        health["read_replica"].clone()
    }

    async fn why_not(&self) -> String {
        self.is_read(false).await;
        self.health().await["unusable"].as_str().unwrap().to_owned()
    }
}

fn count(page: &Value) -> usize {
    page["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_come_from_the_replica_and_say_how_old_they_are() {
    let all = Replicated::start().await;
    let first = all.host.run("one", json!({})).await;
    all.catch_up().await;
    let shown = format!("/v1/tasks/{}", first["id"].as_str().unwrap());
    for path in [
        "/v1/tasks",
        &shown,
        &format!("{shown}/steps"),
        &format!("{shown}/transitions"),
        &format!("{shown}/input"),
        "/v1/audit",
        "/v1/registry/stats",
    ] {
        assert!(all.get(path).await.0.is_some(), "{path}");
    }
    for path in [format!("{shown}?wait_ms=10"), format!("{shown}/result")] {
        assert_eq!(all.get(&path).await.0, None, "{path}");
    }
    assert_eq!(all.get("/v1/components").await.0, None);

    all.pause().await;
    let second = all.host.run("one", json!({})).await;
    let (lag, tasks) = all.get("/v1/tasks").await;
    assert_eq!(count(&tasks), 1, "the replay is paused");
    assert!(lag.is_some_and(|lag| lag > 0), "{lag:?}");
    let (lag, tasks) = all.get_within("/v1/tasks", "0").await;
    assert_eq!((lag, count(&tasks)), (None, 2));
    let unseen = format!("/v1/tasks/{}", second["id"].as_str().unwrap());
    let (lag, task) = all.get(&unseen).await;
    assert_eq!((lag, &task["state"]), (None, &json!("complete")));
    wait_until("the lag grows", async || {
        let (lag, _) = all.get("/v1/tasks").await;
        (lag > Some(1_500)).then_some(())
    })
    .await;
    assert_eq!(all.get_within("/v1/tasks", "1000").await.0, None);
    all.the_command_says_so(true).await;

    all.resume().await;
    wait_until("the replica has caught up", async || {
        let (lag, tasks) = all.get("/v1/tasks").await;
        (lag == Some(0) && count(&tasks) == 2).then_some(())
    })
    .await;
    all.the_command_says_so(false).await;
    all.host.host.stop().await.unwrap();
}

impl Replicated {
    async fn the_command_says_so(&self, is_said: bool) {
        let ran = Command::new(tasker())
            .args(["task", "ls", "--url", &self.host.host.url()])
            .env("TASKER_TOKEN", ADMIN_KEY)
            .output();
        let ran = ran.await.unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.success(), "{said}");
        assert_eq!(
            said.starts_with("read from a replica that is "),
            is_said,
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_down_costs_no_caller_an_error() {
    let mut all = Replicated::start().await;
    all.standby.stop_at_once();
    for _ in 0..20 {
        assert_eq!(all.get("/v1/tasks").await.0, None);
    }
    assert!(!all.why_not().await.is_empty());
    all.standby.start().await;
    all.is_read(true).await;
    wait_until("the status says so", async || {
        all.health().await["unusable"].is_null().then_some(())
    })
    .await;
    all.host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_frozen_or_fails_in_the_middle_costs_no_caller_an_error() {
    let all = Replicated::start().await;
    all.standby.freeze();
    let asked = std::iter::repeat_with(|| all.get("/v1/tasks")).take(12);
    for (lag, _) in futures::future::join_all(asked).await {
        assert_eq!(lag, None);
    }
    all.standby.thaw();
    all.is_read(true).await;
    all.host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_further_behind_than_allowed_is_not_read() {
    let all = Replicated::start_with(|config| {
        config.read_replica.as_mut().unwrap().max_lag = Duration::from_millis(700);
    })
    .await;
    all.pause().await;
    all.host.run("one", json!({})).await;
    let why = all.why_not().await;
    assert!(why.ends_with(" ms behind, and 700 are allowed"), "{why}");
    all.resume().await;
    all.is_read(true).await;
    all.host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lost_its_primary_is_not_taken_for_one_that_has_everything() {
    let all = Replicated::start_with(|config| {
        config.read_replica.as_mut().unwrap().max_lag = Duration::from_millis(700);
    })
    .await;
    all.standby
        .run("alter system set primary_conninfo = ''")
        .await;
    all.standby.run("select pg_reload_conf()").await;
    let why = all.why_not().await;
    assert!(why.contains(" ms behind"), "{why}");
    all.host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_standby_of_the_database_is_not_read() {
    let all = Replicated::start().await;
    let host = async |url: String| {
        let config = |config: &mut HostConfig| {
            config.worker = None;
            let max_lag = Duration::from_secs(60);
            config.read_replica = Some(ReadReplica { url, max_lag });
        };
        TestHost::start_at(all.primary.url(PLAIN, PLAIN), config).await
    };
    let why = async |url: String| {
        let host = host(url).await;
        assert_eq!(host.get("/v1/tasks").await.0, 200);
        let (_, health) = host.get("/health/status").await;
        host.host.stop().await.unwrap();
        health["read_replica"]["unusable"].clone()
    };
    assert_eq!(
        why(all.primary.url(PLAIN, PLAIN)).await,
        "it is not a standby"
    );
    let other_database = why(all.standby.url("tasker", "postgres")).await;
    assert_eq!(
        other_database,
        "it is no standby of the database of --database-url"
    );
    all.host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_archived_is_read_from_the_replica() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Location::Folder(folder.path().to_owned());
    let all = Replicated::start_with(|config| config.archive = Some(archive)).await;
    all.standby
        .run("alter system set log_statement = 'all'")
        .await;
    all.standby.run("select pg_reload_conf()").await;
    all.host.run("one", json!({})).await;
    let rule = json!({"complete_ms": 60_000});
    let (status, set) = all.host.put("/v1/namespaces/shop/retention", &rule).await;
    assert_eq!(status, 200, "{set}");
    let pool = PgPool::connect(&all.primary.url(PLAIN, PLAIN))
        .await
        .unwrap();
    make_old_in(&pool).await;
    wait_until("the task is archived and deleted", async || {
        let (_, tasks) = all.get_within("/v1/tasks", "0").await;
        (count(&tasks) == 0).then_some(())
    })
    .await;
    assert!(all.standby.logged().contains("with page as materialized"));
    let id: String = std::fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|day| std::fs::read_dir(day.unwrap().path()).unwrap())
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .find_map(|name| Some(name.split_once('_')?.0.to_owned()))
        .unwrap();
    let show = Command::new(tasker())
        .args(["task", "show", &id, "--from"])
        .arg(folder.path())
        .output();
    assert!(show.await.unwrap().status.success());
    all.host.host.stop().await.unwrap();
    drop(all.site);
}
