//! Components that run on this machine without a host: for tests, and called by hand.

use std::time::Duration;
use tasker_cli::local_sandbox::LocalComponent;
use tasker_cli::{CliError, Exit, Problem};
use tasker_domain::data_dir::default_data_dir;
use tasker_domain::error_chain::ErrorChain;
use tasker_sandbox::{CompileLimits, Compiler, SandboxError};
use tasker_testing::tested::{Network, Tested, TestedConfig};

/// Where in the data directory compiled code is kept between runs.
const CODE_DIR: &str = "test";
/// Compiling a component of the user's own may take this much processor time: the machine may be slow or busy, and whoever waits
/// can end it. A host that it is published to has limits of its own.
const COMPILE_CPU: Duration = Duration::from_secs(600);

/// Inspects and compiles a component.
pub(super) async fn open(
    component: LocalComponent,
    max_concurrent: usize,
    network: Network,
) -> Result<Tested, CliError> {
    let data_dir = default_data_dir().map_err(|error| failed(error.to_string()))?;
    let config = TestedConfig {
        code_dir: data_dir.join(CODE_DIR),
        compiler: Compiler::of_this_program(CompileLimits {
            cpu: COMPILE_CPU,
            ..CompileLimits::default()
        }),
        max_concurrent,
        network,
    };
    let opened = Tested::open(config, &component.name, component.bytes).await;
    opened.map_err(|error| match &error {
        SandboxError::Refused(_) => Problem::bad_input(ErrorChain(&error).to_string()).into(),
        _ => failed(ErrorChain(&error).to_string()),
    })
}

pub(super) fn failed(what: String) -> CliError {
    Problem::new(Exit::Failed, "failed", what).into()
}
