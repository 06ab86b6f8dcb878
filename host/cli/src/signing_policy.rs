//! `tasker signing-policy …`

use super::confirm::Confirm;
use super::signing::read_public;
use super::{CliError, Context, Exit, units};
use std::path::{Path, PathBuf};
use tasker_domain::name::Name;
use tasker_domain::signature::KeyId;
use tasker_wire::page::PageQuery;
use tasker_wire::signature::{
    AddSigningKey, ListSigningKeys, NewSigningKey, RemoveSigningKey, SigningKey,
};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Require a signature by this key, or another key of the namespace, on its components.
    ///
    /// Unsigned components cannot be published in the namespace, and its new tasks do not run them, also
    /// where they belong to another namespace.
    Add {
        /// The namespace that requires signatures.
        namespace: Name,
        /// The public key, a `.pub` file.
        key: PathBuf,
        /// Name of the key; by default the name of the file.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the signing keys that a namespace accepts.
    Ls {
        /// Which namespace.
        namespace: Name,
    },
    /// Remove a key; a namespace without keys accepts unsigned components.
    Rm {
        /// The namespace that accepts it.
        namespace: Name,
        /// The key's id, as `signing-policy ls` shows it.
        #[arg(value_name = "KEY_ID")]
        key: KeyId,
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Add {
            namespace,
            key,
            name,
        } => add(&namespace, &key, name, context).await?,
        Command::Ls { namespace } => ls(&namespace, context).await?,
        Command::Rm {
            namespace,
            key,
            confirm,
        } => {
            confirm.ask(&format!("remove the signing key {key} from {namespace}"))?;
            let sentence = format!("{namespace} no longer accepts signatures by {key}");
            let key = RemoveSigningKey::at(namespace, key.to_string());
            context.remove(context.client.call(key), &sentence).await?;
        }
    }
    Ok(Exit::Complete)
}

async fn add(
    namespace: &Name,
    file: &Path,
    name: Option<String>,
    context: &Context,
) -> Result<(), CliError> {
    let key = read_public(file)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let body = NewSigningKey {
        name: name.unwrap_or_else(|| stem.into_owned()),
        public_key: key.to_string(),
    };
    let call = context.client.call(AddSigningKey::at(namespace.clone()));
    let sentence = |SigningKey { name, key_id, .. }: &SigningKey| {
        format!(
            "{namespace} takes only components signed by {name} ({key_id}) or another of its keys\n  \
             new tasks run nothing else, of other namespaces or from before; open ones keep what they have"
        )
    };
    context.change(call.json(&body), sentence).await?;
    let ls = format!("tasker signing-policy ls {namespace}");
    context.output.next([ls]);
    Ok(())
}

async fn ls(namespace: &Name, context: &Context) -> Result<(), CliError> {
    let first = format!("tasker signing-policy add {namespace} KEY.pub");
    let keys = context.list(
        ListSigningKeys::at(namespace.clone()),
        PageQuery::default(),
        [
            ("key", &|it| it.key_id.clone()),
            ("name", &|it| it.name.clone()),
            ("added", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        ("no keys: signed or not, every component is taken", &first),
    );
    keys.await?;
    Ok(())
}
