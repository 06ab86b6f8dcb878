//! What a rule on attempts is about, and in whose tasks.

use super::reference::{parse_target, segment};
use super::{Reference, Result, Target, refuse};
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;

/// What a rule is about, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct RuleTarget {
    /// A namespace, for everything that its tasks run, or one component, for example payments/charge.
    #[arg(value_name = "NAMESPACE[/NAME]", value_parser = parse_target)]
    target: Target,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

impl RuleTarget {
    /// What it is about, in words.
    pub fn subject(&self) -> String {
        self.target.or_all(|_| "everything".to_owned())
    }

    /// The component, if it is about one.
    pub fn one(&self) -> Option<&Reference> {
        self.target.one()
    }

    /// Whose tasks.
    pub fn namespace(&self) -> &Name {
        let own = self.target.namespace();
        self.namespace.as_ref().unwrap_or(own)
    }

    /// How the path of the API names it: `*`, `name`, or `other~name`.
    pub fn component(&self) -> Result<String> {
        let home = self.namespace();
        match &self.target {
            Target::One(component) => Ok(segment(component.within(home))),
            Target::All(namespace) if namespace == home => Ok("*".to_owned()),
            Target::All(_) => refuse(
                "--in goes with a component, not with a namespace",
                "say which component, for example payments/charge --in orders",
            ),
        }
    }
}

/// The arguments that name what an existing rule is about.
pub fn arguments(namespace: &str, component: &Scope) -> String {
    match component {
        Scope::All => namespace.to_owned(),
        Scope::One(other) if other.namespace.is_some() => format!("{other} --in {namespace}"),
        Scope::One(own) => format!("{namespace}/{own}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str, namespace: Option<&str>) -> RuleTarget {
        RuleTarget {
            target: parse_target(target).unwrap(),
            namespace: namespace.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn a_namespace_means_all_that_its_tasks_run() {
        let all = of("orders", None);
        assert_eq!(
            (all.namespace().as_str(), all.component().unwrap().as_str()),
            ("orders", "*")
        );
        assert!(of("orders", Some("payments")).component().is_err());
    }

    #[test]
    fn a_list_of_names_has_what_commands_take() {
        let named = |component: &str| arguments("orders", &component.parse().unwrap());
        assert_eq!(named("*"), "orders");
        assert_eq!(named("charge"), "orders/charge");
        assert_eq!(named("payments/charge"), "payments/charge --in orders");
    }

    #[test]
    fn the_namespace_of_the_component_is_meant_unless_another_is_given() {
        let own = of("payments/charge", None);
        assert_eq!(own.namespace().as_str(), "payments");
        assert_eq!(own.component().unwrap(), "charge");
        let other = of("payments/charge", Some("orders"));
        assert_eq!(other.namespace().as_str(), "orders");
        assert_eq!(other.component().unwrap(), "payments~charge");
    }
}
