//! Whole tasks, in virtual time: the functions of a real database decide what runs, when, and what becomes of it.
//!
//! A server has one database with all migrations; each case has a copy of it. The simulation claims what is due, runs
//! handlers in the sandbox (or does what the case says of a step), reports what came of them when their time is over, and
//! sets the database's clock, `tasker.now`, to whatever is next.

mod ended;
mod plan;
mod published;
mod server;
mod services;
mod simulation;

pub use server::{TaskError, TaskServer};

use crate::case::{Case, TaskCall};
use crate::observed::Observed;
use crate::tested::Tested;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tasker_domain::template::Template;

/// What cases of templates need.
pub struct Tasks {
    pub server: TaskServer,
    /// By their files, as cases name them.
    pub templates: BTreeMap<PathBuf, Template>,
}

impl Tasks {
    /// Runs the task of a case to its end. To be called on a runtime with one thread, as [`Tested::run`] is.
    pub async fn run(
        &self,
        tested: &Tested,
        case: &Case,
        call: &TaskCall,
    ) -> Result<Observed, TaskError> {
        let template = self.templates.get(&call.template);
        let template = template.expect("the templates of all cases were read");
        let database = self.server.database().await?;
        simulation::run(tested, (case, call), template, database).await
    }
}
