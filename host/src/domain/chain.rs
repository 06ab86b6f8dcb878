//! An error and its causes in one line, for logs.

use std::error::Error;
use std::fmt;

/// Writes the error, then each cause after a colon.
pub struct Chain<'a>(pub &'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_what_they_caused() {
        #[derive(Debug, thiserror::Error)]
        #[error("nothing was written")]
        struct Unwritten(#[source] std::io::Error);

        let error = Unwritten(std::io::Error::other("the disk is full"));
        assert_eq!(
            Chain(&error).to_string(),
            "nothing was written: the disk is full"
        );
    }
}
