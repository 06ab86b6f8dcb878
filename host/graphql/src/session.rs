//! One request: the host for its caller, what it has loaded, and how much it was answered.

use crate::host::{Call, Host, Reply};
use crate::loader::{Loaded, Loader};
use crate::problem::Problem;
use serde_json::Value as Json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of JSON that are in the answer to a request, what its operations and edges had counted too.
pub const MAX_ANSWER_BYTES: usize = 16 << 20;

/// What the fields of a request share.
pub struct Session {
    host: Arc<dyn Host>,
    loader: Loader,
    answered: AtomicUsize,
}

impl Session {
    pub fn new(host: Arc<dyn Host>) -> Self {
        Self {
            host,
            loader: Loader::default(),
            answered: AtomicUsize::new(0),
        }
    }

    pub fn host(&self) -> &Arc<dyn Host> {
        &self.host
    }

    /// Counts bytes from none on, and forgets what was loaded: the next answer of a subscription begins.
    pub fn begin_answer(&self) {
        self.answered.store(0, Ordering::Relaxed);
        self.loader.forget();
    }

    /// Executes an operation. What was loaded before it may have changed by it.
    pub async fn execute(&self, call: Call) -> Result<Reply, Problem> {
        self.check()?;
        let reply = self.host.execute(call).await;
        self.loader.forget();
        let reply = reply?;
        self.add(reply.body.len());
        self.check()?;
        Ok(reply)
    }

    /// What an edge leads to. What several objects lead to is there once, and counted once.
    pub async fn load(&self, edge: &'static str, key: Json) -> Loaded {
        self.check()?;
        let count = |found: &Json| self.add(size(found));
        let found = self.loader.load(&*self.host, edge, key, &count).await?;
        self.check()?;
        Ok(found)
    }

    /// Counts a value that is answered; false once it is too much.
    pub fn admits(&self, value: &Json) -> bool {
        self.add(size(value));
        !self.is_over()
    }

    /// True if more was answered than may be.
    pub fn is_over(&self) -> bool {
        self.answered.load(Ordering::Relaxed) > MAX_ANSWER_BYTES
    }

    fn add(&self, bytes: usize) {
        self.answered.fetch_add(bytes, Ordering::Relaxed);
    }

    fn check(&self) -> Result<(), Problem> {
        match self.is_over() {
            true => Err(too_large()),
            false => Ok(()),
        }
    }
}

/// The refusal of a request whose answer has too many bytes.
pub fn too_large() -> Problem {
    let detail = format!("the answer has more than {MAX_ANSWER_BYTES} bytes; ask for fewer items");
    Problem::new(413, "answer_too_large", &detail)
}

/// About as many bytes as the JSON has.
fn size(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) => 4,
        Json::Number(number) => number.as_str().len(),
        Json::String(text) => text.len() + 2,
        Json::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Json::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, it)| name.len() + 4 + size(it))
                .sum::<usize>()
                + 2
        }
    }
}
