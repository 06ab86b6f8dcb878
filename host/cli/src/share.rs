//! `tasker share …`

use super::because::Because;
use super::confirm::Confirm;
use super::reference::ComponentFamily;
use super::{CliError, Context, Exit, not_yet, units};
use tasker_domain::name::Name;
use tasker_domain::permission::NamespaceScope;
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::share::{AddShare, ListShares, NewShare, RemoveShare, Share};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Let another namespace use a component in its templates.
    Add(ShareArgs),
    /// List shares.
    Ls {
        /// Only shares of this namespace, or with it.
        namespace: Option<Name>,
    },
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
    #[arg(value_name = "NAMESPACE/NAME")]
    component: ComponentFamily,
    /// The namespace that may use it, or '*' for every one.
    #[arg(long, value_name = "NAMESPACE")]
    with: NamespaceScope,
    #[command(flatten)]
    because: Because,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Add(shared) => add(shared, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm { shared, confirm } => {
            let (with, component) = (with(&shared.with), &shared.component);
            confirm.ask(&format!("take {component} back from {with}"))?;
            rm(shared, context).await?;
        }
    }
    Ok(Exit::Complete)
}

async fn add(shared: ShareArgs, context: &Context) -> Result<(), CliError> {
    let namespace = shared.component.namespace();
    let body = NewShare {
        component: shared.component.name(),
        shared_with: shared.with.to_string(),
        reason: shared.because.reason,
    };
    let call = context.client.call(AddShare::at(namespace.clone()));
    let sentence = |share: &Share| {
        let (may, already) = match share.created {
            Some(false) => ("could use", " already"),
            Some(true) | None => ("may use", ""),
        };
        let (with, component) = (with(&shared.with), &shared.component);
        format!("{with} {may} {component}{already}")
    };
    context.change(call.json(&body), sentence).await?;
    not_yet::warn_of_family(&shared.component, context).await;
    let ls = format!("tasker share ls {namespace}");
    context.output.next([ls]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let first = "tasker share add NAMESPACE/NAME --with NAMESPACE";
    let shares = context.list(
        ListShares {},
        NamespacePageQuery::of(namespace),
        [
            ("component", &|it| {
                format!("{}/{}", it.namespace, it.component)
            }),
            ("shared with", &|it| it.shared_with.clone()),
            ("set", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        (
            "no shares: each namespace uses its own components only",
            first,
        ),
    );
    shares.await?;
    Ok(())
}

async fn rm(shared: ShareArgs, context: &Context) -> Result<(), CliError> {
    let ShareArgs {
        component,
        with: other,
        because,
    } = shared;
    let share = RemoveShare::at(
        component.namespace().clone(),
        component.name(),
        other.to_string(),
    );
    let call = context.client.call(share).query(&because.body());
    let with = with(&other);
    let sentence = |_: &Share| format!("{with} may no longer use {component} in new tasks");
    context.change(call, sentence).await?;
    Ok(())
}

fn with(reach: &NamespaceScope) -> String {
    match reach {
        NamespaceScope::Everywhere => "every namespace".to_owned(),
        NamespaceScope::Namespace(name) => format!("namespace {name}"),
    }
}
