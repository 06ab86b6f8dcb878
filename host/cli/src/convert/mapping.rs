//! Values of a file, and what they are asked for.

use tasker_domain::template::yaml::{Content, Entry, Located};

/// True for nothing, and for what is empty.
pub fn is_blank(value: &Located) -> bool {
    match &value.content {
        Content::Null => true,
        Content::List(items) => items.is_empty(),
        Content::Map(entries) => entries.is_empty(),
        Content::Text(text) => text.is_empty(),
        Content::Bool(_) | Content::Number(_) => false,
    }
}

/// A mapping, or none.
#[derive(Clone, Copy)]
pub struct Mapping<'a> {
    pub entries: &'a [Entry],
}

impl<'a> Mapping<'a> {
    pub fn of(value: &'a Located) -> Self {
        let entries = match &value.content {
            Content::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        Self { entries }
    }

    pub fn entry(&self, key: &str) -> Option<&'a Entry> {
        let found = self.entries.iter().find(|entry| entry.key == key);
        found.filter(|entry| !matches!(entry.value.content, Content::Null))
    }

    pub fn get(&self, key: &str) -> Option<&'a Located> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    pub fn whole(&self, key: &str) -> Option<u64> {
        self.get(key)?.number()?.as_u64()
    }

    /// The mapping below a key.
    pub fn below(&self, key: &str) -> Mapping<'a> {
        self.get(key).map_or(Mapping { entries: &[] }, Mapping::of)
    }
}

/// The items of a list; none of anything else.
pub fn items(value: &Located) -> &[Located] {
    match &value.content {
        Content::List(items) => items,
        _ => &[],
    }
}
