//! The report itself.

use super::attempts::{AttemptOutcome, ReportedAttempt};
use super::course::Course;
use super::critical_path::{Span, critical_path};
use super::levels::levels;
use super::record::{StepRecord, TaskRecord};
use super::summary::{self, Operation, Resources, RunVersion, SentEvents};
use super::times::{Phase, Times, ms};
use super::{MAX_ATTEMPTS, MAX_EVENTS, MAX_OPERATIONS, MAX_PARENTS, MAX_STEPS};
use crate::ids::TaskId;
use crate::state::{StepState, TaskState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// What a task did, where its time went, and why it ended as it did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskReport {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    pub correlation_id: String,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// What is open is counted up to here.
    pub as_of: DateTime<Utc>,
    pub duration_ms: f64,
    /// Why it did not complete.
    pub error: Option<Box<RawValue>>,
    pub components: Vec<RunVersion>,
    pub step_counts: BTreeMap<StepState, u64>,
    /// How many levels its graph has.
    pub levels: usize,
    /// The steps that determined the end, in order.
    pub critical_path: Vec<PathStep>,
    /// The sum of the critical path: from the beginning of the task to the end of the path.
    pub path_times: Times,
    /// The sum of all steps.
    pub total_times: Times,
    /// By level, and within one in the order of the template.
    pub steps: Vec<ReportedStep>,
    /// How many attempts ended in which way.
    pub attempt_counts: BTreeMap<AttemptOutcome, u64>,
    /// Those that did not complete, in the order of their beginning.
    pub attempts: Vec<ReportedAttempt>,
    pub resources: Resources,
    pub events: Vec<SentEvents>,
    pub operations: Vec<Operation>,
    pub left_out: LeftOut,
}

/// What a report has no room for. All of it is in the sums, except what of the log was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LeftOut {
    pub steps: u64,
    pub attempts: u64,
    pub events: u64,
    pub operations: u64,
    /// Later rows of the log were not read, so that times and attempts after the first rows are missing.
    pub is_log_cut: bool,
}

/// A step of the critical path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PathStep {
    pub step: String,
    /// Since the end of the step before it.
    pub times: Times,
    pub attempts: u32,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReportedStep {
    pub name: String,
    /// From 1: the length of the longest chain of steps that ends with it.
    pub level: usize,
    pub state: StepState,
    pub is_critical: bool,
    /// The first 100.
    pub depends_on: Vec<String>,
    pub component: String,
    pub version: String,
    pub handler: String,
    pub attempts: u32,
    pub counted_attempts: u32,
    pub max_attempts: u32,
    /// When all that it depends on was complete.
    pub released_at: Option<DateTime<Utc>>,
    /// When its first attempt began.
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub times: Times,
    pub resources: Resources,
}

impl TaskReport {
    /// The template version that it runs: `namespace/template@version`.
    pub fn release(&self) -> String {
        format!("{}/{}@{}", self.namespace, self.template, self.version)
    }
}

impl TaskRecord {
    /// The report of what is recorded. A pure function.
    pub fn report(self) -> TaskReport {
        let task = &self.task;
        let as_of = task.finished_at.or(self.as_of).unwrap_or(task.created_at);
        let courses = self.courses(as_of);
        let parents = self.parents();
        let levels = levels(&parents);
        let spans: Vec<Option<Span>> = courses.iter().map(|it| it.span(as_of)).collect();
        let path = critical_path(&parents, &spans);
        let path_steps = self.path_steps(&path, &courses, &spans);
        let (mut total_times, mut path_times) = (Times::default(), Times::default());
        let mut resources = Resources::default();
        courses.iter().for_each(|course| {
            total_times += course.times;
            resources += course.resources;
        });
        path_steps.iter().for_each(|step| path_times += step.times);
        let mut left_out = LeftOut {
            is_log_cut: self.is_log_cut,
            ..LeftOut::default()
        };
        let mut is_critical = vec![false; courses.len()];
        path.iter().for_each(|index| is_critical[*index] = true);
        let shown = shown_steps(&courses, &is_critical, &levels);
        left_out.steps = (courses.len() - shown.len()) as u64;
        let reported = |index: usize| {
            let (step, course) = (&self.steps[index], &courses[index]);
            reported_step(step, course, levels[index], is_critical[index])
        };
        let steps = shown.into_iter().map(reported).collect();
        let (attempt_counts, attempts) = attempts(&courses);
        TaskReport {
            components: summary::versions(&self.steps),
            step_counts: step_counts(&self.steps),
            levels: levels.iter().copied().max().unwrap_or_default(),
            critical_path: path_steps,
            path_times,
            total_times,
            steps,
            attempt_counts,
            attempts: bounded(attempts, MAX_ATTEMPTS, &mut left_out.attempts),
            resources,
            events: bounded(summary::events(&self.log), MAX_EVENTS, &mut left_out.events),
            operations: bounded(
                summary::operations(&self),
                MAX_OPERATIONS,
                &mut left_out.operations,
            ),
            left_out,
            as_of,
            duration_ms: ms(as_of - task.created_at).max(0.0),
            id: self.task.id,
            namespace: self.task.namespace,
            template: self.task.template,
            version: self.task.version,
            state: self.task.state,
            correlation_id: self.task.correlation_id,
            created_at: self.task.created_at,
            finished_at: self.task.finished_at,
            error: self.task.error,
        }
    }

    /// The course of each step.
    fn courses(&self, as_of: DateTime<Utc>) -> Vec<Course> {
        let mut courses: Vec<Course> = self
            .steps
            .iter()
            .map(|it| Course::of(&self.task, it))
            .collect();
        let places = self.places();
        for row in &self.log {
            let name = row.step.as_deref();
            if let Some((name, place)) = name.and_then(|name| Some((name, *places.get(name)?))) {
                courses[place].add(name, row);
            }
        }
        for (course, step) in courses.iter_mut().zip(&self.steps) {
            course.close(step, as_of);
        }
        courses
    }

    fn places(&self) -> HashMap<&str, usize> {
        let names = self.steps.iter().enumerate();
        names.map(|(at, step)| (step.name.as_str(), at)).collect()
    }

    fn parents(&self) -> Vec<Vec<usize>> {
        let places = self.places();
        let place = |name: &String| places.get(name.as_str()).copied();
        let of = |step: &StepRecord| step.depends_on.iter().filter_map(place).collect();
        self.steps.iter().map(of).collect()
    }

    fn path_steps(
        &self,
        path: &[usize],
        courses: &[Course],
        spans: &[Option<Span>],
    ) -> Vec<PathStep> {
        let mut since = self.task.created_at;
        let mut steps = Vec::with_capacity(path.len());
        for index in path {
            let (step, course) = (&self.steps[*index], &courses[*index]);
            let mut times = course.times;
            times.blocked_ms = 0.0;
            if let Some(released_at) = course.released_at {
                times.add(Phase::Blocked, released_at - since);
            }
            steps.push(PathStep {
                step: step.name.clone(),
                times,
                attempts: step.attempts,
            });
            since = spans[*index].map_or(since, |span| span.ended_at);
        }
        steps
    }
}

/// The indices of the steps that are listed: those of the critical path, then those that took the longest.
fn shown_steps(courses: &[Course], is_critical: &[bool], levels: &[usize]) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..courses.len()).collect();
    if shown.len() > MAX_STEPS {
        let micros = |index: usize| (courses[index].times.released_ms() * 1_000.0) as u64;
        let rank = |index: &usize| (!is_critical[*index], Reverse(micros(*index)), *index);
        shown.sort_by_cached_key(rank);
        shown.truncate(MAX_STEPS);
    }
    shown.sort_by_key(|index| (levels[*index], *index));
    shown
}

fn reported_step(
    step: &StepRecord,
    course: &Course,
    level: usize,
    is_critical: bool,
) -> ReportedStep {
    let parents = step.depends_on.iter().take(MAX_PARENTS);
    ReportedStep {
        name: step.name.clone(),
        level,
        state: step.state,
        is_critical,
        depends_on: parents.cloned().collect(),
        component: step.component.clone(),
        version: step.version.clone(),
        handler: step.handler.clone(),
        attempts: step.attempts,
        counted_attempts: step.counted_attempts,
        max_attempts: step.max_attempts,
        released_at: course.released_at,
        started_at: course.first_started_at,
        finished_at: course.ended_at,
        times: course.times,
        resources: course.resources,
    }
}

fn step_counts(steps: &[StepRecord]) -> BTreeMap<StepState, u64> {
    let mut counts = BTreeMap::new();
    for step in steps {
        *counts.entry(step.state).or_default() += 1;
    }
    counts
}

/// How attempts ended, and those that did not complete.
fn attempts(courses: &[Course]) -> (BTreeMap<AttemptOutcome, u64>, Vec<ReportedAttempt>) {
    let mut counts = BTreeMap::new();
    let all = courses.iter().flat_map(|course| &course.attempts);
    let mut others: Vec<ReportedAttempt> = Vec::new();
    for attempt in all {
        *counts.entry(attempt.outcome).or_default() += 1;
        if attempt.outcome != AttemptOutcome::Complete {
            others.push(attempt.clone());
        }
    }
    others.sort_by_key(|attempt| attempt.started_at);
    (counts, others)
}

/// The first of them, and how many are left out.
fn bounded<T>(mut all: Vec<T>, most: usize, left_out: &mut u64) -> Vec<T> {
    *left_out = all.len().saturating_sub(most) as u64;
    all.truncate(most);
    all
}
