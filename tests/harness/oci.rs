use std::net::TcpListener;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{client, left_out, wait_until};

/// Names the registry program where it is not `docker-registry` on the PATH.
const PROGRAM_VARIABLE: &str = "TASKER_OCI_REGISTRY";
/// Another process may take a free port before the registry does.
const STARTS_MAX: usize = 5;
/// `ada` with the password `s3cret`, as htpasswd writes it.
const PASSWORDS: &str = "ada:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n";

/// A real OCI registry on this machine, empty at first; gone when dropped.
pub struct OciRegistry {
    address: String,
    folder: TempDir,
    _process: Child,
}

impl OciRegistry {
    /// One that lets everybody in. `None` if the program is not installed: the test has to end
    /// then, and standard error says so.
    pub async fn start() -> Option<Self> {
        Self::start_with("").await
    }

    /// One that lets only `ada` in, with the password `s3cret`.
    pub async fn start_closed() -> Option<Self> {
        Self::start_with("auth: {htpasswd: {realm: here, path: FOLDER/passwords}}\n").await
    }

    async fn start_with(more: &str) -> Option<Self> {
        for _ in 0..STARTS_MAX {
            let folder = tempfile::tempdir().unwrap();
            let address = free_address();
            let mut process = match spawn(&folder, &address, more) {
                Ok(process) => process,
                Err(error) => {
                    left_out(&format!(
                        "no OCI registry to test against ({error}); install one (apt-get install docker-registry) or set {PROGRAM_VARIABLE}"
                    ));
                    return None;
                }
            };
            if is_up(&mut process, &address).await {
                return Some(Self {
                    address,
                    folder,
                    _process: process,
                });
            }
        }
        panic!("the OCI registry ended {STARTS_MAX} times before it answered")
    }

    /// A place in it, such as `orders/charge:1.0.0`.
    pub fn place(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    /// A URL of its API, such as `orders/charge/manifests/1.0.0`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/v2/{path}", self.address)
    }

    /// Changes one byte of a blob behind the registry's back.
    pub fn corrupt(&self, digest: &str) {
        let blobs = "store/docker/registry/v2/blobs/sha256";
        let blob = format!("{blobs}/{}/{digest}/data", &digest[..2]);
        let path = self.folder.path().join(blob);
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
}

fn spawn(folder: &TempDir, address: &str, more: &str) -> std::io::Result<Child> {
    let path = folder.path().display().to_string();
    let config = format!(
        "version: 0.1\nlog: {{level: warn}}\nhttp: {{addr: \"{address}\"}}\n\
         storage: {{filesystem: {{rootdirectory: \"{path}/store\"}}}}\n{}",
        more.replace("FOLDER", &path)
    );
    let config_path = folder.path().join("config.yml");
    std::fs::write(&config_path, config).unwrap();
    std::fs::write(folder.path().join("passwords"), PASSWORDS).unwrap();
    let program = std::env::var_os(PROGRAM_VARIABLE);
    Command::new(program.unwrap_or_else(|| "docker-registry".into()))
        .arg("serve")
        .arg(config_path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// False if it ended instead.
async fn is_up(process: &mut Child, address: &str) -> bool {
    let (client, url) = (client(), format!("http://{address}/v2/"));
    let process = std::cell::RefCell::new(process);
    wait_until("the OCI registry answers or ends", async || {
        let has_ended = process.borrow_mut().try_wait().unwrap().is_some();
        let answers = client.get(&url).send().await.is_ok();
        (has_ended || answers).then_some(!has_ended)
    })
    .await
}
