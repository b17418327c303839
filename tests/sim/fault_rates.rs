//! Rates of the faults in a history: some histories are calm, some see crashes, some a database
//! that fails, some everything at once.

use crate::rng::Rng;

/// How often, in a thousand where nothing else is said.
#[derive(Debug, Clone, Copy)]
pub struct FaultRates {
    /// A replica dies as it comes by a point of the store.
    pub dies: u64,
    /// The database fails there.
    pub fails: u64,
    /// A wakeup is missed, or late.
    pub deaf: u64,
    /// A replica is woken for what another has changed, sooner or later.
    pub news: u64,
    /// A script succeeds.
    pub luck: u64,
    /// A script runs until it is told to stop.
    pub endless: u64,
    /// By weight: a replica dies between two steps.
    pub crash: u32,
    /// By weight: a replica freezes.
    pub freeze: u32,
    /// By weight: a replica is cut off from the database.
    pub cut: u32,
    /// By weight: a second process is started in a replica's name.
    pub twin: u32,
    /// By weight: a replica is told to stop.
    pub leave: u32,
    /// By weight: a machine is gone for good.
    pub perish: u32,
    /// By weight: somebody sets a machine's time of day.
    pub jump: u32,
    /// By how many milliseconds machines tell the time of day wrong at most.
    pub skew: i64,
    /// By weight: somebody asks for something.
    pub ask: u32,
}

impl FaultRates {
    pub fn of(rng: &Rng) -> Self {
        let calm = Self {
            dies: 0,
            fails: 0,
            deaf: 0,
            news: *rng.pick(&[0, 300, 1000]),
            luck: *rng.pick(&[500, 800, 950]),
            endless: *rng.pick(&[0, 100, 300]),
            crash: 0,
            freeze: 0,
            cut: 0,
            twin: 0,
            leave: 0,
            perish: 0,
            jump: 0,
            skew: 0,
            ask: *rng.pick(&[3, 6, 12]),
        };
        match rng.below(10) {
            0 => calm,
            1 => Self { deaf: 400, ..calm },
            2 => Self { dies: 10, crash: 1, leave: 1, ..calm },
            3 => Self { freeze: 3, deaf: 100, skew: 3_000, ..calm },
            4 => Self { fails: 50, jump: 1, skew: 3_000, ..calm },
            5 => Self { fails: 30, freeze: 2, perish: 1, ..calm },
            6 => Self { cut: 4, deaf: 100, ..calm },
            7 => Self { cut: 2, twin: 2, freeze: 1, crash: 1, ..calm },
            _ => {
                let storm = Self { dies: 6, fails: 20, deaf: 200, crash: 1, freeze: 3, leave: 1, perish: 1, ..calm };
                Self { cut: 1, twin: 1, skew: 2_000, ..storm }
            }
        }
    }

    /// Nothing befalls anybody any more.
    pub fn clears(&mut self) {
        let without = Self { dies: 0, fails: 0, deaf: 0, news: 0, crash: 0, freeze: 0, cut: 0, twin: 0, ..*self };
        *self = Self { leave: 0, perish: 0, jump: 0, ..without };
    }
}
