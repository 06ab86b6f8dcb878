//! `tasker grant …`

use super::because::Because;
use super::client::pages;
use super::confirm::Confirm;
use super::reference::ComponentFamily;
use super::{CliError, Context, Exit, Problem, not_yet, units};
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_wire::grant::{
    AddGrant, Grant, GrantQuery, ListGrants, ListOwnGrants, NewGrant, RemoveGrant,
};

/// The forms of a capability.
const FORMS: &str = "Capabilities:
  http [METHODS] HOST[:PORT][/PATH]   http GET,POST api.example.com/v1/*
  secret NAME [clear] [for HOSTS]     secret stripe-key for api.stripe.com
  kv BUCKET [read]                    kv counters
  env NAME=VALUE                      env LOG_LEVEL=info
  events PREFIX                       events orders";

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Grant a capability to a component in the tasks of a namespace.
    #[command(after_help = FORMS)]
    Add {
        #[command(flatten)]
        granted: Granted,
        /// The capability, such as 'http GET api.example.com/v1/*'.
        capability: String,
        #[command(flatten)]
        because: Because,
    },
    /// List grants.
    Ls {
        /// Only grants of this namespace.
        namespace: Option<Name>,
    },
    /// Revoke a grant; it takes effect from the next attempt on.
    Rm {
        #[command(flatten)]
        granted: Granted,
        /// The capability, as `grant ls` shows it, or the id of the grant.
        capability: String,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        confirm: Confirm,
    },
}

/// To what is granted, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct Granted {
    /// The component, for example payments/charge; 'payments/*' for all components of the namespace.
    #[arg(value_name = "NAMESPACE/NAME")]
    component: ComponentFamily,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

impl Granted {
    fn namespace(&self) -> &Name {
        match (&self.namespace, &self.component) {
            (Some(namespace), _) | (None, ComponentFamily::All(namespace)) => namespace,
            (None, ComponentFamily::One(component)) => &component.namespace,
        }
    }

    /// As the namespace names it: `*`, `name`, or `other/name`.
    fn component(&self) -> Result<String, CliError> {
        match &self.component {
            ComponentFamily::One(component) if component.namespace == *self.namespace() => {
                Ok(component.name.to_string())
            }
            ComponentFamily::One(component) => Ok(component.family()),
            ComponentFamily::All(namespace) if namespace == self.namespace() => Ok("*".to_owned()),
            ComponentFamily::All(namespace) => Err(Problem::bad_input(format!(
                "{} cannot grant to all components of {namespace} at once",
                self.namespace()
            ))
            .help("grant to each of them by its name")
            .into()),
        }
    }
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Add {
            granted,
            capability,
            because,
        } => add(&granted, capability, because, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm {
            granted,
            capability,
            because,
            confirm,
        } => {
            let (component, namespace) = (&granted.component, granted.namespace());
            confirm.ask(&format!(
                "take `{capability}` from {component} in tasks of {namespace}"
            ))?;
            rm(&granted, &capability, because, context).await?;
        }
    }
    Ok(Exit::Complete)
}

async fn add(
    granted: &Granted,
    capability: String,
    Because { reason }: Because,
    context: &Context,
) -> Result<(), CliError> {
    let body = NewGrant {
        component: granted.component()?,
        capability,
        reason,
    };
    let (namespace, component) = (granted.namespace(), &granted.component);
    let call = context.client.call(AddGrant::at(namespace.clone()));
    let sentence = |grant: &Grant| {
        let has = match grant.created {
            Some(false) => "had already",
            Some(true) | None => "has",
        };
        format!(
            "{component} {has} `{}` in tasks of {}",
            grant.capability, grant.namespace
        )
    };
    context.change(call.json(&body), sentence).await?;
    not_yet::warn_of_family(component, context).await;
    let ls = format!("tasker grant ls {namespace}");
    context.output.next([ls]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = GrantQuery {
        namespace,
        ..GrantQuery::default()
    };
    let first = "tasker grant add NAMESPACE/NAME 'http GET api.example.com/v1/*'";
    let grants = context.list(
        ListGrants {},
        query,
        [
            ("id", &|it| it.id.to_string()),
            ("namespace", &|it| it.namespace.clone()),
            ("component", &|it| it.component.clone()),
            ("capability", &|it| it.capability.clone()),
            ("set", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
        ],
        ("no grants", first),
    );
    grants.await?;
    Ok(())
}

async fn rm(
    granted: &Granted,
    capability: &str,
    because: Because,
    context: &Context,
) -> Result<(), CliError> {
    let id = id_of(granted, capability, context).await?;
    let grant = RemoveGrant::at(granted.namespace().clone(), id);
    let call = context.client.call(grant).query(&because.body());
    let sentence = |grant: &Grant| {
        let (component, capability) = (&granted.component, &grant.capability);
        format!(
            "{component} no longer has `{capability}` in tasks of {}",
            grant.namespace
        )
    };
    context.change(call, sentence).await?;
    Ok(())
}

/// The id of a grant that is there.
async fn id_of(granted: &Granted, capability: &str, context: &Context) -> Result<i64, CliError> {
    let namespace = granted.namespace();
    let query = GrantQuery {
        component: Some(granted.component()?),
        ..GrantQuery::default()
    };
    let page = pages(&context.client, ListOwnGrants::at(namespace.clone()), query).await?;
    let stored = capability.parse::<Capability>().map(|it| it.to_string());
    let is_meant = |grant: &&Grant| {
        grant.id.to_string() == capability || stored.as_ref() == Ok(&grant.capability)
    };
    let found = page.value.items.iter().find(is_meant);
    Ok(found
        .ok_or_else(|| {
            let who = &granted.component;
            let what = format!("there is no grant of `{capability}` to {who} in {namespace}");
            Problem::new(Exit::NotFound, "unknown_grant", what)
                .help(format!("see: tasker grant ls {namespace}"))
        })?
        .id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(component: &str, namespace: Option<&str>) -> Granted {
        Granted {
            component: component.parse().unwrap(),
            namespace: namespace.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn the_namespace_of_the_component_is_meant_unless_another_is_given() {
        let own = granted("payments/charge", None);
        assert_eq!(own.namespace().as_str(), "payments");
        assert_eq!(own.component().unwrap(), "charge");
        let other = granted("payments/charge", Some("orders"));
        assert_eq!(other.namespace().as_str(), "orders");
        assert_eq!(other.component().unwrap(), "payments/charge");
    }

    #[test]
    fn a_star_means_the_components_of_the_namespace_itself() {
        assert_eq!(granted("payments/*", None).component().unwrap(), "*");
        assert!(granted("payments/*", Some("orders")).component().is_err());
        assert!("*".parse::<ComponentFamily>().is_err());
    }
}
