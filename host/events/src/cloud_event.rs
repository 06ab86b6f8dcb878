//! Events as they are sent: CloudEvents in JSON.

use super::event::Event;
use bytes::Bytes;
use serde_json::value::RawValue;
use tasker_wire::event::{CloudEvent, SPEC_VERSION};

/// The event in the structured form of CloudEvents 1.0.
pub fn cloud_event(event: &Event) -> CloudEvent {
    let data = serde_json::value::to_raw_value(&event.data);
    CloudEvent {
        specversion: SPEC_VERSION.to_owned(),
        id: event.id(),
        source: event.source(),
        r#type: event.full_type().into_owned(),
        subject: event.subject(),
        time: event.at,
        datacontenttype: "application/json".to_owned(),
        dataschema: format!("/v1/events/catalog/{}", event.catalog_name()),
        sequence: event.position.to_string(),
        correlationid: event.correlation_id.clone(),
        causationid: event.cause_id(),
        traceparent: event.traceparent.map(|it| it.to_string()),
        data: data.unwrap_or_else(|_| RawValue::NULL.to_owned()),
    }
}

/// The event as JSON, which is made once for all who are sent it.
pub fn rendered(event: &Event) -> Bytes {
    let render = || {
        serde_json::to_vec(&cloud_event(event))
            .unwrap_or_default()
            .into()
    };
    event.rendered.get_or_init(render).clone()
}
