//! A handler that asks the outside.

use std::time::Duration;
use tasker_sdk::http;
use tasker_sdk::prelude::*;

/// How much of a body the result shows, in bytes.
const SHOWN_BYTES: usize = 256;

tasker_sdk::handlers! {
    #![capabilities("http")]

    /// Fetches `config.url`, or else the input's `url`, and tells what came.
    #[errors("no_url", "http_denied", "http_timeout", "http_failed", "http_status")]
    fetch,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    url: Option<String>,
    #[serde(default = "ten_seconds")]
    timeout_ms: u64,
}

fn ten_seconds() -> u64 {
    10_000
}

#[derive(Deserialize, JsonSchema)]
struct Input {
    /// Where to look, unless the step's config says it.
    url: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Fetched {
    status: u16,
    /// The size of the body.
    bytes: usize,
    /// How the body begins.
    begins: String,
}

fn fetch(ctx: &Context, input: Input) -> Result<Fetched, Failure> {
    let config: Config = ctx.config()?;
    let url = config.url.or(input.url).ok_or_else(no_url)?;
    info!(url = url; "fetching");
    let response = http::get(url)
        .timeout(Duration::from_millis(config.timeout_ms))
        .send()?
        .success()?;
    let body = response.body();
    let begins = String::from_utf8_lossy(&body[..body.len().min(SHOWN_BYTES)]).into_owned();
    Ok(Fetched {
        status: response.status(),
        bytes: body.len(),
        begins,
    })
}

fn no_url() -> Failure {
    Failure::permanent(
        "no_url",
        "neither the step's config nor the task's input has a `url`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    #[test]
    fn fetching_nothing_fails_for_good() {
        let ctx = Attempt::new().context();
        let failure = HANDLERS.execute("fetch", &ctx, "{}").unwrap_err();
        assert_eq!(failure.code(), "no_url");
    }
}
