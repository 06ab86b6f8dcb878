//! From text to a tree with positions: the only file that uses the YAML parser.
//!
//! The parser reports events with their positions. Tags, merge keys, aliases and repeated keys are
//! decided here, and what a plain scalar means in [`scalar`].

use super::MAX_SOURCE_BYTES;
use super::position::{Findings, Path, Position};
use super::scalar;
use super::tree::{Content, Entry, Located};
use crate::byte_order_mark::without_mark;
use crate::shown::cut;
use granit_parser::{
    ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput, Tag,
};
use std::borrow::Cow;
use std::collections::HashMap;

/// The deepest nesting of values.
const MAX_DEPTH: usize = 64;
/// What reading may cost, with aliases followed: see the costs below.
const READ_BUDGET: usize = 256 << 20;
/// So at most a million values,
const VALUE_COST: usize = 256;
/// and 16 MiB of text.
const TEXT_BYTE_COST: usize = 16;

const EMPTY: &str = "the source is empty; a template starts with `namespace:` and `name:`";

/// The tree of this text; what is wrong with it goes to the findings, and if it cannot be read at
/// all there is no tree.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Located> {
    let mut reading = Reading::new(without_mark(text), findings);
    let root = reading.document();
    match root {
        Ok(Located {
            content: Content::Null,
            ..
        }) => {
            findings.push(Position::START, "", EMPTY);
            None
        }
        Ok(root) => Some(root),
        Err(Refusal { at, message }) => {
            findings.push(at, "", message);
            None
        }
    }
}

/// Why the rest of a source is not read.
struct Refusal {
    at: Position,
    message: String,
}

impl Refusal {
    fn new(at: Position, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }
}

/// What may stand before a value: an anchor, 0 for none, and a tag.
struct Properties<'t> {
    anchor: usize,
    tag: Option<Cow<'t, Tag>>,
}

struct Reading<'t, 'f> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    /// Values that have an anchor.
    anchored: HashMap<usize, Located>,
    /// What is left of [`READ_BUDGET`].
    budget: usize,
    /// Of the value that is being read.
    path: Path,
    depth: usize,
    findings: &'f mut Findings,
}

impl<'t, 'f> Reading<'t, 'f> {
    fn new(text: &'t str, findings: &'f mut Findings) -> Self {
        let options = granit_parser::options! {
            block_nesting_limit: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            block_scalar_eof_without_line_feed: true,
        };
        Self {
            text,
            events: Parser::new_from_str_with_options(text, options),
            anchored: HashMap::new(),
            budget: READ_BUDGET,
            path: Path::default(),
            depth: 0,
            findings,
        }
    }

    /// The one document of the source; null where it has none.
    fn document(&mut self) -> Result<Located, Refusal> {
        let bytes = self.text.len();
        if bytes > MAX_SOURCE_BYTES {
            let message = format!("the source has {bytes} bytes; the limit is {MAX_SOURCE_BYTES}");
            return Err(Refusal::new(Position::START, message));
        }
        self.next()?;
        if let (Event::StreamEnd, span) = self.next()? {
            let (at, content) = (start(&span), Content::Null);
            return Ok(Located { at, content });
        }
        let root = self.next()?;
        let root = self.value(root, Position::START)?;
        self.next()?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(root),
            _ => Err(Refusal::new(
                Position::START,
                "there is more than one document; keep one",
            )),
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Refusal> {
        match self.events.next_event() {
            Some(event) => event.map_err(|error| refusal(&error)),
            None => Err(Refusal::new(Position::START, "this is not YAML: it ends")),
        }
    }

    /// The value that begins with this event. `near` is the position of an empty one.
    fn value(
        &mut self,
        (event, span): (Event<'t>, Span),
        near: Position,
    ) -> Result<Located, Refusal> {
        let at = start(&span);
        match event {
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Scalar(text, style, anchor, tag) => {
                let at = match text.is_empty() && style == ScalarStyle::Plain {
                    true => near,
                    false => at,
                };
                self.charge(text.len(), at)?;
                let content = self.scalar(text, style, tag.as_deref(), at)?;
                self.kept(Located { at, content }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let at = self.dash(&span, near).unwrap_or(at);
                self.collection(at, Properties { anchor, tag }, "seq", Self::list)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.collection(at, Properties { anchor, tag }, "map", Self::map)
            }
            other => Err(Refusal::new(at, format!("this is not YAML: {other:?}"))),
        }
    }

    fn collection(
        &mut self,
        at: Position,
        properties: Properties<'t>,
        own_tag: &str,
        read: impl FnOnce(&mut Self) -> Result<Content, Refusal>,
    ) -> Result<Located, Refusal> {
        self.charge(0, at)?;
        if self.depth == MAX_DEPTH {
            return Err(Refusal::new(at, too_deep()));
        }
        let is_own = |tag: &Cow<'_, Tag>| tag.core_suffix() == Some(own_tag);
        if let Some(tag) = properties.tag.filter(|tag| !is_own(tag)) {
            return Err(tagged(&tag, at));
        }
        self.depth += 1;
        let content = read(self)?;
        self.depth -= 1;
        self.kept(Located { at, content }, properties.anchor)
    }

    /// The first dash of a list whose dashes stand in the column of its key: the parser reports the
    /// item behind it.
    fn dash(&self, span: &Span, key_at: Position) -> Option<Position> {
        let (before, _) = self.text.split_at_checked(span.start.byte_offset()?)?;
        let line = &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..];
        let column = line.chars().take_while(|c| *c == ' ').count() + 1;
        let is_dash = column == key_at.column && line[column - 1..].starts_with('-');
        is_dash.then_some(Position {
            line: span.start.line(),
            column,
        })
    }

    fn list(&mut self) -> Result<Content, Refusal> {
        let mut list = Vec::new();
        let own_path = self.path.len();
        loop {
            let item = self.next()?;
            if item.0 == Event::SequenceEnd {
                return Ok(Content::List(list));
            }
            self.path.push_index(list.len());
            let near = start(&item.1);
            list.push(self.value(item, near)?);
            self.path.truncate(own_path);
        }
    }

    fn map(&mut self) -> Result<Content, Refusal> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashMap::new();
        let own_path = self.path.len();
        loop {
            let key = self.next()?;
            if key.0 == Event::MappingEnd {
                return Ok(Content::Map(entries));
            }
            let near = start(&key.1);
            let key = self.value(key, near)?;
            let key_at = key.at;
            let key = self.key_text(key);
            self.path.push_key(&key);
            let value = self.next()?;
            let value = self.value(value, key_at)?;
            match seen.insert(key.clone(), key_at) {
                Some(first) => self.repeated_key(&key, key_at, first),
                None => entries.push(Entry { key, key_at, value }),
            }
            self.path.truncate(own_path);
        }
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

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<Content, Refusal> {
        let core = tag.and_then(Tag::core_suffix);
        match (tag, core) {
            (None, _) if style != ScalarStyle::Plain => {
                return Ok(Content::Text(text.into_owned()));
            }
            (_, Some("str")) => return Ok(Content::Text(text.into_owned())),
            (None, _) | (Some(_), Some("null" | "bool" | "int" | "float")) => {}
            (Some(tag), _) => return Err(tagged(tag, at)),
        }
        let read = scalar::resolve(&text).map_err(|error| Refusal::new(at, error.to_string()))?;
        if let Some(core) = core.filter(|core| !read.content.is_tagged(core)) {
            let message = format!("this is no value of the tag `!!{core}`; leave out the tag");
            return Err(Refusal::new(at, message));
        }
        if read.is_lossy {
            self.findings.push(at, &self.path, scalar::NOT_AS_JSON);
        }
        Ok(read.content)
    }

    /// A copy of the value that the anchor stands before.
    fn alias(&mut self, anchor: usize, at: Position) -> Result<Located, Refusal> {
        let Some(value) = self.anchored.remove(&anchor) else {
            return Err(Refusal::new(at, "the alias stands in its own value"));
        };
        let copied = self.charge_copy(&value, at).map(|()| value.clone());
        self.anchored.insert(anchor, value);
        copied
    }

    /// The value; with an anchor, a copy stays for its aliases.
    fn kept(&mut self, value: Located, anchor: usize) -> Result<Located, Refusal> {
        if anchor > 0 {
            self.charge_copy(&value, value.at)?;
            self.anchored.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn charge_copy(&mut self, value: &Located, at: Position) -> Result<(), Refusal> {
        match &value.content {
            Content::Text(text) => self.charge(text.len(), at),
            Content::Null | Content::Bool(_) | Content::Number(_) => self.charge(0, at),
            Content::List(items) => {
                self.charge(0, at)?;
                items.iter().try_for_each(|item| self.charge_copy(item, at))
            }
            Content::Map(entries) => {
                self.charge(0, at)?;
                entries.iter().try_for_each(|entry| {
                    self.charge(entry.key.len(), at)?;
                    self.charge_copy(&entry.value, at)
                })
            }
        }
    }

    fn charge(&mut self, text_bytes: usize, at: Position) -> Result<(), Refusal> {
        let left = self
            .budget
            .checked_sub(VALUE_COST + text_bytes * TEXT_BYTE_COST);
        let too_much = "the source is too large with its aliases followed; make it smaller";
        self.budget = left.ok_or_else(|| Refusal::new(at, too_much))?;
        Ok(())
    }
}

fn start(span: &Span) -> Position {
    position(&span.tag_start().unwrap_or(span.start))
}

fn position(marker: &Marker) -> Position {
    Position {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

fn refusal(error: &ScanError) -> Refusal {
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(),
        _ => format!("this is not YAML: {}", error.info()),
    };
    Refusal::new(position(error.marker()), message)
}

fn too_deep() -> String {
    format!("values are nested deeper than {MAX_DEPTH}")
}

fn tagged(tag: &Tag, at: Position) -> Refusal {
    let tag = cut(&tag.original());
    let message = format!("`{tag}` is a tag, which templates do not have; write the plain value");
    Refusal::new(at, message)
}
