use std::path::PathBuf;

/// Where to keep a private PostgreSQL and how to run it.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// The data directory; it is made if it is not there.
    pub data_dir: PathBuf,
    /// The role, and the database that it owns: letters, digits and `_`.
    pub name: &'static str,
    /// The environment variable by which users name the directory of PostgreSQL's programs.
    pub bindir_variable: &'static str,
    /// PostgreSQL settings beyond those of this crate, which they override.
    pub settings: Vec<(String, String)>,
    /// Variables of this process's environment that the server does not get: those with secrets.
    pub hidden_variables: Vec<&'static str>,
}

impl EmbeddedConfig {
    /// A server with the settings of this crate, all of them safe for what must not be lost.
    pub fn new(data_dir: impl Into<PathBuf>, name: &'static str) -> Self {
        Self {
            data_dir: data_dir.into(),
            name,
            bindir_variable: "PG_BINDIR",
            settings: Vec::new(),
            hidden_variables: Vec::new(),
        }
    }
}
