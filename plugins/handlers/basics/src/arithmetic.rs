//! Whole numbers through a graph, so that its result can be checked exactly.

use tasker_sdk::prelude::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    value: Option<i64>,
    /// Steps that this one depends on.
    #[serde(default)]
    of: Vec<String>,
}

pub fn sum(ctx: &Context) -> Result<i64, Failure> {
    fold(ctx, 0, i64::checked_add)
}

pub fn product(ctx: &Context) -> Result<i64, Failure> {
    fold(ctx, 1, i64::checked_mul)
}

fn fold(ctx: &Context, neutral: i64, combine: fn(i64, i64) -> Option<i64>) -> Result<i64, Failure> {
    let config: Config = ctx.config()?;
    let start = config.value.unwrap_or(neutral);
    config.of.iter().try_fold(start, |so_far, step| {
        let value: i64 = ctx.dependency(step)?;
        combine(so_far, value).ok_or_else(|| {
            Failure::permanent(
                "overflow",
                format!("{so_far} and {value} of step `{step}` exceed 64 bits"),
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::Attempt;

    fn three_and_four() -> Attempt {
        Attempt::new().dependency("three", 3).dependency("four", 4)
    }

    #[test]
    fn sum_adds_its_value_and_the_steps_it_names() {
        let ctx = three_and_four()
            .config(json!({"value": 5, "of": ["three", "four"]}))
            .context();
        assert_eq!(sum(&ctx), Ok(12));
    }

    #[test]
    fn product_multiplies_the_steps_it_names() {
        let ctx = three_and_four()
            .config(json!({"of": ["three", "four"]}))
            .context();
        assert_eq!(product(&ctx), Ok(12));
    }

    #[test]
    fn without_config_there_is_the_neutral_number() {
        assert_eq!(sum(&Attempt::new().context()), Ok(0));
        assert_eq!(product(&Attempt::new().context()), Ok(1));
    }

    #[test]
    fn what_exceeds_64_bits_fails_for_good() {
        let ctx = three_and_four()
            .config(json!({"value": i64::MAX, "of": ["three"]}))
            .context();
        assert_eq!(sum(&ctx).unwrap_err().code(), "overflow");
    }
}
