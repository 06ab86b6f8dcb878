//! Running a handler on this machine. The program has a sandbox; the commands know what it does.

use super::{HandlerProject, Problem, Profile, Result};
use futures::future::LocalBoxFuture;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::recording::Recording;

/// Runs handlers on this machine.
pub trait LocalSandbox {
    /// The handlers of a component. Fails where it does not run here.
    fn handlers(&self, component: LocalComponent) -> LocalBoxFuture<'_, Result<Vec<Name>>>;

    /// Runs one attempt. Fails where the component does not run here, or has no such handler.
    fn call(&self, call: LocalCall) -> LocalBoxFuture<'_, Result<Called>>;

    /// Runs a recorded attempt again, and says whether it ends as it was recorded.
    fn replay(&self, of: Replayable) -> LocalBoxFuture<'_, Result<Replayed>>;

    /// A case of `tasker test`, as YAML, that does what a recorded attempt did.
    fn case_of(&self, recording: &Recording) -> Result<String>;
}

/// An attempt that is run again.
#[derive(Debug)]
pub struct Replayable {
    pub recording: Recording,
    /// The bytes to run.
    pub bytes: Vec<u8>,
    /// They are those that ran.
    pub is_same_code: bool,
}

/// What came of running an attempt again.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// It ended as it was recorded.
    pub is_same: bool,
    /// For programs: `same`, `recorded`, `replayed`, `mismatches` and `log`.
    pub json: Value,
    /// For people.
    pub text: String,
}

/// A component that is to run here.
#[derive(Clone, Debug)]
pub struct LocalComponent {
    /// `namespace/name`.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl LocalComponent {
    /// The component of the project in a folder, which is built.
    pub async fn built(dir: PathBuf, profile: Profile) -> Result<Self> {
        let build = move || HandlerProject::open(dir)?.build(profile);
        let built = tokio::task::spawn_blocking(build).await;
        let built = built.map_err(anyhow::Error::from)??;
        Self::read(built.name, &built.path)
    }

    /// What is in a file; of the namespace `default` and called as the file, if nothing else is said.
    pub fn read(name: Option<String>, path: &Path) -> Result<Self> {
        match fs::metadata(path).map(|file| file.len()) {
            Ok(bytes) if bytes > MAX_COMPONENT_BYTES as u64 => {
                let limit = format!("it has {bytes} bytes; the limit is {MAX_COMPONENT_BYTES}");
                return Err(Problem::of_file(path, limit).into());
            }
            Ok(_) => {}
            Err(error) => return Err(Problem::of_file(path, error).into()),
        }
        let bytes = fs::read(path).map_err(|error| Problem::of_file(path, error))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.unwrap_or_else(|| format!("default/{stem}"));
        Ok(Self { name, bytes })
    }
}

/// One attempt to be.
#[derive(Clone, Debug)]
pub struct LocalCall {
    pub component: LocalComponent,
    pub handler: String,
    pub given: Given,
}

/// What an attempt is given.
#[derive(Clone, Debug)]
pub struct Given {
    pub input: Value,
    pub config: Value,
    /// Results of earlier steps, by their names.
    pub results: BTreeMap<String, Value>,
    /// What the attempt before left.
    pub checkpoint: Option<Value>,
    /// From 1.
    pub attempt: u16,
    pub secrets: BTreeMap<Name, String>,
    /// Entries by bucket and key.
    pub kv: BTreeMap<Name, BTreeMap<String, Value>>,
    /// Besides those that the component requests.
    pub grants: Vec<Capability>,
    /// Requests are sent where the grants admit them; else none leaves this machine.
    pub has_network: bool,
}

/// What an attempt did; in the words of the cases of `tasker test`.
#[derive(Clone, Debug)]
pub struct Called {
    /// Whether it failed.
    pub is_failure: bool,
    /// `result`, `checkpoint` or `failure`; where there are any, `events`, `requests` that got no answer, and `kv`, the
    /// entries afterwards.
    pub observed: Value,
    /// Lines as people read them.
    pub log: Vec<String>,
    pub elapsed: Duration,
}
