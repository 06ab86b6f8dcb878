//! Who asks and what they may do.

use super::auth_error::AuthError;
use std::sync::Arc;
use tasker_domain::actor::Actor;
use tasker_domain::permission::{Action, Permissions};
use tasker_domain::request_rate::RequestRate;

/// The caller and their permissions; cheap to clone. Handlers whose namespace is in the body check
/// it by this.
#[derive(Clone, Debug)]
pub struct Access {
    actor: Actor,
    permissions: Arc<Permissions>,
    is_known: bool,
    rate: Option<RequestRate>,
}

impl Access {
    /// Of a caller who showed who they are.
    pub fn of(actor: Actor, permissions: Arc<Permissions>) -> Self {
        Self {
            actor,
            permissions,
            is_known: true,
            rate: None,
        }
    }

    /// The caller on a host without authentication.
    pub fn of_anyone() -> Self {
        Self {
            actor: Actor::anonymous(),
            permissions: Arc::new(Permissions::all()),
            is_known: false,
            rate: None,
        }
    }

    /// Of a request that was not let through: it may do nothing.
    pub fn of_nobody() -> Self {
        Self::of(Actor::anonymous(), Arc::default())
    }

    /// The same caller, who may send no more than this; without a rate, as many as the host lets everyone.
    pub fn with_rate(self, rate: Option<RequestRate>) -> Self {
        Self { rate, ..self }
    }

    /// The rate of its own.
    pub fn rate(&self) -> Option<RequestRate> {
        self.rate
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// False on a host without authentication.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// True if the caller has the action in this namespace.
    pub fn allows(&self, action: Action, namespace: &str) -> bool {
        self.permissions.allow(action, namespace)
    }

    /// True if the caller may read this namespace.
    pub fn may_read(&self, namespace: &str) -> bool {
        self.allows(Action::Read, namespace)
    }

    /// Refuses an action that the caller lacks in this namespace.
    pub fn require(&self, action: Action, namespace: &str) -> Result<(), AuthError> {
        match self.permissions.allow(action, namespace) {
            true => Ok(()),
            false => {
                Err(self.forbidden(action, &format!("namespace `{}`", namespace.escape_debug())))
            }
        }
    }

    /// The one namespace in which the caller has the action.
    pub fn only(&self, action: Action) -> Result<&str, AuthError> {
        let namespaces: Vec<&str> = self.permissions.namespaces(action).into_iter().collect();
        match namespaces.as_slice() {
            [] => Err(self.forbidden(action, "any namespace")),
            [only] => Ok(only),
            [_, ..] => Err(AuthError::TooWide {
                actor: self.actor.to_string(),
                action,
                namespaces: namespaces.into_iter().map(str::to_owned).collect(),
            }),
        }
    }

    /// The refusal of an action.
    pub fn forbidden(&self, action: Action, place: &str) -> AuthError {
        AuthError::Forbidden {
            actor: self.actor.to_string(),
            action,
            place: place.to_owned(),
        }
    }
}
