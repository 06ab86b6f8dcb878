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
        let stop = Stop {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        };
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { stop, hangup })
    }
}

impl Stop {
    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
