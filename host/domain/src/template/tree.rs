//! A YAML document as a tree in which every value has its position.

use super::position::Position;
use crate::shown::cut;
use serde_json::{Number, Value};

/// A value and its position. An alias has the position of its anchor.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    pub at: Position,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Located>),
    Map(Vec<Entry>),
}

/// A key of a mapping and its value; keys of a mapping differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_at: Position,
    pub value: Located,
}

impl Content {
    /// True where it is a scalar of this tag of YAML's core schema.
    pub fn is_tagged(&self, tag: &str) -> bool {
        match self {
            Self::Null => tag == "null",
            Self::Bool(_) => tag == "bool",
            Self::Number(number) => {
                tag == "float" || tag == "int" && !number.as_str().contains('.')
            }
            Self::Text(_) => tag == "str",
            Self::List(_) | Self::Map(_) => false,
        }
    }
}

impl Located {
    /// The text that it is.
    pub fn text(&self) -> Option<&str> {
        if let Content::Text(text) = &self.content {
            Some(text)
        } else {
            None
        }
    }

    /// The number that it is.
    pub fn number(&self) -> Option<&Number> {
        if let Content::Number(number) = &self.content {
            Some(number)
        } else {
            None
        }
    }

    /// What it is, as messages call it.
    pub fn kind(&self) -> String {
        match &self.content {
            Content::Null => "nothing".to_owned(),
            Content::Bool(value) => format!("`{value}`, a boolean"),
            Content::Number(value) => format!("`{value}`, a number"),
            Content::Text(value) => format!("the text `{}`", cut(value)),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The same without places.
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(value) => Value::Number(value.clone()),
            Content::Text(value) => Value::String(value.clone()),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Map(entries) => {
                let pairs = entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_json()));
                Value::Object(pairs.collect())
            }
        }
    }

    /// The place that a JSON pointer names, or the nearest one that encloses it.
    pub fn at_pointer(&self, pointer: &str) -> Position {
        let mut here = self;
        let mut at = self.at;
        for part in pointer.split('/').skip(1) {
            let key = part.replace("~1", "/").replace("~0", "~");
            let Some(next) = here.child(&key) else { break };
            (here, at) = (next, next.at);
        }
        at
    }

    /// How many items the list under a key has.
    pub fn length_at(&self, key: &str) -> usize {
        match self.child(key).map(|child| &child.content) {
            Some(Content::List(items)) => items.len(),
            Some(_) | None => 0,
        }
    }

    fn child(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::List(items) => items.get(key.parse::<usize>().ok()?),
            Content::Map(entries) => entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| &entry.value),
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::Text(_) => None,
        }
    }
}
