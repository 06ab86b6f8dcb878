//! `tasker share …`

use super::reference::parse_components;
use super::{Because, Confirm, Context, InNamespace, Result, Table, Target, not_yet, units};
use tasker_domain::permission::NamespaceScope;
use tasker_wire::share::{AddShare, ListShares, NewShare, RemoveShare, Share};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Let another namespace use a component in its templates.
    Add(ShareArgs),
    /// List shares; of a namespace also those with it.
    Ls(InNamespace),
    /// Remove a share: new tasks of the other namespace that need it are refused.
    Rm {
        #[command(flatten)]
        shared: ShareArgs,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// What is shared with whom.
#[derive(Debug, clap::Args)]
pub struct ShareArgs {
    /// The component, for example payments/charge; 'payments/*' for all of the namespace.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_components)]
    component: Target,
    /// The namespace that may use it, or '*' for every one.
    #[arg(long, value_name = "NAMESPACE")]
    with: NamespaceScope,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Add(shared) => shared.add(context).await,
        Command::Ls(of) => ls(of, context).await,
        Command::Rm { shared, confirm } => shared.remove(confirm, context).await,
    }
}

impl ShareArgs {
    /// `name`, or `*`.
    fn name(&self) -> String {
        let one = self.component.one();
        one.map_or_else(|| "*".to_owned(), |one| one.name.to_string())
    }

    async fn add(self, context: &Context) -> Result {
        let (component, with) = (self.component.components(), with(&self.with));
        let namespace = self.component.namespace();
        let body = NewShare {
            component: self.name(),
            shared_with: self.with.to_string(),
            reason: self.because.reason,
        };
        let call = context.call(AddShare::at(namespace.clone()));
        let sentence = |share: &Share| match share.created {
            Some(false) => format!("{with} could use {component} already"),
            Some(true) | None => format!("{with} may use {component}"),
        };
        let reply = context.change(call.json(&body), sentence).await?;
        let warning = not_yet::warning(self.component.one(), context).await;
        let ls = format!("tasker share ls {namespace}");
        Ok(reply.warn(warning).next([ls]))
    }

    async fn remove(self, confirm: Confirm, context: &Context) -> Result {
        let (component, with) = (self.component.components(), with(&self.with));
        confirm.ask(&format!("take {component} back from {with}"))?;
        let (namespace, other) = (self.component.namespace().clone(), self.with.to_string());
        let call = context.call(RemoveShare::at(namespace, self.name(), other));
        let sentence = |_: &Share| format!("{with} may no longer use {component} in new tasks");
        context
            .change(call.query(&self.because.body()), sentence)
            .await
    }
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let component = |it: &Share| format!("{}/{}", it.namespace, it.component);
    let table = Table::new([
        ("component", &component),
        ("shared with", &|it| it.shared_with.clone()),
        ("set", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
    ])
    .or("no shares: each namespace uses its own components only");
    let shares = context
        .list(&of.order, ListShares {}, of.query(), table)
        .await?;
    Ok(shares.first("tasker share add NAMESPACE/NAME --with NAMESPACE"))
}

fn with(reach: &NamespaceScope) -> String {
    match reach {
        NamespaceScope::Everywhere => "every namespace".to_owned(),
        NamespaceScope::Namespace(name) => format!("namespace {name}"),
    }
}
