//! From text to a tree with positions: the only file that uses `serde_yaml`.
//!
//! `serde_yaml` reports a position only in errors. So every scalar is stored and then refused, and the
//! error has its position; a list or a mapping gets the position of its first entry, or of the bracket or
//! dash before it. This is one pass, and the positions are those of the parser in every style of YAML.

use super::MAX_SOURCE_BYTES;
use super::position::{Findings, Path, Position};
use super::scalar;
use super::tree::{Content, Entry, Located};
use crate::byte_order_mark::without_mark;
use crate::shown::cut;
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::collections::HashMap;
use std::fmt;

/// The deepest nesting of values.
const MAX_DEPTH: usize = 64;
/// The deepest nesting of brackets that the parser is given: its time grows with the square.
const MAX_OPEN_BRACKETS: usize = 1_000;
/// What reading may cost, with aliases followed: see the costs below.
const READ_BUDGET: usize = 256 << 20;
/// So at most a million values,
const VALUE_COST: usize = 256;
/// 16 MiB of text,
const TEXT_BYTE_COST: usize = 16;
/// and 256 MiB for the paths that the parser writes into its errors.
const PATH_BYTE_COST: usize = 1;
/// Brackets and dashes are looked for up to this column, so that long lines cost no more.
const MAX_OPENER_COLUMN: usize = 400;

const EMPTY: &str = "the source is empty; a template starts with `namespace:` and `name:`";

/// The tree of this text; what is wrong with it goes to the findings, and if it cannot be read at
/// all there is no tree.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Located> {
    let text = without_mark(text);
    if let Err(message) = refuse_early(text) {
        findings.push(Position::START, "", message);
        return None;
    }
    let mut reading = Reading {
        lines: text.lines().collect(),
        budget: READ_BUDGET,
        path: Path::default(),
        depth: 0,
        findings,
    };
    let document = serde_yaml::Deserializer::from_str(text);
    let root = reading.value(Position::START, |seed| seed.deserialize(document).map(Some));
    match root {
        Ok(Some(Located {
            content: Content::Null,
            ..
        })) => {
            findings.push(Position::START, "", EMPTY);
            None
        }
        Ok(root) => root,
        Err(error) => {
            let at = place(&error);
            findings.push(at, "", message(&error, at));
            None
        }
    }
}

fn refuse_early(text: &str) -> Result<(), String> {
    let bytes = text.len();
    if bytes > MAX_SOURCE_BYTES {
        return Err(format!(
            "the source has {bytes} bytes; the limit is {MAX_SOURCE_BYTES}"
        ));
    }
    if open_brackets(text) > MAX_OPEN_BRACKETS {
        return Err(format!(
            "more than {MAX_OPEN_BRACKETS} brackets are open; close them"
        ));
    }
    Ok(())
}

/// The most brackets open at once, quoted ones counted too.
fn open_brackets(text: &str) -> usize {
    let mut open: usize = 0;
    let mut most = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

fn place(error: &serde_yaml::Error) -> Position {
    match error.location() {
        Some(at) => Position {
            line: at.line(),
            column: at.column(),
        },
        None => Position::START,
    }
}

/// The message of the parser without position and path, which are reported separately.
fn message(error: &serde_yaml::Error, at: Position) -> String {
    let suffix = format!(" at line {} column {}", at.line, at.column);
    let message = error.to_string().replacen(&suffix, "", 1);
    match message.rsplit_once(OWN_MESSAGE) {
        Some((_, own)) => own.to_owned(),
        None => format!("this is not YAML: {message}"),
    }
}

/// Marks a message of ours among those of the parser.
const OWN_MESSAGE: char = '\u{1}';

fn own_error<E: de::Error>(message: impl fmt::Display) -> E {
    E::custom(format!("{OWN_MESSAGE}{message}"))
}

/// The place that the parser wrote at the end of the refusal of a scalar; it leaves out the very
/// first one.
fn refusal_place(error: &impl fmt::Display) -> Position {
    let text = error.to_string();
    let numbers = text
        .rsplit_once(" at line ")
        .and_then(|(_, at)| at.split_once(" column "));
    let parsed = numbers.and_then(|(line, column)| {
        Some(Position {
            line: line.parse().ok()?,
            column: column.parse().ok()?,
        })
    });
    parsed.unwrap_or(Position::START)
}

struct Reading<'t, 'f> {
    lines: Vec<&'t str>,
    /// What is left of [`READ_BUDGET`].
    budget: usize,
    /// Of the value that is being read.
    path: Path,
    depth: usize,
    findings: &'f mut Findings,
}

impl<'t, 'f> Reading<'t, 'f> {
    /// Reads one value through `next`, which hands the seed to the parser. `near` is the place of a
    /// value that has none of its own.
    fn value<E: de::Error>(
        &mut self,
        near: Position,
        next: impl FnOnce(Seed<'_, 't, 'f>) -> Result<Option<()>, E>,
    ) -> Result<Option<Located>, E> {
        let mut kept = None;
        let outcome = next(Seed {
            reading: self,
            near,
            kept: &mut kept,
        });
        match (outcome, kept) {
            (Ok(None), _) => Ok(None),
            (Ok(Some(())), kept) => Ok(kept),
            (Err(refusal), Some(Located { content, .. })) if content.is_scalar() => {
                let at = refusal_place(&refusal);
                let content = scalar::as_written(content, &self.lines, at).unwrap_or_else(|lost| {
                    self.findings.push(at, &self.path, scalar::NOT_AS_JSON);
                    lost
                });
                Ok(Some(Located { at, content }))
            }
            (Err(error), _) => Err(error),
        }
    }

    fn list<'de, A: SeqAccess<'de>>(
        &mut self,
        mut items: A,
        near: Position,
    ) -> Result<Located, A::Error> {
        let mut list = Vec::new();
        let own_path = self.path.len();
        loop {
            self.path.push_index(list.len());
            let item = self.value(near, |seed| items.next_element_seed(seed))?;
            self.path.truncate(own_path);
            match item {
                Some(item) => list.push(item),
                None => break,
            }
        }
        let first = list.first().map(|item: &Located| item.at);
        let at = first.and_then(|first| self.opener(first, &['[', '-']));
        Ok(Located {
            at: at.or(first).unwrap_or(near),
            content: Content::List(list),
        })
    }

    fn map<'de, A: MapAccess<'de>>(
        &mut self,
        mut pairs: A,
        near: Position,
    ) -> Result<Located, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashMap::new();
        let own_path = self.path.len();
        while let Some(key) = self.value(near, |seed| pairs.next_key_seed(seed))? {
            let key_at = key.at;
            let key = self.key_text(key);
            self.path.push_key(&key);
            let value = self.value(key_at, |seed| pairs.next_value_seed(seed).map(Some))?;
            match (seen.insert(key.clone(), key_at), value) {
                (Some(first), _) => self.repeated_key(&key, key_at, first),
                (None, Some(value)) => entries.push(Entry { key, key_at, value }),
                (None, None) => {}
            }
            self.path.truncate(own_path);
        }
        let first = entries.first().map(|entry| entry.key_at);
        let at = first.and_then(|first| self.opener(first, &['{']));
        Ok(Located {
            at: at.or(first).unwrap_or(near),
            content: Content::Map(entries),
        })
    }

    fn repeated_key(&mut self, key: &str, at: Position, first: Position) {
        let shown = cut(key);
        let message = format!(
            "the key `{shown}` is already defined in line {}; keep one of them",
            first.line
        );
        self.findings.push(at, &self.path, message);
    }

    fn key_text(&mut self, key: Located) -> String {
        if let Content::Text(text) = key.content {
            return text;
        }
        let message = format!(
            "a key is text, and this is {}; put it in quotes",
            key.kind()
        );
        self.findings.push(key.at, &self.path, message);
        key.to_json().to_string()
    }

    /// The place of the bracket or dash just before `first`, if it is on the same line.
    fn opener(&self, first: Position, openers: &[char]) -> Option<Position> {
        if first.column > MAX_OPENER_COLUMN {
            return None;
        }
        let line = self.lines.get(first.line - 1)?;
        let before: Vec<char> = line.chars().take(first.column - 1).collect();
        let last = before.iter().rposition(|c| !c.is_whitespace())?;
        let column = last + 1;
        openers.contains(&before[last]).then_some(Position {
            line: first.line,
            column,
        })
    }

    fn enter<E: de::Error>(&mut self) -> Result<(), E> {
        self.charge(0)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(own_error(format!(
                "values are nested deeper than {MAX_DEPTH}"
            )));
        }
        Ok(())
    }

    fn charge<E: de::Error>(&mut self, text_bytes: usize) -> Result<(), E> {
        let path = self.path.len() * PATH_BYTE_COST;
        let cost = VALUE_COST + text_bytes * TEXT_BYTE_COST + path;
        match self.budget.checked_sub(cost) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(own_error(
                "the source is too large with its aliases followed; make it smaller",
            )),
        }
    }
}

/// Reads the next value of the document into `kept`.
struct Seed<'r, 't, 'f> {
    reading: &'r mut Reading<'t, 'f>,
    near: Position,
    kept: &'r mut Option<Located>,
}

impl Seed<'_, '_, '_> {
    /// Keeps a scalar, and refuses it for the sake of its place.
    fn keep<E: de::Error>(self, content: Content) -> Result<(), E> {
        self.reading.charge(0)?;
        *self.kept = Some(Located {
            at: self.near,
            content,
        });
        Err(E::custom(""))
    }

    fn keep_number<E: de::Error>(self, number: Option<Number>) -> Result<(), E> {
        match number {
            Some(number) => self.keep(Content::Number(number)),
            None => Err(own_error("JSON has no such number; put it in quotes")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has as well")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.keep(Content::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.keep(Content::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.keep(Content::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.keep(Content::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.keep(Content::Number(value.into()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<(), E> {
        self.keep_number(Number::from_i128(value))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<(), E> {
        self.keep_number(Number::from_u128(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.keep_number(Number::from_f64(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.reading.charge(text.len())?;
        self.keep(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        self.reading.enter()?;
        *self.kept = Some(self.reading.list(items, self.near)?);
        self.reading.depth -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, pairs: A) -> Result<(), A::Error> {
        self.reading.enter()?;
        *self.kept = Some(self.reading.map(pairs, self.near)?);
        self.reading.depth -= 1;
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (tag, _) = tagged.variant::<String>()?;
        let tag = cut(&tag);
        Err(own_error(format!(
            "`!{tag}` is a tag, which templates do not have; write the plain value"
        )))
    }
}
