//! `tasker serve` in a process of its own.

use super::server::Site;
use crate::harness::{ADMIN_KEY, tasker, wait_until};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// How it is to be started.
pub struct Serve {
    command: Command,
    out: PathBuf,
    log: PathBuf,
}

/// A host that runs, or has ended.
pub struct Served {
    child: Child,
    out: PathBuf,
    log: PathBuf,
}

impl Serve {
    pub fn new(site: &Site) -> Self {
        let (out, log) = (site.path().join("out"), site.path().join("host.log"));
        let mut command = Command::new(tasker());
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(site.path().join("data"))
            .env_remove("DATABASE_URL")
            .env("TASKER_ADMIN_KEY", ADMIN_KEY)
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(std::fs::File::create(&log).unwrap())
            .kill_on_drop(true);
        Self { command, out, log }
    }

    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it, and returns when it is ready.
    pub async fn start(self) -> Served {
        let mut served = self.spawn();
        wait_until("the host is ready", async || {
            let text = std::fs::read_to_string(&served.out).unwrap();
            (text.starts_with("tasker is ready at ") && text.ends_with('\n')).then_some(())
        })
        .await;
        assert!(served.child.try_wait().unwrap().is_none());
        served
    }

    pub fn spawn(mut self) -> Served {
        Served {
            child: self.command.spawn().unwrap(),
            out: self.out,
            log: self.log,
        }
    }
}

impl Served {
    /// Where it listens.
    pub fn url(&self) -> String {
        let text = std::fs::read_to_string(&self.out).unwrap();
        let rest = text.strip_prefix("tasker is ready at ").unwrap();
        rest.split(' ').next().unwrap().to_owned()
    }

    pub fn ask_to_stop(&self) {
        let pid = self.child.id().unwrap();
        super::server::signal(pid, "-TERM");
    }

    /// Whether it ended well.
    pub async fn ended(&mut self) -> bool {
        self.child.wait().await.unwrap().success()
    }

    /// The code that it ended with.
    pub async fn code(&mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }

    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}
