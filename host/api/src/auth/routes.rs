//! What each route that no endpoint declares yet asks of its caller.

use tasker_domain::permission::Action::{self, Operate, Publish, Read, Run};
use tasker_wire::endpoint::Scope;

/// Where a namespace is made that nothing is in yet.
pub const NAMESPACE: &str = "/v1/namespaces/{namespace}";

/// Method, path as the router has it, action, scope.
#[rustfmt::skip]
pub const ROUTES: &[(&str, &str, Action, Scope)] = &[
    ("GET", "/health/live", Read, Scope::Open),
    ("GET", "/health/ready", Read, Scope::Open),
    ("GET", "/health/status", Read, Scope::AnyNamespace),
    ("GET", "/v1/namespaces", Read, Scope::AllNamespaces),
    ("PUT", NAMESPACE, Publish, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/upgrades", Operate, Scope::Path),
    ("POST", "/v1/tasks", Run, Scope::Body),
    ("GET", "/v1/tasks", Read, Scope::Query),
    ("GET", "/v1/tasks/{id}", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/steps", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/result", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/checkpoint", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/error", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/input", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/result", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/error", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/transitions", Read, Scope::Task),
    ("GET", "/v1/tasks/{id}/transitions/{seq}/detail", Read, Scope::Task),
    ("POST", "/v1/tasks/{id}/cancel", Run, Scope::Task),
];
