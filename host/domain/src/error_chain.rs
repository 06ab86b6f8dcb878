//! An error and its causes in one line.

use std::error::Error;
use std::fmt;

/// Writes the error, then each cause after a colon; a cause that the error already contains is not repeated.
pub struct ErrorChain<'a>(pub &'a dyn Error);

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !told.contains(&text) {
                told = format!("{told}: {text}");
            }
            cause = error.source();
        }
        f.write_str(&told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("nothing was written")]
    struct Unwritten(#[source] std::io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("the copy failed: {0}; try again")]
    struct Uncopied(#[source] Unwritten);

    fn unwritten() -> Unwritten {
        Unwritten(std::io::Error::other("the disk is full"))
    }

    #[test]
    fn causes_follow_what_they_caused() {
        let told = ErrorChain(&unwritten()).to_string();
        assert_eq!(told, "nothing was written: the disk is full");
    }

    #[test]
    fn a_cause_is_not_repeated() {
        let told = ErrorChain(&Uncopied(unwritten())).to_string();
        let expected = "the copy failed: nothing was written; try again: the disk is full";
        assert_eq!(told, expected);
    }
}
