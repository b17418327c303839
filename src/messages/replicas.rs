//! Words about replicas.

/// What they are.
pub const LEAD: &str = "The servers that share this database. Any of them answers any request; an execution is carried on by one of \
                        them at a time, and its scripts run on that one's machine.";
/// It says that it works.
pub const WORKING: &str = "Working";
/// It was stopped in order.
pub const STOPPED: &str = "Stopped";
/// It stopped saying so, and others carry on its executions.
pub const GONE: &str = "Gone";

/// After the executions that are shown.
pub fn more(count: usize) -> String {
    format!("and {count} more")
}
