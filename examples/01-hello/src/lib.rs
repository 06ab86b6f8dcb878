//! The handlers of the component `demo/hello`.

use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    /// Greets whoever the input names.
    #[errors("nobody")]
    greet,
}

/// What the handler takes.
#[derive(Deserialize, JsonSchema)]
struct Greet {
    /// Whom to greet.
    name: String,
}

/// What the handler returns.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Greeting {
    text: String,
}

fn greet(input: Greet) -> Result<Greeting, Failure> {
    if input.name.trim().is_empty() {
        return Err(Failure::permanent("nobody", "there is no one to greet"));
    }
    info!(name = input.name; "greeting");
    Ok(Greeting {
        text: format!("Hello, {}!", input.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_named_is_greeted() {
        let greeting = greet(Greet {
            name: "Ada".to_owned(),
        })
        .unwrap();
        assert_eq!(greeting.text, "Hello, Ada!");
    }

    #[test]
    fn nobody_is_not_greeted() {
        let failure = greet(Greet {
            name: " ".to_owned(),
        })
        .unwrap_err();
        assert_eq!(failure.code(), "nobody");
    }
}
