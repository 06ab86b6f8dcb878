//! Failing and dawdling, to order.

use std::thread;
use std::time::Duration;
use tasker_sdk::prelude::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flaky {
    failures: u32,
}

pub fn flaky(ctx: &Context) -> Result<u32, Failure> {
    let Flaky { failures } = ctx.config()?;
    let attempt = ctx.attempt();
    if attempt <= failures {
        return Err(Failure::retryable(
            "flaky",
            format!("attempt {attempt} of {failures} that fail"),
        ));
    }
    Ok(attempt)
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fail {
    code: String,
    message: String,
}

impl Default for Fail {
    fn default() -> Self {
        Self {
            code: "failed_as_told".to_owned(),
            message: "this step fails".to_owned(),
        }
    }
}

pub fn fail(ctx: &Context) -> Result<(), Failure> {
    let Fail { code, message } = ctx.config()?;
    Err(Failure::permanent(code, message))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Panic {
    message: String,
}

pub fn panic(ctx: &Context) -> Result<(), Failure> {
    let Panic { message } = ctx.config()?;
    panic!("{message}")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sleep {
    ms: u64,
}

pub fn sleep(ctx: &Context) -> Result<(), Failure> {
    let Sleep { ms } = ctx.config()?;
    thread::sleep(Duration::from_millis(ms));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    #[test]
    fn flaky_fails_as_often_as_configured_and_then_succeeds() {
        let second = Attempt::new()
            .config(json!({"failures": 2}))
            .attempt(2, 3)
            .context();
        assert_eq!(flaky(&second).unwrap_err().code(), "flaky");
        let third = Attempt::new()
            .config(json!({"failures": 2}))
            .attempt(3, 3)
            .context();
        assert_eq!(flaky(&third), Ok(3));
    }

    #[test]
    fn fail_fails_for_good_with_the_configured_code() {
        let ctx = Attempt::new().config(json!({"code": "no_stock"})).context();
        let failure = fail(&ctx).unwrap_err();
        assert_eq!(
            (failure.code(), failure.retry()),
            ("no_stock", tasker_sdk::Retry::Never)
        );
    }
}
