//! Secrets in the database: who may set one, and what the database alone tells of it.

use sea_orm::{ConnectionTrait as _, Database, Statement};
use tollgate::app::secrets::SecretError;
use tollgate::app::{App, AppError, Caller};
use tollgate::domain::ids::TeamId;
use tollgate::domain::secrets::{SecretFault, SecretOwner, SecretPurpose, SecretSlot};
use tollgate::keyring::{Key, Keyring, Keys, Plaintext};

use crate::by_hand::{does, one_to};
use crate::db::Db;
use crate::web::app::TestApp;

on_both!(
    a_secret_is_read_by_the_server_and_told_to_nobody,
    a_secret_of_another_row_or_purpose_cannot_be_read,
    administrators_set_secrets_of_the_installation_and_managers_those_of_their_team,
    a_server_without_the_key_says_which_it_needs,
    of_two_who_set_the_same_secret_at_once_one_is_kept_whole,
);

const VALUE: &str = "swordfish-0451";

fn value(text: &str) -> Plaintext {
    Plaintext::new(text.to_owned())
}

fn smtp() -> SecretSlot {
    SecretSlot::of_server(SecretPurpose::SmtpPassword)
}

fn hook(team: TeamId, name: &str) -> SecretSlot {
    SecretSlot::of_team(team, SecretPurpose::WebhookKey, name)
}

async fn revealed(app: &App, slot: &SecretSlot) -> Option<String> {
    app.reveal(slot).await.unwrap().map(|value| value.expose().to_owned())
}

async fn caller(app: &TestApp, name: &str) -> Caller {
    let id = app.app.store.credentials(name).await.unwrap().unwrap().id;
    let user = app.app.store.user(id).await.unwrap().unwrap();
    Caller::User { user: user.into(), address: None }
}

/// Everything of a table, as text.
async fn dumped(db: &Db, table: &str, columns: &str) -> String {
    let connection = Database::connect(one_to(db.url.as_str())).await.unwrap();
    let sql = format!("SELECT {columns} AS line FROM {table}");
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    rows.into_iter().map(|row| row.try_get::<String>("", "line").unwrap()).collect::<Vec<_>>().join("\n")
}

async fn a_secret_is_read_by_the_server_and_told_to_nobody(db: Db) {
    let app = TestApp::start(&db).await;
    let administrator = caller(&app, "administrator").await;
    assert_eq!(revealed(&app.app, &smtp()).await, None);
    app.app.set_secret(&administrator, &smtp(), &value(VALUE)).await.unwrap();
    assert_eq!(revealed(&app.app, &smtp()).await.as_deref(), Some(VALUE));
    app.app.set_secret(&administrator, &smtp(), &value("another")).await.unwrap();
    assert_eq!(revealed(&app.app, &smtp()).await.as_deref(), Some("another"), "the later is kept");

    let kept = app.app.secrets_of(&administrator, SecretOwner::Server).await.unwrap();
    let told: Vec<_> = kept.iter().map(|kept| (kept.slot.clone(), kept.set_by_name.as_str())).collect();
    assert_eq!(told, [(smtp(), "administrator")]);
    let audit = dumped(&db, "events", "data").await;
    assert_eq!(audit.matches("secret_set").count(), 2, "{audit}");
    let row = dumped(&db, "secrets", "owner_kind || owner_id || purpose || name || key_id || set_by_name").await;
    let sealed = db.store.sealed_secret(&smtp()).await.unwrap().unwrap().ciphertext;
    for text in [VALUE, "another"] {
        let in_bytes = sealed.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!audit.contains(text) && !row.contains(text) && !in_bytes, "{text} is in the database");
    }

    assert!(app.app.forget_secret(&administrator, &smtp()).await.unwrap());
    assert!(!app.app.forget_secret(&administrator, &smtp()).await.unwrap());
    assert_eq!(revealed(&app.app, &smtp()).await, None);
    assert_eq!(dumped(&db, "events", "data").await.matches("secret_forgotten").count(), 1);
    app.stops().await;
}

async fn a_secret_of_another_row_or_purpose_cannot_be_read(db: Db) {
    let app = TestApp::start(&db).await;
    let (one, two) = (hook(app.team, "one"), hook(app.team, "two"));
    for slot in [&one, &two] {
        app.app.set_secret(&Caller::CommandLine, slot, &value(&slot.name)).await.unwrap();
    }
    let damaged = async |what: &str| {
        let answer = app.app.reveal(&one).await;
        assert!(matches!(answer, Err(SecretError::Fault(SecretFault::Damaged))), "{what}");
    };
    does(
        db.url.as_str(),
        "UPDATE secrets SET ciphertext = (SELECT ciphertext FROM secrets WHERE name = 'two') WHERE name = 'one'",
    )
    .await
    .unwrap();
    damaged("the ciphertext of another row").await;
    for (from, to) in [("one", "three"), ("two", "one")] {
        does(db.url.as_str(), &format!("UPDATE secrets SET name = '{to}' WHERE name = '{from}'")).await.unwrap();
    }
    damaged("another row under this name").await;
    app.app.set_secret(&Caller::CommandLine, &one, &value("new")).await.unwrap();
    assert_eq!(revealed(&app.app, &one).await.as_deref(), Some("new"), "set again, it is good again");
    does(db.url.as_str(), "UPDATE secrets SET purpose = 'chat_address' WHERE name = 'one'").await.unwrap();
    let chat = SecretSlot { purpose: SecretPurpose::ChatAddress, ..one.clone() };
    assert!(matches!(app.app.reveal(&chat).await, Err(SecretError::Fault(SecretFault::Damaged))));
    app.stops().await;
}

async fn administrators_set_secrets_of_the_installation_and_managers_those_of_their_team(db: Db) {
    let app = TestApp::start(&db).await;
    let (server, team) = (smtp(), hook(app.team, "hook"));
    let expected = [
        ("viewer", false, false),
        ("operator", false, false),
        ("approver", false, false),
        ("manager", false, true),
        ("administrator", true, true),
        ("outsider", false, false),
    ];
    for (name, may_server, may_team) in expected {
        let who = caller(&app, name).await;
        for (slot, may) in [(&server, may_server), (&team, may_team)] {
            match app.app.set_secret(&who, slot, &value(VALUE)).await {
                Ok(()) => assert!(may, "{name} {slot:?}"),
                Err(SecretError::App(AppError::NotFound)) => assert!(!may, "{name} {slot:?}"),
                Err(other) => panic!("{other}"),
            }
            assert_eq!(app.app.forget_secret(&who, slot).await.is_ok(), may, "{name} {slot:?}");
        }
    }
    let outsider = caller(&app, "outsider").await;
    assert!(matches!(app.app.secrets_of(&outsider, team.owner).await, Err(AppError::NotFound)));
    let viewer = caller(&app, "viewer").await;
    assert!(matches!(app.app.secrets_of(&viewer, SecretOwner::Server).await, Err(AppError::NotFound)));
    app.stops().await;
}

async fn a_server_without_the_key_says_which_it_needs(db: Db) {
    let app = TestApp::start(&db).await;
    app.app.set_secret(&Caller::CommandLine, &smtp(), &value(VALUE)).await.unwrap();
    let needs = db.store.encryption_key().await.unwrap().unwrap();
    let other = Key::fresh().unwrap();
    let has = vec![other.id()];
    let elsewhere = App { keyring: Keyring::of_keys(Keys::new(vec![other])), ..app.app.clone() };
    let fault = |error: SecretError| match error {
        SecretError::Fault(fault) => fault,
        SecretError::App(error) => panic!("{error}"),
    };
    let lacks = SecretFault::NoKey { needs, has };
    assert_eq!(elsewhere.reveal(&smtp()).await.map(drop).map_err(fault), Err(lacks.clone()));
    let set = elsewhere.set_secret(&Caller::CommandLine, &smtp(), &value("theirs")).await;
    assert_eq!(set.map_err(fault), Err(lacks), "what others could not read is not kept");
    let without = App { keyring: Keyring::without_secrets(), ..app.app.clone() };
    assert_eq!(without.reveal(&smtp()).await.map(drop).map_err(fault), Err(SecretFault::WithoutSecrets));
    let set = without.set_secret(&Caller::CommandLine, &smtp(), &value("theirs")).await;
    assert_eq!(set.map_err(fault), Err(SecretFault::WithoutSecrets));
    assert_eq!(revealed(&app.app, &smtp()).await.as_deref(), Some(VALUE));
    app.stops().await;
}

async fn of_two_who_set_the_same_secret_at_once_one_is_kept_whole(db: Db) {
    let app = TestApp::start(&db).await;
    let sets = (0..8).map(|number| {
        let app = app.app.clone();
        tokio::spawn(
            async move { app.set_secret(&Caller::CommandLine, &smtp(), &value(&format!("value-{number}"))).await },
        )
    });
    for set in sets.collect::<Vec<_>>() {
        set.await.unwrap().unwrap();
    }
    let kept = revealed(&app.app, &smtp()).await.unwrap();
    assert!(kept.starts_with("value-"), "{kept}");
    assert_eq!(db.store.kept_secrets(None).await.unwrap().len(), 1);
    app.stops().await;
}
