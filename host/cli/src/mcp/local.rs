//! The tools of this command, and what comes of calling one.

use super::{plan, replay};
use crate::local_sandbox::LocalSandbox;
use crate::{CliError, Context, Problem, Result};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::convert::Infallible;
use tasker_mcp::{LocalCall, LocalTool};
use tokio::sync::mpsc::Receiver;

/// All of them.
pub fn tools() -> Vec<LocalTool> {
    vec![
        replay::tool(),
        plan::component_tool(),
        plan::template_tool(),
    ]
}

/// Answers calls one after the other, for as long as the server runs: what a sandbox compiles and holds is bounded so.
pub async fn answer(
    mut calls: Receiver<LocalCall>,
    context: &Context,
    sandbox: &dyn LocalSandbox,
) -> Infallible {
    while let Some(call) = calls.recv().await {
        let (tool, arguments, mut waits) = (call.tool, call.arguments, call.answer);
        let answered = tokio::select! {
            answered = call_tool(&tool, arguments, context, sandbox) => answered,
            () = waits.given_up() => continue,
        };
        waits.send(answered.map_err(why));
    }
    // The server is about to end, and with it this.
    std::future::pending().await
}

async fn call_tool(
    tool: &str,
    arguments: Map<String, Value>,
    context: &Context,
    sandbox: &dyn LocalSandbox,
) -> Result<String> {
    match tool {
        replay::NAME => replay::run(read(arguments)?, context, sandbox).await,
        plan::COMPONENT => plan::component(read(arguments)?, context).await,
        plan::TEMPLATE => plan::template(read(arguments)?, context).await,
        unknown => Err(Problem::bad_input(format!("there is no tool `{unknown}`")).into()),
    }
}

fn read<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        let what = format!("these arguments are not taken: {error}");
        Problem::bad_input(what).into()
    })
}

/// A refusal of the host as it is, and other problems in the same form.
fn why(error: CliError) -> String {
    match error {
        CliError::Problem(problem) => problem.json(),
        CliError::ClosedPipe => "the output is closed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fmt::Debug;

    fn arguments(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// The tool takes all arguments of its schema, and refuses to lack one that it requires.
    fn takes<T: DeserializeOwned + Debug>(tool: &LocalTool, all: Value) {
        let schema = &tool.arguments;
        let known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let given = arguments(all);
        assert_eq!(known, given.keys().collect::<Vec<_>>());
        read::<T>(given.clone()).unwrap();
        for name in given.keys() {
            let mut lacking = given.clone();
            lacking.remove(name);
            let is_required = schema["required"]
                .as_array()
                .unwrap()
                .contains(&json!(name));
            assert_eq!(read::<T>(lacking).is_err(), is_required, "{name}");
        }
        let mut more = given;
        more.insert("more".to_owned(), Value::Null);
        let refused = why(read::<T>(more).unwrap_err());
        assert!(refused.contains("unknown field `more`"), "{refused}");
    }

    #[test]
    fn tools_take_the_arguments_of_their_schemas() {
        let [replay, component, template] = tools().try_into().unwrap();
        let task = "0197a2b4-0000-7000-8000-000000000000";
        let all = json!({"task": task, "step": "charge", "attempt": 1, "component": "/a.wasm"});
        takes::<replay::Arguments>(&replay, all);
        let all =
            json!({"file": "/a.wasm", "namespace": "shop", "name": "charge", "version": "1.0.0"});
        takes::<plan::ComponentFile>(&component, all);
        takes::<plan::TemplateFile>(&template, json!({"file": "/a.yaml"}));
    }
}
