//! `tasker grant …`

use super::reference::parse_components;
use super::{
    Because, Confirm, Context, Exit, InNamespace, Problem, Result, Table, Target, not_yet, refuse,
    units,
};
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
    Add(Add),
    /// List grants.
    Ls(InNamespace),
    /// Revoke a grant; it takes effect from the next attempt on.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    granted: Granted,
    /// The capability, such as 'http GET api.example.com/v1/*'.
    capability: String,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    #[command(flatten)]
    granted: Granted,
    /// The capability, as `grant ls` shows it, or the id of the grant.
    capability: String,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    confirm: Confirm,
}

/// To what is granted, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct Granted {
    /// The component, for example payments/charge; 'payments/*' for all components of the namespace.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_components)]
    component: Target,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Add(add) => add.run(context).await,
        Command::Ls(of) => ls(of, context).await,
        Command::Rm(rm) => rm.run(context).await,
    }
}

impl Granted {
    fn namespace(&self) -> &Name {
        let own = self.component.namespace();
        self.namespace.as_ref().unwrap_or(own)
    }

    /// As the namespace names it: `*`, `name`, or `other/name`.
    fn component(&self) -> Result<String> {
        let home = self.namespace();
        match &self.component {
            Target::One(component) => Ok(component.within(home).to_string()),
            Target::All(namespace) if namespace == home => Ok("*".to_owned()),
            Target::All(namespace) => {
                let what = format!("{home} cannot grant to all components of {namespace} at once");
                refuse(what, "grant to each of them by its name")
            }
        }
    }

    /// The id of a grant that is there.
    async fn id_of(&self, capability: &str, context: &Context) -> Result<i64> {
        let (who, namespace) = (self.component.components(), self.namespace());
        let query = GrantQuery {
            component: Some(self.component()?),
            ..GrantQuery::default()
        };
        let own = ListOwnGrants::at(namespace.clone());
        let mut grants = context.all(own, query).await?.value.items.into_iter();
        let stored = capability.parse::<Capability>().map(|it| it.to_string());
        let found = grants.find(|grant| {
            grant.id.to_string() == capability || stored.as_ref() == Ok(&grant.capability)
        });
        let missing = || {
            let what = format!("there is no grant of `{capability}` to {who} in {namespace}");
            Problem::new(Exit::NotFound, "unknown_grant", what)
                .help(format!("see: tasker grant ls {namespace}"))
        };
        Ok(found.ok_or_else(missing)?.id)
    }
}

impl Add {
    async fn run(self, context: &Context) -> Result {
        let (namespace, component) = (self.granted.namespace(), &self.granted.component);
        let body = NewGrant {
            component: self.granted.component()?,
            capability: self.capability,
            reason: self.because.reason,
        };
        let call = context.call(AddGrant::at(namespace.clone()));
        let sentence = |grant: &Grant| {
            let has = match grant.created {
                Some(false) => "had already",
                Some(true) | None => "has",
            };
            let (capability, namespace) = (&grant.capability, &grant.namespace);
            let component = component.components();
            format!("{component} {has} `{capability}` in tasks of {namespace}")
        };
        let reply = context.change(call.json(&body), sentence).await?;
        let warning = not_yet::warning(component.one(), context).await;
        let ls = format!("tasker grant ls {namespace}");
        Ok(reply.warn(warning).next([ls]))
    }
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let query = GrantQuery {
        namespaces: of.namespaces,
        ..GrantQuery::default()
    };
    let table = Table::new([
        ("id", &|it: &Grant| it.id.to_string()),
        ("namespace", &|it| it.namespace.clone()),
        ("component", &|it| it.component.clone()),
        ("capability", &|it| it.capability.clone()),
        ("set", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
    ])
    .or("no grants");
    let grants = context.list(&of.order, ListGrants {}, query, table).await?;
    Ok(grants.first("tasker grant add NAMESPACE/NAME 'http GET api.example.com/v1/*'"))
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let (component, namespace) = (
            self.granted.component.components(),
            self.granted.namespace(),
        );
        let capability = &self.capability;
        let what = format!("take `{capability}` from {component} in tasks of {namespace}");
        self.confirm.ask(&what)?;
        let id = self.granted.id_of(capability, context).await?;
        let call = context.call(RemoveGrant::at(namespace.clone(), id));
        let sentence = |grant: &Grant| {
            let (capability, namespace) = (&grant.capability, &grant.namespace);
            format!("{component} no longer has `{capability}` in tasks of {namespace}")
        };
        context
            .change(call.query(&self.because.body()), sentence)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(component: &str, namespace: Option<&str>) -> Granted {
        Granted {
            component: parse_components(component).unwrap(),
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
        assert!(parse_components("*").is_err());
    }
}
