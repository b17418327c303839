//! The key file at the start of a server: made, refused, lacking, and another than before.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use tollgate::config::KeyConfig;
use tollgate::domain::secrets::SecretFault;
use tollgate::store::Backend;

use super::machine::{Machine, revealed, set, smtp, text};
use crate::db::Db;

on_both!(
    the_first_start_makes_a_key_file_for_our_own_eyes_and_later_ones_keep_it,
    a_wrong_or_missing_key_stops_the_start_unless_it_is_to_be_without_secrets,
    another_replica_is_told_to_take_the_key_file_of_the_first,
);

async fn the_first_start_makes_a_key_file_for_our_own_eyes_and_later_ones_keep_it(db: Db) {
    let machine = Machine::new(&db);
    let app = machine.starts().await;
    assert_eq!(machine.keys(), machine.folder.path().join("data").join("tollgate.keys"));
    assert_eq!(machine.keys().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let made = text(&machine.keys());
    set(&app).await.unwrap();
    let again = machine.starts().await;
    assert_eq!((text(&machine.keys()), revealed(&again).await.as_deref()), (made, Some("swordfish")));

    std::fs::set_permissions(machine.keys(), Permissions::from_mode(0o640)).unwrap();
    let said = machine.refuses().await;
    assert!(said.contains("others may use the key file") && said.contains("chmod 600"), "{said}");
}

async fn a_wrong_or_missing_key_stops_the_start_unless_it_is_to_be_without_secrets(db: Db) {
    let mut machine = Machine::new(&db);
    set(&machine.starts().await).await.unwrap();
    let needed = db.store.encryption_key().await.unwrap().unwrap().to_string();
    let right = machine.keys();
    let aside = machine.folder.path().join("aside");
    std::fs::rename(&right, &aside).unwrap();
    let said = machine.refuses().await;
    assert!(said.contains(&needed) && said.contains("there is no key file at"), "{said}");
    assert!(!right.exists(), "no key is made that could not read what is there");

    let elsewhere = tollgate::keyring::Key::fresh().unwrap();
    let wrong = elsewhere.id().to_string();
    assert!(tollgate::keyring::write_new(&right, &tollgate::keyring::Keys::new(vec![elsewhere])).unwrap());
    let said = machine.refuses().await;
    assert!(said.contains(&needed) && said.contains(&wrong) && said.contains("--without-secrets"), "{said}");

    machine.config.keys.without_secrets = true;
    let without = machine.starts().await;
    let fault = without.reveal(&smtp()).await.map(drop).unwrap_err();
    assert!(matches!(fault, tollgate::app::secrets::SecretError::Fault(SecretFault::WithoutSecrets)), "{fault:?}");
    machine.config.keys = KeyConfig { key_file: Some(aside), without_secrets: false };
    assert_eq!(revealed(&machine.starts().await).await.as_deref(), Some("swordfish"), "it is found where it is said");
}

async fn another_replica_is_told_to_take_the_key_file_of_the_first(db: Db) {
    let (first, second) = (Machine::new(&db), Machine::new(&db));
    let (one, two) = (first.starts().await, second.starts().await);
    if db.store.backend() == Backend::Sqlite {
        // One server has the file of a database at a time: whoever comes next, and has no key that is needed, makes one.
        set(&two).await.unwrap();
        return;
    }
    assert!(!second.keys().exists(), "two replicas never make two keys");
    set(&one).await.unwrap();
    let refused = set(&two).await.unwrap_err();
    assert!(refused.contains("NoKey {"), "{refused}");
    let said = second.refuses().await;
    assert!(said.contains("there is no key file at"), "{said}");
    std::fs::copy(first.keys(), second.keys()).unwrap();
    assert_eq!(revealed(&two).await.as_deref(), Some("swordfish"), "it is taken without a restart");
    set(&second.starts().await).await.unwrap();
    assert_eq!(revealed(&one).await.as_deref(), Some("swordfish"));
}
