//! Handlers that do as little as can be checked: for examples, tests and measurements.

mod arithmetic;
mod misbehave;

use arithmetic::{product, sum};
use misbehave::{fail, flaky, panic, sleep};
use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    /// Does nothing; its result is null.
    noop,

    /// Returns its input.
    echo,

    /// Adds `config.value`, 0 if there is none, and the results of the steps in `config.of`.
    #[errors("missing_dependency", "invalid_dependency", "overflow")]
    sum,

    /// Multiplies `config.value`, 1 if there is none, and the results of the steps in `config.of`.
    #[errors("missing_dependency", "invalid_dependency", "overflow")]
    product,

    /// Fails in the first `config.failures` attempts, after which its result is the attempt's number.
    #[errors("flaky")]
    flaky,

    /// Fails for good with `config.code` and `config.message`.
    fail,

    /// Panics with `config.message`.
    panic,

    /// Returns after `config.ms` milliseconds.
    sleep,
}

fn noop() -> Result<(), Failure> {
    Ok(())
}

fn echo(input: Value) -> Result<Value, Failure> {
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    #[test]
    fn nothing_comes_of_noop_whatever_its_input() {
        let ctx = Attempt::new().context();
        let outcome = HANDLERS.execute("noop", &ctx, "not even JSON").unwrap();
        assert_eq!(outcome, Outcome::Complete("null".to_owned()));
    }

    #[test]
    fn echo_returns_its_input() {
        let ctx = Attempt::new().context();
        let outcome = HANDLERS.execute("echo", &ctx, r#"{"a":[1,2]}"#).unwrap();
        assert_eq!(outcome, Outcome::Complete(r#"{"a":[1,2]}"#.to_owned()));
    }
}
