//! A test on a disk of its own: a tmpfs of a few MiB as its data folder, in a mount namespace.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tollgate::store::Backend;

use crate::db::Db;

/// Where the test that runs there finds its folder and its database.
const ROOM: &str = "TOLLGATE_TEST_ROOM";
const URL: &str = "TOLLGATE_TEST_URL";

/// Runs an ignored test of this program, by its whole name, with so many MiB for its data folder. Fails unless it passes.
pub fn passes(test: &str, mebibytes: u32, db: &Db) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !rustix::process::getuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let mount = format!("mount -t tmpfs -o size={mebibytes}m,mode=700 tollgate-test \"${ROOM}/data\" && exec \"$@\"");
    command.args(["sh", "-c", &mount, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(ROOM, folder.path());
    if db.store.backend() == Backend::Postgres {
        command.env(URL, &db.url);
    }
    let ran = tokio::task::block_in_place(|| command.output()).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "In a mount namespace of its own, with a tmpfs as its data folder (this needs root, or user namespaces: \
         `unshare --user --map-root-user --mount` must work), it failed:\n{said}"
    );
    println!("{said}");
}

/// The folder with the small disk `data`, and the URL of the database, which is on that disk unless it is PostgreSQL.
pub fn place() -> (PathBuf, String) {
    let folder =
        PathBuf::from(std::env::var_os(ROOM).expect("the test that starts this one says where the small disk is"));
    let sqlite = format!("sqlite:{}", folder.join("data/tollgate.db").display());
    let url = std::env::var(URL).unwrap_or(sqlite);
    (folder, url)
}
