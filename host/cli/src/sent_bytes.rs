//! Components that a host sent, compared with the digest that it names.

use super::{Problem, Result};
use tasker_domain::digest::Digest;

/// Refuses bytes that are not those of the digest.
pub fn check(bytes: &[u8], named: Digest) -> Result<()> {
    let found = Digest::of(bytes);
    if found == named {
        return Ok(());
    }
    let what = format!("the host sent bytes with the digest {found} in place of {named}");
    Err(Problem::not_understood(what).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CliError;

    #[test]
    fn other_bytes_than_the_host_named_are_refused() {
        let named = Digest::of(b"as published");
        assert!(check(b"as published", named).is_ok());
        let refused = match check(b"as sent", named) {
            Err(CliError::Problem(problem)) => problem.text(),
            other => panic!("{other:?}"),
        };
        for part in [named.to_string(), Digest::of(b"as sent").to_string()] {
            assert!(refused.contains(&part), "{refused}");
        }
    }
}
