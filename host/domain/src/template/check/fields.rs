//! Reads the keys of a mapping, and reports every mistake with its position.

use super::nearest::suggestion;
use crate::duration::{self, MAX_DURATION};
use crate::limits::Limit;
use crate::shown::cut;
use crate::template::position::{Findings, Path, Position};
use crate::template::tree::{Content, Entry, Located};
use serde_json::Number;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// A mapping whose keys are known.
pub struct Fields<'a> {
    entries: &'a [Entry],
    at: Position,
    path: Path,
}

/// A value, its place and the way to it.
#[derive(Clone)]
pub struct Field<'a> {
    pub value: &'a Located,
    pub path: Path,
}

impl<'a> Fields<'a> {
    /// The mapping that is this value; unknown keys and anything but a mapping are reported.
    pub fn of(field: &Field<'a>, known: &[&str], findings: &mut Findings) -> Option<Self> {
        let Content::Map(entries) = &field.value.content else {
            let keys = known.join("`, `");
            field.wrong(&format!("a mapping with the keys `{keys}`"), findings);
            return None;
        };
        let fields = Self {
            entries,
            at: field.value.at,
            path: field.path.clone(),
        };
        fields.report_unknown_keys(known, findings);
        Some(fields)
    }

    fn report_unknown_keys(&self, known: &[&str], findings: &mut Findings) {
        let is_open = |key: &&&str| self.entries.iter().all(|entry| entry.key != **key);
        let open: Vec<&str> = known.iter().filter(is_open).copied().collect();
        let is_unknown = |entry: &&Entry| !known.contains(&entry.key.as_str());
        for entry in self.entries.iter().filter(is_unknown) {
            let message = match entry.key.as_str() {
                _ if findings.is_full() => String::new(),
                "<<" => "merge keys (`<<`) are not read; write the keys out, or use `defaults`"
                    .to_owned(),
                key => {
                    let meant = suggestion(key, open.iter().copied());
                    let allowed = known.join(", ");
                    format!("unknown key `{}`{meant}; allowed here: {allowed}", cut(key))
                }
            };
            findings.push(entry.key_at, self.path.key(&entry.key), message);
        }
    }

    /// The value of this key; `None` if there is no key, or nothing behind it.
    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let field = Field {
            value: &entry.value,
            path: self.path.key(key),
        };
        (entry.value.content != Content::Null).then_some(field)
    }

    /// The same, and its lack is reported with this example of what is right.
    pub fn required(&self, key: &str, example: &str, findings: &mut Findings) -> Option<Field<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let at = self.key_position(key).unwrap_or(self.at);
            let message = format!("`{key}` is missing; write for example `{key}: {example}`");
            findings.push(at, self.path.key(key), message);
        }
        found
    }

    /// The place of the key itself.
    pub fn key_position(&self, key: &str) -> Option<Position> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.key_at)
    }

    /// The keys of a mapping whose keys are free to choose, with their places.
    pub fn entries(
        field: &Field<'a>,
        findings: &mut Findings,
    ) -> Vec<(&'a str, Position, Field<'a>)> {
        let Content::Map(entries) = &field.value.content else {
            field.wrong("a mapping", findings);
            return Vec::new();
        };
        let read = entries.iter().map(|entry| {
            let path = field.path.key(&entry.key);
            (
                entry.key.as_str(),
                entry.key_at,
                Field {
                    value: &entry.value,
                    path,
                },
            )
        });
        read.collect()
    }
}

impl<'a> Field<'a> {
    /// Reports something about this value.
    pub fn report(&self, message: impl Into<String>, findings: &mut Findings) {
        findings.push(self.value.at, &self.path, message);
    }

    /// Reports that this value is of the wrong kind.
    pub fn wrong(&self, expected: &str, findings: &mut Findings) {
        self.report(
            format!("expected {expected}, found {}", self.value.kind()),
            findings,
        );
    }

    pub fn text(&self, example: &str, findings: &mut Findings) -> Option<&'a str> {
        if let Some(text) = self.value.text() {
            return Some(text);
        }
        let quotes = match self.value.content {
            Content::Number(_) | Content::Bool(_) => "; put it in quotes",
            Content::Null | Content::Text(_) | Content::List(_) | Content::Map(_) => "",
        };
        let kind = self.value.kind();
        let message = format!("expected text such as `{example}`, found {kind}{quotes}");
        self.report(message, findings);
        None
    }

    /// Text that reads as a `T`, whose own error says what is wrong.
    pub fn parsed<T>(&self, example: &str, findings: &mut Findings) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let parsed = self.text(example, findings)?.parse();
        parsed
            .map_err(|error: T::Err| self.report(error.to_string(), findings))
            .ok()
    }

    /// One of these words.
    pub fn one_of<T: Copy>(&self, words: &[(&str, T)], findings: &mut Findings) -> Option<T> {
        let (example, _) = words.first()?;
        let text = self.text(example, findings)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word);
            let listed = known.clone().collect::<Vec<_>>().join(", ");
            let meant = suggestion(text, known);
            self.report(
                format!("`{}` is none of: {listed}{meant}", cut(text)),
                findings,
            );
        }
        found.map(|(_, value)| *value)
    }

    pub fn items(&self, findings: &mut Findings) -> Vec<Field<'a>> {
        let Content::List(items) = &self.value.content else {
            self.wrong("a list", findings);
            return Vec::new();
        };
        let items = items.iter().enumerate();
        items
            .map(|(index, value)| Field {
                value,
                path: self.path.index(index),
            })
            .collect()
    }

    pub fn whole_number(&self, range: RangeInclusive<u16>, findings: &mut Findings) -> Option<u16> {
        let number = self.value.number().and_then(Number::as_u64);
        let number = number.and_then(|number| u16::try_from(number).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            self.wrong(&expected, findings);
        }
        number
    }

    /// A number from 0 to 1.
    pub fn share(&self, findings: &mut Findings) -> Option<f64> {
        let number = self.value.number().and_then(Number::as_f64);
        let number = number.filter(|number| (0.0..=1.0).contains(number));
        if number.is_none() {
            self.wrong("a number from 0 to 1", findings);
        }
        number
    }

    /// The value of a limit, in its unit.
    pub fn limit(&self, limit: Limit, findings: &mut Findings) -> Option<u64> {
        let text = match self.value.number() {
            Some(number) => &number.to_string(),
            None => self.text(limit.example(), findings)?,
        };
        let value = limit.parse(text);
        value
            .map_err(|error| self.report(error.to_string(), findings))
            .ok()
    }

    /// A length of time from `least` to [`MAX_DURATION`].
    pub fn duration(&self, least: Duration, findings: &mut Findings) -> Option<Duration> {
        let text = match self.value.number() {
            Some(number) => &number.to_string(),
            None => self.text("30s", findings)?,
        };
        let length = duration::parse(text);
        let length = length
            .map_err(|error| self.report(error.to_string(), findings))
            .ok()?;
        if length < least {
            let (least, most) = (duration::show(least), duration::show(MAX_DURATION));
            let message = format!("`{}` is too short; allowed: {least} to {most}", cut(text));
            self.report(message, findings);
            return None;
        }
        Some(length)
    }
}
