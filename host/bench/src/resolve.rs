//! How long it takes to find out what a new task takes, with many versions registered.

use super::bulk::Bulk;
use super::hosts::{BenchArgs, FIRST, Member, publish_component, publish_template};
use super::report::{BenchReport, Percentiles, Printed};
use super::run::percentiles_of;
use serde::Serialize;
use std::time::Instant;
use tasker::host::Host;
use tasker_cli::tell;
use tasker_domain::actor::Actor;
use tasker_domain::ids::TaskId;
use tasker_domain::precondition::Precondition;
use tasker_registry::Registry;
use tasker_registry::pin::PinTarget;
use tasker_registry::resolve::ResolveRequest;
use tasker_registry::store::Store;
use tasker_registry::store::pin::{PinBy, PinKind};

/// Steps of the template, each of a component of its own as far as there are that many.
const STEPS: u32 = 5;

/// Round trips of a resolution after a pin was changed: revisions, what its namespace says, lock, revisions.
const ROUND_TRIPS: f64 = 4.0;

/// Resolve tasks with many versions registered, after a change and without one.
#[derive(Debug, clap::Args)]
pub struct Resolve {
    /// Versions of components, over all of them.
    #[arg(long, default_value_t = 10_000, value_name = "COUNT")]
    versions: u32,
    /// Components that have them.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    components: u32,
    /// Resolutions that are timed, of each kind.
    #[arg(long, default_value_t = 300, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    #[command(flatten)]
    common: BenchArgs,
}

/// What was found, in milliseconds.
#[derive(Debug, Serialize)]
struct Measured {
    versions: u32,
    components: u32,
    /// The smallest question to the database.
    round_trip_ms: Percentiles,
    /// A request that nothing was resolved for since the registry changed, the versions known.
    new_request_ms: Percentiles,
    /// The first request after a pin changed: what its namespace says is read again.
    after_change_ms: Percentiles,
    /// The same at the median, beyond its round trips.
    after_change_beyond_round_trips_ms: f64,
    /// A request that was resolved before.
    known_ms: Percentiles,
}

impl Resolve {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let hosts = self.common.start(1, None).await?;
        let Member { host, registry, .. } = hosts.first();
        self.publish(host, registry, component).await?;
        tell("measuring\n");
        let report = self.measure(host, registry).await?;
        hosts.stop().await?;
        Printed::of(&report)
    }

    async fn publish(
        &self,
        host: &Host,
        registry: &Registry,
        component: Vec<u8>,
    ) -> anyhow::Result<()> {
        for no in 0..self.components {
            let name = format!("c{no}");
            publish_component(registry, &name, &FIRST, component.clone()).await?;
        }
        let each = self.versions.saturating_sub(self.components) / self.components;
        let bulk = Bulk::new(host.engine.database());
        bulk.insert_versions("bench", each).await?;
        bulk.vacuum().await?;
        let step = |no: u32| {
            let component = no % self.components;
            format!("  - {{name: s{no}, handler: c{component}/noop@^1}}\n")
        };
        let steps: String = (0..STEPS).map(step).collect();
        let yaml = format!("namespace: bench\nname: many\nversion: 1.0.0\nsteps:\n{steps}");
        publish_template(registry, "many", &yaml).await
    }

    async fn measure(&self, host: &Host, registry: &Registry) -> anyhow::Result<Measured> {
        let (mut trips, mut after, mut new, mut known) = (vec![], vec![], vec![], vec![]);
        for no in 0..self.tries {
            change(registry, no).await?;
            let started = Instant::now();
            Store::new(host.engine.clone())
                .registry_generation()
                .await?;
            trips.push(ms_since(started));
            after.push(resolve_ms(registry, &wanted("*")?).await?);
            new.push(resolve_ms(registry, &wanted(&format!(">=0.0.{no}"))?).await?);
            known.push(resolve_ms(registry, &wanted("*")?).await?);
        }
        let (round_trip_ms, after_change_ms) = (percentiles_of(trips), percentiles_of(after));
        Ok(Measured {
            versions: self.versions,
            components: self.components,
            round_trip_ms,
            new_request_ms: percentiles_of(new),
            after_change_ms,
            after_change_beyond_round_trips_ms: after_change_ms.p50
                - ROUND_TRIPS * round_trip_ms.p50,
            known_ms: percentiles_of(known),
        })
    }
}

/// Has every host resolve anew.
async fn change(registry: &Registry, no: u32) -> anyhow::Result<()> {
    let pin = PinTarget::new("bench".parse()?, PinKind::Component, &"c0".parse()?)?;
    let requirement = ["^1", "*"][no as usize % 2].parse()?;
    let by = PinBy {
        actor: &Actor::host(),
        action: "pin.set",
        reason: "",
        only_if: &Precondition::NONE,
    };
    registry.set_pin(&pin, requirement, &by).await?;
    Ok(())
}

fn wanted(version: &str) -> anyhow::Result<ResolveRequest> {
    Ok(ResolveRequest {
        namespace: "bench".parse()?,
        template: "many".parse()?,
        version: Some(version.parse()?),
    })
}

async fn resolve_ms(registry: &Registry, wanted: &ResolveRequest) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut resolver = registry.resolver([&wanted.namespace]).await?;
    resolver.resolve(wanted, TaskId::generate()).await?;
    Ok(ms_since(started))
}

fn ms_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let line = |label: &str, times: Percentiles| format!("  {label:<14} {times}");
        [
            format!(
                "{} versions of {} components",
                self.versions, self.components
            ),
            line("round trip", self.round_trip_ms),
            line("known", self.known_ms),
            line("new request", self.new_request_ms),
            line("after a change", self.after_change_ms),
            format!(
                "  of which beyond its {ROUND_TRIPS} round trips {:.2} ms",
                self.after_change_beyond_round_trips_ms
            ),
        ]
        .join("\n")
    }
}
