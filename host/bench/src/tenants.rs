//! How long one tenant's single steps wait beside another tenant that has a thousand times as many.

use super::bulk::PercentilesMs;
use super::hosts::{BenchArgs, FIRST, Hosts};
use super::report::{BenchReport, Percentiles, Printed};
use super::run::percentiles_of;
use super::workload::Workload;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_domain::actor::Actor;
use tasker_domain::ids::TaskId;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::submit::Submit;
use tasker_registry::publish_template::Missing;
use tasker_worker::WorkerConfig;

/// The tenant with much to do, and the one that is measured.
const LARGE: &str = "bench";
const SMALL: &str = "small";

/// Run single tasks of one tenant alone, then beside another that has many times as many.
#[derive(Debug, clap::Args)]
pub struct Tenants {
    /// Tasks of the small tenant in each measurement, one after the other.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    tasks: u32,
    /// How many times as many tasks the large tenant has.
    #[arg(long, default_value_t = 1_000, value_name = "COUNT")]
    times: u32,
    #[command(flatten)]
    common: BenchArgs,
}

/// The small tenant's tasks.
#[derive(Debug, Serialize)]
struct Side {
    /// From the creation of a task to the start of its step.
    wait_ms: Percentiles,
    /// From the submit to the end, as the submitter sees it.
    task_ms: Percentiles,
}

#[derive(Debug, Serialize)]
struct Measured {
    tasks: u32,
    large_tasks: u32,
    alone: Side,
    beside: Side,
    /// Tasks of the large tenant that were still open when the small one was done.
    large_left: i64,
    /// Of all tasks, while both worked.
    steps_per_s: f64,
}

impl Tenants {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let worker = WorkerConfig::default();
        let hosts = self.common.start(1, Some(&worker)).await?;
        for namespace in [LARGE, SMALL] {
            publish(&hosts, namespace, component.clone()).await?;
        }
        tell("warming up\n");
        one_by_one(&hosts, self.tasks, "warmup").await?;
        tell("measuring one tenant alone\n");
        let alone = measure(&hosts, self.tasks, "alone").await?;
        tell("submitting the other's tasks\n");
        let large_tasks = self.tasks * self.times;
        let submits = vec![of(LARGE)?; large_tasks as usize];
        let (member, started) = (hosts.first(), Instant::now());
        let submitting = member.submit_all(submits, "large");
        let measuring = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            tell("measuring beside it\n");
            let beside = measure(&hosts, self.tasks, "beside").await?;
            anyhow::Ok((beside, member.bulk().open_tasks().await?))
        };
        let ((), (beside, large_left)) = tokio::try_join!(submitting, measuring)?;
        member.until_idle().await?;
        let seconds = started.elapsed().as_secs_f64();
        hosts.stop().await?;
        Printed::of(&Measured {
            tasks: self.tasks,
            large_tasks,
            alone,
            beside,
            large_left,
            steps_per_s: f64::from(large_tasks + self.tasks) / seconds,
        })
    }
}

fn named(namespace: &str, name: &str) -> anyhow::Result<QualifiedName> {
    Ok(QualifiedName {
        namespace: namespace.parse()?,
        name: name.parse()?,
    })
}

/// A task of one step of this tenant.
fn of(namespace: &str) -> anyhow::Result<Submit> {
    let target = named(namespace, Workload::Noop.name())?;
    Ok(Submit {
        namespace: target.namespace,
        ..super::hosts::submit(Workload::Noop.name())?
    })
}

async fn publish(hosts: &Hosts, namespace: &str, component: Vec<u8>) -> anyhow::Result<()> {
    let (registry, actor) = (&hosts.first().registry, Actor::host());
    registry
        .publish_component(
            &named(namespace, "basics")?,
            &FIRST,
            component.into(),
            &actor,
        )
        .await?;
    let yaml = Workload::Noop
        .yaml()
        .replace("namespace: bench", &format!("namespace: {namespace}"));
    let template = named(namespace, Workload::Noop.name())?;
    registry
        .publish_template(&template, &FIRST, &yaml, Missing::Refused, &actor)
        .await?;
    Ok(())
}

/// The small tenant's tasks, one after the other; how long each took, in milliseconds.
async fn one_by_one(hosts: &Hosts, tasks: u32, correlation_id: &str) -> anyhow::Result<Vec<f64>> {
    let mut times_ms = Vec::with_capacity(tasks as usize);
    for _ in 0..tasks {
        let (api, started) = (&hosts.first().tasks, Instant::now());
        let submitted = api.submit(of(SMALL)?, correlation_id).await?;
        let task = TaskId(submitted.task.task.task_id);
        api.wait(task, None, Duration::from_secs(60)).await?;
        times_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times_ms)
}

async fn measure(hosts: &Hosts, tasks: u32, correlation_id: &str) -> anyhow::Result<Side> {
    let task_ms = percentiles_of(one_by_one(hosts, tasks, correlation_id).await?);
    let bulk = hosts.first().bulk();
    let [p50, p95, p99]: PercentilesMs =
        bulk.wait_ms(Workload::Noop.name(), correlation_id).await?;
    Ok(Side {
        wait_ms: Percentiles { p50, p95, p99 },
        task_ms,
    })
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        [
            format!(
                "{} tasks of one tenant, one by one, alone and beside {} of another",
                self.tasks, self.large_tasks
            ),
            format!(
                "  alone   waits {}   takes {}",
                self.alone.wait_ms, self.alone.task_ms
            ),
            format!(
                "  beside  waits {}   takes {}",
                self.beside.wait_ms, self.beside.task_ms
            ),
            format!(
                "  the other had {} left; {:.0} steps/s of both",
                self.large_left, self.steps_per_s
            ),
        ]
        .join("\n")
    }
}
