//! Random catalogs and changes of them: whatever is asked, the answer is what the next task takes.

use super::{Catalog, Family, FamilyVersion, NamedPin, NamespaceRules, TemplateStep};
use proptest::prelude::*;
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::impact::Impact;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, PinKind, Pinned, Rollout};
use tasker_domain::requirement::{HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{VersionState, VersionStatus, choose_components, highest};
use tasker_domain::signature::PublicKey;

const COMPONENT: PinKind = PinKind::Component;

/// The namespaces; the component is of the first.
const NAMESPACES: [&str; 2] = ["shop", "bakery"];

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn guest() -> QualifiedName {
    QualifiedName {
        namespace: name("shop"),
        name: name("guest"),
    }
}

fn key() -> PublicKey {
    let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    secret.verifying_key().try_into().unwrap()
}

fn any_version() -> impl Strategy<Value = Version> {
    let pre = prop_oneof![4 => Just(""), 1 => Just("-rc.1")];
    (1..3_u64, 0..3_u64, pre)
        .prop_map(|(major, minor, pre)| format!("{major}.{minor}.0{pre}").parse().unwrap())
}

fn any_range() -> impl Strategy<Value = Requirement> {
    let sign = prop_oneof![Just("^"), Just("="), Just(">="), Just("<")];
    let some = (sign, any_version()).prop_map(|(sign, it)| format!("{sign}{it}").parse().unwrap());
    prop_oneof![1 => Just(Requirement::any()), 4 => some]
}

fn any_state() -> impl Strategy<Value = VersionState> {
    let status = prop_oneof![
        4 => Just(VersionStatus::Active),
        1 => Just(VersionStatus::Yanked),
        1 => Just(VersionStatus::NeedsApproval),
    ];
    let rarely = || prop::bool::weighted(0.1);
    (status, rarely(), rarely()).prop_map(|(status, is_quarantined, is_collected)| VersionState {
        status,
        is_quarantined,
        is_collected,
    })
}

fn any_pin() -> impl Strategy<Value = Option<Pinned>> {
    let rollout = (any_range(), 1..100_u8).prop_map(|(requirement, percent)| Rollout {
        requirement,
        percent: percent.to_string().parse().unwrap(),
        guard: None,
        paused: None,
    });
    let pin = (any_range(), prop::option::of(rollout));
    prop::option::of(pin.prop_map(|(requirement, rollout)| Pinned {
        requirement,
        rollout,
    }))
}

fn pin_at(home: &Name, pinned: Pinned) -> NamedPin {
    let is_own = home.as_str() == NAMESPACES[0];
    NamedPin {
        kind: COMPONENT,
        target: if is_own { "guest" } else { "shop/guest" }.to_owned(),
        pinned,
    }
}

fn any_rules(home: &'static str) -> impl Strategy<Value = NamespaceRules> {
    let often = || prop::bool::weighted(0.7);
    (any_pin(), prop::bool::weighted(0.3), often()).prop_map(move |(pin, is_signed, shares)| {
        let home = name(home);
        let pins = pin.map(|pinned| (guest(), pin_at(&home, pinned)));
        let shared = shares.then(|| ("*".parse().unwrap(), "bakery".parse().unwrap()));
        NamespaceRules {
            policy: is_signed.then(key).into_iter().collect(),
            shares: shared.into_iter().collect(),
            templates: BTreeMap::new(),
            components: pins.into_iter().collect(),
        }
    })
}

fn any_family() -> impl Strategy<Value = Family> {
    let one = (any_version(), any_state(), prop::bool::ANY);
    prop::collection::vec(one, 0..8).prop_map(|all| {
        let unique: BTreeMap<Version, _> = all.into_iter().map(|(v, s, k)| (v, (s, k))).collect();
        let versions = unique.into_iter().zip(0..);
        Family::new(1, 1, 1).of(
            versions.map(|((version, (state, is_signed)), id)| FamilyVersion {
                id,
                version,
                state,
                signers: is_signed.then(key).into_iter().collect(),
            }),
        )
    })
}

fn any_history() -> impl Strategy<Value = Vec<PastChange>> {
    prop::collection::vec(any_range(), 0..4).prop_map(|ranges| {
        let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        let steps = texts.windows(2).zip(1..);
        let change = |(pair, id): (&[String], i64)| PastChange {
            id,
            from: Some(pair[0].clone()),
            to: Some(pair[1].clone()),
            undid: None,
        };
        let mut newest_first: Vec<_> = steps.map(change).collect();
        newest_first.reverse();
        newest_first
    })
}

fn any_catalog() -> impl Strategy<Value = Catalog> {
    let steps = prop::collection::vec((0..2_usize, any_range()), 1..4);
    let rules = (any_rules(NAMESPACES[0]), any_rules(NAMESPACES[1]));
    let histories = (any_history(), any_history());
    (any_family(), rules, steps, histories).prop_map(|(family, rules, steps, histories)| {
        let step = |(no, (home, range)): (usize, (usize, Requirement))| TemplateStep {
            namespace: name(NAMESPACES[home]),
            template: "cook".to_owned(),
            version: "1.0.0".to_owned(),
            status: VersionStatus::Active,
            step: format!("s{no}"),
            handler: format!("shop/guest/run@{range}").parse().unwrap(),
        };
        let [shop, bakery] = NAMESPACES.map(name);
        Catalog {
            components: [(guest(), Arc::new(family))].into(),
            rules: [
                (shop.clone(), Arc::new(rules.0)),
                (bakery.clone(), Arc::new(rules.1)),
            ]
            .into(),
            steps: steps.into_iter().enumerate().map(step).collect(),
            histories: [
                ((shop, guest()), histories.0),
                ((bakery, guest()), histories.1),
            ]
            .into(),
            ..Catalog::default()
        }
    })
}

/// What a task takes at a step: the way in which tasks are created.
fn takes(catalog: &Catalog, step: &TemplateStep, is_on_rollout: bool) -> Option<Version> {
    let home = &step.namespace;
    let components = catalog.components_for(home, &BTreeSet::from([guest()]));
    let pins = catalog.rules[home].seen_on_all(is_on_rollout);
    let named = [(&name("s"), &step.handler)];
    let chosen = choose_components(home, named, &components, &pins).ok()?;
    Some(chosen[0].version.clone())
}

/// The same by the letter of the rules, from what is stored.
fn ought_to_take(catalog: &Catalog, step: &TemplateStep, is_on_rollout: bool) -> Option<Version> {
    let home = &step.namespace;
    let rules = &catalog.rules[home];
    let is_own = *home == guest().namespace;
    let owner = &catalog.rules[&guest().namespace];
    if !is_own && !owner.shares.allow(home, &guest().name) {
        return None;
    }
    let pin = rules.components.get(&guest()).map(|pin| &pin.pinned);
    let highest = |side: Option<&Requirement>| {
        let family = &catalog.components[&guest()];
        let held = family.held_to(&rules.policy);
        let usable = held.iter().filter(|it| it.ineligible.is_none());
        let versions = usable.map(|it| it.version.clone());
        versions
            .filter(|it| step.handler.requirement.matches(it))
            .filter(|it| side.is_none_or(|side| side.matches(it)))
            .max()
    };
    let rollout = pin
        .and_then(|pin| pin.rollout.as_ref())
        .filter(|_| is_on_rollout);
    let rolled_out = rollout.and_then(|rollout| highest(Some(&rollout.requirement)));
    rolled_out.or_else(|| highest(pin.map(|pin| &pin.requirement)))
}

fn proposed(version: &Version, is_signed: bool) -> Vec<FamilyVersion> {
    vec![FamilyVersion {
        id: 99,
        version: version.clone(),
        state: VersionState::ACTIVE,
        signers: is_signed.then(key).into_iter().collect(),
    }]
}

/// What may happen to the rules of a namespace.
fn changed(catalog: &Catalog, home: &Name, change: usize) -> Catalog {
    match change {
        0 => catalog.with_rules(home, |rules| rules.components.clear()),
        1 => catalog.with_rules(home, |rules| rules.policy = [].into_iter().collect()),
        2 => catalog.with_rules(home, |rules| {
            let pins = rules.components.values_mut();
            pins.for_each(|pin| pin.pinned.rollout = None);
        }),
        _ => {
            let pin = catalog.pin(home, COMPONENT, &guest()).cloned();
            let back = pin.map(|pin| catalog.rollback_targets(home, &guest(), &pin));
            match back.into_iter().flatten().next() {
                None => catalog.clone(),
                Some((requirement, _)) => catalog.with_rules(home, |rules| {
                    let pin = pin_at(home, Pinned::at(requirement));
                    rules.components.insert(guest(), pin);
                }),
            }
        }
    }
}

proptest! {
    #[test]
    fn a_task_takes_what_the_rules_say(catalog in any_catalog(), is_on_rollout in any::<bool>()) {
        for step in &catalog.steps {
            let taken = takes(&catalog, step, is_on_rollout);
            prop_assert_eq!(&taken, &ought_to_take(&catalog, step, is_on_rollout));
            if !is_on_rollout {
                prop_assert_eq!(taken, catalog.step_takes(step));
            }
        }
    }

    #[test]
    fn a_plan_says_what_publishing_does_and_the_next_task_takes(
        catalog in any_catalog(), version in any_version(), is_signed in any::<bool>(),
    ) {
        let after = catalog.with_versions(COMPONENT, &guest(), proposed(&version, is_signed));
        for step in &catalog.steps {
            let report = catalog.step_impact(&after, step, &version);
            prop_assert_eq!(&report.takes, &takes(&catalog, step, false));
            prop_assert_eq!(&report.would_take, &takes(&after, step, false));
            let is_taken = [false, true].map(|it| takes(&after, step, it) == Some(version.clone()));
            prop_assert_eq!(report.impact.is_taken(), is_taken.contains(&true));
            let is_rolled_out = report.impact == Impact::Rollout;
            prop_assert_eq!(is_rolled_out, is_taken == [false, true]);
        }
    }

    #[test]
    fn a_version_is_referred_to_by_the_steps_that_take_it(catalog in any_catalog()) {
        for candidate in catalog.family(COMPONENT, &guest()) {
            let found = catalog.step_references(&guest(), &candidate.version);
            let found: Vec<&String> = found.iter().map(|it| &it.step).collect();
            let on_some_side = |step: &&TemplateStep| {
                [false, true].map(|it| takes(&catalog, step, it)).contains(&Some(candidate.version.clone()))
            };
            for step in catalog.steps.iter().filter(on_some_side) {
                prop_assert!(found.contains(&&step.step));
            }
            let is_pinned = !catalog.pin_references(COMPONENT, &guest(), &candidate.version).is_empty();
            for (home, pin) in catalog.pins_of(COMPONENT, &guest()) {
                let back = catalog.rollback_targets(home, &guest(), pin);
                let goes_back = back.iter().any(|(_, it)| it.version == candidate.version);
                prop_assert!(!goes_back || is_pinned);
                prop_assert!(back.iter().all(|(_, it)| it.ineligible.is_none()));
            }
        }
    }

    #[test]
    fn what_a_collection_removes_is_taken_by_no_task_whatever_changes_next(
        catalog in any_catalog(), home in 0..2_usize, change in 0..4_usize,
    ) {
        let handlers = catalog.steps.iter().map(|it| (it.namespace.clone(), it.handler.clone()));
        let handlers: Vec<(Name, HandlerRef)> = handlers.collect();
        let needed = catalog.needed(&handlers);
        let after = changed(&catalog, &name(NAMESPACES[home]), change);
        for catalog in [&catalog, &after] {
            for step in &catalog.steps {
                for taken in [false, true].into_iter().filter_map(|it| takes(catalog, step, it)) {
                    let all = catalog.family(COMPONENT, &guest());
                    let id = all.iter().find(|it| it.version == taken).unwrap().id;
                    prop_assert!(needed.contains(&id), "{} of {:?}", taken, step);
                }
            }
        }
    }

    #[test]
    fn a_pin_whose_version_is_yanked_is_rolled_back_to_a_version_that_is_not_collected(
        catalog in any_catalog(),
    ) {
        let needed = catalog.needed(&[]);
        for (home, pin) in catalog.pins_of(COMPONENT, &guest()) {
            let versions = catalog.held_to(home, COMPONENT, &guest());
            let Some(led) = highest(&versions, &[&pin.pinned.requirement]) else {
                continue;
            };
            let yanked = FamilyVersion {
                id: led.id,
                version: led.version.clone(),
                state: VersionState::of(VersionStatus::Yanked),
                signers: vec![key()],
            };
            let after = catalog.with_versions(COMPONENT, &guest(), vec![yanked]);
            let history = &catalog.histories[&(home.clone(), guest())];
            let decided = after.auto_rollback((home, COMPONENT, &guest()), &pin.pinned, history);
            let now = &decided.new_state.pinned.requirement;
            let versions = after.held_to(home, COMPONENT, &guest());
            let leads_to = highest(&versions, &[now]);
            prop_assert_eq!(decided.is_unresolvable, leads_to.is_none());
            if let Some(leads_to) = leads_to && *now != pin.pinned.requirement {
                prop_assert!(needed.contains(&leads_to.id), "{} by {}", leads_to.version, now);
            }
        }
    }

    #[test]
    fn what_happens_to_one_namespace_changes_nothing_for_the_tasks_of_another(
        catalog in any_catalog(), change in 0..4_usize,
    ) {
        let after = changed(&catalog, &name("bakery"), change);
        for step in catalog.steps.iter().filter(|it| it.namespace.as_str() == "shop") {
            prop_assert_eq!(takes(&catalog, step, true), takes(&after, step, true));
        }
    }
}
