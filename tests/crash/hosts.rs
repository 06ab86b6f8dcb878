use crate::harness::{ADMIN_KEY, tasker, wait_until};
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Hosts that share one database.
pub const COUNT: usize = 2;

/// Where the hosts listen; one that is restarted listens elsewhere.
pub type Urls = Arc<Mutex<Vec<String>>>;

/// `tasker serve`, in processes of their own.
pub struct Hosts {
    processes: Vec<tokio::sync::Mutex<Child>>,
    urls: Urls,
    database_url: String,
    variables: Variables,
    directory: TempDir,
}

/// Variables of the environment of hosts.
pub type Variables = Vec<(String, String)>;

impl Hosts {
    pub async fn start(database_url: &str) -> Self {
        Self::start_with(database_url, Variables::new()).await
    }

    pub async fn start_with(database_url: &str, variables: Variables) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut processes = Vec::new();
        let mut urls = Vec::new();
        for number in 0..COUNT {
            let (process, url) =
                serve_with(directory.path(), number, database_url, &[], &variables).await;
            processes.push(tokio::sync::Mutex::new(process));
            urls.push(url);
        }
        Self {
            processes,
            urls: Arc::new(Mutex::new(urls)),
            database_url: database_url.to_owned(),
            variables,
            directory,
        }
    }

    pub fn urls(&self) -> Urls {
        self.urls.clone()
    }

    pub fn url(&self, number: usize) -> String {
        self.urls.lock().unwrap()[number].clone()
    }

    /// Kills a host and returns when its successor is ready.
    pub async fn kill(&self, number: usize) {
        let mut process = self.processes[number].lock().await;
        process.kill().await.unwrap();
        let directory = self.directory.path();
        let next = serve_with(directory, number, &self.database_url, &[], &self.variables);
        let (next, url) = next.await;
        *process = next;
        self.urls.lock().unwrap()[number] = url;
    }

    /// Asks the hosts to stop; they must do so without an error.
    pub async fn stop(self) {
        for process in self.processes {
            let mut process = process.into_inner();
            let pid = process.id().unwrap().to_string();
            let asked = std::process::Command::new("kill")
                .args(["-TERM", &pid])
                .status();
            assert!(asked.unwrap().success());
            assert!(process.wait().await.unwrap().success());
        }
    }
}

/// Starts a host until it is ready, as whoever supervises it would: while the database is down it
/// gives up.
pub async fn serve(
    directory: &Path,
    number: usize,
    database_url: &str,
    more: &[&str],
) -> (Child, String) {
    serve_with(directory, number, database_url, more, &Variables::new()).await
}

async fn serve_with(
    directory: &Path,
    number: usize,
    database_url: &str,
    more: &[&str],
    variables: &Variables,
) -> (Child, String) {
    let program = directory.join("tasker");
    if !program.exists() {
        // What is built while the test runs must not take its place.
        std::fs::copy(tasker(), &program).unwrap();
    }
    let log = directory.join(format!("host-{number}.log"));
    wait_until("the host is ready", async || {
        let mut command = command(&program, &log, database_url, more);
        let mut process = command.envs(variables.iter().cloned()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap();
        match ready
            .as_deref()
            .and_then(|line| line.strip_prefix("tasker is ready at "))
        {
            Some(rest) => Some((process, rest.split(' ').next().unwrap().to_owned())),
            None => {
                process.kill().await.ok();
                None
            }
        }
    })
    .await
}

fn command(program: &Path, log: &Path, database_url: &str, more: &[&str]) -> Command {
    let mut command = Command::new(program);
    let log = File::options().create(true).append(true).open(log).unwrap();
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(["--heartbeat-interval", "100", "--dead-after", "1000"])
        .args(["--connections", "8"])
        .arg("--webhooks-to-inner-addresses")
        .args(["--database-url", database_url])
        .arg("--data-dir")
        .arg(program.with_file_name("host"))
        .args(more)
        .env("RUST_LOG", "warn")
        .env("TASKER_ADMIN_KEY", ADMIN_KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true);
    command
}
