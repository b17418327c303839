//! One run: a server on a filled database, who takes part, and what was found so far.

use clap::{Args, ValueEnum};

use crate::client::Client;
use crate::database::{Place, Sql};
use crate::report::Report;
use crate::scene::{People, Scene};
use crate::server::Server;

/// A crowd that watches.
#[derive(Debug, Clone, Copy, Args)]
pub struct Crowd {
    /// How many browsers watch an execution
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000)]
    pub watchers: usize,
    /// How many other executions run at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    pub executions: usize,
    /// How long they are watched
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub watch: u64,
    /// After how long each browser asks again
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    pub every: f64,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The floor: an answer without a database.
    Healthz,
    /// The list of release tasks, and its refresh.
    List,
    /// The Release Process View, and its refresh.
    Process,
    /// The editor with 200 tasks on its board.
    Editor,
    /// How fast executions go on.
    Pace,
    /// 1,000 decisions at once, and 1,000 checkpoints that wait.
    Decisions,
    /// 2,000 browsers that watch an execution, at rest and while 200 others run.
    Watch,
    /// Memory at rest.
    Memory,
    /// From the start of the demo to its first page.
    Demo,
}

/// What every measurement needs.
pub struct Run<'a> {
    pub place: &'a Place,
    pub server: Server,
    pub scene: &'a Scene,
    pub people: People,
    pub sql: Sql,
    pub report: &'a mut Report,
    pub only: &'a [Part],
    /// Of each load.
    pub seconds: f64,
    /// Of the crowd that watches.
    pub crowd: Crowd,
}

impl Run<'_> {
    /// Whether that is to be measured.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Starts the server anew.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.server.stop()?;
        self.server = Server::start("serve", &self.place.data(), &self.place.url)?;
        Ok(())
    }

    pub async fn operator(&self) -> anyhow::Result<Client> {
        Client::with_cookie(&self.server.address, &self.people.operator).await
    }

    pub async fn approver(&self) -> anyhow::Result<Client> {
        Client::with_cookie(&self.server.address, &self.people.approver).await
    }
}
