//! `tasker-bench rollout`: what it costs to change versions while tasks run.

mod live;
mod load;
mod rollback;
mod swap;
mod upload;

use super::hosts::{publish_component, publish_template};
use super::report::Printed;
use semver::Version;
use tasker_domain::actor::Actor;
use tasker_domain::precondition::Precondition;
use tasker_registry::Registry;
use tasker_registry::pin::PinTarget;
use tasker_registry::store::pin::{PinBy, PinKind};

/// Hosts that share a database.
const HOSTS: usize = 2;

/// The component whose versions change.
const COMPONENT: &str = "basics";

/// Measure how fast versions change while tasks run, and what many of them cost.
#[derive(Debug, clap::Args)]
pub(super) struct Rollout {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Upload(upload::Upload),
    Rollback(rollback::Rollback),
    Swap(swap::Swap),
    Live(live::Live),
}

impl Rollout {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        match self.what {
            What::Upload(upload) => upload.run().await,
            What::Rollback(rollback) => rollback.run().await,
            What::Swap(swap) => swap.run().await,
            What::Live(live) => live.run().await,
        }
    }
}

/// A version of the measured component: 1.0.0, 1.0.1, …
fn version(no: u32) -> Version {
    Version::new(1, 0, no.into())
}

/// Publishes version `no`, whose bytes no other version has.
pub(super) async fn publish(registry: &Registry, component: &[u8], no: u32) -> anyhow::Result<()> {
    publish_component(registry, COMPONENT, &version(no), noted(component, no)).await
}

/// The same code under another digest: a custom section at the end carries the number.
pub(super) fn noted(component: &[u8], no: u32) -> Vec<u8> {
    let mut bytes = component.to_vec();
    bytes.extend([0, 9, 4]);
    bytes.extend(b"note");
    bytes.extend(no.to_le_bytes());
    bytes
}

/// Publishes a template of no-op steps in a row that ask for the component by this requirement.
async fn publish_chain(
    registry: &Registry,
    name: &str,
    steps: usize,
    requirement: &str,
) -> anyhow::Result<()> {
    let step = |no: usize| {
        let after = no.checked_sub(1).map(|parent| format!("s{parent}"));
        let after = after.unwrap_or_default();
        format!(
            "  - {{name: s{no}, handler: {COMPONENT}/noop@{requirement}, depends_on: [{after}], retry: {{max_attempts: 1}}}}\n"
        )
    };
    let steps: String = (0..steps).map(step).collect();
    let yaml = format!(
        "namespace: bench\nname: {name}\nversion: 1.0.0\nidentity: unique\nsteps:\n{steps}"
    );
    publish_template(registry, name, &yaml).await
}

/// Pins the component in the namespace of measurements.
async fn pin_to(registry: &Registry, no: u32) -> anyhow::Result<()> {
    let requirement = format!("={}", version(no)).parse()?;
    let actor = Actor::host();
    registry
        .set_pin(&pin()?, requirement, &by(&actor, "pin.set"))
        .await?;
    Ok(())
}

fn pin() -> anyhow::Result<PinTarget> {
    let name = COMPONENT.parse()?;
    Ok(PinTarget::new("bench".parse()?, PinKind::Component, &name)?)
}

fn by<'a>(actor: &'a Actor, action: &'static str) -> PinBy<'a> {
    PinBy {
        actor,
        action,
        reason: "",
        only_if: &Precondition::NONE,
    }
}
