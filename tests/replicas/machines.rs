//! Three machines: each has a data folder and, most of the time, a program that serves the shared database from it.

use std::net::SocketAddr;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tempfile::TempDir;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::{ExecutionId, ReleaseId};

use crate::by_hand::one_to;
use crate::db::Db;
use crate::processes;
use crate::program::{self, ANYWHERE, Program};

/// How many there are.
pub const MACHINES: usize = 3;

/// The machines, their database, and a folder that all of them see.
pub struct Machines {
    pub db: Db,
    pub sql: DatabaseConnection,
    pub each: Vec<Machine>,
    folder: TempDir,
}

/// One machine.
pub struct Machine {
    pub data: PathBuf,
    pub program: Option<Program>,
}

impl Machines {
    /// All three serve.
    pub async fn serve(db: Db) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Scripts make nothing new in a folder in which a data folder lies.
        std::fs::create_dir(folder.path().join("shared")).unwrap();
        let machine = |number: usize| Machine { data: folder.path().join(format!("machine-{number}")), program: None };
        let each = (0..MACHINES).map(machine).collect();
        let sql = Database::connect(one_to(&db.url)).await.unwrap();
        let mut machines = Self { db, sql, each, folder };
        for number in 0..MACHINES {
            machines.starts(number);
        }
        machines
    }

    /// The program starts on that machine, and answers.
    pub fn starts(&mut self, number: usize) {
        let machine = &mut self.each[number];
        machine.program = Some(Program::start(crate::PROGRAM, &machine.data, Some(&self.db.url), ANYWHERE));
    }

    /// Where each answers, if it runs.
    pub fn addresses(&self) -> Vec<Option<SocketAddr>> {
        self.each.iter().map(Machine::address).collect()
    }

    /// A file that the scripts of all machines add lines to.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("shared").join(name)
    }

    /// Its lines.
    pub fn wrote(&self, name: &str) -> Vec<String> {
        std::fs::read_to_string(self.file(name)).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Brings release tasks in, and answers their keys.
    pub async fn imports(&self, definitions: &[String]) -> Vec<ReleaseId> {
        let mut import = program::command(crate::PROGRAM, &self.file("nowhere"), Some(&self.db.url));
        import.arg("import");
        for (number, definition) in definitions.iter().enumerate() {
            let file = self.file(&format!("release-{number}.yaml"));
            std::fs::write(&file, definition).unwrap();
            import.arg(file);
        }
        let imported = import.output().unwrap();
        assert!(imported.status.success(), "{imported:?}");
        let teams = self.db.store.teams().await.unwrap();
        let team = teams.iter().find(|team| team.name == "Platform").unwrap().id;
        let (tx, mut found) = (self.db.store.begin_write().await.unwrap(), Vec::new());
        for definition in definitions {
            let name = definition.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
            found.push(tx.release_named(team, name).await.unwrap().unwrap());
        }
        found
    }

    /// The last execution of a release task.
    pub async fn last(&self, release: ReleaseId) -> Option<Execution> {
        self.db.store.release(release).await.unwrap().unwrap().last
    }

    /// Which machine carries on the execution.
    pub async fn owner(&self, execution: ExecutionId) -> Option<usize> {
        let sql = format!("SELECT owner FROM executions WHERE id = '{execution}'");
        let row = self.sql.query_one_raw(Statement::from_string(self.sql.get_database_backend(), sql)).await.unwrap();
        let owner: Option<String> = row.unwrap().try_get("", "owner").unwrap();
        self.each.iter().position(|machine| Some(machine.node()) == owner)
    }

    /// What the programs said, for a test that failed.
    pub fn said(&self) -> String {
        let log = |machine: &Machine| std::fs::read_to_string(machine.data.with_extension("log")).unwrap_or_default();
        self.each.iter().map(log).collect::<Vec<_>>().join("--- the next machine\n")
    }
}

impl Machine {
    pub fn address(&self) -> Option<SocketAddr> {
        let program = self.program.as_ref()?;
        Some(program.url.strip_prefix("http://").unwrap().parse().unwrap())
    }

    /// What the program of this machine calls itself.
    pub fn node(&self) -> String {
        std::fs::read_to_string(self.data.join("node")).unwrap_or_default().trim().to_owned()
    }

    /// The program is gone; its scripts go on.
    pub fn is_killed(&mut self) {
        self.program = None;
    }

    /// The machine is gone, with everything that runs on it.
    pub fn loses_power(&mut self) {
        self.is_killed();
        for pid in processes::all(&self.data) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }

    /// The program does nothing and knows nothing of it.
    pub fn freezes(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on where it was.
    pub fn thaws(&self) {
        self.signal(Signal::CONT);
    }

    /// The program is told to stop, and does.
    pub fn stops(&mut self) {
        self.signal(Signal::TERM);
        let mut program = self.program.take().unwrap();
        let status = program.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.program.as_ref().unwrap().child), signal).unwrap();
    }

    /// The processes of its scripts.
    pub fn scripts(&self) -> Vec<Pid> {
        processes::scripts(&self.data)
    }
}
