//! Orders of lists, where a request asks for one by `order`.

use super::error::ApiError;
use super::own_parameters;
use axum::extract::Request;
use tasker_domain::order::Order;

/// The parameter of the query.
pub(crate) const ORDER: &str = "order";

/// Takes `order` from the query of a request of a list, for who answers it.
pub(crate) fn take(request: &mut Request, order: Order) -> Result<(), ApiError> {
    let Some(values) = own_parameters::take(request.uri_mut(), ORDER)? else {
        return Ok(());
    };
    let [value] = values.as_slice() else {
        return Err(ApiError::parameter(ORDER, "give it once".to_owned()));
    };
    let direction = order.parse(value);
    let direction = direction.map_err(|wrong| ApiError::parameter(ORDER, wrong.to_string()))?;
    request.extensions_mut().insert(direction);
    Ok(())
}
