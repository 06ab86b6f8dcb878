//! Any text is a requirement, a reference or a capability, or is refused in words; what is taken is
//! written as it is read.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use tasker_domain::capability::Capability;
use tasker_domain::requirement::{ComponentRef, HandlerRef, Requirement, TemplateRef};
use tasker_domain::scope::Scope;

fn holds<T: FromStr<Err: Display> + Display + Debug + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Err(refused) => assert!(!refused.to_string().is_empty()),
        Ok(read) => {
            let again = read.to_string().parse::<T>();
            assert_eq!(
                again.ok().as_ref(),
                Some(&read),
                "{text:?} is written as {read}"
            );
        }
    }
}

pub fn check(text: &str) {
    holds::<Requirement>(text);
    holds::<ComponentRef>(text);
    holds::<HandlerRef>(text);
    holds::<TemplateRef>(text);
    holds::<Capability>(text);
    holds::<Scope>(text);
    if let Ok(requirement) = text.parse::<Requirement>() {
        for version in requirement.bounds() {
            let exact = Requirement::exact(&version);
            assert!(exact.matches(&version), "{exact}");
        }
    }
}
