//! Which components of a namespace something is said of.

use super::name::Name;
use super::requirement::{ComponentRef, RequirementError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which components a rule of a namespace is about: a grant, limits, or recordings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// All, `*`: to a grant those of the namespace itself, to other rules all that its tasks run.
    All,
    /// One, in another namespace where it says so: `charge`, `other/charge`.
    One(ComponentRef),
}

impl Scope {
    /// The same component is one, whether its own namespace is written or not.
    pub fn within(self, namespace: &Name) -> Self {
        match self {
            Self::One(component) if component.namespace.as_ref() == Some(namespace) => {
                Self::One(ComponentRef {
                    namespace: None,
                    component: component.component,
                })
            }
            Self::All | Self::One(_) => self,
        }
    }

    /// True for `*`.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl FromStr for Scope {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        match text {
            "*" => Ok(Self::All),
            text => text.parse().map(Self::One),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::One(component) => write!(f, "{component}"),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = RequirementError;

    fn try_from(text: String) -> Result<Self, RequirementError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_one_however_it_is_written() {
        let orders = "orders".parse().unwrap();
        let scope = |text: &str| text.parse::<Scope>().unwrap().within(&orders);
        assert_eq!(scope("orders/charge"), scope("charge"));
        assert_ne!(scope("payments/charge"), scope("charge"));
        assert_eq!(scope("*").to_string(), "*");
    }
}
