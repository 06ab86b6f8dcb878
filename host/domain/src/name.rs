//! Names of namespaces, components, handlers, templates and steps.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// Letters, digits, `_` and `-`, from 1 to [`MAX_NAME_CHARS`] characters, ASCII only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is not a [`Name`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name cannot be empty")]
    Empty,
    #[error("the name `{}…` has {chars} characters; the limit is {MAX_NAME_CHARS}", shown.escape_debug())]
    TooLong { shown: String, chars: usize },
    #[error("the name `{}` contains {found:?}; letters, digits, `_` and `-` are allowed", name.escape_debug())]
    Character { name: String, found: char },
}

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let chars = text.chars().count();
        if chars == 0 {
            return Err(NameError::Empty);
        }
        if chars > MAX_NAME_CHARS {
            let shown = text.chars().take(20).collect();
            return Err(NameError::TooLong { shown, chars });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        match text.chars().find(|c| !allowed(*c)) {
            Some(found) => Err(NameError::Character {
                name: text.to_owned(),
                found,
            }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
