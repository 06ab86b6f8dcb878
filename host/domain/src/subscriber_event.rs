//! An event as a component with subscribers takes it.

/// The attributes of an event; its data is the input of the attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberEvent {
    pub id: String,
    pub source: String,
    pub event_type: String,
    pub subject: Option<String>,
    /// As RFC 3339 has it.
    pub time: String,
    /// The cursor behind the event.
    pub sequence: String,
    pub correlation_id: Option<String>,
    /// The other attributes, by name.
    pub attributes: Vec<(String, String)>,
}
