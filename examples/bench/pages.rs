//! Pages under load, as somebody who is signed in gets them.

use std::time::Duration;

use anyhow::{Context, ensure};

use crate::client::Client;
use crate::load::Load;
use crate::run::{Part, Run};
use crate::scene::LISTED;

/// One reader at a time asks little of the server, a crowd asks all of it.
const CONNECTIONS: [usize; 2] = [4, 32];

/// The status of a release task as the database has it.
pub const TO_BE_APPROVED: i64 = 5;
pub const SUCCESSFUL: i64 = 2;

/// `/healthz`, the list, and the Release Process View.
pub async fn measure(run: &mut Run<'_>) -> anyhow::Result<()> {
    if run.wants(Part::Healthz) {
        page(run, "/healthz", vec!["/healthz".to_owned()], Want::Page).await?;
    }
    if run.wants(Part::List) {
        let list = format!("/regions/{LISTED}/release-tasks");
        page(run, "list, 50 of 1,000", vec![list.clone()], Want::Page).await?;
        page(run, "list, its 80 pages in turn", turned(&list), Want::Page).await?;
        let mark = mark(run, &list).await?;
        page(run, "list, unchanged", vec![mark], Want::Nothing).await?;
    }
    if run.wants(Part::Process) {
        big(run).await?;
    }
    Ok(())
}

/// The view of 20 × 10 tasks while it waits at a checkpoint in the middle, and then while a task runs.
async fn big(run: &mut Run<'_>) -> anyhow::Result<()> {
    let big = &run.scene.big;
    let (url, id) = (big.url.clone(), big.id);
    let mut operator = run.operator().await?;
    let answer = operator.post(&format!("{url}/execute"), &big.all_chosen()).await?;
    ensure!(answer.status == 303, "it could not be executed: {}", answer.status);
    run.sql.until_status(id, TO_BE_APPROVED).await?;
    page(run, "process view of 20 × 10", vec![url.clone()], Want::Page).await?;
    let seen = mark(run, &url).await?;
    page(run, "its refresh, unchanged", vec![seen.clone()], Want::Nothing).await?;
    // From now on a line of a log follows the other, so that marks move on; who shows an old one is sent the part.
    let decision = run.scene.big.decision(1, "task-10-1-1");
    let answer = run.approver().await?.post(&decision, "verdict=agree&comment=").await?;
    ensure!(answer.status == 303, "it could not be decided: {}", answer.status);
    run.sql.until_status(id, RUNNING).await?;
    page(run, "its refresh, one card changed", vec![seen], Want::Part).await?;
    operator.post(&format!("{url}/terminate"), "").await?;
    run.sql.until_status(id, RELEASE_FAILED).await
}

pub const RUNNING: i64 = 4;
pub const RELEASE_FAILED: i64 = 3;

/// What comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Want {
    Page,
    Part,
    Nothing,
}

/// A page under load, with few connections and with many.
pub async fn page(run: &mut Run<'_>, what: &str, paths: Vec<String>, want: Want) -> anyhow::Result<()> {
    for connections in CONNECTIONS {
        let load = Load {
            server: &run.server,
            cookie: &run.people.operator,
            paths: paths.clone(),
            htmx: want != Want::Page,
            status: if want == Want::Nothing { 204 } else { 200 },
            connections,
            time: Duration::from_secs_f64(run.seconds),
        };
        let counted = load.run().await?;
        run.report.page(run.place.kind, what, connections, counted);
    }
    Ok(())
}

/// Every page of the list in four orders: more than the program remembers.
fn turned(list: &str) -> Vec<String> {
    let orders = ["name&order=up", "name&order=down", "executed&order=up", "executed&order=down"];
    let pages = (1..=20).flat_map(|page| orders.map(|order| format!("{list}?sort={order}&page={page}")));
    pages.collect()
}

/// Where a page refreshes itself with the mark that it shows, as it says.
pub async fn mark(run: &Run<'_>, path: &str) -> anyhow::Result<String> {
    let mut client = Client::with_cookie(&run.server.address, &run.people.operator).await?;
    let html = client.get(path).await?;
    refresh(&html, path).with_context(|| format!("{path} does not refresh itself"))
}

/// Where a part of a page refreshes itself, as it says.
pub fn refresh(html: &str, path: &str) -> Option<String> {
    let wanted = format!("hx-get=\"{path}");
    html.match_indices(&wanted).find_map(|(at, _)| {
        let url = html[at + "hx-get=\"".len()..].split('"').next()?;
        url.contains("seen=").then(|| url.replace("&amp;", "&").replace("&#38;", "&"))
    })
}
