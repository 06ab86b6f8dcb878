//! The calls of a host: submit, claim, and complete what was claimed until nothing is open.

use crate::sql::engine::task;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;
use tasker_domain::usage::Usage;
use tasker_engine::Engine;
use tasker_engine::lease::WorkerFacts;
use tasker_engine::low_marks::LowMarks;
use tasker_engine::report::Completed;
use tasker_engine::usage::VersionUsage;

/// Bytes that a claim may bring.
const CLAIM_BYTES: u64 = 16 << 20;

/// A host that works alone.
pub struct Driver {
    engine: Engine,
    worker: WorkerId,
    /// The template's version.
    version: i32,
    /// Tasks or steps of one call.
    a_call: usize,
    /// The id of the next task: as hosts make them, but each greater than the one before, so that they come to lie in
    /// the same pages each time.
    next_id: u128,
}

impl Driver {
    pub async fn register(engine: Engine, version: i32, a_call: usize) -> Self {
        let facts = WorkerFacts::default();
        let worker = engine.register_worker("host", 7, facts).await.unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self {
            engine,
            worker,
            version,
            a_call,
            next_id: now.as_millis() << 80 | 0x7 << 76 | 0x2 << 62,
        }
    }

    /// Submits so many tasks and runs them to their ends. Returns how many steps they had.
    pub async fn run(&mut self, tasks: usize) -> usize {
        for _ in 0..tasks / self.a_call {
            let batch: Vec<_> = (0..self.a_call).map(|_| self.task()).collect();
            self.engine.create_tasks(&batch).await.unwrap();
        }
        let mut held = self.claim(self.a_call).await;
        let mut steps = 0;
        while !held.is_empty() {
            steps += held.len();
            let completed: Vec<_> = held.into_iter().map(completed).collect();
            let answer = self
                .engine
                .complete_steps(self.worker, &completed, self.a_call)
                .await;
            held = answer.unwrap().steps.iter().map(|it| it.lease).collect();
            if held.len() < self.a_call {
                held.extend(self.claim(self.a_call - held.len()).await);
            }
        }
        steps
    }

    fn task(&mut self) -> tasker_engine::task::NewTask {
        self.next_id += 1;
        task(self.next_id, self.version, None)
    }

    async fn claim(&self, limit: usize) -> Vec<Lease> {
        let claims = self
            .engine
            .claim_ready(
                self.worker,
                limit,
                CLAIM_BYTES,
                (0, 0),
                &LowMarks::default(),
            )
            .await;
        claims.unwrap().steps.iter().map(|it| it.lease).collect()
    }
}

fn completed(lease: Lease) -> Completed {
    let usage = Usage {
        wall: Duration::from_millis(3),
        cpu: Duration::from_millis(2),
        host: Duration::from_millis(1),
        memory_bytes: 1 << 20,
        in_bytes: 0,
        out_bytes: 0,
        http_requests: 0,
    };
    Completed {
        lease,
        result: "{\"n\": 1}".to_owned(),
        usage: Some(VersionUsage {
            component_version_id: 1,
            usage,
        }),
        events: Vec::new(),
    }
}
