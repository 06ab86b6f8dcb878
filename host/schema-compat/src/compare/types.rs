//! Sets of the types that JSON values have.

use crate::decimal::Decimal;
use serde_json::Value;
use std::fmt;

/// A set of types. A number is an integer or has a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Types(u8);

const WORDS: [(Types, &str); 7] = [
    (Types::NUMBER, "number"),
    (Types::NULL, "null"),
    (Types::BOOLEAN, "boolean"),
    (Types::INTEGER, "integer"),
    (Types::STRING, "string"),
    (Types::ARRAY, "array"),
    (Types::OBJECT, "object"),
];

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const FRACTION: Self = Self(8);
    pub(super) const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    pub(super) const ALL: Self = Self(127);

    /// What the keyword `type` says; none where it is no type or list of types.
    pub(super) fn of_keyword(value: &Value) -> Option<Self> {
        match value {
            Value::String(word) => Self::named(word),
            Value::Array(words) => words.iter().try_fold(Self::NONE, |types, word| {
                Some(types.or(Self::named(word.as_str()?)?))
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
        }
    }

    fn named(word: &str) -> Option<Self> {
        let found = WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(types, _)| *types)
    }

    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) => match Decimal::of(number) {
                Some(number) if !number.is_integer() => Self::FRACTION,
                Some(_) | None => Self::INTEGER,
            },
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// True where all of these are among those.
    pub(super) fn within(self, those: Self) -> bool {
        self.and(those) == self
    }

    /// Each type of the set by itself.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let bits = (0..7).map(|bit| Self(1 << bit));
        bits.filter(move |one| one.within(self))
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("any");
        }
        if *self == Self::FRACTION {
            return f.write_str("fraction");
        }
        let mut left = *self;
        let mut words = Vec::new();
        for (types, word) in WORDS {
            if types.within(left) {
                words.push(word);
                left = Self(left.0 & !types.0);
            }
        }
        f.write_str(&words.join(" or "))
    }
}
