//! Who changes something.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of an actor, in bytes.
pub const MAX_ACTOR_BYTES: usize = 200;

/// Names that no key may have: they are reserved for actors that are not keys.
pub const RESERVED_ACTORS: [&str; 2] = [HOST, ANONYMOUS];

const HOST: &str = "host";
const ANONYMOUS: &str = "anonymous";

/// Who changes something, as the audit log names them: an API key or account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Actor(String);

impl Actor {
    /// Whoever goes by this name; what is too long is cut, and control characters are left out.
    pub fn named(name: &str) -> Self {
        let printable: String = name.chars().filter(|c| !c.is_control()).collect();
        let end = printable.floor_char_boundary(MAX_ACTOR_BYTES);
        Self(printable[..end].to_owned())
    }

    /// The host itself, by its own rules.
    pub fn host() -> Self {
        Self(HOST.to_owned())
    }

    /// A caller on a host without authentication.
    pub fn anonymous() -> Self {
        Self(ANONYMOUS.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_within_its_bounds() {
        assert_eq!(Actor::named("ada\n\0").as_str(), "ada");
        assert_eq!(Actor::named(&"é".repeat(200)).as_str().len(), 200);
    }
}
