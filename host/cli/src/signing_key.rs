//! `tasker signing-key …`

use super::output::Output;
use super::signing::SecretKey;
use super::{CliError, Exit, shell};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a key pair: PATH is private, PATH.pub is public.
    Create {
        /// Where to; existing files are not overwritten.
        #[arg(default_value = "tasker-signing-key")]
        path: PathBuf,
    },
}

pub fn run(command: Command, output: Output) -> Result<Exit, CliError> {
    let Command::Create { path } = command;
    let key = SecretKey::generate()?;
    let public = key.write(&path)?;
    let id = key.public().id();
    let answer = json!({ "key_id": id.as_str(), "private_key": path, "public_key": public });
    output.done(&answer.to_string(), || {
        let (private, public) = (path.display(), public.display());
        format!("key {id}\n  private  {private} (keep it secret)\n  public   {public}")
    })?;
    let (private, public) = (shell::path(&path), shell::path(&public));
    output.next([
        format!("tasker signing-policy add NAMESPACE {public}"),
        format!("tasker component publish PATH --sign {private}"),
    ]);
    Ok(Exit::Complete)
}
