use super::*;

fn requirement(text: &str) -> Requirement {
    text.parse().unwrap()
}

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

#[test]
fn a_bare_version_means_a_caret_as_in_cargo() {
    assert!(requirement("1.4").matches(&version("1.9.0")));
    assert!(!requirement("1.4").matches(&version("2.0.0")));
    assert!(requirement("0.9").matches(&version("0.9.7")));
    assert!(!requirement("0.9").matches(&version("0.10.0")));
}

#[test]
fn versions_compare_by_number_and_not_by_letter() {
    assert!(version("0.10.0") > version("0.9.0"));
    assert!(requirement(">0.9.0").matches(&version("0.10.0")));
}

#[test]
fn a_pre_release_matches_only_where_the_range_names_one() {
    let candidate = version("1.5.0-rc.1");
    for text in ["*", "^1.4", ">=1.0", "1.*", "^1.4.0-rc.1"] {
        assert!(!requirement(text).matches(&candidate), "{text}");
    }
    for text in ["=1.5.0-rc.1", "^1.5.0-alpha", ">=1.5.0-rc.1"] {
        assert!(requirement(text).matches(&candidate), "{text}");
    }
}

#[test]
fn an_exact_requirement_takes_that_version_alone() {
    let exact = Requirement::exact(&version("1.2.3-rc.1"));
    assert_eq!(exact.as_str(), "=1.2.3-rc.1");
    assert!(exact.matches(&version("1.2.3-rc.1")));
    assert!(!exact.matches(&version("1.2.3")));
    assert!(!exact.matches(&version("1.2.4")));
}

#[test]
fn the_text_stays_as_it_was_written() {
    assert_eq!(requirement("  >=1.2,  <3 ").to_string(), ">=1.2,  <3");
}

#[test]
fn a_wrong_range_says_what_is_wrong_and_what_right_looks_like() {
    let message = "1.x.y.z".parse::<Requirement>().unwrap_err().to_string();
    assert!(message.starts_with("`1.x.y.z` is not a version range: "));
    assert!(message.contains("`^1.4`"), "{message}");
    assert!(matches!(
        " ".parse::<Requirement>(),
        Err(RequirementError::Empty)
    ));
    let long = "1".repeat(MAX_REQUIREMENT_BYTES + 1);
    assert!(matches!(
        long.parse::<Requirement>(),
        Err(RequirementError::TooLong(201))
    ));
}

#[test]
fn a_handler_is_read_with_and_without_namespace_and_requirement() {
    let plain: HandlerRef = "payments/charge".parse().unwrap();
    assert_eq!(plain.component.namespace, None);
    assert_eq!(plain.requirement, Requirement::any());
    assert_eq!(plain.to_string(), "payments/charge@*");
    let full: HandlerRef = "other/payments/charge@>=1.2, <3".parse().unwrap();
    assert_eq!(full.component.to_string(), "other/payments");
    assert_eq!(full.handler.as_str(), "charge");
    assert_eq!(full.requirement.as_str(), ">=1.2, <3");
}

#[test]
fn a_wrong_handler_says_what_right_looks_like() {
    let message = |text: &str| text.parse::<HandlerRef>().unwrap_err().to_string();
    assert!(message("charge").contains("`payments/charge@^1.4`"));
    assert!(message("a/b/c/d").contains("`namespace/component/handler@requirement`"));
    assert!(message("pay ments/charge").contains("contains ' '"));
    assert!(message("payments/charge@").contains("cannot be empty"));
    assert!(message("payments/charge@one").contains("`one` is not a version range"));
    assert!(message(&"x".repeat(5000)).len() < 400);
}

#[test]
fn a_component_belongs_to_whoever_names_it_unless_it_says_otherwise() {
    let home = "orders".parse().unwrap();
    let own: ComponentRef = "payments".parse().unwrap();
    let other: ComponentRef = "shop/payments".parse().unwrap();
    assert_eq!(own.qualified(&home).to_string(), "orders/payments");
    assert_eq!(other.qualified(&home).to_string(), "shop/payments");
    assert!("a/b/c".parse::<ComponentRef>().is_err());
}

#[test]
fn a_template_needs_its_namespace() {
    let asked: TemplateRef = "orders/fulfil@^1".parse().unwrap();
    assert_eq!(asked.to_string(), "orders/fulfil@^1");
    let open: TemplateRef = "orders/fulfil".parse().unwrap();
    assert_eq!(open.requirement, None);
    let message = "fulfil".parse::<TemplateRef>().unwrap_err().to_string();
    assert!(message.contains("`orders/fulfil@^1.2`"), "{message}");
}

#[test]
fn references_cross_json_as_text() {
    let handler: HandlerRef = serde_json::from_str("\"payments/charge@^1.4\"").unwrap();
    assert_eq!(
        serde_json::to_string(&handler).unwrap(),
        "\"payments/charge@^1.4\""
    );
    assert!(serde_json::from_str::<HandlerRef>("\"charge\"").is_err());
}
