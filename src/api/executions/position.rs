//! Positions in the events of an execution: all that a client has, in the id of the last event that it got.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A place in the log of a task: the attempt, and how far it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPlace {
    /// The attempt.
    pub attempt: u32,
    /// Where to go on in its log.
    pub from: u64,
}

impl Default for LogPlace {
    fn default() -> Self {
        Self { attempt: 1, from: 0 }
    }
}

/// What was told of an execution: `12`, or with places in logs `12;0.1.3456;3.2.0`: task, attempt, and how far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The revision that was told last; none at the beginning.
    pub revision: Option<u64>,
    /// By the index of the task, how far its log was told.
    pub logs: BTreeMap<usize, LogPlace>,
}

/// It is none of our ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPosition;

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(revision) = self.revision {
            write!(f, "{revision}")?;
        }
        for (task, LogPlace { attempt, from }) in &self.logs {
            write!(f, ";{task}.{attempt}.{from}")?;
        }
        Ok(())
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(id: &str) -> Result<Self, NoPosition> {
        let mut parts = id.split(';');
        let revision = parts.next().and_then(|revision| revision.parse().ok()).ok_or(NoPosition)?;
        let logs = parts.map(|part| place(part).ok_or(NoPosition)).collect::<Result<_, _>>()?;
        Ok(Self { revision: Some(revision), logs })
    }
}

fn place(part: &str) -> Option<(usize, LogPlace)> {
    let (task, rest) = part.split_once('.')?;
    let (attempt, from) = rest.split_once('.')?;
    let place = LogPlace { attempt: attempt.parse().ok().filter(|attempt| *attempt > 0)?, from: from.parse().ok()? };
    Some((task.parse().ok()?, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written() {
        let mut position = Position { revision: Some(12), ..Position::default() };
        assert_eq!(position.to_string(), "12");
        position.logs.insert(0, LogPlace { attempt: 1, from: 3456 });
        position.logs.insert(3, LogPlace { attempt: 2, from: 0 });
        assert_eq!(position.to_string(), "12;0.1.3456;3.2.0");
        assert_eq!(position.to_string().parse(), Ok(position));
        for wrong in ["", "x", ";0.1.2", "12;", "12;0", "12;0.1", "12;0.0.1", "12;0.1.x", "12;-1.1.1", "1 2"] {
            assert_eq!(wrong.parse::<Position>(), Err(NoPosition), "{wrong}");
        }
    }
}
