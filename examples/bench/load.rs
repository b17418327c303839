//! Asks for one page, or some in turn, again and again on some connections, and counts.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::client::Client;
use crate::server::Server;

/// What comes before it is counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is asked for.
pub struct Load<'a> {
    pub server: &'a Server,
    pub cookie: &'a str,
    /// Asked for in turn.
    pub paths: Vec<String>,
    /// The part that refreshes itself, not the page.
    pub htmx: bool,
    /// What every answer must be.
    pub status: u16,
    pub connections: usize,
    pub time: Duration,
}

/// What was counted.
pub struct Counted {
    pub a_second: f64,
    /// CPU time of the server for one request.
    pub cpu: Duration,
    pub times: Times,
    /// Answers of another status.
    pub wrong: usize,
    /// Bytes of one answer.
    pub size: usize,
}

/// How long something took, often.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Those of another as well.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time below which that many of a thousand were.
    pub fn quantile(&mut self, thousandth: usize) -> Duration {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * thousandth / 1000).copied().unwrap_or_default()
    }
}

impl Load<'_> {
    /// Does it.
    pub async fn run(&self) -> anyhow::Result<Counted> {
        self.ask(WARM_UP).await?;
        let (cpu, began) = (self.server.cpu(), Instant::now());
        let (times, wrong, size) = self.ask(self.time).await?;
        let (cpu, elapsed) = (self.server.cpu().saturating_sub(cpu), began.elapsed());
        let count = u32::try_from(times.count().max(1))?;
        Ok(Counted { a_second: f64::from(count) / elapsed.as_secs_f64(), cpu: cpu / count, times, wrong, size })
    }

    async fn ask(&self, time: Duration) -> anyhow::Result<(Times, usize, usize)> {
        let end = Instant::now() + time;
        let mut askers = JoinSet::new();
        for _ in 0..self.connections {
            let mut client = Client::with_cookie(&self.server.address, self.cookie).await?;
            let right = self.status;
            let requests: Vec<_> = self.paths.iter().map(|path| client.get_request(path, self.htmx)).collect();
            askers.spawn(async move {
                let (mut times, mut wrong, mut size) = (Vec::with_capacity(1 << 16), 0, 0);
                let mut began = Instant::now();
                for request in requests.iter().cycle() {
                    if began >= end {
                        break;
                    }
                    let answer = client.exchange(request).await?;
                    let ended = Instant::now();
                    times.push(ended - began);
                    wrong += usize::from(answer.status != right);
                    size = answer.size;
                    began = ended;
                }
                anyhow::Ok((times, wrong, size))
            });
        }
        let (mut times, mut wrong, mut size) = (Times::default(), 0, 0);
        while let Some(asked) = askers.join_next().await {
            let asked = asked??;
            times.0.extend(asked.0);
            wrong += asked.1;
            size = asked.2;
        }
        Ok((times, wrong, size))
    }
}
