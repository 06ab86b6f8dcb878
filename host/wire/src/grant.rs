//! Grants: what components may reach.

use crate::comma_list;
use crate::endpoint::{Json, endpoint};
use crate::page::{Page, paged};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;

/// One existing grant. Scope and capability are texts: the host may know more of them than a caller.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Grant {
    pub id: i64,
    pub namespace: String,
    /// `*`, `name`, or `other/name` of another namespace.
    pub component: String,
    pub capability: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// Only in the answer to a grant: false if it stood already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
}

/// A grant that is to be made. Its texts are parsed by the host, which can say more of them than a parser
/// of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"component": "charge", "capability": "kv orders"})))]
pub struct NewGrant {
    pub component: String,
    pub capability: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// Which grants are listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantQuery {
    /// Of one of these, with commas between them; without it, all that the caller may see.
    #[serde(
        rename = "namespace",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "comma_list::NameList"))]
    pub namespaces: Vec<Name>,
    /// Only those to it, as their namespace names it.
    pub component: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(GrantQuery);

endpoint! {
    /// Lists grants.
    GET "/v1/grants" ListGrants {}
    needs Read in Query;
    query GrantQuery;
    counts items;
    orders Ascending by "created_at";
    answers Page<Grant>;
}

endpoint! {
    /// Lists the grants of one namespace, regardless of the query.
    GET "/v1/namespaces/{namespace}/grants" ListOwnGrants { namespace: Name }
    needs Read in Path;
    query GrantQuery;
    counts items;
    orders Ascending by "created_at";
    answers Page<Grant>;
}

endpoint! {
    /// Grants a capability; an existing grant is not changed.
    POST "/v1/namespaces/{namespace}/grants" AddGrant { namespace: Name }
    needs Grant in Path;
    body Json<NewGrant>;
    makes Grant;
    is idempotent;
    refuses
        Malformed "invalid_capability",
        Malformed "invalid_requirement",
        Refused "not_grantable",
        Refused "too_many_grants",
        Unavailable "contention";
}

endpoint! {
    /// Removes a grant, and answers with it.
    DELETE "/v1/namespaces/{namespace}/grants/{grant_id}" RemoveGrant { namespace: Name, grant_id: i64 }
    needs Grant in Path;
    query OnlyReason;
    answers Grant;
    refuses NotFound "unknown_grant", Unavailable "contention";
}
