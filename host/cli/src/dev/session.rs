//! One turn after the other: build, publish, run.

use super::compiler::{self, Built};
use super::project::Project;
use super::publisher::Publisher;
use super::report::{Event, say};
use super::sources::Changed;
use super::{DevHost, DevOptions};
use crate::task::follow::{Follower, exit_of};
use crate::task::{lines, outcome};
use crate::{Ask as _, CliError, Context, Exit, Reference, Result, units};
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::ids::TaskId;
use tasker_domain::submit::Submit;
use tasker_domain::tag::Tags;
use tasker_wire::reason::OnlyReason;
use tasker_wire::task::{CancelTask, SubmitTasks, Task};
use tokio::time::timeout;

/// How long a host may take for what is done at the end.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a turn begins.
pub struct Change {
    /// From the folder of the project; empty: it is the first turn.
    paths: Vec<PathBuf>,
    /// When the change was heard.
    at: Instant,
}

impl Change {
    pub fn first() -> Self {
        Self {
            paths: Vec::new(),
            at: Instant::now(),
        }
    }

    pub fn heard(changed: Changed, folder: &Path) -> Self {
        let within = |path: PathBuf| {
            path.strip_prefix(folder)
                .map_or(path.clone(), Path::to_owned)
        };
        Self {
            paths: changed.paths.into_iter().map(within).collect(),
            at: changed.at.unwrap_or_else(Instant::now),
        }
    }
}

/// What is known from one turn to the next.
pub struct Session<'a> {
    context: &'a Context,
    project: Project,
    publisher: Publisher<'a>,
    is_once: bool,
    /// What was built last; `None` if sources changed since.
    built: Option<Arc<Built>>,
    /// The task that is followed.
    running: Option<TaskId>,
}

impl<'a> Session<'a> {
    pub fn new(project: Project, options: DevOptions, host: DevHost, context: &'a Context) -> Self {
        Self {
            context,
            project,
            publisher: Publisher::new(options.namespace, host, context),
            is_once: options.once,
            built: None,
            running: None,
        }
    }

    /// True if there is one turn only.
    pub fn is_once(&self) -> bool {
        self.is_once
    }

    /// Builds, publishes and runs. What goes wrong is printed; an error means that nobody reads it any more.
    pub async fn turn(&mut self, change: &Change) -> Result<Exit> {
        let output = self.context.output;
        let paths = &change.paths;
        if paths.is_empty() || !paths.iter().all(|path| self.project.is_only_run(path)) {
            self.built = None;
        }
        say(&Event::Change { paths }, output)?;
        match self.steps(change).await {
            Err(CliError::Problem(problem)) => {
                output.problem(&problem);
                if let Some(release) = self.publisher.current() {
                    let release = release.to_string();
                    say(&Event::Kept { release }, output)?;
                }
                Ok(problem.exit())
            }
            end => end,
        }
    }

    /// Ends what a turn left that was cut short by the next one.
    pub async fn interrupt(&mut self) {
        let Some(id) = self.running.take() else {
            return;
        };
        let reason = OnlyReason {
            reason: "tasker dev: the sources changed".to_owned(),
        };
        let call = self.context.call(CancelTask { id }).json(&reason);
        // It may have ended meanwhile; and a host that is away ends nothing.
        let _ = timeout(LEAVE_TIMEOUT, call.text()).await;
    }

    /// Ends what runs, and takes back what was set on a host that others use.
    pub async fn leave(&mut self) {
        self.interrupt().await;
        let _ = timeout(LEAVE_TIMEOUT, self.publisher.leave()).await;
    }

    async fn steps(&mut self, change: &Change) -> Result<Exit> {
        let output = self.context.output;
        let definition = self.project.definition()?;
        let input = self.project.input()?;
        let (built, build) = self.build().await?;
        let component = self.publisher.component(&built).await?;
        let (template, why) = match &definition {
            None => (None, "the project has no template.yaml".to_owned()),
            Some(definition) => {
                let template = self.publisher.template(definition, &built.name, &component);
                let (file, name) = (definition.file.display(), &built.name);
                (template.await?, format!("no step of {file} runs {name}"))
            }
        };
        let Some(template) = template else {
            self.publisher.pin_component(&component).await?;
            say(&Event::NothingToRun { why }, output)?;
            return Ok(Exit::Complete);
        };
        let id = self.submit(&template, input).await?;
        let submitted = change.at.elapsed();
        let task = self.follow(id).await?;
        if !change.paths.is_empty()
            && let Some(first) = first_step(&task)
        {
            let event = Event::Began {
                after_ms: submitted + first,
                build_ms: build,
            };
            say(&event, output)?;
        }
        exit_of(&task, None)
    }

    /// The component of the sources as they are, and how long its build took now.
    async fn build(&mut self) -> Result<(Arc<Built>, Duration)> {
        if let Some(built) = &self.built {
            return Ok((built.clone(), Duration::ZERO));
        }
        let begun = Instant::now();
        let built = Arc::new(compiler::build(self.project.dir()).await?);
        let took = begun.elapsed();
        let event = Event::Built {
            size_bytes: built.bytes.len() as u64,
            took_ms: took,
        };
        say(&event, self.context.output)?;
        self.built = Some(built.clone());
        Ok((built, took))
    }

    async fn submit(&mut self, template: &Reference, input: Box<RawValue>) -> Result<TaskId> {
        let submit = Submit {
            namespace: template.namespace.clone(),
            template: template.name.clone(),
            // As pinned, as all other new tasks of the namespace.
            version: None,
            input: Some(input),
            idempotency_key: None,
            correlation_id: None,
            priority: None,
            tags: Tags::default(),
        };
        let call = self.context.call(SubmitTasks::one()).json(&submit);
        let id = call.ask().await?.value.task.id;
        self.running = Some(id);
        Ok(id)
    }

    /// Shows the task and what it logs until its end.
    async fn follow(&mut self, id: TaskId) -> Result<Task> {
        let context = self.context;
        let mut follower = Follower::new(&context.client, id, None);
        follower.listen().await?;
        let mut answer = lines::print_with_logs(&mut follower, context).await?;
        self.running = None;
        outcome::finished(&mut answer, context).await?.print()?;
        Ok(answer.value)
    }
}

/// From the submit to the start of the first step.
fn first_step(task: &Task) -> Option<Duration> {
    let first = task.steps.iter().filter_map(|step| step.started_at).min()?;
    units::between(task.created_at, first).to_std().ok()
}
