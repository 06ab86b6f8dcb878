use crate::harness::wait_until;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tasker::host::PG_BINDIR_VARIABLE;
use tasker_embedded_postgres::Programs;
use tempfile::TempDir;

/// Accounts that root hands PostgreSQL to, the first that exists.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// What a power cut would lose is no loss here; a standby may follow.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=60",
    "max_wal_senders=4",
    "wal_level=replica",
    "shared_buffers=32MB",
    "wal_keep_size=64MB",
];

/// Clusters of one test, and the address at which clients find whichever serves.
pub struct Site {
    directory: TempDir,
}

/// A PostgreSQL whose process belongs to the test, to be stopped, frozen and killed.
pub struct Server {
    data: PathBuf,
    sockets: PathBuf,
    environment: Vec<(&'static str, String)>,
    process: Option<Child>,
}

impl Site {
    pub fn new() -> Self {
        // PostgreSQL's account must be able to pass through.
        let directory = tempfile::Builder::new()
            .prefix("tasker-faults-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .unwrap();
        Self { directory }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The URL of the server that is [`Site::serve`]d.
    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    pub fn options(&self) -> PgConnectOptions {
        options(&self.path().join("served"))
    }

    /// A pool of the test's own, which waits for a server that is away.
    pub fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy_with(self.options())
    }

    /// Lets clients find this server from now on.
    pub fn serve(&self, server: &Server) {
        let (next, served) = (self.path().join("next"), self.path().join("served"));
        symlink(&server.sockets, &next).unwrap();
        std::fs::rename(next, served).unwrap();
    }

    /// A new cluster, started and served, with these variables in its environment.
    pub async fn primary(&self, environment: &[(&'static str, String)]) -> Server {
        let server = self.cluster("primary", environment);
        let initdb = server
            .command("initdb")
            .args(["-U", "tasker", "--auth=trust", "--no-sync", "-D"])
            .arg(&server.data)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&initdb.stderr).into_owned();
        assert!(initdb.status.success(), "{said}");
        let server = server.started().await;
        self.serve(&server);
        server
    }

    /// A standby that streams from the primary.
    pub async fn standby_of(&self, primary: &Server) -> Server {
        let server = self.cluster("standby", &[]);
        let copied = server
            .command("pg_basebackup")
            .args([
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
                "-U",
                "tasker",
                "-h",
            ])
            .arg(&primary.sockets)
            .arg("-D")
            .arg(&server.data)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&copied.stderr).into_owned();
        assert!(copied.status.success(), "{said}");
        server.started().await
    }

    fn cluster(&self, name: &str, environment: &[(&'static str, String)]) -> Server {
        let (data, sockets) = (
            self.path().join(name),
            self.path().join(format!("{name}-sockets")),
        );
        for path in [&data, &sockets] {
            std::fs::create_dir(path).unwrap();
            std::fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
            if let Some((uid, gid)) = account() {
                chown(path, Some(uid), Some(gid)).unwrap();
            }
        }
        Server {
            data,
            sockets,
            environment: environment.to_vec(),
            process: None,
        }
    }
}

impl Server {
    /// Starts it where it does not run, and returns when it takes connections.
    pub async fn start(&mut self) {
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(&self.data)
            .arg("-k")
            .arg(&self.sockets);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.process = Some(command.stdout(Stdio::null()).spawn().unwrap());
        let options = options(&self.sockets);
        wait_until("PostgreSQL takes connections", async || {
            options.connect().await.ok().map(drop)
        })
        .await;
    }

    async fn started(mut self) -> Self {
        self.start().await;
        self
    }

    /// Ends it at once, without a checkpoint: what it had promised is in its log.
    pub fn stop_at_once(&mut self) {
        let mut process = self.process.take().unwrap();
        signal(process.id(), "-QUIT");
        process.wait().unwrap();
    }

    /// Stops every process of it where it stands. Connections stay open and nothing answers.
    pub fn freeze(&self) {
        freeze(self.process.as_ref().unwrap().id());
    }

    /// Stops what writes its log in the background: only a commit that waits for it flushes from now on.
    pub async fn freeze_wal_writer(&self) {
        let of_writer = "select pid from pg_stat_activity where backend_type = 'walwriter'";
        let pid: i32 = self.ask(of_writer).await;
        signal(pid.unsigned_abs(), "-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.processes()
            .iter()
            .for_each(|pid| signal(*pid, "-CONT"));
    }

    /// Has a standby take over.
    pub async fn promote(&self) {
        let is_promoted: bool = self.ask("select pg_promote(true, 60)").await;
        assert!(is_promoted);
    }

    /// One value from this server, whichever is served.
    pub async fn ask<T>(&self, sql: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let mut connection = options(&self.sockets).connect().await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// A statement that cannot be in a transaction, or brings nothing.
    pub async fn run(&self, sql: &str) {
        let done = self.try_run(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The same where it may fail; tells why.
    pub async fn try_run(&self, sql: &str) -> Result<(), String> {
        let options = options(&self.sockets);
        let options = options.options([("default_transaction_read_only", "off")]);
        let mut connection = options.connect().await.unwrap();
        let ran = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await;
        ran.map(drop).map_err(|error| error.to_string())
    }

    /// The URL of a database of this server, whichever is served.
    pub fn url(&self, user: &str, database: &str) -> String {
        let options = options(&self.sockets).username(user).database(database);
        options.to_url_lossy().to_string()
    }

    /// What it wrote to its log.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.data.with_extension("log")).unwrap()
    }

    /// Where it listens.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    fn processes(&self) -> Vec<u32> {
        processes_of(self.process.as_ref().unwrap().id())
    }

    fn command(&self, program: &str) -> Command {
        // A directory of links may have those only that a server needs.
        let postgres = Programs::find(PG_BINDIR_VARIABLE, None)
            .unwrap()
            .program("postgres");
        let postgres = std::fs::canonicalize(postgres).unwrap();
        let mut command = Command::new(postgres.with_file_name(program));
        command
            .current_dir(&self.sockets)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        if program == "postgres" {
            let log = self.data.with_extension("log");
            command.stderr(
                std::fs::File::options()
                    .create(true)
                    .append(true)
                    .open(log)
                    .unwrap(),
            );
        }
        if let Some((uid, gid)) = account() {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            self.process = None;
            signal(process.id(), "-QUIT");
            signal(process.id(), "-CONT");
            process.wait().ok();
        }
    }
}

fn options(sockets: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(sockets)
        .username("tasker")
        .database("postgres")
}

/// Stops a PostgreSQL where it stands, by its main process.
pub fn freeze(main: u32) {
    processes_of(main)
        .iter()
        .for_each(|pid| signal(*pid, "-STOP"));
}

/// The main process first, so that it starts no other meanwhile.
fn processes_of(main: u32) -> Vec<u32> {
    let children = std::fs::read_dir("/proc").unwrap().flatten();
    let children = children.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let children = children.filter(|pid: &u32| parent(*pid) == Some(main));
    std::iter::once(main).chain(children).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.split(' ').nth(1)?.parse().ok()
}

pub fn signal(pid: u32, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(status.is_ok(), "kill is there");
}

/// The account for PostgreSQL, where this one is root, which PostgreSQL refuses.
pub fn account() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap();
    UNPRIVILEGED.iter().find_map(|name| {
        let line = accounts
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })
}
