//! A server of NATS with JetStream, on loopback.

use crate::harness::{left_out, wait_until};
use async_nats::jetstream::consumer::pull::Config as PullConfig;
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context, Message};
use futures::TryStreamExt;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Names the program where packages do not put it.
const PROGRAM_VARIABLE: &str = "TASKER_NATS_SERVER";
const USUAL_PROGRAM: &str = "/usr/sbin/nats-server";

/// Ended when dropped.
pub struct NatsServer {
    process: Child,
    port: u16,
    data: TempDir,
}

impl NatsServer {
    /// `None` if the program is not installed: the test has to end then, and standard error says so.
    pub fn start() -> Option<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let data = tempfile::tempdir().unwrap();
        let process = match run(port, &data) {
            Ok(process) => process,
            Err(error) => {
                left_out(&format!(
                    "no server of NATS to test with ({error}); install one (apt-get install nats-server) or set {PROGRAM_VARIABLE}"
                ));
                return None;
            }
        };
        Some(Self {
            process,
            port,
            data,
        })
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// As it is asked by those who read what was published, once it answers.
    pub async fn context(&self) -> Context {
        let client = wait_until("NATS answers", async || {
            async_nats::connect(self.url()).await.ok()
        });
        jetstream::new(client.await)
    }

    /// Ends it as a crash does; what streams have is on its disk.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The same again.
    pub fn restart(&mut self) {
        self.process = run(self.port, &self.data).unwrap();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn run(port: u16, data: &TempDir) -> std::io::Result<Child> {
    let program = std::env::var_os(PROGRAM_VARIABLE);
    Command::new(program.unwrap_or_else(|| USUAL_PROGRAM.into()))
        .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
        .arg("--jetstream")
        .arg("--store_dir")
        .arg(data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// A stream of all events.
pub async fn stream(context: &Context) -> Stream {
    let config = Config {
        name: "EVENTS".to_owned(),
        subjects: vec!["events.>".to_owned()],
        ..Config::default()
    };
    context.create_stream(config).await.unwrap()
}

/// What the stream has, in its order.
pub async fn messages(stream: &Stream) -> Vec<Message> {
    let consumer = stream.create_consumer(PullConfig::default()).await;
    let consumer = consumer.unwrap();
    let batch = consumer.fetch().max_messages(10_000).messages();
    batch.await.unwrap().try_collect().await.unwrap()
}

/// How many messages the stream has.
pub async fn count(stream: &Stream) -> u64 {
    stream.get_info().await.unwrap().state.messages
}
