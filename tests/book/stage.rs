//! What a chapter is followed on: a folder, a database, a host, and what stands for the rest of the world.

use super::chapter::Chapter;
use super::places::root;
use super::script::Script;
use crate::harness::{ADMIN_KEY, OciRegistry, TestDatabase, TestHost, basics, tasker};
use crate::sandbox::guests::{described, noted};
use crate::webhooks::nats_server::{NatsServer, stream};
use crate::webhooks::receiver::Receiver;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tasker::host::HostConfig;
use tasker_archive::Location;
use tasker_engine::secret::SecretKeys;
use tasker_subscribers::{NatsConfig, SubjectPrefix};
use tempfile::TempDir;
use tokio::process::Command;

/// Variables of whoever runs the tests that would change what commands do.
const NOT_PASSED_ON: [&str; 5] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "RUSTFLAGS",
    "TASKER_ADMIN_KEY",
    "TASKER_SECRET_KEY",
    "WASI_SDK_PATH",
];

/// What secrets are encrypted with.
const SECRET_KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

pub struct Stage {
    // Dropped in this order.
    host: TestHost,
    database: TestDatabase,
    services: Services,
    folder: TempDir,
    _building: Vec<File>,
}

/// What stands for services of others.
#[derive(Default)]
struct Services {
    oci: Option<OciRegistry>,
    nats: Option<NatsServer>,
    webhook: Option<Receiver>,
}

impl Stage {
    /// `None` where a service that the chapter needs is not installed.
    pub async fn set(chapter: &Chapter, script: &Script) -> Option<Self> {
        let services = Services::start(&script.services).await?;
        let building = script.crates.iter().map(|name| alone(name)).collect();
        let folder = tempfile::tempdir().unwrap();
        // PostgreSQL runs under another account where the tests are root's.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let database = TestDatabase::new().await;
        let at = |name: &str| folder.path().join(name);
        for name in ["book/blocks", "home", "work", "archive"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        let keys = at("home/secret.keys");
        fs::write(&keys, SECRET_KEY).unwrap();
        fs::set_permissions(&keys, fs::Permissions::from_mode(0o600)).unwrap();
        let keys = SecretKeys::made_in_file(keys);
        let archive = Location::Folder(at("archive"));
        let change = |config: &mut HostConfig| {
            config.secret_keys = Some(keys);
            config.archive = Some(archive);
            config.worker.as_mut().unwrap().record = true;
            config.subscribers.to_inner_addresses = true;
            config.subscribers.nats = services.nats.as_ref().map(|nats| {
                let servers = vec![nats.url().parse().unwrap()];
                NatsConfig::new(servers, None, SubjectPrefix::default())
            });
        };
        let host = TestHost::start_with(&database, change).await;
        let stage = Self {
            folder,
            database,
            host,
            services,
            _building: building,
        };
        stage.write(chapter, script);
        Some(stage)
    }

    /// Puts what is there before the first command.
    fn write(&self, chapter: &Chapter, script: &Script) {
        let work = self.folder.path().join("work");
        fs::write(self.path("variables"), "").unwrap();
        let serve = format!("tasker serve\t{}\n", self.serve());
        fs::write(self.path("stand-ins"), serve).unwrap();
        self.certify();
        fs::write(self.path("folder"), work.to_str().unwrap()).unwrap();
        for (number, (language, text)) in (1..).zip(&chapter.blocks) {
            fs::write(self.path(&format!("blocks/{number}.{language}")), text).unwrap();
        }
        for (name, descriptor) in &script.components {
            // Other bytes under each name.
            let bytes = noted(&described(descriptor), name);
            fs::write(work.join(name), bytes).unwrap();
        }
        if !script.preamble.is_empty() {
            fs::write(self.path("basics.wasm"), basics()).unwrap();
        }
    }

    /// As psql takes it, without the parameters of our own driver.
    fn database_url(&self) -> String {
        let url = self.database.url();
        url.split('?').next().unwrap_or_default().to_owned()
    }

    /// Another host on the same database, which runs nothing.
    fn serve(&self) -> String {
        let keys = self.folder.path().join("home/secret.keys");
        let keys = keys.display();
        format!("tasker serve --listen 127.0.0.1:0 --no-worker --secret-key-file {keys}")
    }

    /// Writes a certificate for this machine: `tls.crt`, `tls.key`, and `ca.crt` of who signed it.
    fn certify(&self) {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap());
        let (authority, own) = (authority.unwrap(), KeyPair::generate().unwrap());
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let signed = params.signed_by(&own, &authority).unwrap();
        fs::write(self.path("ca.crt"), authority.pem()).unwrap();
        fs::write(self.path("tls.crt"), signed.pem()).unwrap();
        fs::write(self.path("tls.key"), own.serialize_pem()).unwrap();
    }

    /// A file of ours, beside what the chapter makes.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("book").join(name)
    }

    /// What commands find: the program, the host, a home of their own, and where things are.
    pub fn environment(&self, command: &mut Command) {
        for name in NOT_PASSED_ON {
            command.env_remove(name);
        }
        let programs = tasker().parent().unwrap().display();
        let mut path = format!("{programs}:{}", std::env::var("PATH").unwrap());
        if let Ok(postgres) = std::env::var("TASKER_PG_BINDIR") {
            path = format!("{postgres}:{path}");
        }
        let (url, home) = (self.host.host.url(), self.folder.path().join("home"));
        command
            .env("PATH", path)
            .env("HOME", &home)
            .env("CARGO_HOME", of_tools("CARGO_HOME", ".cargo"))
            .env("RUSTUP_HOME", of_tools("RUSTUP_HOME", ".rustup"))
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", guests_target())
            .env("TASKER_URL", url)
            .env("TASKER_TOKEN", ADMIN_KEY)
            .env("TASKER_DATA_DIR", home.join(".local/share/tasker"))
            .env("DATABASE_URL", self.database_url())
            // As on a terminal.
            .env("TASKER_HINTS", "always")
            .env("DOCKER_CONFIG", &home)
            .env("NO_PROXY", "127.0.0.1,localhost")
            .env("USER", "ada")
            .env("ROOT", root())
            .env("BOOK", self.path(""))
            .env("SERVE", self.serve())
            .env("GUESTS", guests_target().join("wasm32-wasip2/release"))
            .env("ARCHIVE", self.folder.path().join("archive"))
            .env("KEYS", home.join("secret.keys"));
        self.services.environment(command);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What the chapter's script started in the background.
        let pids = fs::read_to_string(self.path("pids")).unwrap_or_default();
        for pid in pids.lines() {
            let _ = std::process::Command::new("kill").arg(pid).status();
        }
    }
}

impl Services {
    async fn start(names: &[String]) -> Option<Self> {
        let mut services = Self::default();
        for name in names {
            match name.as_str() {
                "oci" => services.oci = Some(OciRegistry::start().await?),
                "webhook" => services.webhook = Some(Receiver::start().await),
                "nats" => {
                    let server = NatsServer::start()?;
                    stream(&server.context().await).await;
                    services.nats = Some(server);
                }
                other => panic!("no service is called {other}"),
            }
        }
        Some(services)
    }

    fn environment(&self, command: &mut Command) {
        if let Some(registry) = &self.oci {
            command.env("OCI_AT", registry.place("").trim_end_matches('/'));
        }
        if let Some(server) = &self.nats {
            command.env("NATS_AT", server.url());
        }
        if let Some(receiver) = &self.webhook {
            command.env("WEBHOOK_AT", receiver.url());
        }
    }
}

/// Waits until no other test has the file that it returns locked.
fn alone(name: &str) -> File {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("building-{name}"));
    let file = File::create(path).unwrap();
    tokio::task::block_in_place(|| file.lock()).unwrap();
    file
}

/// Where a tool keeps what it has, below the home of whoever runs the tests unless a variable says otherwise.
fn of_tools(variable: &str, usual: &str) -> PathBuf {
    let home = || Path::new(&std::env::var_os("HOME").unwrap()).join(usual);
    std::env::var_os(variable).map_or_else(home, PathBuf::from)
}

/// Not the one of the tests: cargo would wait for itself.
fn guests_target() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("TASKER_GUESTS_TARGET_DIR")
        .map_or_else(|| tests.join("../target/guests"), PathBuf::from)
}
