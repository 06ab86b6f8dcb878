//! The address that was checked is the one that is connected to, whatever a name means a moment later.

use super::attempt::{attempt, failure};
use super::guests;
use super::http::server;
use futures::future::BoxFuture;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex};
use tasker_domain::digest::Digest;
use tasker_domain::outcome::Outcome;
use tasker_sandbox::{Compiler, Executed, HostServices, LogSource, LookUp, Sandbox, SandboxConfig};
use tempfile::TempDir;

/// Gives one answer after the other, and the last of them again and again.
struct Changing(Mutex<Answers>);

/// Never answers.
struct Silent;

impl LookUp for Silent {
    fn look_up<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(std::future::pending())
    }
}

struct Answers {
    left: VecDeque<Vec<IpAddr>>,
    asked: usize,
}

impl Changing {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let addresses = |answer: &&[&str]| answer.iter().map(|it| it.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(Answers {
            left: answers.iter().map(addresses).collect(),
            asked: 0,
        })))
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }
}

impl LookUp for Changing {
    fn look_up<'a>(&'a self, _host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let mut answers = self.0.lock().unwrap();
        answers.asked += 1;
        let answer = match answers.left.len() {
            1 => answers.left[0].clone(),
            _ => answers.left.pop_front().unwrap(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// A sandbox whose handlers find addresses there.
struct Resolving {
    sandbox: Sandbox,
    _folder: TempDir,
}

impl Resolving {
    fn by(names: &Arc<Changing>) -> Self {
        Self::with(names.clone())
    }

    fn with(names: Arc<dyn LookUp>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = SandboxConfig {
            cache_dir: folder.path().to_owned(),
            max_concurrent: 2,
            compiler: Compiler::InProcess,
        };
        Self {
            sandbox: Sandbox::with_names(config, names).unwrap(),
            _folder: folder,
        }
    }

    /// Fetches `http://<authority>/`, which is granted.
    async fn fetch(&self, authority: &str, deadline_ms: u64) -> Executed {
        self.run("fetch", authority, deadline_ms).await
    }

    async fn run(&self, handler: &str, authority: &str, deadline_ms: u64) -> Executed {
        let bytes = guests::misbehaving();
        let load = async || Ok::<_, io::Error>(bytes.to_vec());
        let prepared = self.sandbox.prepare(Digest::of(bytes), load).await.unwrap();
        let invocation = attempt(handler)
            .input(&format!("\"{authority}\""))
            .http(&[authority])
            .deadline_ms(deadline_ms)
            .invocation();
        self.sandbox
            .execute(&prepared, invocation, HostServices::default())
            .await
    }
}

fn remarks(executed: &Executed) -> String {
    let remarks = executed
        .log
        .iter()
        .filter(|line| line.source == LogSource::Host);
    remarks
        .map(|line| line.message.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_in_the_time_that_the_guest_gives_it_is_given_up() {
    let resolving = Resolving::with(Arc::new(Silent));
    let executed = resolving
        .run("fetch_connect", "silent.example", 30_000)
        .await;
    assert!(
        remarks(&executed).contains("no connection within 50ms"),
        "{}",
        remarks(&executed)
    );
    assert!(failure(executed).message.contains("ConnectionTimeout"));
}

#[tokio::test]
async fn the_metadata_of_clouds_has_no_name_that_leads_to_it() {
    let names = Changing::new(&[&["93.184.216.34"]]);
    let resolving = Resolving::by(&names);
    for name in ["metadata.google.internal", "instance-data"] {
        let refused = resolving.fetch(name, 5_000).await;
        assert!(remarks(&refused).contains("metadata service"), "{name}");
    }
    assert_eq!(names.asked(), 0);
}

/// Where nobody must come by.
fn unvisited() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_turns_to_an_inner_address_after_the_check_leads_nowhere() {
    let (inner, port) = unvisited();
    // The first is set aside for documentation: nobody answers there.
    let names = Changing::new(&[&["192.0.2.1"], &["127.0.0.1"]]);
    let resolving = Resolving::by(&names);
    let authority = format!("rebind.example:{port}");
    let first = resolving.fetch(&authority, 300).await;
    assert!(!remarks(&first).contains("is at"), "{}", remarks(&first));
    assert_eq!(names.asked(), 1, "it asks once for one connection");
    let second = resolving.fetch(&authority, 5_000).await;
    let told = "`rebind.example` is at 127.0.0.1, which is an inner address";
    assert!(remarks(&second).contains(told), "{}", remarks(&second));
    assert!(failure(second).message.contains("HttpRequestDenied"));
    assert_eq!(
        inner.accept().unwrap_err().kind(),
        io::ErrorKind::WouldBlock
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_that_was_checked_is_used_and_no_second_one_is_asked_for() {
    let port = server("204 No Content").port();
    let names = Changing::new(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let resolving = Resolving::by(&names);
    let fetched = resolving.fetch(&format!("localhost:{port}"), 5_000).await;
    assert_eq!(fetched.outcome, Outcome::Completed("204".to_owned()));
    assert_eq!(names.asked(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_name_with_several_addresses_only_those_that_may_be_reached_are_tried() {
    let (inner, port) = unvisited();
    let names = Changing::new(&[&["127.0.0.1", "192.0.2.1", "::1"]]);
    let resolving = Resolving::by(&names);
    let fetched = resolving.fetch(&format!("mixed.example:{port}"), 300).await;
    assert!(!matches!(fetched.outcome, Outcome::Completed(_)));
    assert_eq!(
        inner.accept().unwrap_err().kind(),
        io::ErrorKind::WouldBlock
    );
}

#[tokio::test]
async fn cloud_metadata_behind_a_name_is_never_reached() {
    let names = Changing::new(&[&["169.254.169.254"]]);
    let resolving = Resolving::by(&names);
    let fetched = resolving.fetch("metadata.example", 5_000).await;
    assert!(
        remarks(&fetched).contains("link-local"),
        "{}",
        remarks(&fetched)
    );
}
