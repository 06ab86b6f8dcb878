//! Conditions of a change: what is changed is still as its caller knows it.

use crate::digest::Digest;
use crate::error_report::{ErrorClass, ErrorReport, Report};
use data_encoding::HEXLOWER;
use serde::Serialize;
use std::fmt;

/// Bytes of a digest that a tag has.
const TAG_BYTES: usize = 12;

/// Between what stands for what is set and what stands for the rest of an answer.
const SEPARATOR: char = '.';

/// Stands for the state of something that is set: as long as the tag is the same, nobody has changed it. Lower-case hex,
/// so that a command line never takes one for an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag(String);

impl EntityTag {
    /// The tag of these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let digest = Digest::of(bytes);
        Self(HEXLOWER.encode(&digest.as_bytes()[..TAG_BYTES]))
    }

    /// The tag of a state.
    ///
    /// # Panics
    ///
    /// When it has no form as JSON, such as a map whose keys are no texts.
    pub fn of(state: &impl Serialize) -> Self {
        let json = serde_json::to_vec(state).expect("a state is texts and numbers");
        Self::of_bytes(&json)
    }

    /// This one for what is set, together with one for the whole answer, which may change by itself.
    pub fn with(&self, answer: &Self) -> Self {
        Self(format!("{self}{SEPARATOR}{answer}"))
    }

    /// The text without quotation marks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tags that a caller names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// Whatever there is.
    Any,
    /// One of these, without quotation marks.
    Of(Vec<String>),
}

impl Tags {
    /// True if this whole tag is named.
    pub fn name(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::Of(tags) => tags.iter().any(|named| named == tag.as_str()),
        }
    }

    /// True if what is set has one of these tags.
    fn has(&self, now: &EntityTag) -> bool {
        let is_set_part = |tag: &String| tag.split(SEPARATOR).next() == Some(now.as_str());
        match self {
            Self::Any => true,
            Self::Of(tags) => tags.iter().any(is_set_part),
        }
    }
}

/// Under which condition a change is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    /// Only if it is there, and has one of these tags.
    pub matches: Option<Tags>,
    /// Only if it is not there, or has none of these tags.
    pub none_matches: Option<Tags>,
}

impl Precondition {
    /// Without a condition.
    pub const NONE: Self = Self {
        matches: None,
        none_matches: None,
    };

    /// Refuses the change of what has this tag; none is of what is not there. Call it where what is changed is
    /// locked, or the change after it may be lost.
    pub fn check(&self, now: Option<&EntityTag>) -> Result<(), PreconditionFailed> {
        let is_in = |tags: &Tags| now.is_some_and(|now| tags.has(now));
        let matches = self.matches.as_ref().is_none_or(is_in);
        let excluded = self.none_matches.as_ref().is_some_and(is_in);
        match matches && !excluded {
            true => Ok(()),
            false => Err(PreconditionFailed(now.cloned())),
        }
    }
}

/// What is changed is not as the request has it; the tag that it has, if it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreconditionFailed(pub Option<EntityTag>);

impl fmt::Display for PreconditionFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(now) => write!(
                f,
                "nothing was changed: it has the entity tag \"{now}\" now, which the condition of the request excludes; \
                 read it, and decide anew"
            ),
            None => f.write_str(
                "nothing was changed: it does not exist now, and the request has a condition on it; leave out `if-match` \
                 to make it",
            ),
        }
    }
}

impl std::error::Error for PreconditionFailed {}

impl Report for PreconditionFailed {
    fn report(&self) -> ErrorReport {
        ErrorReport::new(ErrorClass::PreconditionFailed, "precondition_failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: &[&str]) -> Option<Tags> {
        Some(Tags::Of(tags.iter().map(|&tag| tag.to_owned()).collect()))
    }

    fn only_if(matches: Option<Tags>) -> Precondition {
        Precondition {
            matches,
            none_matches: None,
        }
    }

    #[test]
    fn a_tag_is_the_same_as_long_as_the_state_is() {
        let tag = EntityTag::of(&("shop", 1));
        assert_eq!(tag, EntityTag::of(&("shop", 1)));
        assert_ne!(tag, EntityTag::of(&("shop", 2)));
        assert_eq!(tag.as_str().len(), 2 * TAG_BYTES);
    }

    #[test]
    fn no_command_line_takes_a_tag_for_an_option() {
        for state in 0..1_000 {
            let tag = EntityTag::of(&state);
            assert!(!tag.as_str().contains(['-', '_']), "{tag}");
        }
    }

    #[test]
    fn what_was_changed_meanwhile_is_not_changed() {
        let (old, now) = (EntityTag::of(&1), EntityTag::of(&2));
        assert!(only_if(of(&[now.as_str()])).check(Some(&now)).is_ok());
        let failed = only_if(of(&[old.as_str()])).check(Some(&now));
        assert_eq!(failed, Err(PreconditionFailed(Some(now.clone()))));
        let either = of(&[old.as_str(), now.as_str()]);
        assert!(only_if(either).check(Some(&now)).is_ok());
        assert!(Precondition::NONE.check(None).is_ok());
    }

    #[test]
    fn what_changes_by_itself_is_no_change() {
        let now = EntityTag::of(&1);
        let shown = now.with(&EntityTag::of(&"1.0.0"));
        assert!(only_if(of(&[shown.as_str()])).check(Some(&now)).is_ok());
    }

    #[test]
    fn a_change_may_be_for_what_is_there_only_or_for_what_is_not() {
        let now = EntityTag::of(&1);
        let there = only_if(Some(Tags::Any));
        assert!(there.check(Some(&now)).is_ok() && there.check(None).is_err());
        let new = Precondition {
            matches: None,
            none_matches: Some(Tags::Any),
        };
        assert!(new.check(None).is_ok() && new.check(Some(&now)).is_err());
    }
}
