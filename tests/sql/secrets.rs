//! Secrets as the database keeps them.

use super::TestDatabase;
use tasker_database::Database;
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::Precondition;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_engine::secret::{KeyRing, SecretError, SecretKeys};
use tasker_registry::store::Store;
use tasker_registry::store::audit::AuditFilter;
use tasker_registry::store::secret::{MAX_SECRETS, SecretChange, SecretChangeError};

/// More than one batch of a rotation.
const MANY: usize = 230;

/// A store with these keys, the first of which encrypts; each is one byte over and over.
fn store(database: &TestDatabase, keys: &[&str]) -> Store {
    let lines: Vec<String> = keys.iter().map(|byte| byte.repeat(32)).collect();
    let ring = KeyRing::parse(&lines.join("\n")).unwrap();
    let engine = Engine::new(Database::open(database.options(), 4));
    Store::new(engine.with_keys(SecretKeys::given(ring)))
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// The version that it made; `None` if the namespace is full.
async fn set(store: &Store, secret: &str, value: &str) -> Result<Option<i32>, SecretChangeError> {
    let value = SecretValue::parse(value.into()).unwrap();
    let (namespace, secret, actor) = (name("orders"), name(secret), Actor::named("ada"));
    let change = SecretChange {
        namespace: &namespace,
        name: &secret,
        actor: &actor,
        only_if: &Precondition::NONE,
    };
    let row = store.set_secret(change, &value).await?;
    Ok(row.map(|row| row.version))
}

async fn value(store: &Store, secret: &str) -> Result<Option<String>, SecretError> {
    let value = store.engine().secret_value("orders", secret).await?;
    Ok(value.map(|value| value.reveal().to_owned()))
}

#[tokio::test]
async fn each_value_is_a_version_and_the_last_is_had() {
    let database = TestDatabase::new().await;
    let store = store(&database, &["aa"]);
    assert_eq!(set(&store, "key", "first value").await.unwrap(), Some(1));
    assert_eq!(set(&store, "key", "other value").await.unwrap(), Some(2));
    assert_eq!(value(&store, "key").await.unwrap().unwrap(), "other value");
    assert_eq!(value(&store, "none").await.unwrap(), None);
    let (orders, key, actor) = (name("orders"), name("key"), Actor::named("ada"));
    let change = SecretChange {
        namespace: &orders,
        name: &key,
        actor: &actor,
        only_if: &Precondition::NONE,
    };
    assert!(store.remove_secret(change).await.unwrap());
    assert!(!store.remove_secret(change).await.unwrap());
    assert_eq!(value(&store, "key").await.unwrap(), None);
    let audit = store.list_audit(AuditFilter::default(), Seek::highest(10));
    let audit = audit.await.unwrap();
    let told: Vec<_> = audit
        .iter()
        .map(|row| {
            (
                row.action.as_str(),
                row.subject.as_str(),
                row.actor.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("secret.remove", "secret key", "ada"),
            ("secret.set", "secret key", "ada"),
            ("secret.set", "secret key", "ada"),
        ]
    );
}

#[tokio::test]
async fn secrets_that_are_set_at_once_are_set_one_after_the_other() {
    let database = TestDatabase::new().await;
    let store = store(&database, &["aa"]);
    let sets = (0..8).map(|_| set(&store, "key", "some value"));
    let mut versions: Vec<Option<i32>> = futures::future::try_join_all(sets).await.unwrap();
    versions.sort_unstable();
    assert_eq!(versions, (1..=8).map(Some).collect::<Vec<_>>());
    assert_eq!(value(&store, "key").await.unwrap().unwrap(), "some value");
}

#[tokio::test]
async fn a_host_without_the_key_names_it_and_one_without_any_says_so() {
    let database = TestDatabase::new().await;
    let owner = store(&database, &["aa"]);
    set(&owner, "key", "some value").await.unwrap();
    let error = value(&store(&database, &["bb"]), "key").await.unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("orders/key") && told.contains("--secret-key-file"),
        "{told}"
    );
    let rotated = owner.rotate_secrets(&Actor::host()).await.unwrap();
    assert!(
        told.contains(&format!("the key {},", rotated.key_id)),
        "{told}"
    );
    let keyless = Store::new(Engine::new(Database::open(database.options(), 4)));
    assert!(matches!(
        value(&keyless, "key").await,
        Err(SecretError::NoKeys)
    ));
    assert!(matches!(
        set(&keyless, "key", "some value").await,
        Err(SecretChangeError::Secret(SecretError::NoKeys))
    ));
}

#[tokio::test]
async fn what_was_changed_or_moved_in_the_database_does_not_open() {
    let database = TestDatabase::new().await;
    let store = store(&database, &["aa"]);
    set(&store, "key", "some value").await.unwrap();
    set(&store, "other", "other value").await.unwrap();
    sqlx::query(
        "update tasker.secret s set nonce = o.nonce, ciphertext = o.ciphertext
         from tasker.secret o where s.name = 'key' and o.name = 'other'",
    )
    .execute(database.pool())
    .await
    .unwrap();
    assert!(matches!(
        value(&store, "key").await,
        Err(SecretError::Changed { .. })
    ));
}

#[tokio::test]
async fn a_rotation_encrypts_everything_with_the_first_key_and_can_be_repeated() {
    let database = TestDatabase::new().await;
    let old = store(&database, &["aa"]);
    for number in 0..MANY {
        set(&old, &format!("key-{number}"), &format!("value {number}"))
            .await
            .unwrap();
    }
    let both = store(&database, &["bb", "aa"]);
    let actor = Actor::named("ada");
    let rotated = both.rotate_secrets(&actor).await.unwrap();
    assert_eq!((rotated.secrets, rotated.unreadable.len()), (MANY, 0));
    let again = both.rotate_secrets(&actor).await.unwrap();
    assert_eq!((again.secrets, again.key_id), (0, rotated.key_id));
    let new = store(&database, &["bb"]);
    assert_eq!(value(&new, "key-229").await.unwrap().unwrap(), "value 229");
    assert!(value(&old, "key-0").await.is_err());
    let audit = new.list_audit(
        AuditFilter {
            actions: &["secret.rotate"],
            ..AuditFilter::default()
        },
        Seek::highest(10),
    );
    assert_eq!(audit.await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_rotation_passes_over_what_it_cannot_read_and_names_it() {
    let database = TestDatabase::new().await;
    set(&store(&database, &["cc"]), "lost", "lost value")
        .await
        .unwrap();
    set(&store(&database, &["aa"]), "kept", "kept value")
        .await
        .unwrap();
    let rotated = store(&database, &["bb", "aa"])
        .rotate_secrets(&Actor::host())
        .await
        .unwrap();
    assert_eq!(rotated.secrets, 1);
    let [lost] = rotated.unreadable.as_slice() else {
        panic!("{rotated:?}")
    };
    assert_eq!(
        (lost.namespace.as_str(), lost.name.as_str()),
        ("orders", "lost")
    );
    assert!(
        lost.reason.contains("which this host does not have"),
        "{lost:?}"
    );
}

#[tokio::test]
async fn a_namespace_has_no_more_secrets_than_the_limit() {
    let database = TestDatabase::new().await;
    let store = store(&database, &["aa"]);
    set(&store, "key", "some value").await.unwrap();
    sqlx::query(
        "insert into tasker.secret (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         select s.namespace_id, 'more-' || n, 1, s.key_id, s.nonce, s.ciphertext, ''
         from tasker.secret s, generate_series(2, $1) n",
    )
    .bind(i32::try_from(MAX_SECRETS).unwrap())
    .execute(database.pool())
    .await
    .unwrap();
    let replaced = set(&store, "key", "other value").await.unwrap();
    assert_eq!(replaced, Some(2));
    assert_eq!(set(&store, "one-more", "some value").await.unwrap(), None);
}
