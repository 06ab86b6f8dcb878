//! What commands run in the sandbox of this program.

use super::local_component::open;
use super::recorded;
use std::pin::Pin;
use tasker_cli::local_sandbox::{
    Called, LocalCall, LocalComponent, LocalSandbox, Replayable, Replayed,
};
use tasker_cli::{CliError, Exit, Problem};
use tasker_domain::name::Name;
use tasker_domain::recording::Recording;
use tasker_testing::case::{Call, Callee};
use tasker_testing::observed::{End, Observed};
use tasker_testing::tested::{Network, Tested};

/// The sandbox of this program.
pub(super) struct ThisMachine;

impl LocalSandbox for ThisMachine {
    fn handlers(
        &self,
        component: LocalComponent,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Name>, CliError>> + '_>> {
        Box::pin(async {
            let tested = open(component, 1, Network::Closed).await?;
            let handlers = tested.descriptor.handlers.iter().flatten();
            Ok(handlers.map(|it| it.name.clone()).collect())
        })
    }

    fn call(
        &self,
        call: LocalCall,
    ) -> Pin<Box<dyn Future<Output = Result<Called, CliError>> + '_>> {
        Box::pin(called(call))
    }

    fn replay(
        &self,
        of: Replayable,
    ) -> Pin<Box<dyn Future<Output = Result<Replayed, CliError>> + '_>> {
        Box::pin(recorded::replay(of))
    }

    fn case_of(&self, recording: &Recording) -> Result<String, CliError> {
        recorded::case_of(recording)
    }
}

async fn called(call: LocalCall) -> Result<Called, CliError> {
    let LocalCall {
        component,
        handler,
        given,
    } = call;
    let network = match given.has_network {
        true => Network::Open,
        false => Network::Closed,
    };
    let name = component.name.clone();
    let tested = open(component, 1, network).await?;
    refuse_unknown(&name, &handler, &tested)?;
    let mut grants = tested.descriptor.requested();
    grants.extend(given.grants);
    let attempt = Call {
        callee: Callee::Handler {
            name: handler,
            input: given.input,
        },
        config: given.config,
        results: given.results,
        checkpoint: given.checkpoint,
        attempt: given.attempt,
        max_attempts: given.attempt,
        grants: Some(grants),
        limits: Default::default(),
    };
    let observed = tested.call(&attempt, given.secrets, given.kv).await;
    Ok(shown(&observed))
}

fn refuse_unknown(component: &str, handler: &str, tested: &Tested) -> Result<(), CliError> {
    let Some(handlers) = &tested.descriptor.handlers else {
        return Ok(());
    };
    let names: Vec<&str> = handlers.iter().map(|known| known.name.as_str()).collect();
    if names.contains(&handler) {
        return Ok(());
    }
    let what = format!("{component} has no handler `{handler}`");
    let help = match names.is_empty() {
        true => "it has none at all".to_owned(),
        false => format!("its handlers: {}", names.join(", ")),
    };
    Err(Problem::new(Exit::NotFound, "unknown_handler", what)
        .help(help)
        .into())
}

fn shown(observed: &Observed) -> Called {
    Called {
        is_failure: matches!(observed.end, End::Failure(_)),
        observed: observed.to_json(),
        log: observed.log.clone(),
        elapsed: observed.elapsed,
    }
}
