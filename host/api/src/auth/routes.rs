//! What each route that no endpoint declares yet asks of its caller.

use tasker_domain::permission::Action::{
    self, Admin, Grant, Operate, Pin, Publish, Read, Run, Use,
};
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
    ("GET", "/v1/audit", Read, Scope::Query),
    ("GET", "/v1/pins", Read, Scope::Query),
    ("PUT", "/v1/namespaces/{namespace}/pins/{kind}/{target}", Pin, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/pins/{kind}/{target}", Pin, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/ramp", Pin, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/freeze", Pin, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/thaw", Pin, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/rollback", Pin, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/pins/{kind}/{target}/history", Read, Scope::Path),
    ("GET", "/v1/secrets", Grant, Scope::Query),
    ("POST", "/v1/secrets/rotation", Admin, Scope::AllNamespaces),
    ("PUT", "/v1/namespaces/{namespace}/secrets/{name}", Grant, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/secrets/{name}", Grant, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/kv/{bucket}", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Read, Scope::Path),
    ("PUT", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Operate, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Operate, Scope::Path),
    ("GET", "/v1/grants", Read, Scope::Query),
    ("GET", "/v1/namespaces/{namespace}/grants", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/grants", Grant, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/grants/{grant_id}", Grant, Scope::Path),
    ("GET", "/v1/shares", Read, Scope::Query),
    ("POST", "/v1/namespaces/{namespace}/shares", Use, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/shares/{component}/{shared_with}", Use, Scope::Path),
    ("GET", "/v1/limits", Read, Scope::Query),
    ("PATCH", "/v1/namespaces/{namespace}/limits/{component}", Operate, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/limits/{component}", Operate, Scope::Path),
    ("GET", "/v1/namespaces", Read, Scope::AllNamespaces),
    ("PUT", NAMESPACE, Publish, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/tree", Read, Scope::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/users", Read, Scope::Path),
    ("POST", "/v1/collections", Operate, Scope::AllNamespaces),
    ("GET", "/v1/registry/graph", Read, Scope::Query),
    ("GET", "/v1/registry/stats", Read, Scope::AllNamespaces),
    ("GET", "/v1/namespaces/{namespace}/signing-keys", Read, Scope::Path),
    ("POST", "/v1/namespaces/{namespace}/signing-keys", Grant, Scope::Path),
    ("DELETE", "/v1/namespaces/{namespace}/signing-keys/{key}", Grant, Scope::Path),
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
