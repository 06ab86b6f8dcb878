//! What reads templates, for other files that people write: every mistake is found, with its line and column, and an
//! unknown key is refused with the known one that is nearest to it.

pub use super::check::fields::{Field, Fields};
pub use super::check::nearest::suggestion;
pub use super::position::{Findings, Path};
pub use super::tree::{Content, Entry, Located};

/// The tree of this text. What is wrong with it goes to the findings; if it cannot be read at all there is no tree.
pub fn read(text: &str, findings: &mut Findings) -> Option<Located> {
    super::source::read(text, findings)
}
