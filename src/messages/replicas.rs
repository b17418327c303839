//! Words about replicas.

/// Words about replicas.
pub trait ReplicaSentences {
    /// What they are.
    fn lead(&self) -> &'static str;

    /// It says that it works.
    fn working(&self) -> &'static str;

    /// It was stopped in order.
    fn stopped(&self) -> &'static str;

    /// It stopped saying so, and others carry on its executions.
    fn gone(&self) -> &'static str;

    /// After the executions that are shown.
    fn more(&self, count: usize) -> String;
}
