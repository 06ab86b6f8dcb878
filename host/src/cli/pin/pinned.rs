use crate::cli::reference::{Reference, parse_family};
use crate::domain::name::Name;
use std::fmt;

/// What is pinned, and for whose tasks.
#[derive(Debug, clap::Args)]
pub struct Pinned {
    #[arg(value_enum)]
    kind: Kind,
    /// The template or component, for example payments/charge.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Reference,
    /// The namespace whose tasks are pinned; without it, the namespace of the name.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Template,
    Component,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Component => "component",
        }
    }
}

impl Pinned {
    pub(super) fn namespace(&self) -> &Name {
        self.namespace.as_ref().unwrap_or(&self.name.namespace)
    }

    /// How the path of the API names it: `name`, or `other~name` for another namespace's.
    pub(super) fn target(&self) -> String {
        match self.namespace() == &self.name.namespace {
            true => self.name.name.to_string(),
            false => format!("{}~{}", self.name.namespace, self.name.name),
        }
    }

    pub(super) fn path<'a>(&'a self, target: &'a str) -> [&'a str; 5] {
        [
            "namespaces",
            self.namespace().as_str(),
            "pins",
            self.kind.word(),
            target,
        ]
    }

    /// The arguments that name it, as a command takes them.
    pub(super) fn arguments(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{self} --in {namespace}"),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word(), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(name: &str, namespace: Option<&str>) -> Pinned {
        let (name, namespace) = (
            name.parse().unwrap(),
            namespace.map(|text| text.parse().unwrap()),
        );
        Pinned {
            kind: Kind::Component,
            name,
            namespace,
        }
    }

    #[test]
    fn the_namespace_of_the_name_is_pinned_unless_another_is_given() {
        let own = pinned("payments/charge", None);
        assert_eq!(
            (own.namespace().as_str(), own.target().as_str()),
            ("payments", "charge")
        );
        assert_eq!(own.arguments(), "component payments/charge");
        let other = pinned("payments/charge", Some("orders"));
        assert_eq!(
            (other.namespace().as_str(), other.target().as_str()),
            ("orders", "payments~charge")
        );
        assert_eq!(other.arguments(), "component payments/charge --in orders");
    }
}
