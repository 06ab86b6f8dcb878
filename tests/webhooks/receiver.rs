//! A receiver of webhooks on loopback, that answers as a test says.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// A request, read whole.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Instant,
    /// By their names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// What each event of a batch is about.
    pub fn batch_of_subjects(&self) -> Vec<String> {
        let subject = |event: &Value| event["subject"].as_str().unwrap().to_owned();
        let batch = self.event();
        batch.as_array().unwrap().iter().map(subject).collect()
    }

    /// What the event is about: tests number their changes there.
    pub fn subject(&self) -> String {
        self.event()["subject"].as_str().unwrap().to_owned()
    }
}

/// An answer: the head behind the version, and a body.
#[derive(Clone, Debug)]
pub enum Reply {
    Says(&'static str, String),
    /// It never comes.
    Hangs,
}

impl Reply {
    pub fn ok() -> Self {
        Self::status("200 OK")
    }

    pub fn status(head: &'static str) -> Self {
        Self::Says(head, String::new())
    }
}

type Answers = Box<dyn Fn(usize, &Received) -> Reply + Send + Sync>;

/// Until it is dropped.
pub struct Receiver {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    _task: AbortOnDropHandle<()>,
}

impl Receiver {
    /// Accepts everything.
    pub async fn start() -> Self {
        Self::answering(|_, _| Reply::ok()).await
    }

    /// Answers the n-th request, from 0.
    pub async fn answering(
        answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let (all, answers) = (received.clone(), Arc::<Answers>::new(Box::new(answers)));
        let task = tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(connection, all.clone(), answers.clone()));
            }
        });
        Self {
            port,
            received,
            _task: AbortOnDropHandle::new(task),
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/events", self.port)
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn subjects(&self) -> Vec<String> {
        self.all().iter().map(Received::subject).collect()
    }
}

async fn answer(mut connection: TcpStream, all: Arc<Mutex<Vec<Received>>>, answers: Arc<Answers>) {
    let Some(request) = read(&mut connection).await else {
        return;
    };
    let reply = {
        let mut all = all.lock().unwrap();
        let reply = answers(all.len(), &request);
        all.push(request);
        reply
    };
    let Reply::Says(head, body) = reply else {
        return std::future::pending().await;
    };
    let length = body.len();
    let text =
        format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    // Who was cut off does not listen.
    let _ = connection.write_all(text.as_bytes()).await;
}

async fn read(connection: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head = loop {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let headers: HashMap<String, String> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers["content-length"].parse().unwrap();
    while bytes.len() < head + 4 + length {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        at: Instant::now(),
        headers,
        body: bytes[head + 4..].to_vec(),
    })
}
