//! Many versions at once beside one.

use super::super::hosts::{BenchArgs, Member, submit};
use super::super::report::{BenchReport, Printed};
use super::{publish, publish_chain, version};
use serde::Serialize;
use std::time::Instant;
use tasker_cli::tell;
use tasker_domain::submit::Submit;
use tasker_worker::WorkerConfig;

/// Steps of each task.
const STEPS: usize = 5;

/// Run tasks of many templates, each on a version of its own, and as many where all are on one version,
/// in turns.
#[derive(Debug, clap::Args)]
pub(super) struct Live {
    /// Versions whose tasks are open at the same time.
    #[arg(long, default_value_t = 200, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    versions: u32,
    /// Tasks of one round.
    #[arg(long, default_value_t = 4_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tasks: u32,
    /// Rounds with many versions, and as many with one.
    #[arg(long, default_value_t = 9, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    versions: u32,
    tasks_a_round: u32,
    rounds: u32,
    /// At the median of the rounds.
    steps_per_s_many: f64,
    steps_per_s_one: f64,
    /// The one through the other.
    ratio: f64,
}

impl Live {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let worker = WorkerConfig::default();
        let hosts = self.common.start(1, Some(&worker)).await?;
        let member = hosts.first();
        tell("publishing\n");
        for no in 0..self.versions {
            publish(&member.registry, &component, no).await?;
            let (own, first) = (exactly(no), exactly(0));
            publish_chain(&member.registry, &on_its_own(no), STEPS, &own).await?;
            publish_chain(&member.registry, &on_one(no), STEPS, &first).await?;
        }
        let many = self.submits(on_its_own)?;
        let one = self.submits(on_one)?;
        tell("warming up\n");
        steps_per_s(member, &many).await?;
        steps_per_s(member, &one).await?;
        tell("measuring\n");
        let (mut of_many, mut of_one) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            of_many.push(steps_per_s(member, &many).await?);
            of_one.push(steps_per_s(member, &one).await?);
        }
        hosts.stop().await?;
        let (many, one) = (median(of_many), median(of_one));
        Printed::of(&Measured {
            versions: self.versions,
            tasks_a_round: self.tasks,
            rounds: self.rounds,
            steps_per_s_many: many,
            steps_per_s_one: one,
            ratio: many / one,
        })
    }

    /// The tasks of one round, of all templates of a kind in turns.
    fn submits(&self, template: fn(u32) -> String) -> anyhow::Result<Vec<Submit>> {
        (0..self.tasks)
            .map(|no| submit(&template(no % self.versions)))
            .collect()
    }
}

/// The template whose steps have a version that no other has.
fn on_its_own(no: u32) -> String {
    format!("own-{no}")
}

/// The template whose steps have the version that all of its kind have.
fn on_one(no: u32) -> String {
    format!("one-{no}")
}

fn exactly(no: u32) -> String {
    format!("={}", version(no))
}

async fn steps_per_s(member: &Member, submits: &[Submit]) -> anyhow::Result<f64> {
    let steps = (submits.len() * STEPS) as u64;
    let started = Instant::now();
    member.run_all(submits.to_vec(), steps, "measured").await?;
    Ok(steps as f64 / started.elapsed().as_secs_f64())
}

/// Of at least one.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        format!(
            "{} rounds of {} tasks\n  {} versions   {:.0} steps/s\n  one version    {:.0} steps/s\n  ratio          {:.2}",
            self.rounds,
            self.tasks_a_round,
            self.versions,
            self.steps_per_s_many,
            self.steps_per_s_one,
            self.ratio
        )
    }
}
