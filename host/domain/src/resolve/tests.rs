use super::*;
use proptest::prelude::*;

fn candidates(versions: &[&str]) -> Vec<Candidate<usize>> {
    let all = versions.iter().enumerate();
    all.map(|(id, version)| Candidate {
        version: version.parse().unwrap(),
        ineligible: None,
        id,
    })
    .collect()
}

fn range(text: &str) -> Requirement {
    text.parse().unwrap()
}

fn pin_at(text: &str) -> Pin {
    Pin::at(range(text))
}

fn target(text: &str) -> QualifiedName {
    let (namespace, name) = text.split_once('/').unwrap();
    QualifiedName {
        namespace: namespace.parse().unwrap(),
        name: name.parse().unwrap(),
    }
}

fn template(versions: &[&str], asked: Option<&str>, pin: Option<&str>) -> Result<String, String> {
    let candidates = candidates(versions);
    let (asked, pin) = (asked.map(range), pin.map(pin_at));
    choose_template(
        &target("orders/fulfil"),
        &candidates,
        asked.as_ref(),
        pin.as_ref(),
    )
    .map(|chosen| chosen.version.to_string())
    .map_err(|error| error.to_string())
}

fn component(versions: &[&str], handler: &str, pin: Option<&str>) -> Result<String, Vec<String>> {
    let home = "orders".parse().unwrap();
    let step = "charge".parse().unwrap();
    let handler: HandlerRef = handler.parse().unwrap();
    let name = handler.component.qualified(&home);
    let pins = pin
        .map(|pin| (name.clone(), pin_at(pin)))
        .into_iter()
        .collect();
    let components = [(name, candidates(versions).into())].into();
    choose_components(&home, [(&step, &handler)], &components, &pins)
        .map(|chosen| chosen[0].version.to_string())
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[test]
fn a_template_is_the_highest_stable_version_where_nobody_says_otherwise() {
    let versions = ["0.9.0", "0.10.0", "0.11.0-rc.1"];
    assert_eq!(template(&versions, None, None).unwrap(), "0.10.0");
}

#[test]
fn a_pin_comes_before_the_highest_version_and_the_caller_before_the_pin() {
    let versions = ["1.0.0", "1.1.0", "2.0.0"];
    assert_eq!(template(&versions, None, Some("^1")).unwrap(), "1.1.0");
    assert_eq!(
        template(&versions, Some("=1.0.0"), Some("^2")).unwrap(),
        "1.0.0"
    );
}

#[test]
fn a_template_that_cannot_be_chosen_says_what_exists_and_what_to_do() {
    assert_eq!(
        template(&["1.0.0", "1.1.0"], Some("^2"), None).unwrap_err(),
        "orders/fulfil has 1.1.0, 1.0.0; none satisfies the requested ^2; publish one or ask for another"
    );
    let pinned = template(&["1.0.0"], None, Some("^2")).unwrap_err();
    assert!(
        pinned.contains("none satisfies the namespace's pin ^2"),
        "{pinned}"
    );
    let unstable = template(&["1.0.0-rc.1"], None, None).unwrap_err();
    assert!(
        unstable.contains("has 1.0.0-rc.1; none is stable"),
        "{unstable}"
    );
    let missing = template(&[], Some("^2"), None).unwrap_err();
    assert_eq!(
        missing,
        "there is no template orders/fulfil; publish one or correct the name"
    );
}

#[test]
fn a_step_takes_the_highest_version_that_its_requirement_allows() {
    let versions = ["1.4.0", "1.10.0", "1.9.0", "2.0.0", "1.11.0-rc.1"];
    assert_eq!(
        component(&versions, "payments/charge@^1.4", None).unwrap(),
        "1.10.0"
    );
    assert_eq!(
        component(&versions, "payments/charge", None).unwrap(),
        "2.0.0"
    );
}

#[test]
fn a_step_takes_the_pinned_version_where_the_requirement_allows_it() {
    let versions = ["1.4.0", "1.5.0", "2.0.0"];
    assert_eq!(
        component(&versions, "payments/charge@^1", Some("=1.4.0")).unwrap(),
        "1.4.0"
    );
}

#[test]
fn a_pin_against_the_requirement_is_refused_with_both_named() {
    let errors = component(&["1.4.0", "2.0.0"], "payments/charge@^1", Some("^2")).unwrap_err();
    assert_eq!(
        errors,
        [
            "orders/payments: the namespace's pin ^2 and the requirement ^1 at step `charge` have no \
          version in common; it has 2.0.0, 1.4.0; change the pin or the requirement"
        ]
    );
    let errors = component(&["1.4.0"], "payments/charge@^1", Some("^3")).unwrap_err();
    assert!(
        errors[0].contains("none satisfies the namespace's pin ^3"),
        "{errors:?}"
    );
    assert!(errors[0].contains("requirement ^1"), "{errors:?}");
}

#[test]
fn a_requirement_that_nothing_satisfies_lists_what_exists() {
    assert_eq!(
        component(&["1.2.1", "1.3.0"], "payments/charge@^1.4", None).unwrap_err(),
        [
            "orders/payments has 1.3.0, 1.2.1; none satisfies ^1.4; publish one or change the requirement \
          at step `charge`"
        ]
    );
}

fn on_the_rollout(versions: &[Candidate<usize>], asked: &str, from: &str, to: &str) -> String {
    let pin = Pin {
        requirement: range(from),
        rollout: Some(range(to)),
    };
    let step = "charge".parse().unwrap();
    let chosen = choose_component(
        &step,
        &step,
        target("a/b"),
        &range(asked),
        Some(&pin),
        versions,
    );
    let version = &chosen.unwrap().version;
    format!("{version} {}", pin.is_rollout_to(version))
}

#[test]
fn a_task_on_the_rollout_takes_its_target_or_else_what_the_others_take() {
    let mut all = candidates(&["1.4.2", "1.5.0", "2.0.0"]);
    assert_eq!(on_the_rollout(&all, "^1", "=1.4.2", "=1.5.0"), "1.5.0 true");
    // The step asks for less than the rollout goes to.
    assert_eq!(
        on_the_rollout(&all, "^1", "=1.4.2", "=2.0.0"),
        "1.4.2 false"
    );
    all[1].ineligible = Some(Ineligible::Quarantined);
    assert_eq!(
        on_the_rollout(&all, "^1", "=1.4.2", "=1.5.0"),
        "1.4.2 false"
    );
}

#[test]
fn yanked_versions_are_not_chosen_but_listed() {
    let mut all = candidates(&["1.0.0", "1.1.0"]);
    all[1].ineligible = Some(Ineligible::Yanked);
    let chosen = choose_template(&target("a/b"), &all, None, None).unwrap();
    assert_eq!(chosen.version.to_string(), "1.0.0");
    let error = choose_template(&target("a/b"), &all, Some(&range("^1.1")), None).unwrap_err();
    assert!(
        error.to_string().contains("1.1.0 (yanked), 1.0.0"),
        "{error}"
    );
}

#[test]
fn every_step_that_cannot_be_resolved_is_reported() {
    let home = "orders".parse().unwrap();
    let steps: Vec<(Name, HandlerRef)> = [("a", "gone/x"), ("b", "here/x@^1"), ("c", "here/x@^9")]
        .map(|(step, handler)| (step.parse().unwrap(), handler.parse().unwrap()))
        .to_vec();
    let components = [(target("orders/here"), candidates(&["1.0.0"]).into())].into();
    let steps = steps.iter().map(|(step, handler)| (step, handler));
    let errors = choose_components(&home, steps, &components, &Pins::new()).unwrap_err();
    assert!(matches!(&errors[0], ResolveError::NoComponent { step, .. } if step.as_str() == "a"));
    assert!(matches!(&errors[1], ResolveError::Requirement(unmet) if unmet.step.as_str() == "c"));
    assert_eq!(errors.len(), 2);
}

#[test]
fn a_version_that_nobody_signed_whom_the_namespace_takes_is_reported_with_the_way_out() {
    let (home, step) = ("orders".parse().unwrap(), "charge".parse().unwrap());
    let handler: HandlerRef = "pay/charge/charge@^1".parse().unwrap();
    let mut versions = candidates(&["1.1.0", "1.0.0"]);
    versions[0].ineligible = Some(Ineligible::Unsigned);
    let choose = |versions: &[Candidate<usize>]| {
        let components = [(target("pay/charge"), versions.to_vec().into())].into();
        choose_components(&home, [(&step, &handler)], &components, &Pins::new())
            .map(|chosen| chosen[0].version.to_string())
            .map_err(|errors| errors[0].to_string())
    };
    assert_eq!(choose(&versions).unwrap(), "1.0.0");
    versions[1].ineligible = Some(Ineligible::Unsigned);
    let error = choose(&versions).unwrap_err();
    assert!(
        error.starts_with(
            "pay/charge has 1.1.0 (not signed for orders), 1.0.0 (not signed for orders);"
        ),
        "{error}"
    );
    assert!(
        error.ends_with(
            "with --sign and a key that orders accepts (tasker signing-policy ls orders)"
        ),
        "{error}"
    );
}

#[test]
fn a_long_list_of_versions_is_cut() {
    let versions: Vec<String> = (0..30).map(|minor| format!("1.{minor}.0")).collect();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let error = template(&versions, Some("^2"), None).unwrap_err();
    assert!(error.contains("1.20.0 and 20 older;"), "{error}");
}

fn any_version() -> impl Strategy<Value = Version> {
    let pre = prop_oneof![3 => Just(""), 1 => Just("-alpha.1"), 1 => Just("-rc.1")];
    (0u64..3, 0u64..12, 0u64..3, pre).prop_map(|(major, minor, patch, pre)| {
        format!("{major}.{minor}.{patch}{pre}").parse().unwrap()
    })
}

fn any_range() -> impl Strategy<Value = Requirement> {
    let sign = prop_oneof![Just("^"), Just("~"), Just("="), Just(">="), Just("<")];
    let some = (sign, any_version()).prop_map(|(sign, version)| range(&format!("{sign}{version}")));
    prop_oneof![1 => Just(Requirement::any()), 4 => some]
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate<usize>>> {
    let one = (any_version(), prop::bool::weighted(0.2));
    prop::collection::vec(one, 1..20).prop_map(|versions| {
        let unique: BTreeMap<Version, bool> = versions.into_iter().collect();
        let all = unique.into_iter().enumerate();
        all.map(|(id, (version, is_ineligible))| Candidate {
            version,
            ineligible: is_ineligible.then_some(Ineligible::Quarantined),
            id,
        })
        .collect()
    })
}

fn choose(
    all: &[Candidate<usize>],
    requirement: &Requirement,
    pin: Option<&Requirement>,
) -> Option<Candidate<usize>> {
    let step = "charge".parse().unwrap();
    let pin = pin.cloned().map(Pin::at);
    let home = "orders".parse().unwrap();
    let chosen = choose_component(
        &home,
        &step,
        target("orders/payments"),
        requirement,
        pin.as_ref(),
        all,
    );
    chosen.ok().cloned()
}

proptest! {
    #[test]
    fn the_choice_satisfies_everything_and_nothing_higher_does(
        all in any_candidates(), requirement in any_range(), pin in prop::option::of(any_range()),
    ) {
        let fits = |c: &&Candidate<usize>| {
            c.ineligible.is_none() && requirement.matches(&c.version)
                && pin.as_ref().is_none_or(|pin| pin.matches(&c.version))
        };
        let expected = all.iter().filter(fits).max_by_key(|c| c.version.clone()).cloned();
        prop_assert_eq!(choose(&all, &requirement, pin.as_ref()), expected);
    }

    #[test]
    fn a_pre_release_is_chosen_only_where_the_requirement_names_one(
        all in any_candidates(), requirement in any_range(), pin in prop::option::of(any_range()),
    ) {
        if let Some(chosen) = choose(&all, &requirement, pin.as_ref())
            && !chosen.version.pre.is_empty()
        {
            prop_assert!(requirement.as_str().contains('-'));
            prop_assert!(pin.is_none_or(|pin| pin.as_str().contains('-')));
        }
    }

    #[test]
    fn the_order_of_the_candidates_does_not_matter(
        (all, mixed) in any_candidates().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        requirement in any_range(), pin in prop::option::of(any_range()),
    ) {
        prop_assert_eq!(
            choose(&all, &requirement, pin.as_ref()),
            choose(&mixed, &requirement, pin.as_ref())
        );
    }

    #[test]
    fn a_lower_version_more_changes_nothing(
        all in any_candidates(), lower in any_version(), requirement in any_range(),
    ) {
        let before = choose(&all, &requirement, None);
        if let Some(before) = before && lower < before.version {
            let mut more = all.clone();
            more.push(Candidate { version: lower, ineligible: None, id: 99 });
            prop_assert_eq!(choose(&more, &requirement, None), Some(before));
        }
    }
}
