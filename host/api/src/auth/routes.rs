//! What each route asks of its caller: the one table. A route that is not in it needs `admin`
//! everywhere.

use axum::http::Method;
use tasker_domain::permission::Action::{
    self, Admin, Grant, Operate, Pin, Publish, Read, Run, Use,
};

/// Where the namespace of a request stands, in which its caller needs the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nobody is asked who they are.
    Open,
    /// Whoever is known may ask.
    Known,
    /// In the path, as `{namespace}`.
    Path,
    /// It is that of the task `{id}` of the path.
    Task,
    /// In the query, as `namespace`; without it all that the caller may see.
    Query,
    /// In the body: the handler checks it.
    Body,
    /// Any will do: what is asked for belongs to none.
    Somewhere,
    /// In none, so that only `*` will do.
    Everywhere,
}

/// The action that a request needs, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub action: Action,
    pub place: Place,
}

impl Rule {
    /// For whoever is known.
    pub const KNOWN: Self = Self {
        action: Admin,
        place: Place::Known,
    };

    /// For what the table does not name.
    const UNNAMED: Self = Self {
        action: Admin,
        place: Place::Everywhere,
    };
}

/// Where a namespace is made that nothing is in yet.
pub const NAMESPACE: &str = "/v1/namespaces/{namespace}";

/// Method, path as the router has it, action, place.
#[rustfmt::skip]
const ROUTES: &[(&str, &str, Action, Place)] = &[
    ("GET", "/health/live", Read, Place::Open),
    ("GET", "/health/ready", Read, Place::Open),
    ("GET", "/health/status", Read, Place::Somewhere),
    ("GET", "/v1/access", Read, Place::Known),
    ("GET", "/v1/audit", Read, Place::Query),
    ("GET", "/v1/keys", Admin, Place::Everywhere),
    ("POST", "/v1/keys", Admin, Place::Everywhere),
    ("DELETE", "/v1/keys/{name}", Admin, Place::Everywhere),
    ("GET", "/v1/components", Read, Place::Query),
    ("GET", "/v1/namespaces/{namespace}/components/{name}", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}", Read, Place::Path),
    ("PUT", "/v1/namespaces/{namespace}/components/{name}/versions/{version}", Publish, Place::Path),
    ("GET", "/v1/templates", Read, Place::Query),
    ("POST", "/v1/templates/check", Read, Place::Known),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}", Read, Place::Path),
    ("PUT", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}", Publish, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/graph", Read, Place::Path),
    ("GET", "/v1/pins", Read, Place::Query),
    ("PUT", "/v1/namespaces/{namespace}/pins/{kind}/{target}", Pin, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/pins/{kind}/{target}", Pin, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/diff", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/diff", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/diff", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/diff", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/plan", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/plan", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/ramp", Pin, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/freeze", Pin, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/thaw", Pin, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/pins/{kind}/{target}/rollback", Pin, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/pins/{kind}/{target}/history", Read, Place::Path),
    ("GET", "/v1/secrets", Grant, Place::Query),
    ("POST", "/v1/secrets/rotation", Admin, Place::Everywhere),
    ("PUT", "/v1/namespaces/{namespace}/secrets/{name}", Grant, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/secrets/{name}", Grant, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/kv/{bucket}", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Read, Place::Path),
    ("PUT", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Operate, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/kv/{bucket}/{key}", Operate, Place::Path),
    ("GET", "/v1/grants", Read, Place::Query),
    ("GET", "/v1/namespaces/{namespace}/grants", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/grants", Grant, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/grants/{grant_id}", Grant, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/approve", Grant, Place::Path),
    ("GET", "/v1/shares", Read, Place::Query),
    ("POST", "/v1/namespaces/{namespace}/shares", Use, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/shares/{component}/{shared_with}", Use, Place::Path),
    ("GET", "/v1/limits", Read, Place::Query),
    ("PATCH", "/v1/namespaces/{namespace}/limits/{component}", Operate, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/limits/{component}", Operate, Place::Path),
    ("GET", "/v1/quarantine", Read, Place::Everywhere),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/yank", Operate, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/yank", Operate, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/unyank", Operate, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/unyank", Operate, Place::Path),
    // A quarantine holds for the bytes, whoever else has them.
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/quarantine", Operate, Place::Everywhere),
    ("POST", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/release", Operate, Place::Everywhere),
    ("GET", "/v1/namespaces", Read, Place::Everywhere),
    ("PUT", NAMESPACE, Publish, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/tree", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/users", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/holders", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/templates/{name}/versions/{version}/holders", Read, Place::Path),
    ("POST", "/v1/collections", Operate, Place::Everywhere),
    ("GET", "/v1/registry/graph", Read, Place::Query),
    ("GET", "/v1/registry/stats", Read, Place::Everywhere),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/bytes", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/components/{name}/versions/{version}/signatures", Read, Place::Path),
    ("GET", "/v1/namespaces/{namespace}/signing-keys", Read, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/signing-keys", Grant, Place::Path),
    ("DELETE", "/v1/namespaces/{namespace}/signing-keys/{key}", Grant, Place::Path),
    ("POST", "/v1/namespaces/{namespace}/templates/{name}/upgrades", Operate, Place::Path),
    ("POST", "/v1/tasks", Run, Place::Body),
    ("GET", "/v1/tasks", Read, Place::Query),
    ("GET", "/v1/tasks/{id}", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/steps", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/result", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/checkpoint", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/steps/{step}/error", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/input", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/result", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/error", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/transitions", Read, Place::Task),
    ("GET", "/v1/tasks/{id}/transitions/{seq}/detail", Read, Place::Task),
    ("POST", "/v1/tasks/{id}/cancel", Run, Place::Task),
];

/// What a request needs. HEAD is answered as GET is.
pub fn rule(method: &Method, path: &str) -> Rule {
    named(method, path).unwrap_or(Rule::UNNAMED)
}

/// The rule of the table, if it names the route.
pub fn named(method: &Method, path: &str) -> Option<Rule> {
    let method = match *method {
        Method::HEAD => "GET",
        _ => method.as_str(),
    };
    let found = ROUTES
        .iter()
        .find(|(verb, route, ..)| *verb == method && *route == path);
    found.map(|&(_, _, action, place)| Rule { action, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_does_not_name_needs_admin_everywhere() {
        assert_eq!(rule(&Method::GET, "/v1/unheard-of"), Rule::UNNAMED);
        assert_eq!(rule(&Method::PATCH, "/v1/tasks"), Rule::UNNAMED);
        assert_eq!(Rule::UNNAMED.place, Place::Everywhere);
    }

    #[test]
    fn a_route_has_one_rule_that_fits_its_path() {
        for (at, (method, path, _, place)) in ROUTES.iter().enumerate() {
            let same = ROUTES[..at]
                .iter()
                .find(|(m, p, ..)| (m, p) == (method, path));
            assert!(same.is_none(), "{method} {path} stands there twice");
            let fits = match path.contains("{namespace}") {
                true => matches!(place, Place::Path | Place::Everywhere),
                false => *place != Place::Path,
            };
            assert!(fits, "{path}");
            assert!(
                *place != Place::Task || path.contains("/tasks/{id}"),
                "{path}"
            );
            assert!(
                *place != Place::Open || path.starts_with("/health/"),
                "{path}"
            );
        }
    }
}
