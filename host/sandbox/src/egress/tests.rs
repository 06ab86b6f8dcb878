use super::*;
use tasker_domain::capability::Capability;
use tasker_domain::digest::Digest;
use tasker_domain::grants::Grants;
use tasker_domain::limits::Limits;

fn step(component: &str, grants: &[&str]) -> StepPlan {
    let granted = grants.iter().map(|text| {
        format!("http {text}")
            .parse::<Capability>()
            .expect("a capability")
    });
    StepPlan {
        namespace: "orders".into(),
        name: "charge".into(),
        component: component.into(),
        component_version_id: 1,
        digest: Digest::of(b""),
        handler: "charge".to_owned(),
        config: "null".to_owned(),
        max_attempts: 1,
        limits: Limits::default(),
        grants: Arc::new(Grants::of(granted)),
        result_schema: None,
        event_schemas: Vec::new(),
        recording: None,
    }
}

fn admitted(url: &str, grants: &[&str]) -> Result<(), Refused> {
    admit_url("GET", &url.parse().unwrap(), &step("charge", grants))
}

#[test]
fn a_granted_host_is_reached_on_its_default_port_only() {
    assert!(admitted("https://api.example.com/x", &["api.example.com"]).is_ok());
    assert!(admitted("https://API.example.com/x", &["api.example.com"]).is_ok());
    assert!(admitted("https://api.example.com:8443/", &["api.example.com"]).is_err());
    assert!(admitted("https://api.example.com:8443/", &["api.example.com:8443"]).is_ok());
}

#[test]
fn a_path_is_looked_at_as_the_server_will_see_it() {
    let grants = ["api.example.com/v1/*"];
    assert!(admitted("https://api.example.com/v1/charge?id=7", &grants).is_ok());
    for out in [
        "v1/../admin",
        "v1/%2e%2e/admin",
        "v1/..%2fadmin",
        "v1\\..\\admin",
        "?/v1/",
    ] {
        let url = format!("https://api.example.com/{out}");
        assert!(admitted(&url, &grants).is_err(), "{out}");
    }
}

#[test]
fn a_user_in_the_url_is_refused() {
    for url in ["http://ada@api.example.com/", "http://:pw@api.example.com/"] {
        let refused = admitted(url, &["api.example.com"]).unwrap_err();
        assert!(matches!(refused, Refused::UserInUrl(_)), "{refused}");
    }
    assert!(admitted("http://api.example.com@evil.example/", &["api.example.com"]).is_err());
}

#[test]
fn what_is_not_granted_is_named_with_the_command_that_grants_it() {
    let refused = admitted("http://evil.example:81/x", &["api.example.com"]).unwrap_err();
    let told = refused.to_string();
    let command = "tasker grant add orders/charge 'http GET evil.example:81'";
    assert!(told.ends_with(command), "{told}");
    assert!(admitted("http://sub.api.example.com/", &["api.example.com"]).is_err());
}

#[test]
fn a_component_of_another_namespace_is_granted_to_in_the_namespace_of_the_task() {
    let url = "https://api.example.com/v2".parse().unwrap();
    let step = step("payments/charge", &["api.example.com/v1/*"]);
    let told = admit_url("POST", &url, &step).unwrap_err().to_string();
    let command = "tasker grant add payments/charge 'http POST api.example.com/v2' --in orders";
    assert!(told.ends_with(command), "{told}");
}

#[test]
fn an_address_hidden_in_another_notation_is_taken_for_what_it_is() {
    for hidden in ["http://2130706433/", "http://0x7f.1/", "http://127.1/"] {
        assert!(admitted(hidden, &["example.com"]).is_err(), "{hidden}");
        assert!(admitted(hidden, &["127.0.0.1"]).is_ok(), "{hidden}");
    }
    assert!(admitted("http://[::1]:8080/", &["[::1]:8080"]).is_ok());
    assert!(admitted("http://[::ffff:10.0.0.1]/", &["10.0.0.1"]).is_err());
    assert!(admitted("http://169.254.169.254/", &["169.254.169.254"]).is_err());
}
