//! Names as they are written here.

/// Letters, digits, `_` and `-`: others become `_`.
pub fn name(text: &str) -> String {
    let allowed = |c: char| match c.is_ascii_alphanumeric() || c == '_' || c == '-' {
        true => c,
        false => '_',
    };
    text.chars().map(allowed).collect()
}

/// The handler that a class becomes: `Orders::StepHandlers::ChargeCardHandler` is `charge_card`, and so is
/// `orders.handlers.charge_card`.
pub fn handler(callable: &str) -> String {
    let last = callable
        .rsplit(['.', ':', '#', '/'])
        .find(|part| !part.is_empty());
    let class = last.unwrap_or(callable);
    let class = class
        .strip_suffix("StepHandler")
        .or(class.strip_suffix("Handler"));
    let class = class
        .filter(|rest| !rest.is_empty())
        .or(last)
        .unwrap_or(callable);
    let mut snake = String::new();
    let mut before = None;
    let mut chars = class.chars().peekable();
    while let Some(c) = chars.next() {
        let ends_word =
            before.is_some_and(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit());
        let begins_word = before.is_some_and(|it: char| it.is_ascii_uppercase())
            && chars.peek().is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (ends_word || begins_word) {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    name(&snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_a_handler_in_snake_case() {
        for (class, expected) in [
            ("Orders::StepHandlers::ChargeCardHandler", "charge_card"),
            ("ChargeStepHandler", "charge"),
            ("orders.handlers.charge_card", "charge_card"),
            ("crate::steps::ApiV2Handler", "api_v2"),
            ("HTTPFetchHandler", "http_fetch"),
            ("Handler", "handler"),
            ("order fulfilment", "order_fulfilment"),
        ] {
            assert_eq!(handler(class), expected, "{class}");
        }
    }
}
