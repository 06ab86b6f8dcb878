//! What hosts and operators do to tasks that run.

use super::super::cell::Cell;
use super::super::process::ProcessArgs;
use super::super::rollout;
use super::HOST_OPTIONS;
use super::load::SUSPECT;
use anyhow::Context as _;
use serde::Serialize;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};
use std::time::{Duration, Instant};
use tasker_client::Client;
use tasker_domain::pin::PinKind;
use tasker_wire::pin::{NewRollout, StartRollout};
use tasker_wire::quarantine::{QuarantineComponent, ReleaseComponent};
use tasker_wire::reason::OnlyReason;

/// Shares of a rollout, one each time, in percent.
const SHARES: [f64; 2] = [30.0, 100.0];
const ROLLOUT_EVERY: Duration = Duration::from_secs(30);

/// A quarantine stands, and then does not, for so long.
const QUARANTINE_EVERY: Duration = Duration::from_secs(15);

/// A snapshot is kept, and then none, for so long.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(70);

/// Every so many kills all hosts are killed.
const ALL_EVERY: u32 = 3;

/// How often each was caused.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Caused {
    pub(super) kills: u32,
    pub(super) quarantines: u32,
    pub(super) rollouts: u32,
    pub(super) old_snapshots: u32,
}

/// Something that comes again and again.
struct Every {
    period: Duration,
    next: Instant,
}

impl Every {
    fn new(period: Duration) -> Self {
        let next = Instant::now() + period;
        Self { period, next }
    }

    fn is_due(&mut self) -> bool {
        let is_due = Instant::now() >= self.next;
        if is_due {
            self.next = Instant::now() + self.period;
        }
        is_due
    }
}

pub(super) struct Trouble {
    component: Vec<u8>,
    client: Client,
    kill: Every,
    /// Rounds of kills.
    kills: u32,
    quarantine: Every,
    is_quarantined: bool,
    rollout: Every,
    /// Steps of rollouts so far.
    steps: u32,
    snapshot: Every,
    old: Option<PgConnection>,
    caused: Caused,
}

impl Trouble {
    pub(super) fn new(args: &ProcessArgs, cell: &Cell, kill_every: u32) -> anyhow::Result<Self> {
        Ok(Self {
            component: args.common.component()?,
            // That of the API which is never killed.
            client: Client::builder(&cell.member().host.url())?.build()?,
            kill: Every::new(Duration::from_secs(kill_every.into())),
            kills: 0,
            quarantine: Every::new(QUARANTINE_EVERY),
            is_quarantined: false,
            rollout: Every::new(ROLLOUT_EVERY),
            steps: 0,
            snapshot: Every::new(SNAPSHOT_EVERY),
            old: None,
            caused: Caused::default(),
        })
    }

    /// Causes what is due. True if hosts listen elsewhere now.
    pub(super) async fn cause(&mut self, cell: &mut Cell) -> anyhow::Result<bool> {
        if self.quarantine.is_due() {
            self.set_quarantine(!self.is_quarantined).await?;
        }
        if self.rollout.is_due() {
            self.roll_out(cell).await?;
        }
        if self.snapshot.is_due() {
            self.hold_snapshot(cell).await?;
        }
        let is_killing = self.kill.is_due();
        if is_killing {
            self.kill(cell).await?;
        }
        Ok(is_killing)
    }

    /// Takes back what stands.
    pub(super) async fn end(mut self, _: &Cell) -> anyhow::Result<Caused> {
        self.set_quarantine(false).await?;
        if let Some(old) = self.old.take() {
            old.close().await?;
        }
        Ok(self.caused)
    }

    /// One host, or all of them one after the other, each at once followed by another.
    async fn kill(&mut self, cell: &mut Cell) -> anyhow::Result<()> {
        self.kills += 1;
        let all = cell.processes.len();
        let count = if self.kills.is_multiple_of(ALL_EVERY) {
            all
        } else {
            1
        };
        for _ in 0..count {
            // The oldest comes first: new ones are at the end.
            cell.replace(0, &HOST_OPTIONS).await?;
            self.caused.kills += 1;
        }
        Ok(())
    }

    async fn set_quarantine(&mut self, is_wanted: bool) -> anyhow::Result<()> {
        let (namespace, name, version) = ("bench".parse()?, SUSPECT.parse()?, "1.0.0".to_owned());
        let reason = OnlyReason {
            reason: "soak".to_owned(),
        };
        match (self.is_quarantined, is_wanted) {
            (false, true) => {
                let call = QuarantineComponent::at(namespace, name, version);
                self.client.call(call).json(&reason).await?;
                self.caused.quarantines += 1;
            }
            (true, false) => {
                let call = ReleaseComponent::at(namespace, name, version);
                self.client.call(call).json(&reason).await?;
            }
            _ => {}
        }
        self.is_quarantined = is_wanted;
        Ok(())
    }

    /// Publishes another version, or gives the newest one a larger share.
    async fn roll_out(&mut self, cell: &Cell) -> anyhow::Result<()> {
        let shares = u32::try_from(SHARES.len())?;
        let (no, step) = (1 + self.steps / shares, self.steps % shares);
        if step == 0 {
            rollout::publish(&cell.member().registry, &self.component, no).await?;
            self.caused.rollouts += 1;
        }
        let body = NewRollout {
            to: format!("1.0.{no}"),
            percent: SHARES[step as usize],
            guard: None,
            force: true,
            reason: "soak".to_owned(),
        };
        let pin = StartRollout::at("bench".parse()?, PinKind::Component, "basics".to_owned());
        let step = self.client.call(pin).json(&body).await;
        step.context("a step of a rollout was refused")?;
        self.steps += 1;
        Ok(())
    }

    async fn hold_snapshot(&mut self, cell: &Cell) -> anyhow::Result<()> {
        match self.old.take() {
            Some(old) => old.close().await?,
            None => {
                let mut old = PgConnection::connect(&cell.member().host.database_url()).await?;
                old.execute("begin isolation level repeatable read").await?;
                old.execute("select from tasker.task limit 1").await?;
                self.old = Some(old);
                self.caused.old_snapshots += 1;
            }
        }
        Ok(())
    }
}
