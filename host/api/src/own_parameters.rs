//! Parameters of queries that are read before the query of an endpoint, since they mean the same at all.

use super::error::ApiError;
use axum::extract::Query;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// True of an address that may have the parameter.
pub(crate) fn may_have(uri: &Uri, name: &str) -> bool {
    uri.query().is_some_and(|query| query.contains(name))
}

/// Takes a parameter out of the query, and returns its values in their order; none where it is not there.
pub(crate) fn take(uri: &mut Uri, name: &str) -> Result<Option<Vec<String>>, ApiError> {
    let wrong = |why: String| ApiError::parameter(name, why);
    let is_named = |pair: &&str| pair.split('=').next() == Some(name);
    let pairs = uri.query().unwrap_or_default().split('&');
    let (named, others): (Vec<&str>, Vec<&str>) = pairs.partition(is_named);
    if named.is_empty() {
        return Ok(None);
    }
    let named = format!("/?{}", named.join("&")).parse::<Uri>();
    let named = named.map_err(|error| wrong(error.to_string()))?;
    let values = Query::<Vec<(String, String)>>::try_from_uri(&named);
    let Query(values) = values.map_err(|refused| wrong(refused.body_text()))?;
    set_query(uri, &others.join("&")).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(values.into_iter().map(|(_, value)| value).collect()))
}

/// Parameters that have several values wherever an endpoint takes them. They have commas between them; some clients repeat
/// the parameter instead.
const LISTS: [&str; 5] = ["action", "namespace", "state", "template", "types"];

/// Puts commas between the values of each list that is repeated.
pub(crate) fn join_lists(uri: &mut Uri) -> Result<(), ApiError> {
    for name in LISTS {
        let Some(joined) = uri.query().and_then(|query| joined(query, name)) else {
            continue;
        };
        set_query(uri, &joined).map_err(|error| ApiError::parameter(name, error.to_string()))?;
    }
    Ok(())
}

/// Replaces the query of an address; an empty one is none.
fn set_query(uri: &mut Uri, query: &str) -> Result<(), axum::http::Error> {
    let target = match query.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{query}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse::<PathAndQuery>()?);
    *uri = Uri::from_parts(parts)?;
    Ok(())
}

fn joined(query: &str, name: &str) -> Option<String> {
    let has_name = |pair: &&str| pair.split_once('=').is_some_and(|(it, _)| it == name);
    let (named, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(has_name);
    if named.len() < 2 {
        return None;
    }
    let values = named.iter().map(|pair| &pair[name.len() + 1..]);
    let values: Vec<&str> = values.collect();
    let joined = format!("{name}={}", values.join(","));
    Some([&others[..], &[&joined]].concat().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_commas_and_when_it_is_repeated() {
        let joined = |text: &str| {
            let mut uri = text.parse().unwrap();
            join_lists(&mut uri).unwrap();
            uri.to_string()
        };
        let repeated = "/v1/tasks?state=error&limit=1&state=cancelled,pending";
        assert_eq!(
            joined(repeated),
            "/v1/tasks?limit=1&state=error,cancelled,pending"
        );
        assert_eq!(
            joined("/v1/pins?namespace=a&namespace=b"),
            "/v1/pins?namespace=a,b"
        );
        for same in [
            "/v1/tasks",
            "/v1/tasks?state=error",
            "/v1/tasks?limit=1&limit=2",
        ] {
            assert_eq!(joined(same), same);
        }
    }

    #[test]
    fn the_rest_of_the_query_stays_as_it_is() {
        let taken = |text: &str| {
            let mut uri = text.parse().unwrap();
            let values = take(&mut uri, "fields").unwrap();
            (values, uri.to_string())
        };
        let two = Some(vec!["a,b".to_owned(), "c".to_owned()]);
        assert_eq!(
            taken("/v1/pins?limit=1&fields=a%2Cb&namespace=x%20y&fields=c"),
            (two, "/v1/pins?limit=1&namespace=x%20y".to_owned())
        );
        let empty = Some(vec![String::new()]);
        assert_eq!(taken("/v1/pins?fields"), (empty, "/v1/pins".to_owned()));
        let other = "/v1/pins?my_fields=1";
        assert_eq!(taken(other), (None, other.to_owned()));
        assert_eq!(taken("/v1/pins"), (None, "/v1/pins".to_owned()));
    }
}
