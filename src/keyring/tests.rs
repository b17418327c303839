//! Tests of ciphertexts and of the key file.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

use super::file::KeyFileFaultKind;
use super::*;

const VALUE: &str = "smtp-password-8f2a";

fn keyring(keys: &[&Key]) -> Keyring {
    Keyring::of_keys(Keys::new(keys.iter().map(|key| (*key).clone()).collect()))
}

fn opened(keyring: &Keyring, binding: &[u8], sealed: &[u8]) -> Result<String, SecretFault> {
    keyring.open(binding, sealed).map(|value| value.expose().to_owned())
}

#[test]
fn a_value_opens_with_its_key_and_for_its_row_alone() {
    let (one, other) = (Key::fresh().unwrap(), Key::fresh().unwrap());
    let both = keyring(&[&one, &other]);
    let sealed = both.seal(one.id(), b"row", &Plaintext::new(VALUE.to_owned())).unwrap();
    assert_eq!(key_of(&sealed), Some(one.id()));
    assert!(!sealed.windows(4).any(|part| VALUE.as_bytes().windows(4).any(|clear| clear == part)));
    assert_eq!(opened(&both, b"row", &sealed).as_deref(), Ok(VALUE));
    assert_eq!(opened(&keyring(&[&other, &one]), b"row", &sealed).as_deref(), Ok(VALUE));
    assert_eq!(opened(&both, b"another row", &sealed), Err(SecretFault::Damaged));
    let lacking = SecretFault::NoKey { needs: one.id(), has: vec![other.id()] };
    assert_eq!(opened(&keyring(&[&other]), b"row", &sealed), Err(lacking));
    assert_eq!(opened(&Keyring::without_secrets(), b"row", &sealed), Err(SecretFault::WithoutSecrets));
    let again = both.seal(one.id(), b"row", &Plaintext::new(VALUE.to_owned())).unwrap();
    assert_ne!(sealed, again, "the same value looks different each time");
}

#[test]
fn a_ciphertext_that_was_changed_or_cut_off_anywhere_does_not_open() {
    let key = Key::fresh().unwrap();
    let keyring = keyring(&[&key]);
    let sealed = keyring.seal(key.id(), b"row", &Plaintext::new(VALUE.to_owned())).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(opened(&keyring, b"row", &changed).is_err(), "byte {at}");
        assert!(opened(&keyring, b"row", &sealed[..at]).is_err(), "{at} bytes");
    }
}

#[test]
fn a_key_file_has_the_keys_that_were_written_and_is_for_our_own_eyes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    assert!(read(&file).unwrap().is_none());
    let keys = Keys::new(vec![Key::fresh().unwrap(), Key::fresh().unwrap()]);
    assert!(write_new(&file, &keys).unwrap());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(read(&file).unwrap().unwrap().ids(), keys.ids());
    assert!(!write_new(&file, &Keys::new(vec![Key::fresh().unwrap()])).unwrap(), "somebody was quicker");
    assert_eq!(read(&file).unwrap().unwrap().ids(), keys.ids());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_key_file_that_will_not_do_is_refused_with_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let (one, other) = (Key::fresh().unwrap(), Key::fresh().unwrap());
    write_new(&file, &Keys::new(vec![one.clone()])).unwrap();
    let good = std::fs::read_to_string(&file).unwrap();
    let says = |words: &str| {
        let said = read(&file).err().map(|fault| fault.to_string()).unwrap_or_default();
        assert!(
            said.contains(words) && said.contains(&file.display().to_string()),
            "{words:?} is not said by {said:?}"
        );
    };
    for mode in [0o640, 0o604, 0o660, 0o700 | 0o001] {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        says("chmod 600");
    }
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, good.replace(&one.id().to_string(), &other.id().to_string())).unwrap();
    says("line 3 of the key file");
    says("has a key with the name of another");
    std::fs::write(&file, &good[..good.len() - 3]).unwrap();
    says("is no key");
    std::fs::write(&file, format!("{good}more\n")).unwrap();
    says("line 4");
    std::fs::write(&file, "# nothing\n").unwrap();
    says("has no key");
    std::fs::write(&file, "#".repeat(70_000)).unwrap();
    says("longer than");
    std::fs::write(&file, &good).unwrap();
    assert_eq!(read(&file).unwrap().unwrap().ids(), [one.id()]);
    if rustix::process::geteuid().is_root() {
        chown(&file, Some(54_321), None).unwrap();
        assert!(matches!(read(&file).err().unwrap().kind, KeyFileFaultKind::NotOurs { owner: 54_321 }));
    }
    let link = folder.path().join("link");
    symlink(&file, &link).unwrap();
    assert!(read(&link).err().unwrap().to_string().contains("it is a link"));
}

#[test]
fn a_key_file_that_is_changed_is_read_again_and_one_that_is_spoilt_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let keyring = Keyring::of_file(file.clone()).unwrap();
    assert_eq!(keyring.ids(), Ok(Vec::new()));
    let (one, other) = (Key::fresh().unwrap(), Key::fresh().unwrap());
    write_new(&file, &Keys::new(vec![one.clone()])).unwrap();
    assert_eq!(keyring.ids(), Ok(vec![one.id()]));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(keyring.ids(), Ok(vec![one.id()]), "what was read is known");
    write_new(&file, &Keys::new(vec![one.clone(), other.clone()])).unwrap();
    assert_eq!(keyring.ids(), Ok(vec![one.id(), other.id()]));
    std::fs::write(&file, "spoilt").unwrap();
    assert_eq!(keyring.ids(), Ok(vec![one.id(), other.id()]));
}
