//! `tasker sign …`

use super::output::Output;
use super::paint::Tone;
use super::signing::{SecretKey, add_signature, signature_file, signatures_beside};
use super::{CliError, Exit, Problem, input, shell};
use serde_json::json;
use std::path::{Path, PathBuf};
use tasker_domain::digest::Digest;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Manage signing keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Sign a .wasm file; the signature is written to FILE.sig, which `component push` sends along.
    File {
        /// The .wasm file.
        file: PathBuf,
        /// The private key.
        #[arg(long)]
        key: PathBuf,
    },
}

#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Create a key pair: PATH is private, PATH.pub is public.
    New {
        #[arg(default_value = "tasker-signing-key")]
        path: PathBuf,
    },
}

pub fn run(command: Command, output: Output) -> Result<Exit, CliError> {
    match command {
        Command::Key(KeyCommand::New { path }) => new_key(&path, output)?,
        Command::File { file, key } => sign(&file, &key, output)?,
    }
    Ok(Exit::Complete)
}

fn new_key(path: &Path, output: Output) -> Result<(), CliError> {
    let key = SecretKey::generate()?;
    let public = key.write(path)?;
    let id = key.public().id();
    let answer = json!({ "key_id": id.as_str(), "private_key": path, "public_key": public });
    output.show(&answer.to_string(), || {
        let mark = output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} key {id}\n  private  {} (keep it secret)\n  public   {}",
            path.display(),
            public.display()
        )
    })?;
    output.next(&[
        format!(
            "tasker policy add {} --namespace NAMESPACE",
            shell::path(&public)
        ),
        format!("tasker component push PATH --sign {}", shell::path(path)),
    ]);
    Ok(())
}

fn sign(file: &Path, key: &Path, output: Output) -> Result<(), CliError> {
    let digest = Digest::of(&input::read_bytes(file)?);
    let signature = SecretKey::read(key)?.sign(digest);
    let mut signatures = signatures_beside(file)?;
    signatures.retain(|old| old.is_of(digest));
    add_signature(&mut signatures, signature);
    let (beside, id) = (signature_file(file), signature.key().id());
    let lines: String = signatures.iter().map(|one| format!("{one}\n")).collect();
    std::fs::write(&beside, lines).map_err(|error| {
        Problem::bad_input(format!("cannot write {}: {error}", beside.display()))
    })?;
    let answer = json!({
        "digest": digest, "key_id": id.as_str(), "signature": signature.to_string(), "file": beside,
    });
    output.show(&answer.to_string(), || {
        let mark = output.paint.tone(Tone::Good, "✔");
        let (file, beside) = (file.display(), beside.display());
        format!(
            "{mark} {file} (digest {}) signed by {id} in {beside}",
            digest.short()
        )
    })?;
    output.next(&[format!(
        "tasker component push {} --name NAMESPACE/NAME --version VERSION",
        shell::path(file)
    )]);
    Ok(())
}
