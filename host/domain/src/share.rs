//! Which components of a namespace others may use.

use super::name::Name;
use super::permission::NamespaceScope;
use super::requirement::QualifiedName;
use super::scope::Scope;

/// One step in the way of a template: its namespace may not use the component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnsharedUse {
    /// `None` if no step names it, but a pin does.
    pub step: Option<Name>,
    pub component: QualifiedName,
}

/// What one namespace shares with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares(Vec<(Scope, NamespaceScope)>);

impl Shares {
    /// True if tasks of that namespace may run this component of the owner's.
    pub fn allow(&self, namespace: &Name, component: &Name) -> bool {
        let includes = |scope: &NamespaceScope| match scope {
            NamespaceScope::Everywhere => true,
            NamespaceScope::Namespace(name) => name == namespace,
        };
        let mut shares = self.0.iter();
        shares.any(|(scope, with)| scope.includes(component.as_str()) && includes(with))
    }
}

impl FromIterator<(Scope, NamespaceScope)> for Shares {
    fn from_iter<I: IntoIterator<Item = (Scope, NamespaceScope)>>(shares: I) -> Self {
        Self(shares.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_is_of_one_component_or_all_with_one_namespace_or_all() {
        let shares = [("charge", "orders"), ("refund", "*"), ("*", "mail")];
        let parsed = shares.map(|(scope, with)| (scope.parse().unwrap(), with.parse().unwrap()));
        let shares = Shares::from_iter(parsed);
        let may =
            |namespace: &str, component: &str| shares.allow(&name(namespace), &name(component));
        assert!(may("orders", "charge") && may("orders", "refund") && may("mail", "any"));
        assert!(!may("orders", "any") && !may("stock", "charge"));
    }
}
