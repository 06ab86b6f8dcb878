//! From lines of the log to a message.

use super::log_line::LogLine;
use super::message::{any_value, key_value, nanos, scope};
use super::request::Request;
use chrono::DateTime;
use data_encoding::HEXLOWER_PERMISSIVE;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValueList};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tasker_domain::secret_field::{MASK, is_secret};
use tasker_telemetry::AttributeValue;
use tracing::Level;

/// The parts of the program that write what components log.
const COMPONENTS: [&str; 2] = ["tasker::handler", "tasker::subscriber"];

/// One message with these lines.
pub(crate) fn request(resource: &Resource, lines: &[LogLine]) -> Request {
    let mut by_target = BTreeMap::<&str, Vec<LogRecord>>::new();
    for line in lines {
        by_target
            .entry(&line.target)
            .or_default()
            .push(record(line));
    }
    let scope_logs = by_target
        .into_iter()
        .map(|(target, log_records)| ScopeLogs {
            scope: Some(scope(target)),
            log_records,
            ..ScopeLogs::default()
        });
    Request::Logs(ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource.clone()),
            scope_logs: scope_logs.collect(),
            ..ResourceLogs::default()
        }],
    })
}

fn record(line: &LogLine) -> LogRecord {
    let observed = nanos(line.time);
    let severity = severity(line.level);
    let body = Value::StringValue(line.content.body.clone());
    let mut record = LogRecord {
        time_unix_nano: observed,
        observed_time_unix_nano: observed,
        severity_number: severity.into(),
        severity_text: line.level.to_string(),
        body: Some(AnyValue { value: Some(body) }),
        dropped_attributes_count: line.content.dropped,
        ..LogRecord::default()
    };
    let is_of_component = COMPONENTS.contains(&&*line.target);
    for (name, value) in &line.content.fields {
        add(&mut record, is_of_component, name, value);
    }
    record
}

/// Adds a field: under the name that spans have for it, or where records have a place of its own for it.
fn add(record: &mut LogRecord, is_of_component: bool, name: &'static str, value: &AttributeValue) {
    let name = match (name, value) {
        ("trace_id", AttributeValue::Text(id)) => {
            record.trace_id = bytes(id);
            return;
        }
        ("span_id", AttributeValue::Text(id)) => {
            record.span_id = bytes(id);
            return;
        }
        ("at", AttributeValue::Text(at)) if is_of_component => {
            let at = DateTime::parse_from_rfc3339(at);
            record.time_unix_nano = at.map_or(record.time_unix_nano, |at| nanos(at.into()));
            return;
        }
        ("fields", AttributeValue::Text(json)) if is_of_component => {
            let fields = key_value(name, fields(json));
            return record.attributes.push(fields);
        }
        ("task_id", _) => "tasker.task.id",
        ("step", _) => "tasker.step",
        ("attempt", _) => "tasker.attempt",
        ("correlation_id", _) => "tasker.correlation_id",
        ("worker_id", _) => "tasker.worker.id",
        (name, _) => name,
    };
    let value = any_value(value.clone());
    record.attributes.push(key_value(name, value));
}

/// What a component gave as fields; a text that was cut stays one.
fn fields(json: &str) -> Value {
    let Ok(Json::Object(members)) = serde_json::from_str(json) else {
        return Value::StringValue(json.to_owned());
    };
    let members = members.into_iter().map(|(name, value)| {
        let value = match value {
            _ if is_secret(&name) => MASK.to_owned(),
            Json::String(text) => text,
            other => other.to_string(),
        };
        key_value(&name, Value::StringValue(value))
    });
    Value::KvlistValue(KeyValueList {
        values: members.collect(),
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE
        .decode(hex.as_bytes())
        .unwrap_or_default()
}

fn severity(level: Level) -> SeverityNumber {
    match level {
        Level::TRACE => SeverityNumber::Trace,
        Level::DEBUG => SeverityNumber::Debug,
        Level::INFO => SeverityNumber::Info,
        Level::WARN => SeverityNumber::Warn,
        Level::ERROR => SeverityNumber::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::super::log_line::Content;
    use super::*;
    use std::borrow::Cow;
    use std::time::{Duration, UNIX_EPOCH};

    fn of(target: &'static str, fields: &[(&'static str, &str)]) -> LogRecord {
        let fields = fields
            .iter()
            .map(|(name, text)| (*name, AttributeValue::Text((*text).to_owned())));
        record(&LogLine {
            time: UNIX_EPOCH + Duration::from_secs(2),
            level: Level::WARN,
            target: Cow::Borrowed(target),
            content: Content {
                body: "a line".to_owned(),
                fields: fields.collect(),
                ..Content::default()
            },
        })
    }

    #[test]
    fn ids_of_trace_and_span_have_their_places_and_attempts_the_names_that_spans_have() {
        let record = of(
            "tasker_worker",
            &[
                ("trace_id", "0aff"),
                ("span_id", "01"),
                ("step", "a"),
                ("code", "7"),
            ],
        );
        assert_eq!((record.trace_id, record.span_id), (vec![10, 255], vec![1]));
        let text = |text: &str| Value::StringValue(text.to_owned());
        let attributes = [("tasker.step", text("a")), ("code", text("7"))];
        let attributes = attributes.map(|(name, value)| key_value(name, value));
        assert_eq!(record.attributes, attributes);
    }

    #[test]
    fn what_a_component_logs_has_its_time_and_its_fields_without_secrets() {
        for target in COMPONENTS {
            let at = ("at", "1970-01-01T00:00:01.000000Z");
            let record = of(target, &[at, ("fields", r#"{"order":"7","token":"abc"}"#)]);
            assert_eq!(record.time_unix_nano, 1_000_000_000);
            assert_eq!(record.observed_time_unix_nano, 2_000_000_000);
            let members = [("order", "7"), ("token", MASK)];
            let members =
                members.map(|(name, text)| key_value(name, Value::StringValue(text.to_owned())));
            let values = members.to_vec();
            let fields = key_value("fields", Value::KvlistValue(KeyValueList { values }));
            assert_eq!(record.attributes, [fields]);
        }
    }
}
