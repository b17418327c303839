//! A crowd of browsers that watches one execution: when nothing happens at all, and while 200 executions run. Each browser
//! is another person on a connection of its own, and asks as the page does, with the mark that it shows.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};
use tollgate::domain::ids::ReleaseId;

use crate::client::Client;
use crate::crowd::Cast;
use crate::database::Sql;
use crate::load::Times;
use crate::pace::{self, now};
use crate::pages::{self, RELEASE_FAILED, RUNNING, SUCCESSFUL, TO_BE_APPROVED};
use crate::report::milliseconds;
use crate::run::Run;
use crate::scene::CROWD;
use crate::stamps;

/// How often the floor is measured meanwhile.
const PROBE: Duration = Duration::from_millis(20);
/// How often it is looked which executions wait for somebody.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// After how long the number beside My Approvals is asked for again, and where.
const COUNT_EVERY: Duration = Duration::from_secs(5);
const COUNT: &str = "/approvals/count";
/// The beginning of a part, in which its new mark stands.
const BEGINNING: usize = 2048;

/// What browsers met with.
#[derive(Default)]
struct Met {
    times: Times,
    fresh: usize,
    unchanged: usize,
    errors: usize,
    bytes: usize,
    last_error: Option<String>,
}

/// What drove the other executions.
#[derive(Default)]
struct Driven {
    /// When decisions were sent, by the number of the release task.
    decided: HashMap<usize, Vec<Duration>>,
    executed: usize,
    failed: usize,
}

/// Both.
pub async fn measure(run: &mut Run<'_>) -> anyhow::Result<()> {
    let cast = Cast::make(run).await?;
    nothing_new(run, &cast).await?;
    much_at_once(run, &cast).await
}

/// Nothing runs, and everybody watches: what the watching itself costs.
async fn nothing_new(run: &mut Run<'_>, cast: &Cast) -> anyhow::Result<()> {
    let time = Duration::from_secs(run.crowd.watch);
    let url = pages::mark(run, &cast.watched.url).await?;
    let (cpu, began) = (run.server.cpu(), Instant::now());
    sleep(time / 2).await;
    let rest = share(run.server.cpu().saturating_sub(cpu), began.elapsed());
    let crowd = gather(run, cast, &url, time);
    let spread = Duration::from_secs_f64(run.crowd.every);
    sleep(spread * 2).await;
    let (cpu, began) = (run.server.cpu(), Instant::now());
    let probe = probe(run.operator().await?, time.saturating_sub(spread)).await?;
    let watched = share(run.server.cpu().saturating_sub(cpu), began.elapsed());
    let (met, memory) = (together(crowd).await?, run.server.memory());
    let found = format!(
        "**{:.1} % of a core** ({:.1} % without them), {}, {:.0} MiB{}",
        (watched - rest) * 100.0,
        rest * 100.0,
        told(met, probe),
        memory / 1024.0,
        if rest > 0.5 { ", THE SERVER WAS NOT AT REST" } else { "" },
    );
    run.report.other(run.place.kind, &format!("{} watch, nothing new", run.crowd.watchers), &found, "10 % of a core");
    Ok(())
}

async fn much_at_once(run: &mut Run<'_>, cast: &Cast) -> anyhow::Result<()> {
    let time = Duration::from_secs(run.crowd.watch);
    let (stop, stopped) = watch::channel(false);
    let driver = Driver {
        operator: run.operator().await?,
        address: run.server.address.clone(),
        approver: run.people.approver.clone(),
        sql: run.place.connect().await?,
        stopped,
    };
    let mut operator = run.operator().await?;
    pace::execute(&mut operator, &cast.watched).await?;
    run.sql.until_status(cast.watched.id, RUNNING).await?;
    let (url, crowd_began) = (pages::mark(run, &cast.watched.url).await?, Duration::from_secs_f64(run.crowd.every) * 2);
    let driven = driver.drive(cast);
    let measured = async {
        run.sql
            .until(&in_crowd("count(*)", &format!("AND r.status IN ({RUNNING}, {TO_BE_APPROVED})")), 1 + count(cast)?)
            .await?;
        let crowd = gather(run, cast, &url, time);
        sleep(crowd_began).await;
        let (cpu, began, memory) = (run.server.cpu(), Instant::now(), run.server.memory());
        let half = time.saturating_sub(crowd_began) / 2;
        let mut floor = probe(run.operator().await?, half).await?;
        let (middle, files) = (run.server.memory(), run.server.open_files());
        floor.join(probe(run.operator().await?, half).await?);
        let cpu = share(run.server.cpu().saturating_sub(cpu), began.elapsed());
        let (met, end) = (together(crowd).await?, run.server.memory());
        stop.send(true)?;
        anyhow::Ok((met, floor, cpu, [memory, middle, end].map(|memory| memory / 1024.0), files))
    };
    let (driven, measured) = tokio::join!(driven, measured);
    let (driven, (met, floor, cpu, memory, files)) = (driven?, measured?);
    // The first connection has asked nothing for so long that it may be closed.
    let mut operator = run.operator().await?;
    operator.post(&format!("{}/terminate", cast.watched.url), "").await?;
    run.sql.until_status(cast.watched.id, RELEASE_FAILED).await?;

    let mut handovers = Times::default();
    for number in 0..cast.others.len() {
        let decided = driven.decided.get(&number).map_or(&[][..], Vec::as_slice);
        stamps::handovers(&run.place.data(), number, decided, &mut handovers)?;
    }
    let what = format!("{} watch while {} run, {} s", run.crowd.watchers, cast.others.len(), time.as_secs());
    let [begin, middle, end] = memory;
    let found = format!(
        "{}, {:.0} % of a core, memory {begin:.0}, {middle:.0}, {end:.0} MiB, {files} open files",
        told(met, floor),
        cpu * 100.0
    );
    run.report.other(run.place.kind, &what, &found, "no error, p99 50 ms, memory flat");
    let found = format!(
        "p50 {} ms, p95 {} ms, **p99 {} ms** of {}; {} executions, {} failed",
        milliseconds(handovers.quantile(500)),
        milliseconds(handovers.quantile(950)),
        milliseconds(handovers.quantile(990)),
        handovers.count(),
        driven.executed,
        driven.failed,
    );
    run.report.other(run.place.kind, "meanwhile: the end of a script, or a decision, to the next script", &found, "-");
    Ok(())
}

fn count(cast: &Cast) -> anyhow::Result<i64> {
    Ok(i64::try_from(cast.others.len())?)
}

fn share(cpu: Duration, of: Duration) -> f64 {
    cpu.as_secs_f64() / of.as_secs_f64()
}

fn told(mut met: Met, mut floor: Times) -> String {
    if let Some(error) = met.last_error {
        eprintln!("the last error: {error}");
    }
    let p99 = met.times.quantile(990);
    let ratio = p99.as_secs_f64() / floor.quantile(990).as_secs_f64().max(1e-9);
    format!(
        "**{} errors** in {} refreshes ({} with something new, {} KiB each), p50 {} ms, p95 {} ms, **p99 {} ms** \
         (`/healthz` p50 {} ms, p99 {} ms; ratio of p99 {ratio:.1})",
        met.errors,
        met.times.count(),
        met.fresh,
        met.bytes / met.fresh.max(1) / 1024,
        milliseconds(met.times.quantile(500)),
        milliseconds(met.times.quantile(950)),
        milliseconds(p99),
        milliseconds(floor.quantile(500)),
        milliseconds(floor.quantile(990)),
    )
}

/// Asks for the floor as long as that, on a connection of its own.
async fn probe(mut client: Client, time: Duration) -> anyhow::Result<Times> {
    let (end, request, mut times) = (Instant::now() + time, client.get_request("/healthz", false), Times::default());
    while Instant::now() < end {
        let began = Instant::now();
        ensure!(client.exchange(&request).await?.status == 200, "/healthz is not well");
        times.add(began.elapsed());
        sleep(PROBE).await;
    }
    Ok(times)
}

/// Everybody comes, one after the other within one turn, and stays that long.
fn gather(run: &Run<'_>, cast: &Cast, url: &str, time: Duration) -> JoinSet<Met> {
    let (every, end) = (Duration::from_secs_f64(run.crowd.every), Instant::now() + time);
    let mut crowd = JoinSet::new();
    let many = u32::try_from(cast.cookies.len()).unwrap_or(u32::MAX).max(1);
    for (number, cookie) in (0..many).zip(&cast.cookies) {
        let browser =
            Browser { address: run.server.address.clone(), cookie: cookie.clone(), path: cast.watched.url.clone() };
        let first = Instant::now() + every * number / many;
        crowd.spawn(browser.watch(url.to_owned(), first, every, end));
    }
    crowd
}

async fn together(mut crowd: JoinSet<Met>) -> anyhow::Result<Met> {
    let mut all = Met::default();
    while let Some(met) = crowd.join_next().await {
        let met = met?;
        all.times.join(met.times);
        all.fresh += met.fresh;
        all.unchanged += met.unchanged;
        all.errors += met.errors;
        all.bytes += met.bytes;
        all.last_error = met.last_error.or(all.last_error);
    }
    Ok(all)
}

struct Browser {
    address: String,
    cookie: String,
    path: String,
}

impl Browser {
    /// Asks at each turn, until the end. Whatever goes wrong is an error, after which it connects anew.
    async fn watch(self, mut url: String, first: Instant, every: Duration, end: Instant) -> Met {
        let (mut met, mut turn, mut client) = (Met::default(), first, None);
        let (mut count, mut count_at) = (format!("{COUNT}?seen=0"), first);
        while turn < end {
            sleep_until(turn.into()).await;
            let mut asked = self.ask(&mut client, (&mut url, &self.path), &mut met).await;
            if asked.is_ok() && turn >= count_at {
                asked = self.ask(&mut client, (&mut count, COUNT), &mut met).await;
                count_at += COUNT_EVERY;
            }
            if let Err(error) = asked {
                met.errors += 1;
                met.last_error = Some(format!("{error:#}"));
                client = None;
            }
            turn += every;
        }
        met
    }

    async fn ask(
        &self,
        client: &mut Option<Client>,
        (url, path): (&mut String, &str),
        met: &mut Met,
    ) -> anyhow::Result<()> {
        let client = match client {
            Some(client) => client,
            None => client.insert(Client::with_cookie(&self.address, &self.cookie).await?),
        };
        let request = client.get_request(url, true);
        let began = Instant::now();
        let answer = client.exchange(&request).await?;
        met.times.add(began.elapsed());
        match answer.status {
            204 => met.unchanged += 1,
            200 => {
                met.fresh += 1;
                met.bytes += answer.size;
                let part = client.beginning(answer, BEGINNING)?;
                *url = pages::refresh(&part, path).context("a part without a mark")?;
            }
            status => anyhow::bail!("{url}: {status}"),
        }
        Ok(())
    }
}

/// Who keeps the other executions going.
struct Driver {
    operator: Client,
    address: String,
    /// Comes anew for each decision: nobody may be connected for long without asking anything.
    approver: String,
    sql: Sql,
    stopped: watch::Receiver<bool>,
}

/// A question about what is in the region of the crowd, of which `r` is one.
fn in_crowd(what: &str, and: &str) -> String {
    format!("SELECT {what} FROM releases r WHERE r.region_id = (SELECT id FROM regions WHERE name = '{CROWD}') {and}")
}

impl Driver {
    /// Executes each, agrees where somebody must, and executes it again when it has ended; in the end waits for all.
    async fn drive(mut self, cast: &Cast) -> anyhow::Result<Driven> {
        let numbers: HashMap<ReleaseId, usize> =
            cast.others.iter().enumerate().map(|(at, task)| (task.id, at)).collect();
        let mut driven = Driven::default();
        let mut agreed: HashMap<ReleaseId, i64> = HashMap::new();
        for task in &cast.others {
            pace::execute(&mut self.operator, task).await?;
            driven.executed += 1;
        }
        loop {
            let over = *self.stopped.borrow();
            let mut active = 0;
            for row in self.sql.rows(&in_crowd("r.id, r.status, r.last_number", "")).await? {
                let (id, status, last): (ReleaseId, i32, i32) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                let Some(number) = numbers.get(&id) else { continue };
                let task = &cast.others[*number];
                match i64::from(status) {
                    TO_BE_APPROVED if agreed.insert(id, last.into()) != Some(last.into()) => {
                        active += 1;
                        let mut approver = Client::with_cookie(&self.address, &self.approver).await?;
                        driven.decided.entry(*number).or_default().push(now()?);
                        pace::agree(&mut approver, task, last.into()).await?;
                    }
                    SUCCESSFUL | RELEASE_FAILED if !over => {
                        driven.failed += usize::from(i64::from(status) == RELEASE_FAILED);
                        pace::execute(&mut self.operator, task).await?;
                        driven.executed += 1;
                    }
                    SUCCESSFUL | RELEASE_FAILED => {}
                    _ => active += 1,
                }
            }
            if over && active == 0 {
                self.sql.close().await?;
                return Ok(driven);
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}
