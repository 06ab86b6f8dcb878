use std::io;
use std::path::PathBuf;

/// Why the private PostgreSQL could not be started, reached or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "PostgreSQL's programs ({missing}) were not found in {searched}; install them: {install}; \
         or set {bindir_variable} to the directory that holds them"
    )]
    ProgramsMissing {
        bindir_variable: &'static str,
        missing: String,
        searched: String,
        install: String,
    },

    #[error("{program} answered {answer:?} when asked for its version; reinstall PostgreSQL")]
    VersionUnreadable { program: PathBuf, answer: String },

    #[error(
        "PostgreSQL {found} in {bindir} is too old, {oldest} or later is needed; install it: {install}"
    )]
    TooOld {
        found: u32,
        oldest: u32,
        bindir: PathBuf,
        install: String,
    },

    #[error(
        "the cluster in {cluster} was made by PostgreSQL {made_by}, but the programs in {bindir} \
         are version {found}; install PostgreSQL {made_by} beside it and set {bindir_variable} to \
         its programs, or move the cluster over with pg_upgrade"
    )]
    OtherMajorVersion {
        bindir_variable: &'static str,
        cluster: PathBuf,
        made_by: u32,
        bindir: PathBuf,
        found: u32,
    },

    #[error(
        "{0} is there but holds no PostgreSQL cluster; move it away, or choose another data directory"
    )]
    NotACluster(PathBuf),

    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither of the accounts {tried} to \
         run it under; make one: adduser --system --group --home / --no-create-home postgres"
    )]
    NoAccount { tried: String },

    #[error(
        "PostgreSQL runs as {account}, which may not pass through {ancestor} to reach {cluster}; \
         allow it: chmod o+x {ancestor}; or choose another data directory"
    )]
    NotTraversable {
        account: String,
        ancestor: PathBuf,
        cluster: PathBuf,
    },

    #[error(
        "another program{holder} uses the data directory {data_dir}; stop it, or choose another data \
         directory"
    )]
    InUse { data_dir: PathBuf, holder: String },

    #[error(
        "a PostgreSQL that nobody owns (process {pid}) still runs on {cluster}; stop it: kill -INT {pid}"
    )]
    OrphanRuns { pid: i32, cluster: PathBuf },

    #[error("initdb could not make a cluster in {cluster}:\n{output}")]
    Initdb { cluster: PathBuf, output: String },

    #[error("PostgreSQL ended while it was starting ({status}); the end of {log}:\n{tail}")]
    EndedAtStart {
        status: String,
        log: PathBuf,
        tail: String,
    },

    #[error("PostgreSQL did not take a connection within {waited_s} s; the end of {log}:\n{tail}")]
    NotReady {
        waited_s: u64,
        log: PathBuf,
        tail: String,
        source: sqlx::Error,
    },

    #[error("PostgreSQL did not stop within {waited_s} s; see {log}")]
    NotStopped { waited_s: u64, log: PathBuf },

    #[error("the role and the database could not be made in the private PostgreSQL")]
    Database(#[source] sqlx::Error),

    #[error("{path} is not the address of a server: {source}; remove it and start again")]
    Address {
        path: PathBuf,
        source: serde_json::Error,
    },

    #[error("{action} {path}: {source}")]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

/// Turns an I/O error into one that says what was tried and where.
pub(super) fn io_error(
    action: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.into();
    move |source| EmbeddedError::Io {
        action,
        path,
        source,
    }
}
