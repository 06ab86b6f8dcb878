//! `tasker psql`: a psql on the host's database.

use crate::host::PG_BINDIR_VARIABLE;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tasker_cli::Output;
use tasker_cli::{CliError, Exit, Problem};
use tasker_domain::data_dir::default_data_dir;
use tasker_embedded_postgres::{Programs, ServerAddress, install_command};

/// Open psql on the database of this machine's host.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The database; without it: the one that `tasker serve` keeps in its data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where `tasker serve` keeps its database.
    #[arg(
        long,
        env = "TASKER_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR"
    )]
    data_dir: Option<PathBuf>,
    /// For psql itself, for example: tasker psql -- -c 'select * from tasker.task'
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Becomes psql; returns only if that is not possible.
pub fn run(args: Args, output: Output) -> Result<Exit, CliError> {
    if output.is_json() {
        let what = "`--output json` does nothing here: psql writes in formats of its own";
        let help = "for example: tasker psql -- --csv -c 'select * from tasker.task'";
        return Err(Problem::bad_input(what).help(help).into());
    }
    let url = match args.database_url {
        Some(url) => url,
        None => embedded_url(args.data_dir)?,
    };
    let program = find_psql();
    let error = Command::new(&program).arg(url).args(args.arguments).exec();
    let what = format!("cannot run {}: {error}", program.display());
    let install = install_command().replace("install postgresql", "install postgresql-client");
    Err(Problem::new(Exit::Failed, "no_psql", what)
        .help(format!("install psql: {install}"))
        .into())
}

fn embedded_url(data_dir: Option<PathBuf>) -> Result<String, CliError> {
    let data_dir = data_dir
        .map_or_else(default_data_dir, Ok)
        .map_err(|error| Problem::bad_input(error.to_string()))?;
    let address = ServerAddress::read(&data_dir)
        .map_err(|error| Problem::new(Exit::Failed, "no_address", error.to_string()))?;
    match address.filter(ServerAddress::answers) {
        Some(address) => Ok(address.url()),
        None => Err(not_running(&data_dir).into()),
    }
}

fn not_running(data_dir: &Path) -> Problem {
    let what = format!("no database is running in {}", data_dir.display());
    Problem::new(Exit::Unreachable, "database_not_running", what).help(
        "start the host with: tasker serve; or say where the database is by --data-dir or --database-url",
    )
}

/// The psql that the user would get, else the one beside the server's programs.
fn find_psql() -> PathBuf {
    let name = Path::new("psql");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_on_path = std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    match Programs::find(PG_BINDIR_VARIABLE, None) {
        Ok(programs) if !is_on_path => programs.program("psql"),
        Ok(_) | Err(_) => name.to_owned(),
    }
}
