//! `tasker secret …`

mod rotate;
mod value;

use super::confirm::Confirm;
use super::reference::{Reference, parse_family};
use super::{CliError, Context, Exit, units};
use std::path::PathBuf;
use tasker_domain::name::Name;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::secret::{ListSecrets, RemoveSecret, Secret, SetSecret};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set a secret. The value is read from a hidden prompt, from standard input or from a file.
    Set {
        /// For example orders/stripe-key.
        #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
        name: Reference,
        /// Read the value from this file, a final line break included.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// List secrets; values are never shown.
    Ls {
        /// Only those of this namespace.
        namespace: Option<Name>,
    },
    /// Remove a secret.
    Rm {
        #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
        name: Reference,
        #[command(flatten)]
        confirm: Confirm,
    },
    /// Re-encrypt all secrets with the first key of the host's key file.
    Rotate,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set { name, file } => set(name, file, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm { name, confirm } => {
            confirm.ask(&format!("remove the secret {name}"))?;
            let sentence =
                format!("secret {name} is removed; attempts that ask for it get an error");
            let call = context.client.call(name.family_at(RemoveSecret::at));
            context.remove(call, &sentence).await?;
        }
        Command::Rotate => return rotate::rotate(context).await,
    }
    Ok(Exit::Complete)
}

async fn set(name: Reference, file: Option<PathBuf>, context: &Context) -> Result<(), CliError> {
    let value = value::read(&name, file.as_deref())?;
    let call = context.client.call(name.family_at(SetSecret::at));
    let sentence = |set: &Secret| format!("secret {name} is set, version {}", set.version);
    context.change(call.media(value), sentence).await?;
    let Reference {
        namespace, name, ..
    } = &name;
    context.output.next([
        format!("tasker secret ls {namespace}"),
        format!("tasker grant add {namespace}/COMPONENT 'secret {name} for HOST'"),
    ]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = NamespacePageQuery::of(namespace);
    let all = context.list(
        ListSecrets {},
        query,
        [
            ("secret", &|it| format!("{}/{}", it.namespace, it.name)),
            ("version", &|it| it.version.to_string()),
            ("set", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        ("no secrets", "tasker secret set NAMESPACE/NAME"),
    );
    all.await?;
    Ok(())
}
