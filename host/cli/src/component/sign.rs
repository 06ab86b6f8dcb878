//! `tasker component sign`

use crate::signing::{SecretKey, add_signature, signature_file, signatures_beside};
use crate::{Output, Problem, Result, input, shell};
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::digest::Digest;

/// Sign a .wasm file; the signature is written to FILE.sig, which `component publish` sends along.
#[derive(Debug, clap::Args)]
pub struct Sign {
    /// The .wasm file.
    file: PathBuf,
    /// The private key, as `signing-key create` writes it.
    #[arg(long)]
    key: PathBuf,
}

impl Sign {
    pub fn run(&self, output: Output) -> Result {
        let Self { file, key } = self;
        let digest = Digest::of(&input::read_bytes(file)?);
        let signature = SecretKey::read(key)?.sign(digest);
        let mut signatures = signatures_beside(file)?;
        signatures.retain(|old| old.is_of(digest));
        add_signature(&mut signatures, signature);
        let (beside, id) = (signature_file(file), signature.key().id());
        let lines: String = signatures.iter().map(|one| format!("{one}\n")).collect();
        let written = std::fs::write(&beside, lines);
        written.map_err(|error| Problem::unwritable(&beside, &error))?;
        let answer = json!({
            "digest": digest, "key_id": id.as_str(), "signature": signature.to_string(), "file": beside,
        });
        let reply = output.done(answer, || {
            let (file, beside, digest) = (file.display(), beside.display(), digest.short());
            format!("{file} (digest {digest}) signed by {id} in {beside}")
        });
        let file = shell::path(file);
        let options = "--name NAMESPACE/NAME --version VERSION";
        Ok(reply.next([format!("tasker component publish {file} {options}")]))
    }
}
