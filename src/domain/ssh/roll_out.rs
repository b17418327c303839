//! Roll outs over hosts: how many are worked on at a time, and after how many that failed no more are begun.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many of the hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum HowMany {
    /// Every one.
    All,
    /// So many.
    Count(u32),
    /// So many of each hundred, from 1 to 100.
    Percent(u8),
}

/// How many hosts may fail, those that cannot be reached among them, before no more are begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailedLimit(pub HowMany);

/// How many hosts of an attempt are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostCount {
    /// The work was done there.
    pub done: usize,
    /// It failed there.
    pub failed: usize,
    /// All of them.
    pub all: usize,
}

/// How far a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HostState {
    /// Nothing was begun.
    Untried,
    /// It is being worked on.
    Running,
    /// The work was done.
    Done,
    /// It failed, or could not be reached.
    Failed,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostStep {
    /// Begin with these, by their places, and come back when one has ended.
    Begin(Vec<usize>),
    /// Wait until one that runs has ended.
    Wait,
    /// All is over: what is untried stays so.
    Over,
}

impl HowMany {
    /// How many hosts that are of so many: at least one.
    fn at_a_time(self, of: usize) -> usize {
        self.share(of).max(1)
    }

    fn share(self, of: usize) -> usize {
        match self {
            Self::All => of,
            Self::Count(count) => count as usize,
            Self::Percent(percent) => of * usize::from(percent) / 100,
        }
    }
}

impl FailedLimit {
    /// None may fail.
    pub const NONE: Self = Self(HowMany::Count(0));

    /// Whether more have failed than may, of so many.
    pub fn is_passed(self, failed: usize, of: usize) -> bool {
        failed > self.0.share(of)
    }
}

impl fmt::Display for HowMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Count(count) => count.fmt(f),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// A text is no number of hosts: `all`, `3` or `25%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub struct HowManyFault;

impl FromStr for HowMany {
    type Err = HowManyFault;

    fn from_str(text: &str) -> Result<Self, HowManyFault> {
        let text = text.trim();
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        if let Some(percent) = text.strip_suffix('%').map(str::trim_end).filter(|percent| digits(percent)) {
            let percent = percent.parse().ok().filter(|percent| (1..=100).contains(percent));
            return percent.map(Self::Percent).ok_or(HowManyFault);
        }
        Some(text).filter(|text| digits(text)).and_then(|text| text.parse().ok()).map(Self::Count).ok_or(HowManyFault)
    }
}

impl From<HowMany> for String {
    fn from(many: HowMany) -> Self {
        many.to_string()
    }
}

impl TryFrom<String> for HowMany {
    type Error = HowManyFault;

    fn try_from(text: String) -> Result<Self, HowManyFault> {
        text.parse()
    }
}

/// What comes next where the hosts are that far. A batch begins when all of the one before have ended. The limit counts
/// the hosts of all batches and is judged after each; once it is passed nothing is begun, and what runs ends.
pub fn next_hosts(states: &[HostState], batch: HowMany, limit: FailedLimit) -> HostStep {
    let count = |wanted: HostState| states.iter().filter(|state| **state == wanted).count();
    let running = count(HostState::Running) > 0;
    let untried: Vec<usize> = (0..).zip(states).filter(|(_, s)| **s == HostState::Untried).map(|(at, _)| at).collect();
    if running {
        return HostStep::Wait;
    }
    if untried.is_empty() || limit.is_passed(count(HostState::Failed), states.len()) {
        return HostStep::Over;
    }
    HostStep::Begin(untried.into_iter().take(batch.at_a_time(states.len())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> Vec<HostState> {
        let state = |c| match c {
            'r' => HostState::Running,
            'd' => HostState::Done,
            'f' => HostState::Failed,
            _ => HostState::Untried,
        };
        text.chars().map(state).collect()
    }

    #[test]
    fn b5_the_limit_counts_over_all_batches_and_is_judged_after_each_host() {
        let begin = |places: &[usize]| HostStep::Begin(places.to_vec());
        let none = FailedLimit::NONE;
        let half = FailedLimit(HowMany::Percent(50));
        let rows = [
            ("....", HowMany::All, none, begin(&[0, 1, 2, 3])),
            ("....", HowMany::Count(2), none, begin(&[0, 1])),
            ("....", HowMany::Percent(10), none, begin(&[0])),
            ("....", HowMany::Percent(75), none, begin(&[0, 1, 2])),
            ("dr..", HowMany::Count(2), none, HostStep::Wait),
            ("dd..", HowMany::Count(2), none, begin(&[2, 3])),
            ("df..", HowMany::Count(2), none, HostStep::Over),
            ("fr..", HowMany::Count(2), none, HostStep::Wait),
            // One of each of two batches: over all they are too many, though in no batch.
            ("fdfd..", HowMany::Count(2), FailedLimit(HowMany::Count(1)), HostStep::Over),
            ("fd..", HowMany::Count(2), FailedLimit(HowMany::Count(1)), begin(&[2, 3])),
            // A batch that fails whole ends nothing where so many may fail.
            ("ff..", HowMany::Count(2), half, begin(&[2, 3])),
            ("fff...", HowMany::Count(3), half, begin(&[3, 4, 5])),
            ("ffff.", HowMany::Count(4), FailedLimit(HowMany::All), begin(&[4])),
            ("ddff", HowMany::Count(2), half, HostStep::Over),
            ("", HowMany::All, none, HostStep::Over),
            // What is left of another attempt need not be the last of the list.
            ("d.d.", HowMany::Count(5), none, begin(&[1, 3])),
        ];
        for (hosts, batch, limit, wanted) in rows {
            assert_eq!(next_hosts(&states(hosts), batch, limit), wanted, "{hosts} {batch} {limit:?}");
        }
    }

    #[test]
    fn a_number_of_hosts_is_read_as_it_is_written() {
        for many in [HowMany::All, HowMany::Count(0), HowMany::Count(12), HowMany::Percent(25)] {
            assert_eq!(many.to_string().parse(), Ok(many));
        }
        assert_eq!(" ALL ".parse(), Ok(HowMany::All));
        for wrong in ["", "-1", "+1", "0%", "101%", "1.5", "half", "%", "99999999999"] {
            assert_eq!(wrong.parse::<HowMany>(), Err(HowManyFault), "{wrong}");
        }
    }
}
