use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::timeout;

/// Longer than anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Server-sent events, as a client reads them.
pub struct EventStream {
    response: reqwest::Response,
    unread: String,
    messages: VecDeque<Message>,
}

/// One server-sent event; what has no data has `Null`.
#[derive(Clone, Debug, Default)]
pub struct Message {
    pub id: String,
    pub event: String,
    pub data: Value,
}

impl EventStream {
    /// Asks for a stream, which has to be granted.
    pub async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status();
        if status != 200 {
            panic!("{status}: {}", response.text().await.unwrap());
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self::of(response)
    }

    /// A stream that was granted.
    pub fn of(response: reqwest::Response) -> Self {
        Self {
            response,
            unread: String::new(),
            messages: VecDeque::new(),
        }
    }

    /// The next one with data; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            let message = self.any().await?;
            if !message.data.is_null() {
                return Some(message);
            }
        }
    }

    /// The next one, heartbeats and the beginning included.
    pub async fn any(&mut self) -> Option<Message> {
        while self.messages.is_empty() {
            let chunk = timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("the stream says something").ok()??;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((message, rest)) = self.unread.split_once("\n\n") {
                self.messages.push_back(message_of(message));
                self.unread = rest.to_owned();
            }
        }
        self.messages.pop_front()
    }

    /// The types of the next events.
    pub async fn types(&mut self, count: usize) -> Vec<String> {
        let mut types = Vec::new();
        while types.len() < count {
            types.push(self.next().await.expect("the stream goes on").event);
        }
        types
    }
}

fn message_of(text: &str) -> Message {
    let mut message = Message::default();
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => message.id = id.to_owned(),
            Some(("event", event)) => message.event = event.to_owned(),
            Some(("data", data)) => message.data = serde_json::from_str(data).unwrap(),
            _ => {}
        }
    }
    message
}
