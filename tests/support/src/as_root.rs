//! Tests that take root: where the tests are run by an ordinary user, they run themselves again with sudo.

use std::process::Command;

use rustix::process::geteuid;

/// Whether the test goes on here, as root; otherwise it has passed in a process of its own.
pub fn is_root(test: &str) -> bool {
    if geteuid().is_root() {
        return true;
    }
    let mut again = Command::new("sudo");
    again.args(["-n", "--preserve-env=TOLLGATE_TEST_POSTGRES,RUST_BACKTRACE", "--"]);
    again.arg(std::env::current_exe().unwrap()).args(["--exact", test]);
    assert!(again.status().is_ok_and(|ran| ran.success()), "{test} takes root: run the tests as root, or with sudo");
    false
}
