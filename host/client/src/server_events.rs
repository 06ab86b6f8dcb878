//! Server-sent events, as a host sends them.

use super::{Client, ClientError};
use std::collections::VecDeque;

/// The longest event that is read, in bytes.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// Server-sent events of one answer.
pub struct ServerEvents {
    client: Client,
    response: reqwest::Response,
    unread: Vec<u8>,
    events: VecDeque<ServerEvent>,
}

/// One server-sent event. One without data says only up to where the stream is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerEvent {
    /// Sent as `Last-Event-ID`, the stream goes on behind it.
    pub id: String,
    pub event: String,
    pub data: String,
}

impl ServerEvents {
    pub(super) fn new(client: &Client, response: reqwest::Response) -> Self {
        Self {
            client: client.clone(),
            response,
            unread: Vec::new(),
            events: VecDeque::new(),
        }
    }

    /// Waits for the next one; `None` at the end of the stream.
    pub async fn next(&mut self) -> Result<Option<ServerEvent>, ClientError> {
        while self.events.is_empty() {
            let chunk = self.response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.client.unreachable(&error))? else {
                return Ok(None);
            };
            if self.unread.len() + chunk.len() > MAX_EVENT_BYTES {
                return Ok(None);
            }
            self.unread.extend_from_slice(&chunk);
            while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let text = String::from_utf8_lossy(&self.unread[..end]);
                self.events.push_back(read(&text));
                self.unread.drain(..end + 2);
            }
        }
        Ok(self.events.pop_front())
    }
}

fn read(text: &str) -> ServerEvent {
    let mut event = ServerEvent::default();
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => id.clone_into(&mut event.id),
            Some(("event", name)) => name.clone_into(&mut event.event),
            Some(("data", data)) => event.data.push_str(data),
            _ => {}
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_by_its_fields_and_a_comment_is_none() {
        let event = read("id: c1\nevent: tasker.task.completed\ndata: {\"a\": 1}");
        assert_eq!(
            (event.id.as_str(), event.data.as_str()),
            ("c1", "{\"a\": 1}")
        );
        assert_eq!(event.event, "tasker.task.completed");
        let heartbeat = read(": heartbeat\nid: c2");
        assert_eq!((heartbeat.id.as_str(), heartbeat.data.as_str()), ("c2", ""));
    }
}
