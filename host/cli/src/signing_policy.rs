//! `tasker signing-policy …`

use super::signing::read_public;
use super::{Confirm, Context, InOrder, Result, Table, units};
use std::path::PathBuf;
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
    Add(Add),
    /// List the signing keys that a namespace accepts.
    Ls {
        /// Which namespace.
        namespace: Name,
        #[command(flatten)]
        order: InOrder,
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

#[derive(Debug, clap::Args)]
pub struct Add {
    /// The namespace that requires signatures.
    namespace: Name,
    /// The public key, a `.pub` file.
    key: PathBuf,
    /// Name of the key; by default the name of the file.
    #[arg(long)]
    name: Option<String>,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Add(add) => add.run(context).await,
        Command::Ls { namespace, order } => ls(&namespace, &order, context).await,
        Command::Rm {
            namespace,
            key,
            confirm,
        } => {
            confirm.ask(&format!("remove the signing key {key} from {namespace}"))?;
            let sentence = format!("{namespace} no longer accepts signatures by {key}");
            let key = RemoveSigningKey::at(namespace, key.to_string());
            context.remove(context.call(key), sentence).await
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> Result {
        let (namespace, key) = (&self.namespace, read_public(&self.key)?);
        let stem = self.key.file_stem().unwrap_or_default().to_string_lossy();
        let body = NewSigningKey {
            name: self.name.unwrap_or_else(|| stem.into_owned()),
            public_key: key.to_string(),
        };
        let call = context.call(AddSigningKey::at(namespace.clone()));
        let sentence = |SigningKey { name, key_id, .. }: &SigningKey| {
            format!(
                "{namespace} takes only components signed by {name} ({key_id}) or another of its keys\n  \
                 new tasks run nothing else, of other namespaces or from before; open ones keep what they have"
            )
        };
        let reply = context.change(call.json(&body), sentence).await?;
        Ok(reply.next([format!("tasker signing-policy ls {namespace}")]))
    }
}

async fn ls(namespace: &Name, order: &InOrder, context: &Context) -> Result {
    let table = Table::new([
        ("key", &|it: &SigningKey| it.key_id.clone()),
        ("name", &|it| it.name.clone()),
        ("added", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
    ])
    .or("no keys: signed or not, every component is taken");
    let endpoint = ListSigningKeys::at(namespace.clone());
    let keys = context
        .list(order, endpoint, PageQuery::default(), table)
        .await?;
    Ok(keys.first(&format!("tasker signing-policy add {namespace} KEY.pub")))
}
