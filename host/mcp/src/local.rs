//! Tools that the program which serves has itself, beside those of the API.
//!
//! The server runs on any thread, and what these tools use may be bound to one. So a call goes through a channel to the
//! program, which answers it where it likes.

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Calls that wait for the program; further ones wait before the channel.
const MAX_WAITING: usize = 8;

/// A tool of the program. It changes nothing.
#[derive(Clone, Debug)]
pub struct LocalTool {
    pub name: &'static str,
    /// For language models: what it does, when to call it, and what it answers.
    pub description: &'static str,
    /// The JSON Schema of its arguments, which is of an object.
    pub arguments: Value,
}

/// A call of one of these tools.
#[derive(Debug)]
pub struct LocalCall {
    /// The name of the tool.
    pub tool: String,
    /// Not compared with the schema.
    pub arguments: Map<String, Value>,
    pub answer: LocalAnswer,
}

/// Where the answer to a call goes.
#[derive(Debug)]
pub struct LocalAnswer(oneshot::Sender<Result<String, String>>);

/// The tools of the program, as the server has them.
#[derive(Clone, Debug)]
pub struct LocalTools {
    tools: Vec<Tool>,
    calls: mpsc::Sender<LocalCall>,
}

/// These tools for the server, and their calls for the program.
pub fn local_tools(tools: Vec<LocalTool>) -> (LocalTools, mpsc::Receiver<LocalCall>) {
    let (calls, received) = mpsc::channel(MAX_WAITING);
    let tools = tools.into_iter().map(Tool::from).collect();
    (LocalTools { tools, calls }, received)
}

impl From<LocalTool> for Tool {
    fn from(local: LocalTool) -> Self {
        let schema = match local.arguments {
            Value::Object(schema) => schema,
            _ => Map::new(),
        };
        let tool = Self::new(local.name, local.description, Arc::new(schema));
        tool.with_annotations(ToolAnnotations::new().read_only(true).open_world(false))
    }
}

impl LocalAnswer {
    /// Answers with a text, or with why there is none.
    pub fn send(self, answer: Result<String, String>) {
        // Nobody waits any more where the call was cancelled.
        let _ = self.0.send(answer);
    }

    /// Returns once nobody waits for the answer any more.
    pub async fn given_up(&mut self) {
        self.0.closed().await;
    }
}

impl LocalTools {
    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Tool> {
        self.tools.iter()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Tool> {
        self.all().find(|tool| tool.name == name)
    }

    /// Has the program answer a call.
    pub(crate) async fn call(
        &self,
        tool: String,
        arguments: Map<String, Value>,
    ) -> Result<String, String> {
        let (answer, answered) = oneshot::channel();
        let call = LocalCall {
            tool,
            arguments,
            answer: LocalAnswer(answer),
        };
        let ended = || "the server ends".to_owned();
        self.calls.send(call).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_call_is_answered_by_the_program_and_given_up_with_who_waits() {
        let tool = LocalTool {
            name: "double",
            description: "",
            arguments: json!({"type": "object"}),
        };
        let (tools, mut calls) = local_tools(vec![tool]);
        assert!(tools.find("double").is_some() && tools.find("triple").is_none());
        let program = tokio::spawn(async move {
            let call = calls.recv().await.unwrap();
            let text = format!("{} {}", call.tool, call.arguments["n"]);
            call.answer.send(Ok(text));
            let mut call = calls.recv().await.unwrap();
            call.answer.given_up().await;
        });
        let arguments = Map::from_iter([("n".to_owned(), 2.into())]);
        let answer = tools.call("double".to_owned(), arguments).await;
        assert_eq!(answer.unwrap(), "double 2");
        let waits = tokio::spawn(async move { tools.call("double".to_owned(), Map::new()).await });
        tokio::task::yield_now().await;
        waits.abort();
        program.await.unwrap();
    }
}
