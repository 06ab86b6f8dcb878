//! The server: its tools, and what comes of calling one.

use crate::local::LocalTools;
use crate::tools::{Operation, Tools};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use std::sync::Arc;
use tasker_client::{Client, ClientError};
use tokio::sync::Semaphore;

/// As much of an answer as is passed on, in bytes: a language model reads it whole.
pub const MAX_ANSWER_BYTES: usize = 64 << 10;
/// Requests to the host at a time; others wait.
const MAX_REQUESTS: usize = 8;
/// For whom calls a tool for the first time.
const INSTRUCTIONS: &str = "\
Tasker is a workflow engine: a task is a graph of steps, and a step runs a function (a handler) of a WebAssembly component \
that was published under a semantic version. Namespaces own components, templates and pins; a pin says which version new \
tasks use, and each task is locked to exact versions.\n\
Why a task failed: showTaskError, then showTaskReport; for one step listSteps, showStepError and showAttemptLog. What runs \
now: listTasks with state=in_progress, listQueue, listHosts. Which version a namespace uses and since when: listPins, \
showPinHistory, listAudit. What a version would change: planComponent, diffComponent; before it is published, \
planComponentFile and planTemplateFile. Whether changed code would have ended otherwise: replayStep. How a release does: \
showErrors and showPerformance with by=version.\n\
Lists have `limit` and `after` (the `next` of the page before), and most answers take `fields` to name the members that are \
needed: ask for little. Ids of tasks are UUIDs.";

/// Why the server ended before its client did.
#[derive(Debug, thiserror::Error)]
pub enum McpError {
    #[error("the client did not begin with the Model Context Protocol: {0}")]
    Handshake(String),
    #[error("the server ended: {0}")]
    Ended(String),
}

/// Serves the tools over standard input and output until the client closes them. The program answers the calls of `local`
/// meanwhile.
pub async fn serve(
    client: Client,
    tools: Tools,
    local: LocalTools,
    version: &str,
) -> Result<(), McpError> {
    let server = Server {
        client,
        tools: Arc::new(tools),
        local,
        version: version.to_owned(),
        requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
    };
    let running = server.serve(rmcp::transport::io::stdio_pipes()).await;
    let running = running.map_err(|error| McpError::Handshake(error.to_string()))?;
    let ended = running.waiting().await;
    ended.map_err(|error| McpError::Ended(error.to_string()))?;
    Ok(())
}

#[derive(Clone)]
struct Server {
    client: Client,
    tools: Arc<Tools>,
    local: LocalTools,
    version: String,
    requests: Arc<Semaphore>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("tasker", &self.version))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.tools.all().chain(self.local.all()).cloned().collect();
        Ok(ListToolsResult::with_all_items(tools))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let operation = self.tools.find(name).map(|operation| &operation.tool);
        operation.or_else(|| self.local.find(name)).cloned()
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answer = match self.tools.find(&call.name) {
            Some(operation) => self.ask(operation, call).await,
            None if self.local.find(&call.name).is_some() => {
                let arguments = call.arguments.unwrap_or_default();
                let answered = self.local.call(call.name.into_owned(), arguments);
                // To drop it tells the program that nobody waits any more.
                let answered = context.ct.run_until_cancelled(answered).await;
                let answer = answered.unwrap_or_else(|| Err("the call was cancelled".to_owned()));
                answer.map(shortened)
            }
            None => {
                let unknown = format!("there is no tool `{}`", call.name.escape_debug());
                return Err(ErrorData::invalid_params(unknown, None));
            }
        };
        let content = |text: String| vec![ContentBlock::text(text)];
        Ok(match answer {
            Ok(text) => CallToolResult::success(content(text)).into(),
            Err(why) => CallToolResult::error(content(why)).into(),
        })
    }
}

impl Server {
    /// The answer of the host, or why there is none.
    async fn ask(
        &self,
        operation: &Operation,
        call: CallToolRequestParams,
    ) -> Result<String, String> {
        let arguments = call.arguments.unwrap_or_default();
        let request = operation.request(arguments);
        let request = request.map_err(|wrong| wrong.to_string())?;
        let permit = self.requests.acquire().await;
        let answer = self.client.request(request).await;
        drop(permit);
        answer.map(shortened).map_err(|error| why(&error))
    }
}

/// A problem as the host describes it.
fn why(error: &ClientError) -> String {
    match error {
        ClientError::Refused(refused) if refused.problem.is_some() => {
            shortened(refused.body.clone())
        }
        other => other.to_string(),
    }
}

fn shortened(mut answer: String) -> String {
    let bytes = answer.len();
    if bytes <= MAX_ANSWER_BYTES {
        return answer;
    }
    answer.truncate(answer.floor_char_boundary(MAX_ANSWER_BYTES));
    answer.push_str(&format!(
        "\n… cut: the answer has {bytes} bytes, and {MAX_ANSWER_BYTES} are shown; ask for less by `fields` or `limit`"
    ));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_cut_between_characters_and_says_so() {
        let short = "ü".repeat(100);
        assert_eq!(shortened(short.clone()), short);
        let cut = shortened("ü".repeat(MAX_ANSWER_BYTES) + "end");
        assert!(
            cut.starts_with('ü') && cut.contains("131075 bytes"),
            "{}",
            cut.len()
        );
        assert!(cut.len() < MAX_ANSWER_BYTES + 200);
    }
}
