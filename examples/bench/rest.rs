//! The cost of an idle server, and the time of its start.

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::time::sleep;

use crate::client::Client;
use crate::database::Place;
use crate::load::Times;
use crate::report::{Report, milliseconds};
use crate::run::Run;
use crate::server::Server;

/// After so long a server counts as at rest.
const REST: Duration = Duration::from_secs(3);
/// How often the demo is started.
const STARTS: usize = 9;

/// Memory of a server at rest, in KiB.
pub async fn settled(server: &Server) -> f64 {
    sleep(REST).await;
    server.memory()
}

/// Memory at rest.
pub async fn memory(run: &mut Run<'_>, when: &str) {
    let found = format!("**{:.1} MiB**", settled(&run.server).await / 1024.0);
    run.report.other(run.place.kind, &format!("Memory at rest with 1,000 release tasks, {when}"), &found, "48 MiB");
}

/// From starting the demo on a filled folder to its first page.
pub async fn demo(place: &Place, report: &mut Report) -> anyhow::Result<()> {
    let (data, url) = (place.folder.path().join("demo"), place.another("demo").await?);
    Server::start("demo", &data, &url)?.stop()?;
    let mut times = Times::default();
    for _ in 0..STARTS {
        let began = Instant::now();
        let mut server = Server::start("demo", &data, &url)?;
        let mut client = Client::connect(&server.address).await?;
        let page = client.get("/login").await?;
        times.add(began.elapsed());
        ensure!(page.contains("password"), "this is no page to sign in on");
        server.stop()?;
    }
    let found =
        format!("**median {} ms**, most {} ms", milliseconds(times.quantile(500)), milliseconds(times.quantile(1000)));
    report.other(place.kind, "`demo` on a filled folder to the first page", &found, "300 ms");
    Ok(())
}
