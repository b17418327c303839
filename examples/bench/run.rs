//! One run: a server on a filled database, who takes part, and what was found so far.

use clap::ValueEnum;

use crate::client::Client;
use crate::database::{Place, Sql};
use crate::report::Report;
use crate::scene::{People, Scene};
use crate::server::Server;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The floor: an answer without a database.
    Healthz,
    /// The list of release tasks, and its refresh.
    List,
    /// The Release Process View, and its refresh.
    Process,
    /// How fast executions go on.
    Pace,
    /// 1,000 decisions at once, and 1,000 checkpoints that wait.
    Decisions,
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
