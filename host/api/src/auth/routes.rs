//! What each route that no endpoint declares yet asks of its caller.

use tasker_domain::permission::Action::{self, Grant, Operate, Publish, Read, Run};
use tasker_wire::endpoint::Scope;

/// Where a namespace is made that nothing is in yet.
pub const NAMESPACE: &str = "/v1/namespaces/{namespace}";

/// Method, path as the router has it, action, scope.
#[rustfmt::skip]
pub const ROUTES: &[(&str, &str, Action, Scope)] = &[
    ("GET", "/health/live", Read, Scope::Open),
    ("GET", "/health/ready", Read, Scope::Open),
    ("GET", "/health/status", Read, Scope::AnyNamespace),
    ("GET", "/v1/access", Read, Scope::Authenticated),
    ("GET", "/v1/components", Read, Scope::Query),
    ("GET", "/v1/namespaces/{namespace}/components/{name}", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}", Read, Scope::Path),
    ("PUT", "/v1/namespaces/{namespace}/components/{name}/versions/{version}", Publish, Scope::Path),
    ("GET", "/v1/templates", Read, Scope::Query),
    ("POST", "/v1/templates/check", Read, Scope::Authenticated),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}", Read, Scope::Path),
    ("PUT", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}", Publish, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/graph", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/diff", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/diff", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/diff", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/diff", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/plan", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/approve", Grant, Scope::Path),
    ("GET", "/v1/quarantine", Read, Scope::AllNamespaces),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/yank", Operate, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/yank", Operate, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/unyank", Operate, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/unyank", Operate, Scope::Path),
    // A quarantine holds for the bytes, whoever else has them.
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/quarantine", Operate, Scope::AllNamespaces),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/release", Operate, Scope::AllNamespaces),
    ("GET", "/v1/namespaces", Read, Scope::AllNamespaces),
    ("PUT", NAMESPACE, Publish, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/tree", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/users", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/holders", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/holders", Read, Scope::Path),
    ("GET", "/v1/registry/graph", Read, Scope::Query),
    ("GET", "/v1/registry/stats", Read, Scope::AllNamespaces),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/bytes", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/signatures", Read, Scope::Path),
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
