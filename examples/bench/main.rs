//! Measures the program as it is used: `cargo run --release --example bench` starts the released binary on SQLite and
//! on PostgreSQL, with 100,000 executions behind it, and prints what it reaches as tables in Markdown. What shall be
//! reached stands beside it. It needs what the tests need: PostgreSQL's programs, a shell, Linux.

mod client;
mod crowd;
mod database;
mod editor;
mod gates;
mod load;
mod pace;
mod pages;
mod report;
mod rest;
mod run;
mod scene;
mod seed;
mod server;
mod stamps;
mod watch;

use std::time::Instant;

use anyhow::ensure;
use clap::{Parser, ValueEnum};
use tollgate_testing::{by_hand, postgres, team_folder};

use database::{Kind, Place};
use report::Report;
use run::{Crowd, Part, Run};
use scene::{People, Scene};
use server::Server;

/// Measures Tollgate
#[derive(Debug, Parser)]
struct Bench {
    /// Measure these only, separated by commas
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Measure on this database only
    #[arg(long, value_enum, value_name = "DATABASE")]
    database: Option<Kind>,
    /// How long each page is asked for, with each number of connections
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0)]
    seconds: f64,
    #[command(flatten)]
    crowd: Crowd,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bench = Bench::parse();
    if !cfg!(debug_assertions) {
        server::build()?;
    }
    // Every browser of a crowd is an open file, here as there.
    tollgate::fd_limit::raise();
    let busy = busy();
    let mut report = Report::default();
    let kinds = bench.database.map_or_else(|| Kind::value_variants().to_vec(), |kind| vec![kind]);
    for kind in kinds {
        bench.measure(kind, &mut report).await?;
    }
    let cores = std::thread::available_parallelism()?;
    println!("\n{cores} cores; load average before {busy}, after {}.\n", self::busy());
    report.print();
    Ok(())
}

impl Bench {
    async fn measure(&self, kind: Kind, report: &mut Report) -> anyhow::Result<()> {
        let place = Place::new(kind).await?;
        let only = &self.only[..];
        let wants = |part: Part| only.is_empty() || only.contains(&part);
        if wants(Part::Demo) {
            rest::demo(&place, report).await?;
        }
        if only == [Part::Demo] {
            return Ok(());
        }
        let scene = fill(&place).await?;
        let server = Server::start("serve", &place.data(), &place.url)?;
        let people = People::sign_in(&server).await?;
        let sql = place.connect().await?;
        let mut run = Run {
            place: &place,
            server,
            scene: &scene,
            people,
            sql,
            report,
            only,
            seconds: self.seconds,
            crowd: self.crowd,
        };
        if wants(Part::Memory) {
            rest::memory(&mut run, "after the start").await;
        }
        pages::measure(&mut run).await?;
        if wants(Part::Editor) {
            editor::measure(&mut run).await?;
        }
        if wants(Part::Pace) {
            pace::measure(&mut run).await?;
        }
        if wants(Part::Decisions) {
            gates::measure(&mut run).await?;
        }
        if wants(Part::Watch) {
            watch::measure(&mut run).await?;
        }
        if wants(Part::Memory) {
            rest::memory(&mut run, "after all of this").await;
        }
        run.sql.close().await?;
        run.server.stop()
    }
}

/// Makes what is measured, runs an execution, and copies it until there are 100,000.
async fn fill(place: &Place) -> anyhow::Result<Scene> {
    let began = Instant::now();
    let scene = Scene::make(place).await?;
    let mut server = Server::start("serve", &place.data(), &place.url)?;
    scene.run_usual(&server, place).await?;
    server.stop()?;
    let sql = place.connect().await?;
    sql.fill_list(scene.usual.id).await?;
    sql.fill_gates(scene.gate.id).await?;
    let executions = sql.number("SELECT count(*) FROM executions").await?;
    let events = sql.number("SELECT count(*) FROM events").await?;
    ensure!(executions > i64::try_from(seed::EXECUTIONS)?, "there are {executions} executions only");
    let size = sql.size().await? / (1024 * 1024);
    sql.close().await?;
    eprintln!(
        "{}: {executions} executions with {events} events, {size} MiB, in {:.0} s",
        place.kind.name(),
        began.elapsed().as_secs_f64()
    );
    Ok(scene)
}

/// How busy the machine was in the last minute.
fn busy() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
