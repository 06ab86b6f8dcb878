//! Sign-in at an identity provider: a browser, and a provider of others.

use super::browser::{Provider, drive};
use super::seeds::publish;
use crate::harness::{ADMIN_KEY, S3Server, TestDatabase, TestHost};
use serde_json::json;
use tasker::host::AuthConfig;
use tasker_api::auth::jwt::{JwtAlgorithm, JwtConfig};
use tasker_api::auth::sign_in::SignInConfig;

#[tokio::test]
async fn a_browser_signs_in_at_a_provider_and_out_and_nothing_else_lets_it_in() {
    // The provider has to know where the host will be.
    let port = S3Server::free_port();
    // Another site than that of the provider: browsers keep their cookies apart.
    let public_url = format!("http://localhost:{port}");
    let Some(provider) = Provider::start(&public_url).await else {
        return;
    };
    let database = TestDatabase::new().await;
    let tokens = JwtConfig {
        keys: format!("{}/jwks", provider.issuer).parse().unwrap(),
        issuer: provider.issuer.clone(),
        audience: "tasker".to_owned(),
        algorithms: JwtAlgorithm::DEFAULT.to_vec(),
        claim: "tasker".to_owned(),
    };
    let sign_in = SignInConfig {
        client_id: "tasker-web".to_owned(),
        client_secret_file: None,
        public_url: public_url.parse().unwrap(),
        scopes: vec!["openid".to_owned()],
    };
    let host = TestHost::start_with(&database, |config| {
        config.listen = ([127, 0, 0, 1], port).into();
        config.auth = AuthConfig::Keys {
            admin_key: Some(ADMIN_KEY.parse().unwrap()),
            tokens: Some(Box::new(tokens)),
            sign_in: Some(Box::new(sign_in)),
        };
    })
    .await;
    publish(&host).await;
    let task = host.run("echo", json!({})).await;
    let given = json!({
        "issuer": provider.issuer, "provider": provider.id, "key": ADMIN_KEY, "task": task["id"],
    });
    drive("sign-in-at-provider.mjs", &public_url, &given).await;
}
