//! What a caller may do, and where.

use super::name::Name;
use super::named_enum::named_enum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use strum::{VariantArray, VariantNames};

/// The most entries of one key or token.
pub const MAX_PERMISSIONS: usize = 100;

/// In place of a namespace: all of them, those to come too.
const EVERYWHERE: &str = "*";

named_enum! {
    /// One thing that can be permitted.
    #[derive(clap::ValueEnum, strum::Display)]
    #[clap(rename_all = "snake_case")]
    pub enum Action {
        /// Read everything except secrets.
        Read,
        /// Submit and cancel tasks.
        Run,
        /// Upload components and templates.
        Publish,
        /// Set, roll out, roll back and remove pins.
        Pin,
        /// Yank, quarantine, move open tasks, set limits, collect.
        Operate,
        /// Grant capabilities, set secrets, approve versions, manage signing policies.
        Grant,
        /// Share components: let other namespaces use them.
        Use,
        /// Read metrics.
        Observe,
        /// All of these; on `*` also keys.
        Admin,
    }
}

impl Action {
    pub const ALL: &[Self] = <Self as VariantArray>::VARIANTS;
}

/// Where an action is permitted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum NamespaceScope {
    Everywhere,
    Namespace(Name),
}

/// Why a text is neither `*` nor a namespace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; write a namespace, or `*` for all of them")]
pub struct NamespaceScopeError(#[from] super::name::NameError);

impl FromStr for NamespaceScope {
    type Err = NamespaceScopeError;

    fn from_str(text: &str) -> Result<Self, NamespaceScopeError> {
        match text {
            EVERYWHERE => Ok(Self::Everywhere),
            _ => Ok(Self::Namespace(text.parse()?)),
        }
    }
}

impl TryFrom<String> for NamespaceScope {
    type Error = NamespaceScopeError;

    fn try_from(text: String) -> Result<Self, NamespaceScopeError> {
        text.parse()
    }
}

impl From<NamespaceScope> for String {
    fn from(scope: NamespaceScope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for NamespaceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everywhere => f.write_str(EVERYWHERE),
            Self::Namespace(name) => f.write_str(name.as_str()),
        }
    }
}

/// Actions that are permitted in one namespace or in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Permission {
    pub namespace: NamespaceScope,
    pub actions: BTreeSet<Action>,
}

/// Why a text such as `read, run in orders` is not a permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PermissionError {
    #[error("`{0}` names no namespace; write for example `read, run in orders`, or `in *`")]
    Nowhere(String),
    #[error("there is no action `{0}`; there are {actions}", actions = <Action as VariantNames>::VARIANTS.join(", "))]
    Action(String),
    #[error(transparent)]
    NamespaceScope(#[from] NamespaceScopeError),
}

/// `read, run in orders`, as it is displayed.
impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, PermissionError> {
        let nowhere = || PermissionError::Nowhere(text.to_owned());
        let (actions, namespace) = text.rsplit_once(" in ").ok_or_else(nowhere)?;
        let named = |name: &str| {
            let unknown = |_| PermissionError::Action(name.trim().to_owned());
            name.trim().parse().map_err(unknown)
        };
        Ok(Self {
            namespace: namespace.trim().parse()?,
            actions: actions.split(',').map(named).collect::<Result<_, _>>()?,
        })
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions: Vec<_> = self.actions.iter().map(Action::into_str).collect();
        write!(f, "{} in {}", actions.join(", "), self.namespace)
    }
}

impl Permission {
    fn has(&self, action: Action) -> bool {
        self.actions.contains(&action) || self.actions.contains(&Action::Admin)
    }
}

/// All that one caller may do; what is not in it is forbidden.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    pub fn new(entries: Vec<Permission>) -> Self {
        Self(entries)
    }

    /// Every action in every namespace.
    pub fn all() -> Self {
        Self(vec![Permission {
            namespace: NamespaceScope::Everywhere,
            actions: BTreeSet::from([Action::Admin]),
        }])
    }

    pub fn entries(&self) -> &[Permission] {
        &self.0
    }

    /// True if the action is permitted in this namespace.
    pub fn allow(&self, action: Action, namespace: &str) -> bool {
        let includes = |scope: &NamespaceScope| match scope {
            NamespaceScope::Everywhere => true,
            NamespaceScope::Namespace(name) => name.as_str() == namespace,
        };
        self.having(action).any(includes)
    }

    /// True if the action is permitted in all namespaces, and in what belongs to none.
    pub fn allow_everywhere(&self, action: Action) -> bool {
        self.having(action)
            .any(|scope| *scope == NamespaceScope::Everywhere)
    }

    /// True if the action is permitted in at least one namespace.
    pub fn allow_somewhere(&self, action: Action) -> bool {
        self.having(action).next().is_some()
    }

    /// The namespaces that are named for the action.
    pub fn namespaces(&self, action: Action) -> BTreeSet<&str> {
        let name = |scope| match scope {
            &NamespaceScope::Everywhere => None,
            NamespaceScope::Namespace(name) => Some(name.as_str()),
        };
        self.having(action).filter_map(name).collect()
    }

    /// The namespaces in which the action is permitted; `None` means all.
    pub fn namespace_filter(&self, action: Action) -> Option<Vec<&str>> {
        match self.allow_everywhere(action) {
            true => None,
            false => Some(self.namespaces(action).into_iter().collect()),
        }
    }

    fn having(&self, action: Action) -> impl Iterator<Item = &NamespaceScope> {
        let entries = self.0.iter().filter(move |entry| entry.has(action));
        entries.map(|entry| &entry.namespace)
    }
}

/// `publish in orders; read, run in *`.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<_> = self.0.iter().map(Permission::to_string).collect();
        f.write_str(&entries.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(json: &str) -> Permissions {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_action_is_permitted_where_it_is_named_and_nowhere_else() {
        let ci = permissions(r#"[{"namespace": "orders", "actions": ["publish"]}]"#);
        assert!(ci.allow(Action::Publish, "orders") && ci.allow_somewhere(Action::Publish));
        assert!(!ci.allow(Action::Publish, "payments") && !ci.allow(Action::Read, "orders"));
        assert!(!ci.allow_everywhere(Action::Publish) && !ci.allow_somewhere(Action::Admin));
        assert_eq!(ci.namespaces(Action::Publish), BTreeSet::from(["orders"]));
    }

    #[test]
    fn admin_is_every_action_where_it_is_named() {
        let admin = permissions(r#"[{"namespace": "orders", "actions": ["admin"]}]"#);
        assert!(
            Action::ALL
                .iter()
                .all(|action| admin.allow(*action, "orders"))
        );
        assert!(!admin.allow_everywhere(Action::Read));
        assert!(Permissions::all().allow_everywhere(Action::Grant));
        assert!(!Permissions::default().allow_somewhere(Action::Read));
    }

    #[test]
    fn a_permission_is_read_as_it_is_written() {
        for text in ["publish in orders", "read, run in *"] {
            assert_eq!(text.parse::<Permission>().unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "read",
            "in orders",
            " in orders",
            "read in ",
            "fly in *",
            "read, in *",
        ] {
            assert!(wrong.parse::<Permission>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_namespace_is_a_name_and_not_a_pattern() {
        assert_eq!("*".parse(), Ok(NamespaceScope::Everywhere));
        for wrong in ["", "orders*", "**", "a/b", "*\n"] {
            assert!(wrong.parse::<NamespaceScope>().is_err(), "{wrong}");
        }
        assert!(
            serde_json::from_str::<Permissions>(r#"[{"namespace": "a", "actions": ["fly"]}]"#)
                .is_err()
        );
    }
}
