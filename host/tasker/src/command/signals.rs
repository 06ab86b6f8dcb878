//! Signals of the operating system to a host.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What asks the host to stop, or to read its certificate anew.
pub(super) struct Signals {
    pub(super) stop: Stop,
    pub(super) hangup: Signal,
}

pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn install() -> std::io::Result<Self> {
        let stop = Stop::install()?;
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { stop, hangup })
    }
}

impl Stop {
    pub(super) fn install() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
