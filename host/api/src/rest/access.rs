//! Access: what the caller is taken for.

use super::super::Api;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_wire::access::{Access, ShowAccess};

pub(crate) fn routes() -> Routes {
    Routes::default().on(show)
}

async fn show(_: Api, call: Call<ShowAccess>) -> Answer<ShowAccess> {
    Ok(Reply::ok(Access {
        actor: call.actor().clone(),
        authentication: call.access.is_known(),
        permissions: call.access.permissions().clone(),
    }))
}
