//! Keys of secrets: a backup has none, `restore` says which it needs, and `check` whether each secret opens.

use sea_orm::{ConnectionTrait as _, Database};
use tollgate::app::{App, Caller};
use tollgate::clock::Clock;
use tollgate::domain::secrets::{SecretPurpose, SecretSlot};
use tollgate::keyring::{Keyring, Plaintext};
use tollgate::store::Store;

use crate::by_hand::one_to;
use crate::here::Here;

const KEY_FILE: &str = "tollgate.keys";

/// Sets a secret of the server; answers the name of the key that encrypts it.
async fn sets_a_secret(here: &Here) -> String {
    let store = Store::connect(&format!("sqlite://{}", here.database().display())).await.unwrap();
    let keyring = Keyring::of_file(here.data().join(KEY_FILE)).unwrap();
    let app = App { keyring, ..App::new(store, Clock::system()) };
    let slot = SecretSlot::of_server(SecretPurpose::SmtpPassword);
    app.set_secret(&Caller::CommandLine, &slot, &Plaintext::new("swordfish".to_owned())).await.unwrap();
    let key = app.store.encryption_key().await.unwrap().unwrap().to_string();
    app.store.close().await.unwrap();
    key
}

#[tokio::test]
async fn a_backup_has_no_key_and_restore_and_check_say_which_is_needed() {
    let here = Here::new(crate::PROGRAM);
    drop(here.serves());
    let key = sets_a_secret(&here).await;
    here.runs(&["check"]).succeeds("1 secret, each opens with its key");
    let file = here.backed_up(&[]);

    let there = Here::new(crate::PROGRAM);
    let restored = there.runs(&["restore", file.to_str().unwrap()]);
    restored.succeeds(&format!("The secrets in the backup need the key {key}, which no backup has."));
    let needed = there.data().join(KEY_FILE);
    assert!(restored.out.contains(&needed.display().to_string()), "{}", restored.out);
    assert!(!needed.exists(), "the key file is left out");
    let content = std::fs::read_to_string(here.data().join(KEY_FILE)).unwrap();
    let secret = content.lines().find(|line| !line.starts_with('#')).unwrap().split_whitespace().last().unwrap();
    let whole = std::process::Command::new("tar").args(["-xzOf", file.to_str().unwrap()]).output().unwrap();
    assert!(whole.status.success() && whole.stdout.len() > 10_000);
    let is_in_it = whole.stdout.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(!is_in_it, "no file of the backup has the key");

    let unsound = there.runs(&["check"]);
    assert!(!unsound.status.success());
    let said = format!("the secrets in the database need the key {key}, and there is no key file at");
    assert!(unsound.out.contains(&said), "{}", unsound.out);
    std::fs::copy(here.data().join(KEY_FILE), &needed).unwrap();
    there.runs(&["check"]).succeeds("1 secret, each opens with its key");

    // What was changed in the database opens no more, and that is said.
    let hand = Database::connect(one_to(format!("sqlite://{}", there.database().display()))).await.unwrap();
    hand.execute_unprepared("UPDATE secrets SET name = 'another'").await.unwrap();
    hand.close().await.unwrap();
    let unsound = there.runs(&["check"]);
    assert!(unsound.out.contains("1 secret does not open, because the database was changed"), "{}", unsound.out);
}
