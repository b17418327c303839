//! Networks and mounts of a test's own: the test runs itself again in namespaces, and puts hosts into others.

use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};

use rustix::process::geteuid;

/// Says to the test that it runs in its own network.
const INSIDE: &str = "TOLLGATE_TEST_NETWORK";

/// Whether the test goes on here, with a network and mounts of its own; otherwise it has passed in a process of its own.
pub fn is_apart(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        run("ip", &["link", "set", "lo", "up"]);
        return true;
    }
    let mut again = Command::new("unshare");
    if geteuid().is_root() {
        again.args(["--net", "--mount"]);
    } else {
        again.args(["--user", "--map-current-user", "--keep-caps", "--net", "--mount"]);
    }
    again.arg("--").arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]).env(INSIDE, "1");
    let ran = again.output().expect("unshare, of util-linux");
    let said = [ran.stdout, ran.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "{test} takes networks of its own: run the tests as root, or where `unshare --user --net` is allowed\n{said}"
    );
    false
}

/// Puts an empty file system over a folder, as long as the test runs.
pub fn mount(options: &str, folder: &std::path::Path) {
    run("mount", &["-t", "tmpfs", "-o", options, "tmpfs", &folder.display().to_string()]);
}

/// Another host in a network of its own, connected by a cable.
pub struct Elsewhere {
    keeper: Child,
    /// Its address.
    pub address: Ipv4Addr,
    /// Ours, as it sees us.
    ours: Ipv4Addr,
}

impl Elsewhere {
    /// One that is the only one.
    pub fn connected() -> Self {
        let keeper = Command::new("unshare").args(["--net", "--", "cat"]).stdin(Stdio::piped()).spawn().unwrap();
        let pid = keeper.id().to_string();
        let own = std::fs::read_link("/proc/self/ns/net").unwrap();
        while std::fs::read_link(format!("/proc/{pid}/ns/net")).unwrap() == own {
            std::thread::yield_now();
        }
        run("ip", &["link", "add", "here", "type", "veth", "peer", "name", "there", "netns", &pid]);
        run("ip", &["address", "add", "10.99.0.1/24", "dev", "here"]);
        run("ip", &["link", "set", "here", "up"]);
        let elsewhere = Self { keeper, address: Ipv4Addr::new(10, 99, 0, 2), ours: Ipv4Addr::new(10, 99, 0, 1) };
        elsewhere.run(&["ip", "address", "add", "10.99.0.2/24", "dev", "there"]);
        elsewhere.run(&["ip", "link", "set", "there", "up"]);
        elsewhere.run(&["ip", "link", "set", "lo", "up"]);
        elsewhere
    }

    /// A command there.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--net", "--target", &self.keeper.id().to_string(), "--", program]);
        command
    }

    /// From now on all that it sends is dropped on the way, or no more.
    pub fn drops(&self, drops: bool) {
        let route = format!("{}/32", self.ours);
        self.run(&["ip", "route", if drops { "add" } else { "del" }, "blackhole", &route]);
    }

    fn run(&self, words: &[&str]) {
        let ran = self.command(words[0]).args(&words[1..]).status();
        assert!(ran.is_ok_and(|status| status.success()), "{words:?}");
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let ran = Command::new(program).args(arguments).status();
    assert!(ran.is_ok_and(|status| status.success()), "{program} {arguments:?} failed: is iproute2 installed?");
}
