//! Parts that the messages of all signals have.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::resource::{
    EnvResourceDetector, Resource as Detected, TelemetryResourceDetector,
};
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};
use tasker_telemetry::{Attribute, AttributeValue};
use uuid::Uuid;

/// The name of the service unless the environment has another.
const SERVICE: &str = "tasker";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the telemetry is of: this process of a service, and what the environment says. To be made once, since it has a
/// random id.
pub(crate) fn resource() -> Resource {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy().into_owned();
    let attribute = opentelemetry::KeyValue::new::<&str, String>;
    let resource = Detected::builder_empty()
        .with_service_name(SERVICE)
        .with_attribute(attribute("service.version", VERSION.to_owned()))
        .with_attribute(attribute("service.instance.id", Uuid::new_v4().to_string()))
        .with_attribute(attribute("host.name", host))
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    let name = env::var("OTEL_SERVICE_NAME").ok();
    let resource = match name.filter(|name| !name.is_empty()) {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    };
    let attributes = resource.iter();
    Resource {
        attributes: attributes
            .map(|(name, value)| key_value(name.as_str(), Value::StringValue(value.to_string())))
            .collect(),
        ..Resource::default()
    }
}

/// The part of the program that items come from.
pub(crate) fn scope(name: &str) -> InstrumentationScope {
    InstrumentationScope {
        name: name.to_owned(),
        version: VERSION.to_owned(),
        ..InstrumentationScope::default()
    }
}

/// The part that all items without another come from.
pub(crate) fn own_scope() -> InstrumentationScope {
    scope(SERVICE)
}

pub(crate) fn key_value(name: &str, value: Value) -> KeyValue {
    KeyValue {
        key: name.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

pub(crate) fn attribute((name, value): Attribute) -> KeyValue {
    key_value(name, any_value(value))
}

pub(crate) fn any_value(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Text(text) => Value::StringValue(text),
        AttributeValue::Number(number) => Value::IntValue(number),
        AttributeValue::Fraction(fraction) => Value::DoubleValue(fraction),
        AttributeValue::Boolean(boolean) => Value::BoolValue(boolean),
    }
}

/// Since 1970, as all messages have it.
pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
