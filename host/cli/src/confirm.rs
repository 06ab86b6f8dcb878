//! Asking before something is removed or stopped.

use super::output::tell;
use super::problem::refuse;
use super::{Exit, Problem, Result};
use std::io::{IsTerminal as _, stdin};

#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Confirm {
    /// Do not ask for confirmation; required where there is no terminal.
    #[arg(short, long)]
    pub yes: bool,
}

impl Confirm {
    /// Goes on where the user agrees to `what`, such as `remove the secret orders/key`.
    pub fn ask(self, what: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if !stdin().is_terminal() || !std::io::stderr().is_terminal() {
            let help = "there is no terminal to ask on; add --yes";
            return refuse(format!("not confirmed: {what}"), help);
        }
        tell(&format!("{what}? [y/N] "));
        let mut answer = String::new();
        let read = stdin().read_line(&mut answer);
        read.map_err(|error| Problem::bad_input(format!("cannot read the answer: {error}")))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => {
                let what = "not confirmed; nothing was changed";
                Err(Problem::new(Exit::Failed, "not_confirmed", what).into())
            }
        }
    }
}
