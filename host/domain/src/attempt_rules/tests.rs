use super::super::limits::Limit;
use super::*;
use proptest::prelude::*;

/// Components as a namespace names them, and what rules are about.
const COMPONENTS: [&str; 3] = ["charge", "refund", "bank/charge"];
const SCOPES: [&str; 4] = ["*", "charge", "refund", "bank/charge"];
const CAPABILITIES: [&str; 5] = [
    "http api.example.com",
    "kv counters",
    "env LEVEL=info",
    "env LEVEL=debug",
    "events orders",
];
const LIMITS: [Limit; 3] = [Limit::Memory, Limit::Cpu, Limit::HttpRequests];

fn any_grant() -> impl Strategy<Value = GrantRule> {
    let scope = prop::sample::select(&SCOPES[..]);
    let capability = prop::sample::select(&CAPABILITIES[..]);
    (scope, capability).prop_map(|(scope, capability)| GrantRule {
        component: scope.parse().unwrap(),
        capability: capability.parse().unwrap(),
    })
}

fn any_settings() -> impl Strategy<Value = LimitSettings> {
    let setting = (prop::sample::select(&LIMITS[..]), 1..1_000_u64);
    prop::collection::vec(setting, 0..4).prop_map(LimitSettings::from_iter)
}

fn any_limit() -> impl Strategy<Value = LimitRule> {
    let scope = prop::sample::select(&SCOPES[..]);
    (scope, any_settings()).prop_map(|(scope, limits)| LimitRule {
        component: scope.parse().unwrap(),
        limits,
    })
}

fn any_rules() -> impl Strategy<Value = AttemptRules> {
    let grants = prop::collection::vec(any_grant(), 0..8);
    let limits = prop::collection::vec(any_limit(), 0..5);
    (grants, limits).prop_map(|(grants, limits)| AttemptRules {
        grants,
        limits,
        recordings: Vec::new(),
    })
}

/// True if a rule about this is about the component.
fn is_about(scope: &Scope, component: &str) -> bool {
    *scope == Scope::All || scope.to_string() == component
}

proptest! {
    #[test]
    fn a_component_has_what_is_granted_to_it_and_nothing_else(
        rules in any_rules(),
        component in prop::sample::select(&COMPONENTS[..]),
    ) {
        let own = |it: &&GrantRule| match component.contains('/') {
            true => it.component.to_string() == component,
            false => is_about(&it.component, component),
        };
        let own: Vec<&Capability> = rules.grants.iter().filter(own).map(|it| &it.capability).collect();
        prop_assert_eq!(rules.granted_to(component).collect::<Vec<_>>(), own);
    }

    #[test]
    fn a_grant_that_is_taken_back_is_had_no_more_and_no_other_is_lost(
        rules in any_rules(),
        taken in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!rules.grants.is_empty());
        let mut after = rules.clone();
        let grant = after.grants.remove(taken.index(rules.grants.len()));
        for component in COMPONENTS {
            let count = |rules: &AttemptRules, it: &Capability| {
                rules.granted_to(component).filter(|own| *own == it).count()
            };
            for text in CAPABILITIES {
                let capability: Capability = text.parse().unwrap();
                let is_taken = capability == grant.capability && grant.component.includes(component);
                let left = count(&rules, &capability) - usize::from(is_taken);
                prop_assert_eq!(count(&after, &capability), left);
            }
        }
    }

    #[test]
    fn the_lowest_limit_applies_and_names_who_set_it(
        rules in any_rules(),
        step in any_settings(),
        component in prop::sample::select(&COMPONENTS[..]),
    ) {
        let host = Limits::default();
        let limits = rules.limits(component, &host, &step);
        for limit in LIMITS {
            let own = rules.limits.iter().filter(|it| is_about(&it.component, component));
            let said: Vec<(u64, LimitSource)> = own
                .filter_map(|it| Some((it.limits.get(limit)?, source(&it.component))))
                .chain(step.get(limit).map(|value| (value, LimitSource::Step)))
                .chain([(host.value(limit), LimitSource::Host)])
                .collect();
            let lowest = said.iter().map(|(value, _)| *value).min();
            prop_assert_eq!(Some(limits.value(limit)), lowest);
            prop_assert!(said.contains(&(limits.value(limit), limits.set_by(limit))));
        }
    }

    #[test]
    fn no_rule_gives_more_than_the_host_does(rules in any_rules(), step in any_settings()) {
        let mut host = Limits::default();
        for limit in LIMITS {
            host.set(limit, 1);
        }
        for component in COMPONENTS {
            prop_assert_eq!(&rules.limits(component, &host, &step), &host);
        }
    }
}

fn source(scope: &Scope) -> LimitSource {
    match scope {
        Scope::All => LimitSource::Namespace,
        Scope::One(_) => LimitSource::Component,
    }
}

#[test]
fn a_variable_of_one_component_counts_before_that_of_all() {
    let grant = |scope: &str, capability: &str| GrantRule {
        component: scope.parse().unwrap(),
        capability: capability.parse().unwrap(),
    };
    let rules = AttemptRules {
        grants: vec![
            grant("*", "env LEVEL=info"),
            grant("charge", "env LEVEL=debug"),
        ],
        ..AttemptRules::default()
    };
    let level = |component: &str| rules.grants(component).env[0].1.clone();
    assert_eq!(
        (level("charge"), level("refund")),
        ("debug".into(), "info".into())
    );
    assert!(rules.grants("bank/charge").env.is_empty());
}

#[test]
fn the_rule_on_recordings_of_a_component_counts_before_that_of_all() {
    let rule = |component: &str, percent: &str| RecordingRule {
        component: component.parse().unwrap(),
        percent: percent.parse().unwrap(),
        only_failures: false,
    };
    let mut rules = AttemptRules {
        recordings: vec![
            rule("*", "1"),
            rule("bank/charge", "100"),
            rule("charge", "50"),
            rule("refund", "0"),
        ],
        ..AttemptRules::default()
    };
    let percent = |rules: &AttemptRules, component| {
        let policy = rules.recording(component);
        policy.map(|policy| policy.percent.to_string())
    };
    for (component, expected) in [
        ("charge", Some("50 %")),
        ("bank/charge", Some("100 %")),
        ("refund", None),
        ("other", Some("1 %")),
    ] {
        let found = percent(&rules, component);
        assert_eq!(found.as_deref(), expected, "{component}");
    }
    rules.recordings.remove(0);
    assert_eq!(percent(&rules, "other"), None);
}
