use reqwest::header::{AUTHORIZATION, HeaderMap};
use tasker_database::DatabaseError;
use tasker_domain::actor::Actor;
use tasker_domain::permission::Permissions;
use tasker_registry::store::Store;
use tasker_registry::store::api_key::NewKey;

/// The admin key of every host here.
pub const ADMIN_KEY: &str = "tk_7e57ab1e_dGVzdHMgYXNrIGhvc3RzIGJ5IHRoaXMga2V5IG9ubHk";

/// A client that speaks to loopback only, as admin.
pub fn client() -> reqwest::Client {
    client_with(Some(ADMIN_KEY))
}

/// The same with another key, or with none.
pub fn client_with(key: Option<&str>) -> reqwest::Client {
    // Fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bearer = |key: &str| (AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .default_headers(HeaderMap::from_iter(key.map(bearer)))
        .build()
        .unwrap()
}

/// Does what a host does at its first start.
pub async fn install_admin_key(store: &Store) {
    let new = NewKey {
        key: &ADMIN_KEY.parse().unwrap(),
        name: "admin",
        permissions: &Permissions::all(),
        expires_in: None,
        rate: None,
        actor: &Actor::host(),
    };
    let kept = || Ok::<_, DatabaseError>(());
    store.make_first_key(&new, kept).await.unwrap();
}
