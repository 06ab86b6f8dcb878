//! One line of the log, in bounds.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;
use tasker_domain::secret_field::{MASK, is_secret};
use tasker_telemetry::{Attribute, AttributeValue, ExportQueue};
use tracing::Level;
use tracing::field::{Field, Visit};

/// The most bytes of a text of a line.
pub(crate) const MAX_TEXT_BYTES: usize = 8 << 10;
/// The most fields of a line.
const MAX_FIELDS: usize = 32;

pub(crate) type LogQueue = ExportQueue<LogLine>;

/// What was logged.
#[derive(Debug)]
pub(crate) struct LogLine {
    pub(crate) time: SystemTime,
    pub(crate) level: Level,
    /// The part of the program.
    pub(crate) target: Cow<'static, str>,
    pub(crate) content: Content,
}

/// The text and the fields of a line or of a span. Values whose names say that they are secret are masked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) body: String,
    pub(crate) fields: Vec<Attribute>,
    /// Fields beyond the bound.
    pub(crate) dropped: u32,
    /// Of a line that came from the crate `log`.
    pub(crate) target: Option<String>,
}

impl Content {
    /// Adds the fields of a span that the line has not itself.
    pub(crate) fn inherit(&mut self, span: &Self) {
        for (name, value) in &span.fields {
            if !self.fields.iter().any(|(own, _)| own == name) {
                self.put(name, value.clone());
            }
        }
    }

    /// What it takes in memory and in a message, about.
    pub(crate) fn bytes(&self) -> usize {
        let field = |(name, value): &Attribute| {
            let text = match value {
                AttributeValue::Text(text) => text.len(),
                AttributeValue::Number(_)
                | AttributeValue::Fraction(_)
                | AttributeValue::Boolean(_) => 8,
            };
            name.len() + text
        };
        self.body.len() + self.fields.iter().map(field).sum::<usize>()
    }

    fn put(&mut self, name: &'static str, value: AttributeValue) {
        let is_full = self.fields.len() >= MAX_FIELDS;
        let known = self.fields.iter_mut().find(|(known, _)| *known == name);
        match known {
            Some((_, known)) => *known = value,
            None if is_full => self.dropped += 1,
            None => self.fields.push((name, value)),
        }
    }

    fn record(&mut self, field: &Field, value: AttributeValue) {
        let name = field.name().trim_start_matches("r#");
        if is_secret(name) {
            return self.put(name, AttributeValue::Text(MASK.to_owned()));
        }
        match (name, value) {
            ("message", AttributeValue::Text(text)) => self.body = text,
            ("log.target", AttributeValue::Text(text)) => self.target = Some(text),
            ("log.module_path" | "log.file" | "log.line", _) => {}
            (_, value) => self.put(name, value),
        }
    }

    fn record_text(&mut self, field: &Field, text: &str) {
        let end = text.floor_char_boundary(MAX_TEXT_BYTES);
        self.record(field, AttributeValue::Text(text[..end].to_owned()));
    }
}

impl Visit for Content {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.record(field, AttributeValue::Fraction(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record(field, AttributeValue::Number(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.record_i64(field, value),
            Err(_) => self.record_text(field, &value.to_string()),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.record(field, AttributeValue::Boolean(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_text(field, &format!("{value:?}"));
    }
}
