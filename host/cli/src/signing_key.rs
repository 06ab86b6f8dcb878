//! `tasker signing-key …`

use super::signing::SecretKey;
use super::{Output, Result, shell};
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

pub fn run(command: Command, output: Output) -> Result {
    let Command::Create { path } = command;
    let key = SecretKey::generate()?;
    let public = key.write(&path)?;
    let id = key.public().id();
    let answer = json!({ "key_id": id.as_str(), "private_key": path, "public_key": public });
    let reply = output.done(answer, || {
        let (private, public) = (path.display(), public.display());
        format!("key {id}\n  private  {private} (keep it secret)\n  public   {public}")
    });
    Ok(reply.next([
        format!(
            "tasker signing-policy add NAMESPACE {}",
            shell::path(&public)
        ),
        format!(
            "tasker component publish PATH --sign {}",
            shell::path(&path)
        ),
    ]))
}
