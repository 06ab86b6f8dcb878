//! Tags: what a caller marks a task with, to find it by.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// The most tags of a task.
pub const MAX_TAGS: usize = 16;
/// The longest tag, in bytes.
pub const MAX_TAG_BYTES: usize = 64;

/// Letters, digits and `_ - . : / = @`, the first a letter or digit, ASCII only: `customer:4711`, `nightly`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

/// Tags of one task, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tag>", into = "Vec<Tag>")]
pub struct Tags(Vec<Tag>);

/// Why a text is not a [`Tag`], or a list none of [`Tags`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    #[error(
        "the tag `{}` is not one; a tag has 1 to {MAX_TAG_BYTES} letters, digits and `_ - . : / = @`, and begins with a letter or digit",
        shown.escape_debug()
    )]
    Form { shown: String },
    #[error("a task has at most {MAX_TAGS} tags; these are {count}")]
    TooMany { count: usize },
}

impl Tag {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_-.:/=@".contains(c);
        let begins_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        match begins_well && text.len() <= MAX_TAG_BYTES && text.chars().all(is_allowed) {
            true => Ok(Self(text.to_owned())),
            false => Err(TagError::Form {
                shown: text.chars().take(MAX_TAG_BYTES).collect(),
            }),
        }
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl Display for Tag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tags {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// As PostgreSQL writes an array of them: no tag has a character that would have to be quoted.
    pub fn to_array_text(&self) -> String {
        let tags: Vec<&str> = self.iter().map(Tag::as_str).collect();
        format!("{{{}}}", tags.join(","))
    }
}

impl TryFrom<Vec<Tag>> for Tags {
    type Error = TagError;

    fn try_from(mut tags: Vec<Tag>) -> Result<Self, TagError> {
        tags.sort_unstable();
        tags.dedup();
        let count = tags.len();
        match count <= MAX_TAGS {
            true => Ok(Self(tags)),
            false => Err(TagError::TooMany { count }),
        }
    }
}

impl From<Tags> for Vec<Tag> {
    fn from(tags: Tags) -> Self {
        tags.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_short_word_that_needs_no_quotes() {
        for right in ["nightly", "customer:4711", "a/b.c_d-e=f@g", "7"] {
            assert_eq!(right.parse::<Tag>().unwrap().as_str(), right);
        }
        let long = "a".repeat(MAX_TAG_BYTES + 1);
        for wrong in [
            "", " a", "a b", "a,b", "{a}", "\"a\"", "-a", "ä", "a\n", &long,
        ] {
            let error = wrong.parse::<Tag>().unwrap_err().to_string();
            assert!(error.contains("begins with a letter"), "{error}");
        }
    }

    #[test]
    fn tags_are_sorted_and_each_is_there_once() {
        let tags: Tags = serde_json::from_str(r#"["b", "a", "b"]"#).unwrap();
        assert_eq!(tags.to_array_text(), "{a,b}");
        let many: Vec<String> = (0..=MAX_TAGS).map(|no| format!("t{no}")).collect();
        let error = serde_json::from_value::<Tags>(many.into()).unwrap_err();
        assert!(error.to_string().contains("these are 17"), "{error}");
    }
}
