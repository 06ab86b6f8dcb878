use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{client, wait_until};

/// Python with DuckDB, a server of object stores, the messages of OTLP, and what makes clients of the API and requests to
/// it; installed at the first use.
pub fn python() -> PathBuf {
    install_python().unwrap_or_else(|why| panic!("{why}"))
}

/// The same, or why it cannot be installed.
pub fn install_python() -> Result<PathBuf, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python.sh");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let output = Command::new(script).arg(directory).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap().trim().into()),
        false => Err(format!("tests/python.sh: {said}")),
    }
}

/// What a Python script prints.
pub fn run_python(script: &str, arguments: &[&str]) -> String {
    let output = Command::new(python())
        .arg("-c")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A server with the interface of S3, in memory; gone when dropped.
pub struct S3Server {
    process: Child,
    url: String,
}

impl S3Server {
    /// Where one may be started: another process may take the port before.
    pub fn free_port() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// One with an empty bucket.
    pub async fn start(port: u16, bucket: &str) -> Self {
        let process = Command::new(python())
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let url = Self::url_at(port);
        let server = Self { process, url };
        let made = format!("{}/{bucket}", server.url);
        wait_until("the object store makes a bucket", async || {
            let made = client().put(&made).send().await.ok()?;
            made.status().is_success().then_some(())
        })
        .await;
        server
    }

    pub fn url_at(port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }

    /// What programs that use it have in their environment.
    pub fn variables(port: u16) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", Self::url_at(port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "ada".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "s3cret".to_owned()),
        ]
    }

    /// The names of a bucket, as the server lists them.
    pub async fn names(&self, bucket: &str) -> Vec<String> {
        let listed = client().get(format!("{}/{bucket}", self.url)).send().await;
        let text = listed.unwrap().text().await.unwrap();
        let names = text.split("<Key>").skip(1);
        names
            .filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned()))
            .collect()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
