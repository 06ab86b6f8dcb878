//! Why something is changed.

use tasker_wire::reason::OnlyReason;

#[derive(Debug, clap::Args)]
pub struct Because {
    /// Reason; recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub reason: String,
}

impl Because {
    /// As a request has it.
    pub fn body(self) -> OnlyReason {
        let reason = self.reason;
        OnlyReason { reason }
    }
}
