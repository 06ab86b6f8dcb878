//! `tasker secret …`

mod rotate;
mod value;

use super::reference::parse_family;
use super::{Confirm, Context, InNamespace, OnlyIf, Reference, Result, Table, units};
use std::path::PathBuf;
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
        #[command(flatten)]
        only_if: OnlyIf,
    },
    /// List secrets; values are never shown.
    Ls(InNamespace),
    /// Remove a secret.
    Rm {
        #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
        name: Reference,
        #[command(flatten)]
        confirm: Confirm,
        #[command(flatten)]
        only_if: OnlyIf,
    },
    /// Re-encrypt all secrets with the first key of the host's key file.
    Rotate,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Set {
            name,
            file,
            only_if,
        } => set(name, file, &only_if, context).await,
        Command::Ls(of) => ls(of, context).await,
        Command::Rm {
            name,
            confirm,
            only_if,
        } => {
            confirm.ask(&format!("remove the secret {name}"))?;
            let done = format!("secret {name} is removed; attempts that ask for it get an error");
            let call = only_if.on(context.call(name.family_at(RemoveSecret::at)));
            context.remove(call, done).await
        }
        Command::Rotate => rotate::rotate(context).await,
    }
}

async fn set(
    secret: Reference,
    file: Option<PathBuf>,
    only_if: &OnlyIf,
    context: &Context,
) -> Result {
    let value = value::read(&secret, file.as_deref())?;
    let call = context.call(secret.family_at(SetSecret::at)).media(value);
    let call = only_if.on(call);
    let sentence = |set: &Secret| format!("secret {secret} is set, version {}", set.version);
    let reply = context.change(call, sentence).await?;
    let (namespace, name) = (&secret.namespace, &secret.name);
    Ok(reply.next([
        format!("tasker secret ls {namespace}"),
        format!("tasker grant add {namespace}/COMPONENT 'secret {name} for HOST'"),
    ]))
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("secret", &|it: &Secret| {
            format!("{}/{}", it.namespace, it.name)
        }),
        ("version", &|it| it.version.to_string()),
        ("set", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
        ("tag", &|it| it.etag.clone()),
    ])
    .or("no secrets");
    let secrets = context
        .list(&of.order, ListSecrets {}, of.query(), table)
        .await?;
    Ok(secrets.first("tasker secret set NAMESPACE/NAME"))
}
