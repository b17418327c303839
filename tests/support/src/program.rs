//! The real program as a process of its own: started, killed at any moment, started again on the same data.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Any port that is free.
pub const ANYWHERE: &str = "127.0.0.1:0";

/// `tollgate demo`. Dropping it is a kill -9.
pub struct Program {
    /// The process.
    pub child: Child,
    /// Where it answers, such as `http://127.0.0.1:41234`.
    pub url: String,
    /// Passwords by account.
    pub passwords: BTreeMap<String, String>,
}

impl Program {
    /// Starts the program on that data and address, and waits until it answers.
    pub fn start(program: &str, folder: &Path, database: Option<&str>, listen: &str) -> Self {
        let mut command = command(program, folder, database);
        Self::launch(command.args(["demo", "--listen", listen]), &folder.with_extension("log"))
            .unwrap_or_else(|said| panic!("it does not start: {said}"))
    }

    /// Starts that command and waits until it answers; or what its log says when it ended before.
    pub fn launch(command: &mut Command, log: &Path) -> Result<Self, String> {
        let child = command
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(log).unwrap())
            .spawn()
            .unwrap();
        let mut program = Self { child, url: String::new(), passwords: BTreeMap::new() };
        for line in BufReader::new(program.child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("Tollgate listens on ") {
                address.clone_into(&mut program.url);
            } else if let Some((name, rest)) =
                line.strip_prefix("account: ").and_then(|it| it.split_once("  password: "))
            {
                program.passwords.insert(name.to_owned(), rest.split("  (").next().unwrap().to_owned());
            }
            if line.ends_with("(administrator)") {
                return Ok(program);
            }
        }
        Err(std::fs::read_to_string(log).unwrap())
    }
}

/// The program with nothing of this process's environment, on that data.
pub fn command(program: &str, folder: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(program);
    // Whoever runs the tests may be root.
    command.env_clear().env("TOLLGATE_DATA", folder).env("TOLLGATE_SCRIPTS_AS_ROOT", "true");
    // Only what is about them needs the hosts of the demo.
    command.env("TOLLGATE_WITHOUT_HOSTS", "true");
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    command
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
