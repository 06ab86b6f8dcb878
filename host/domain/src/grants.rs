//! What a handler may access outside its sandbox: only what is listed here.

use super::capability::{Capability, HttpRule, KvRule, SecretRule};
use super::event::EventName;
use super::scope::Scope;

impl Scope {
    /// True if what is granted to this is granted to the component, named as the namespace
    /// names it: `charge`, or `other/charge` of another namespace.
    pub fn includes(&self, component: &str) -> bool {
        match self {
            Self::All => !component.contains('/'),
            Self::One(one) => one.to_string() == component,
        }
    }
}

/// The rights of one invocation: what the task's namespace granted to the component, no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Where outgoing HTTP may go; empty: nowhere.
    pub http: Vec<HttpRule>,
    /// Which secrets it may use, and how.
    pub secrets: Vec<SecretRule>,
    /// Which buckets it may read or write.
    pub kv: Vec<KvRule>,
    /// The guest's environment variables, each name once.
    pub env: Vec<(String, String)>,
    /// Beginnings of the names of events that it may send.
    pub events: Vec<EventName>,
}

impl Grants {
    /// The rights that these capabilities give. Of two values for one environment variable the
    /// later counts; what names no value gives none.
    pub fn of(capabilities: impl IntoIterator<Item = Capability>) -> Self {
        let mut grants = Self::default();
        for capability in capabilities {
            grants.add(capability);
        }
        grants
    }

    fn add(&mut self, capability: Capability) {
        match capability {
            Capability::Http(Some(rule)) => self.http.push(rule),
            Capability::Secret(rule) => self.secrets.push(rule),
            Capability::Kv(rule) => self.kv.push(rule),
            Capability::Env(name, Some(value)) => {
                self.env.retain(|(known, _)| *known != name);
                self.env.push((name, value));
            }
            Capability::Events(prefix) => self.events.push(prefix),
            Capability::Http(None) | Capability::Env(_, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn grants_are_sorted_by_what_they_open() {
        let texts = [
            "http api.example.com",
            "secret stripe clear",
            "kv counters read",
            "env LEVEL=info",
            "env LEVEL=debug",
            "events orders",
        ];
        let grants = Grants::of(texts.map(|text| text.parse::<Capability>().unwrap()));
        assert_eq!((grants.http.len(), grants.secrets.len()), (1, 1));
        assert!(grants.secrets[0].clear && !grants.kv[0].write);
        assert_eq!(grants.env, [("LEVEL".to_owned(), "debug".to_owned())]);
        assert_eq!(grants.events, ["orders".parse().unwrap()]);
    }

    #[test]
    fn a_component_is_one_grantee_however_it_is_written() {
        let orders: Name = "orders".parse().unwrap();
        let grantee = |text: &str| text.parse::<Scope>().unwrap().within(&orders);
        assert_eq!(grantee("orders/charge"), grantee("charge"));
        assert!(grantee("charge").includes("charge"));
        assert!(!grantee("charge").includes("payments/charge"));
        assert!(grantee("payments/charge").includes("payments/charge"));
    }

    #[test]
    fn a_star_includes_the_namespaces_own_components_only() {
        assert!(Scope::All.includes("charge") && !Scope::All.includes("payments/charge"));
        assert!("*x".parse::<Scope>().is_err());
    }

    #[test]
    fn what_names_no_value_gives_nothing() {
        let texts = ["http", "env LEVEL"];
        let grants = Grants::of(texts.map(|text| text.parse::<Capability>().unwrap()));
        assert_eq!(grants, Grants::default());
    }
}
