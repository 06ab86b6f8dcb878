//! Runs cases side by side, each on a thread with a runtime of its own.

use crate::case::{Callee, Case};
use crate::case_report::CaseReport;
use crate::compare::{Mismatch, compare};
use crate::observed::Observed;
use crate::report::Report;
use crate::snapshot::{self, Checked, Snapshots};
use crate::task::{TaskError, Tasks};
use crate::tested::Tested;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tasker_domain::error_chain::ErrorChain;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// The most cases that run at the same time.
pub const MAX_JOBS: usize = 64;
/// Checking the deepest result that is accepted against the most winding schema takes a half of it.
const STACK_BYTES: usize = 4 << 20;

/// How cases are run.
#[derive(Clone, Copy, Debug)]
pub struct RunConfig {
    /// Cases at the same time, from 1 to [`MAX_JOBS`].
    pub jobs: usize,
    /// The longest that one case may take, by the clock on the wall.
    pub timeout: Duration,
    pub snapshots: Snapshots,
}

/// What the threads share.
struct Queue {
    tested: Tested,
    tasks: Option<Arc<Tasks>>,
    cases: Vec<Arc<Case>>,
    next: AtomicUsize,
    config: RunConfig,
}

/// Runs the cases, those of templates with what they need; `on_end` sees each report as soon as it is there.
///
/// # Errors
/// Where a thread cannot be started.
pub async fn run(
    tested: &Tested,
    tasks: Option<Arc<Tasks>>,
    cases: Vec<Case>,
    config: RunConfig,
    mut on_end: impl FnMut(&CaseReport),
) -> io::Result<Report> {
    let began = Instant::now();
    let jobs = config.jobs.clamp(1, MAX_JOBS).min(cases.len());
    let queue = Arc::new(Queue {
        tested: tested.clone(),
        tasks,
        cases: cases.into_iter().map(Arc::new).collect(),
        next: AtomicUsize::new(0),
        config,
    });
    let (reports, mut ended) = unbounded_channel();
    let threads = (0..jobs).map(|_| start(queue.clone(), reports.clone()));
    let threads = threads.collect::<io::Result<Vec<_>>>()?;
    drop(reports);
    let mut by_place = Vec::with_capacity(queue.cases.len());
    while let Some((place, case)) = ended.recv().await {
        on_end(&case);
        by_place.push((place, case));
    }
    for thread in threads {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
    by_place.sort_by_key(|(place, _)| *place);
    Ok(Report {
        cases: by_place.into_iter().map(|(_, case)| case).collect(),
        skipped: 0,
        time: began.elapsed(),
    })
}

fn start(
    queue: Arc<Queue>,
    reports: UnboundedSender<(usize, CaseReport)>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let thread = std::thread::Builder::new()
        .name("case".to_owned())
        .stack_size(STACK_BYTES);
    thread.spawn(move || {
        loop {
            let place = queue.next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = queue.cases.get(place) else {
                return;
            };
            let report = runtime.block_on(queue.report(case));
            // Nobody waits for it any more where the command was ended.
            if reports.send((place, report)).is_err() {
                return;
            }
        }
    })
}

impl Queue {
    async fn report(&self, case: &Arc<Case>) -> CaseReport {
        let began = Instant::now();
        let limit = self.config.timeout;
        let observed = tokio::time::timeout(limit, self.observe(case)).await;
        let mut report = CaseReport {
            case: case.clone(),
            time: Duration::ZERO,
            mismatches: Vec::new(),
            log: Vec::new(),
            is_written: false,
            steps: Vec::new(),
        };
        match observed {
            Ok(Ok(observed)) => self.compare(observed, &mut report),
            Ok(Err(error)) => {
                let what = ErrorChain(&error).to_string();
                report.mismatches.push(Mismatch::new(what));
            }
            Err(_) => {
                let limit = tasker_domain::duration::show(limit);
                let mismatch = Mismatch::new(format!("the case took longer than {limit}"));
                let help = "give it a `timeout`, after which the attempt fails, or raise --timeout";
                report.mismatches.push(mismatch.help(help));
            }
        }
        report.time = began.elapsed();
        report
    }

    async fn observe(&self, case: &Case) -> Result<Observed, TaskError> {
        let Callee::Task(call) = &case.call.callee else {
            return Ok(self.tested.run(case).await);
        };
        let tasks = self.tasks.as_ref();
        let tasks = tasks.expect("cases of templates are run with what they need");
        tasks.run(&self.tested, case, call).await
    }

    fn compare(&self, observed: Observed, report: &mut CaseReport) {
        report.mismatches = compare(&report.case, &observed);
        // What is wrong already is not kept as right.
        if report.case.expect.snapshot && report.is_passed() {
            match snapshot::check(&report.case, &observed, self.config.snapshots) {
                Checked::Same => {}
                Checked::Written => report.is_written = true,
                Checked::Wrong(mismatch) => report.mismatches.push(mismatch),
            }
        }
        report.log = observed.log;
        report.steps = observed.steps;
    }
}
