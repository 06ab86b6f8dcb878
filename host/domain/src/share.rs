//! Which components of other namespaces a namespace may use.

use super::name::Name;
use super::permission::Reach;
use super::requirement::QualifiedName;
use super::scope::Scope;
use std::collections::BTreeSet;

/// One step in the way of a template: its namespace may not use the component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnsharedUse {
    /// None where no step names it, but a pin does.
    pub step: Option<Name>,
    pub component: QualifiedName,
}

/// What other namespaces share with one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsableComponents(BTreeSet<(Name, Scope)>);

impl UsableComponents {
    /// Each is the owner and what it shares.
    pub fn new(shares: impl IntoIterator<Item = (Name, Scope)>) -> Self {
        Self(shares.into_iter().collect())
    }

    /// True where tasks of `home` may run the component: it is its own, or it is shared.
    pub fn allow(&self, home: &Name, component: &QualifiedName) -> bool {
        let one = |owner: &Name, scope: &Scope| {
            *owner == component.namespace && scope.includes(component.name.as_str())
        };
        component.namespace == *home || self.0.iter().any(|(owner, scope)| one(owner, scope))
    }
}

/// The namespaces that may use one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    owner: Name,
    shared_with: Vec<Reach>,
}

impl Audience {
    pub fn new(owner: Name, shared_with: Vec<Reach>) -> Self {
        Self { owner, shared_with }
    }

    /// True where tasks of this namespace may run the component.
    pub fn includes(&self, namespace: &str) -> bool {
        let is_one = |reach: &Reach| match reach {
            Reach::Everywhere => true,
            Reach::Namespace(name) => name.as_str() == namespace,
        };
        self.owner.as_str() == namespace || self.shared_with.iter().any(is_one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn component(text: &str) -> QualifiedName {
        let (namespace, component) = text.split_once('/').unwrap();
        QualifiedName {
            namespace: name(namespace),
            name: name(component),
        }
    }

    #[test]
    fn a_namespace_uses_its_own_components_and_those_shared_with_it() {
        let shares = [("payments", "charge"), ("mail", "*")];
        let usable = UsableComponents::new(
            shares.map(|(owner, scope)| (name(owner), scope.parse().unwrap())),
        );
        let may = |text: &str| usable.allow(&name("orders"), &component(text));
        assert!(may("orders/any") && may("payments/charge") && may("mail/any"));
        assert!(!may("payments/refund") && !may("stock/charge"));
    }

    #[test]
    fn an_audience_is_the_owner_and_whom_it_named() {
        let with = |text: &str| Audience::new(name("payments"), vec![text.parse().unwrap()]);
        assert!(with("orders").includes("payments") && with("orders").includes("orders"));
        assert!(!with("orders").includes("mail") && with("*").includes("mail"));
    }
}
