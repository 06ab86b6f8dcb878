use crate::reference::{parse_family, segment};
use crate::shell::option;
use crate::{Reference, Result, refuse};
use std::fmt;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;

/// What is pinned, and for whose tasks.
#[derive(Debug, clap::Args)]
pub struct Pinned {
    /// What is pinned.
    #[arg(value_enum)]
    kind: PinKind,
    /// The template or component, for example payments/charge.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Reference,
    /// The namespace whose tasks are pinned; without it, the namespace of the name.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

/// The same, with `@1.2.0` behind the name for that version and no other.
#[derive(Clone, Debug, clap::Args)]
pub struct PinnedAt {
    /// What is pinned.
    #[arg(value_enum)]
    kind: PinKind,
    /// The template or component, for example payments/charge; payments/charge@1.2.0 is exactly that
    /// version, as the requirement =1.2.0 is.
    #[arg(value_name = "NAMESPACE/NAME[@VERSION]")]
    name: Reference,
    /// The namespace whose tasks are pinned; without it, the namespace of the name.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

impl PinnedAt {
    /// What is pinned, and at what: by the version behind the name, or by a requirement, not by both.
    pub fn at(self, requirement: Option<String>) -> Result<(Pinned, String)> {
        let Reference {
            namespace, name, ..
        } = &self.name;
        let family = Reference::family_of(namespace, name);
        let what = match (self.name.version, requirement) {
            (Some(version), None) => format!("={version}"),
            (None, Some(requirement)) => requirement,
            (Some(version), Some(requirement)) => {
                let what = format!("`@{version}` and `{requirement}` both say a version");
                return refuse(what, "leave one of them out");
            }
            (None, None) => {
                let what = format!("which version of {family} is meant?");
                let help = format!("write {family}@1.2.0 for that version, or {family} '^1.2'");
                return refuse(what, help);
            }
        };
        let pinned = Pinned {
            kind: self.kind,
            name: family,
            namespace: self.namespace,
        };
        Ok((pinned, what))
    }
}

impl Pinned {
    pub fn namespace(&self) -> &Name {
        self.namespace.as_ref().unwrap_or(&self.name.namespace)
    }

    /// How the path of the API names it: `name`, or `other~name` for another namespace's.
    fn target(&self) -> String {
        segment(self.name.within(self.namespace()))
    }

    /// The endpoint of this pin: `endpoint(SetPin::at)`.
    pub fn endpoint<E>(&self, endpoint: impl FnOnce(Name, PinKind, String) -> E) -> E {
        endpoint(self.namespace().clone(), self.kind, self.target())
    }

    /// The arguments that name it at exactly this version, as a command takes them.
    pub fn arguments_at(&self, version: &semver::Version) -> String {
        format!("{self}@{version}{}", option("in", self.namespace.as_ref()))
    }

    /// The arguments that name it, as a command takes them.
    pub fn arguments(&self) -> String {
        format!("{self}{}", option("in", self.namespace.as_ref()))
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.into_str(), self.name)
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
            kind: PinKind::Component,
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

    #[test]
    fn a_version_behind_the_name_is_that_version_alone() {
        let at = |name: &str, requirement: Option<&str>| {
            let pinned = PinnedAt {
                kind: PinKind::Template,
                name: name.parse().unwrap(),
                namespace: None,
            };
            let at = pinned.at(requirement.map(str::to_owned));
            at.map(|(pinned, what)| (pinned.arguments(), what)).ok()
        };
        let fulfil = |what: &str| Some(("template orders/fulfil".to_owned(), what.to_owned()));
        assert_eq!(at("orders/fulfil@1.2.0", None), fulfil("=1.2.0"));
        assert_eq!(at("orders/fulfil", Some("^1")), fulfil("^1"));
        assert_eq!(at("orders/fulfil@1.2.0", Some("^1")), None);
        assert_eq!(at("orders/fulfil", None), None);
    }
}
