use super::*;

fn capability(text: &str) -> Capability {
    text.parse().unwrap()
}

fn covers(wide: &str, narrow: &str) -> bool {
    capability(wide).covers(&capability(narrow))
}

#[test]
fn a_capability_is_written_in_one_form() {
    for (written, stored) in [
        ("http", "http"),
        (" http  GET Api.Example.com/* ", "http GET api.example.com"),
        ("secret stripe-key", "secret stripe-key"),
        (
            "secret stripe-key clear for api.stripe.com,*.stripe.com",
            "secret stripe-key clear for api.stripe.com,*.stripe.com",
        ),
        ("kv counters", "kv counters"),
        ("kv counters read", "kv counters read"),
        ("env GREETING=hello  world", "env GREETING=hello  world"),
        ("env GREETING", "env GREETING"),
        ("env EMPTY=", "env EMPTY="),
        ("events orders.charged", "events orders.charged"),
    ] {
        assert_eq!(capability(written).to_string(), stored);
        assert_eq!(capability(stored), capability(written));
    }
}

#[test]
fn what_is_no_capability_is_refused_with_the_form() {
    for (wrong, told) in [
        ("", "the capabilities are `http"),
        ("htp api.example.com", "the capabilities are `http"),
        ("secret", "secret NAME [clear]"),
        ("secret a b", "secret NAME [clear]"),
        ("secret a/b", "letters, digits"),
        ("kv", "`kv` does not have the form `kv BUCKET [read]`"),
        (
            "kv counters write",
            "`kv counters write` does not have the form",
        ),
        ("env 1A=x", "env NAME=VALUE"),
        ("env A B=x", "env NAME=VALUE"),
        ("env A=\0", "control characters"),
        ("events a b", "events PREFIX"),
        ("events", "events PREFIX"),
        ("events orders.", "such as `orders.charged`"),
        ("events task", "is a reserved name"),
    ] {
        let error = wrong.parse::<Capability>().unwrap_err().to_string();
        assert!(error.contains(told), "{wrong}: {error}");
    }
    let long = format!("env A={}", "x".repeat(MAX_CAPABILITY_BYTES));
    assert!(long.parse::<Capability>().is_err());
}

#[test]
fn nothing_covers_a_capability_of_another_kind() {
    let all = [
        "http a.example.com",
        "secret a",
        "kv a",
        "env a",
        "events a",
    ];
    for (at, one) in all.iter().enumerate() {
        for (other_at, other) in all.iter().enumerate() {
            assert_eq!(covers(one, other), at == other_at, "{one} {other}");
        }
    }
}

#[test]
fn a_wider_capability_covers_a_narrower_one_and_not_the_other_way() {
    for (wide, narrow) in [
        ("http", "http api.example.com"),
        ("secret a clear", "secret a"),
        ("secret a", "secret a for api.example.com"),
        ("secret a for *.example.com", "secret a for api.example.com"),
        ("kv a", "kv a read"),
        ("events orders", "events orders.charged"),
    ] {
        assert!(covers(wide, narrow), "{wide} {narrow}");
        assert!(!covers(narrow, wide), "{narrow} {wide}");
    }
    assert!(!covers("events orders", "events orders_old"));
}

#[test]
fn additional_capabilities_are_those_that_no_capability_of_the_other_version_covers() {
    let had = [capability("http api.example.com"), capability("kv a")];
    let wanted = ["http GET api.example.com", "kv b", "kv a read", "http"].map(capability);
    assert_eq!(missing(&wanted, &had), ["kv b", "http"].map(capability));
}
