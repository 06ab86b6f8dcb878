//! Lines of the log of an attempt.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How much a line matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum LogSource {
    /// The handler, through the log capability.
    Handler,
    Stdout,
    Stderr,
    /// The host, about what it refused or cut.
    Host,
}

/// One line of an attempt's log, without a line break at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    pub level: LogLevel,
    pub source: LogSource,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
}

impl LogLine {
    /// The fields as a JSON object, of two of one name the last; `None` if there are none.
    pub fn fields_json(&self) -> Option<String> {
        let member = |(key, value): &(String, String)| (key.clone(), Value::String(value.clone()));
        let object: Map<String, Value> = self.fields.iter().map(member).collect();
        (!object.is_empty()).then(|| Value::Object(object).to_string())
    }

    /// As the database has it: JSON, in which fields of one name are all kept.
    pub fn stored_json(&self) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut object = json!({
            "at": at,
            "level": self.level,
            "source": self.source,
            "message": self.message,
        });
        if !self.fields.is_empty() {
            object["fields"] = json!(self.fields);
        }
        object.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_one_json_object() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let line = |fields| LogLine {
            at: DateTime::UNIX_EPOCH,
            level: LogLevel::Info,
            source: LogSource::Handler,
            message: String::new(),
            fields,
        };
        let told = line(vec![pair("order", "7"), pair("why", "a \"b\"\n")]).fields_json();
        assert_eq!(told.unwrap(), r#"{"order":"7","why":"a \"b\"\n"}"#);
        assert_eq!(line(Vec::new()).fields_json(), None);
    }
}
