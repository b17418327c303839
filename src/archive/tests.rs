//! Archives of folders that scripts have filled in their own ways.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

const EXECUTION: &str = "01a2064c-de12-71dd-a05a-b72ec36b8d82";

/// A data folder beside its database and its archive.
struct Data(TempDir);

impl Data {
    fn new() -> Self {
        let data = Self(tempfile::tempdir().unwrap());
        fs::write(data.0.path().join(DATABASE), "a database").unwrap();
        fs::create_dir_all(data.path("workspace")).unwrap();
        fs::create_dir_all(data.path("runs")).unwrap();
        data
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("data").join(name)
    }

    /// The run folder of an attempt with these files, and that the database knows it.
    fn attempt(&self, live: bool, files: &[&str]) -> (PathBuf, KnownAttempts) {
        let folder = self.path("runs").join(EXECUTION).join("build/1");
        fs::create_dir_all(&folder).unwrap();
        for name in files {
            fs::write(folder.join(name), name).unwrap();
        }
        let attempt = KnownAttempt { task: "build".to_owned(), number: 1 };
        (folder, [(EXECUTION.parse().unwrap(), [(attempt, live)].into())].into())
    }

    fn packed(&self, known: &KnownAttempts) -> io::Result<Packed> {
        let database = self.0.path().join(DATABASE);
        let manifest = Manifest::of(&database, DateTime::UNIX_EPOCH, Vec::new(), true)?;
        let file = fs::File::create(self.0.path().join("archive"))?;
        pack(file, &manifest, &database, Some(DataFiles { folder: &self.path(""), known })).map(|(_, packed)| packed)
    }

    /// What is in the archive, laid into a folder.
    fn unpacked(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        unpack(&self.0.path().join("archive"), folder.path()).unwrap();
        folder
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_folder_that_nobody_may_write_into_is_restored_with_what_is_in_it() {
    let data = Data::new();
    let module = data.path("workspace/go/module");
    fs::create_dir_all(module.join("inner")).unwrap();
    fs::write(module.join("inner/code"), "code").unwrap();
    fs::set_permissions(module.join("inner/code"), Permissions::from_mode(0o444)).unwrap();
    for folder in [module.join("inner"), module.clone()] {
        fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    }
    data.packed(&KnownAttempts::new()).unwrap();
    remove(&data.path("workspace")).unwrap();
    assert!(!data.path("workspace").exists());
    let restored = data.unpacked();
    let module = restored.path().join("workspace/go/module");
    assert_eq!(fs::read_to_string(module.join("inner/code")).unwrap(), "code");
    assert_eq!(mode(&module.join("inner/code")), 0o444);
    assert_eq!((mode(&module), mode(&module.join("inner"))), (0o755, 0o755));
}

/// The files of the attempt in that folder, each with what it says.
fn files(restored: &TempDir) -> Vec<(String, String)> {
    let folder = restored.path().join("runs").join(EXECUTION).join("build/1");
    let read = |name: String| (name.clone(), fs::read_to_string(folder.join(name)).unwrap());
    runs::entries(&folder).unwrap().into_iter().map(read).collect()
}

#[test]
fn what_a_script_made_in_its_run_folder_holds_no_backup_up() {
    let data = Data::new();
    let (folder, known) = data.attempt(false, &["log", "started", "exit.json", "lock"]);
    fs::create_dir(folder.join("folder")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.join("pipe")).status().unwrap();
    assert!(pipe.success());
    assert_eq!(data.packed(&known).unwrap().files, 3);
    let expected = ["exit.json", "log", "started"].map(|name| (name.to_owned(), name.to_owned()));
    assert_eq!(files(&data.unpacked()), expected);
}

#[test]
fn a_backup_says_what_it_cannot_read() {
    let data = Data::new();
    fs::remove_dir(data.path("runs")).unwrap();
    std::os::unix::fs::symlink("runs", data.path("runs")).unwrap();
    let error = data.packed(&KnownAttempts::new()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{} cannot be read: ", data.path("runs").display())), "{error}");
}

/// What is in the archive decides, not what is in the folder a moment later.
#[test]
fn an_attempt_that_is_live_is_never_restored_as_one_that_can_still_be_started() {
    let data = Data::new();
    let (folder, known) = data.attempt(true, &["log", "order.json", "lock"]);
    // What is there when it is asked for, and did not come into the archive.
    fs::create_dir(folder.join("started")).unwrap();
    data.packed(&known).unwrap();
    let expected = [("log", "log"), ("started", "")].map(|(name, said)| (name.to_owned(), said.to_owned()));
    assert_eq!(files(&data.unpacked()), expected);
}

#[test]
fn f6_every_file_of_the_log_of_a_live_attempt_is_in_the_archive() {
    let data = Data::new();
    let (_, known) = data.attempt(true, &["log", "log.0", "log.4", "log.5", "log.old", "order.json", "lock"]);
    data.packed(&known).unwrap();
    let packed: Vec<String> = files(&data.unpacked()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(packed, ["log", "log.0", "log.4", "started"]);
}

#[test]
fn an_attempt_whose_folder_is_gone_is_known_by_what_says_that_it_was_started() {
    let data = Data::new();
    let (folder, _) = data.attempt(true, &["log"]);
    fs::write(folder.with_file_name("2.started"), "").unwrap();
    let mut found = runs::attempts_in(&data.path(""), EXECUTION.parse().unwrap()).unwrap();
    found.sort_by_key(|(attempt, _)| attempt.number);
    let build = |number| (KnownAttempt { task: "build".to_owned(), number }, folder.with_file_name(number.to_string()));
    assert_eq!(found, [build(1), build(2)]);
}

#[test]
fn f5_what_is_not_in_a_backup_is_named_and_the_rest_is_in_it() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

    let data = Data::new();
    let (folder, known) = data.attempt(false, &["log", "exit.json"]);
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    let workspace = data.path("workspace");
    fs::write(workspace.join("code"), "code").unwrap();
    let pipe = workspace.join("pipe");
    rustix::fs::mkfifoat(CWD, &pipe, Mode::RUSR).unwrap();
    let sparse = workspace.join("sparse");
    fs::File::create(&sparse).unwrap().set_len(1 << 42).unwrap();
    let wrong = [folder.join(OsStr::from_bytes(b"a\xff")), workspace.join(OsStr::from_bytes(b"b\xff"))];
    for path in &wrong {
        fs::write(path, "").unwrap();
    }
    let step = "d".repeat(250);
    let mut deep = openat(CWD, &workspace, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..20 {
        mkdirat(&deep, &step, Mode::RWXU).unwrap();
        deep = openat(&deep, &step, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let packed = data.packed(&known).unwrap();
    let left_out: Vec<(&Path, &str)> = packed.left_out.iter().map(|it| (it.path.as_path(), it.why.as_str())).collect();
    let text = "its name is not UTF-8";
    assert_eq!(left_out.len(), 6, "{left_out:?}");
    for expected in [
        (wrong[0].as_path(), text),
        (wrong[1].as_path(), text),
        (folder.join("socket").as_path(), "it is a socket, not a file"),
        (sparse.as_path(), "it is 4398046511104 bytes long, and nearly all of it was never written"),
        (pipe.as_path(), "it is a named pipe, not a file"),
    ] {
        assert!(left_out.contains(&expected), "{expected:?} in {left_out:?}");
    }
    assert!(left_out.iter().any(|(_, why)| *why == "its path is longer than 3500 bytes"));
    let restored = data.unpacked();
    assert_eq!(fs::read_to_string(restored.path().join("workspace/code")).unwrap(), "code");
    assert!(restored.path().join("workspace").join(&step).join(&step).is_dir());
}

#[test]
fn f21_a_file_with_holes_has_them_again_when_it_is_restored() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    use std::os::unix::fs::{FileExt as _, MetadataExt as _};

    const LEN: u64 = 3 << 30;
    let data = Data::new();
    let (_, known) = data.attempt(false, &["log", "exit.json"]);
    let (sparse, hollow, ended) = ("workspace/sparse", "workspace/hollow", "workspace/ended");
    let mut file = fs::File::create(data.path(sparse)).unwrap();
    // More parts than stand in one header, and a hole at the end.
    for number in 0..40 {
        file.seek(SeekFrom::Start(number << 24)).unwrap();
        file.write_all(format!("part {number}").as_bytes()).unwrap();
    }
    file.set_len(LEN).unwrap();
    fs::File::create(data.path(hollow)).unwrap().set_len(LEN).unwrap();
    fs::File::create(data.path(ended)).unwrap().write_all_at(b"the end", 5_000_001).unwrap();
    let packed = data.packed(&known).unwrap();
    assert_eq!((packed.left_out.as_slice(), packed.torn), (&[][..], 0));
    let archive = fs::metadata(data.0.path().join("archive")).unwrap().len();
    assert!(archive < 1 << 20, "holes are not in the archive: {archive} bytes");

    let restored = data.unpacked();
    let of = |name: &str| fs::File::open(restored.path().join(name)).unwrap();
    for (name, len) in [(sparse, LEN), (hollow, LEN), (ended, 5_000_008)] {
        let found = of(name).metadata().unwrap();
        assert_eq!(found.len(), len, "{name}");
        assert!(found.blocks() * 512 < 2 << 20, "{name} is sparse again: {} blocks", found.blocks());
    }
    let mut bytes = [0; 7];
    for number in [0, 1, 9, 39] {
        of(sparse).read_exact_at(&mut bytes[..], number << 24).unwrap();
        assert!(format!("part {number}\0").as_bytes().starts_with(&bytes[..6]), "{number}: {bytes:?}");
    }
    of(ended).read_exact_at(&mut bytes[..], 5_000_001).unwrap();
    assert_eq!(&bytes, b"the end");
}
