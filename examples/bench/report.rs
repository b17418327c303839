//! The report: two tables in Markdown.

use std::time::Duration;

use crate::database::Kind;
use crate::load::Counted;

/// Everything that was measured.
#[derive(Default)]
pub struct Report {
    pages: Vec<String>,
    others: Vec<String>,
}

impl Report {
    /// A page under load.
    pub fn page(&mut self, kind: Kind, what: &str, connections: usize, mut counted: Counted) {
        let [p50, p95, p99] = [500, 950, 990].map(|part| milliseconds(counted.times.quantile(part)));
        let wrong = if counted.wrong == 0 { String::new() } else { format!(" ({} WRONG)", counted.wrong) };
        let row = format!(
            "| {} | {what}{wrong} | {connections} | {:.0} | {p50} | {p95} | {p99} | {} | {} |",
            kind.name(),
            counted.a_second,
            counted.cpu.as_micros(),
            counted.size,
        );
        eprintln!("{row}");
        self.pages.push(row);
    }

    /// Something else, beside what it shall be.
    pub fn other(&mut self, kind: Kind, what: &str, found: &str, aim: &str) {
        let row = format!("| {} | {what} | {found} | {aim} |", kind.name());
        eprintln!("{row}");
        self.others.push(row);
    }

    /// Prints what there is.
    pub fn print(&self) {
        if !self.pages.is_empty() {
            println!(
                "| Database | Page | Connections | Requests/s | p50 ms | p95 ms | p99 ms | Server CPU µs | Bytes |"
            );
            println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
            println!("{}\n", self.pages.join("\n"));
        }
        if !self.others.is_empty() {
            println!("| Database | What | Measured | Aim |");
            println!("|---|---|---:|---:|");
            println!("{}\n", self.others.join("\n"));
        }
    }
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> String {
    let time = time.as_secs_f64() * 1000.0;
    if time < 10.0 { format!("{time:.2}") } else { format!("{time:.0}") }
}
