//! `tasker doctor`: what this machine lacks, and how to mend it.

mod access;
mod check;
mod database;
mod host;
mod machine;

use check::Check;
use serde_json::json;
use std::path::PathBuf;
use tasker_cli::Client;
use tasker_cli::Output;
use tasker_cli::{CliError, Exit, Global};

/// Check this machine and the host, and say how to mend what is wrong.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The database that the host is given; without it the machine needs PostgreSQL's programs.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where the host keeps what it stores.
    #[arg(
        long,
        env = "TASKER_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR"
    )]
    data_dir: Option<PathBuf>,
}

/// Fails if something that is needed is missing.
pub async fn run(args: Args, global: &Global, output: Output) -> Result<Exit, CliError> {
    let mut checks = vec![
        machine::rust(),
        machine::wasm_target(),
        machine::postgres(args.database_url.is_some()),
        machine::disk(args.data_dir),
    ];
    if let Some(url) = &args.database_url {
        checks.push(database::check(url).await);
    }
    let client = Client::new(global)?;
    checks.extend(host::checks(&client, &global.url).await);
    checks.extend(access::check(&client).await);
    let is_well = !checks.iter().any(Check::is_grave);
    let answer = json!({ "ok": is_well, "checks": checks });
    let reply = output.show(answer, || {
        let lines: Vec<String> = checks.iter().map(Check::text).collect();
        lines.join("\n")
    });
    let end = if is_well {
        Exit::Complete
    } else {
        Exit::Failed
    };
    reply.end(Ok(end)).print()
}
