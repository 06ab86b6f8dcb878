//! From the upload of a version to the moment when every host has run it.

use super::super::hosts::{BenchArgs, Hosts, LOOK_INTERVAL, submit};
use super::super::report::{BenchReport, Percentiles, Printed};
use super::super::run::percentiles_of;
use super::{HOSTS, noted, publish_chain, version};
use serde::Serialize;
use std::time::Instant;
use tasker_cli::tell;
use tasker_client::Client;
use tasker_wire::component::PublishComponent;
use tasker_worker::WorkerConfig;

/// Tasks that are submitted through each host at a time until each has run one.
const TASKS_A_HOST: usize = 8;

/// Time uploads over HTTP until a task of each version has run on every host.
#[derive(Debug, clap::Args)]
pub(super) struct Upload {
    /// Versions that are uploaded.
    #[arg(long, default_value_t = 50, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    component_bytes: usize,
    hosts: usize,
    uploads: u32,
    /// Until the upload is answered: it is compiled, checked and stored.
    answered_ms: Percentiles,
    /// Until every host has run a step of it, each with code that it compiled itself.
    runnable_ms: Percentiles,
}

impl Upload {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        // Few slots, so that no host takes all there is.
        let worker = WorkerConfig {
            slots: 4,
            ..WorkerConfig::default()
        };
        let hosts = self.common.start(HOSTS, Some(&worker)).await?;
        super::publish(&hosts.first().registry, &component, 0).await?;
        publish_chain(&hosts.first().registry, "one", 1, "^1").await?;
        until_all_have_run(&hosts).await?;
        tell("measuring\n");
        let (mut answered, mut runnable) = (Vec::new(), Vec::new());
        for no in 1..=self.tries {
            hosts.first().until_idle().await?;
            let started = Instant::now();
            upload(&hosts, &component, no).await?;
            answered.push(started.elapsed().as_secs_f64() * 1e3);
            until_all_have_run(&hosts).await?;
            runnable.push(started.elapsed().as_secs_f64() * 1e3);
        }
        hosts.first().until_idle().await?;
        hosts.stop().await?;
        Printed::of(&Measured {
            component_bytes: component.len(),
            hosts: HOSTS,
            uploads: self.tries,
            answered_ms: percentiles_of(answered),
            runnable_ms: percentiles_of(runnable),
        })
    }
}

async fn upload(hosts: &Hosts, component: &[u8], no: u32) -> anyhow::Result<()> {
    let client = Client::builder(&hosts.turn(no).host.url())?.build()?;
    let publish = PublishComponent {
        namespace: "bench".parse()?,
        name: super::COMPONENT.parse()?,
        version: version(no).to_string(),
    };
    client.call(publish).media(noted(component, no)).await?;
    Ok(())
}

/// Submits tasks until every host has run one; new tasks take the highest version.
async fn until_all_have_run(hosts: &Hosts) -> anyhow::Result<()> {
    let attempts = |hosts: &Hosts| -> Vec<u64> {
        let members = hosts.all().iter();
        members.map(|member| member.host.stats.attempts()).collect()
    };
    let before = attempts(hosts);
    loop {
        for member in hosts.all() {
            let batch = vec![submit("one")?; TASKS_A_HOST];
            member.submit_all(batch, "measured").await?;
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
        let after = attempts(hosts);
        if before
            .iter()
            .zip(after)
            .all(|(before, after)| after > *before)
        {
            return Ok(());
        }
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        format!(
            "{} uploads of {} bytes to {} hosts\n  answered   {}\n  runnable   {}",
            self.uploads, self.component_bytes, self.hosts, self.answered_ms, self.runnable_ms
        )
    }
}
