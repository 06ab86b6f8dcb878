use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::account::{self, Account};
use super::config::EmbeddedConfig;
use super::error::{EmbeddedError, io_error};
use super::programs::Programs;

/// The bootstrap role, used only to make the role and the database of the program.
pub(super) const SUPERUSER: &str = "postgres";

/// The cluster's directory inside the data directory, and the one it is made in.
const DIRECTORY: &str = "postgres";
const UNFINISHED: &str = "postgres.unfinished";

/// The files of one database cluster.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    pub(super) path: PathBuf,
    pub(super) account: Option<Account>,
    pub(super) programs: Programs,
    pub(super) hidden_variables: Vec<&'static str>,
}

impl Cluster {
    /// Opens the cluster in `data_dir`, or makes one. A cluster is made aside and then renamed, so
    /// that one cut short is never taken for a whole one.
    pub(super) fn open(data_dir: &Path, config: &EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let path = data_dir.join(DIRECTORY);
        let made_by = major_of(&path)?;
        let cluster = Self {
            account: Account::to_change_to()?,
            programs: Programs::find(config.bindir_variable, made_by)?,
            hidden_variables: config.hidden_variables.clone(),
            path,
        };
        account::check_reachable(&cluster.path, cluster.account.as_ref())?;
        match made_by {
            None => cluster.make(&data_dir.join(UNFINISHED))?,
            Some(major) if major == cluster.programs.major() => {}
            Some(made_by) => return Err(cluster.made_by_another(made_by, config)),
        }
        Ok(cluster)
    }

    fn make(&self, unfinished: &Path) -> Result<(), EmbeddedError> {
        let path = self.path.display();
        tracing::info!(%path, "making a private PostgreSQL; this first start takes some seconds");
        match fs::remove_dir_all(unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error("cannot remove", unfinished)(error));
            }
            _ => account::private_directory(unfinished, self.account.as_ref())?,
        }
        let output = self.initdb(unfinished)?;
        if !output.status.success() {
            return Err(EmbeddedError::Initdb {
                cluster: unfinished.to_owned(),
                output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            });
        }
        fs::rename(unfinished, &self.path).map_err(io_error("cannot rename to", &self.path))
    }

    fn initdb(&self, directory: &Path) -> Result<Output, EmbeddedError> {
        let program = self.programs.program("initdb");
        account::command(
            &program,
            directory,
            self.account.as_ref(),
            &self.hidden_variables,
        )
        .arg("--pgdata")
        .arg(directory)
        .args(["--username", SUPERUSER])
        .args(["--encoding", "UTF8", "--locale", "C"])
        // The socket's directory is what keeps others out; TCP is closed altogether.
        .args(["--auth-local", "trust", "--auth-host", "reject"])
        .arg("--no-instructions")
        .output()
        .map_err(io_error("cannot run", program))
    }

    fn made_by_another(&self, made_by: u32, config: &EmbeddedConfig) -> EmbeddedError {
        EmbeddedError::OtherMajorVersion {
            bindir_variable: config.bindir_variable,
            cluster: self.path.clone(),
            made_by,
            bindir: self.programs.bindir().to_owned(),
            found: self.programs.major(),
        }
    }
}

/// The major version that made the cluster; `None` where there is nothing.
fn major_of(cluster: &Path) -> Result<Option<u32>, EmbeddedError> {
    if !cluster.exists() {
        return Ok(None);
    }
    fs::read_to_string(cluster.join("PG_VERSION"))
        .ok()
        .and_then(|version| version.trim().parse().ok())
        .map(Some)
        .ok_or_else(|| EmbeddedError::NotACluster(cluster.to_owned()))
}
