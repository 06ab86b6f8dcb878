//! The namespace of what is published on a host that others use too.

use crate::{Problem, Result};
use tasker_domain::name::Name;

/// Who is at work, as shells say it.
const VARIABLES: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// `dev-ada`.
pub fn of_user() -> Result<Name> {
    let user = VARIABLES.iter().find_map(|name| {
        let value = std::env::var(name).ok()?;
        Some(value).filter(|value| !value.is_empty())
    });
    let name = user.and_then(|user| of(&user));
    let unknown = || {
        Problem::bad_input("no namespace is named, and USER is not set")
            .help("name one: --namespace dev-ada")
    };
    Ok(name.ok_or_else(unknown)?)
}

fn of(user: &str) -> Option<Name> {
    let kept = |c: char| match c.is_ascii_alphanumeric() || c == '_' {
        true => c,
        false => '-',
    };
    let user: String = user.chars().map(kept).collect();
    format!("dev-{user}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_named_after_its_user() {
        let of = |user| of(user).unwrap().to_string();
        assert_eq!(of("ada"), "dev-ada");
        assert_eq!(
            of("ada.lovelace@example.com"),
            "dev-ada-lovelace-example-com"
        );
    }
}
