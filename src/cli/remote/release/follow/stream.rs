//! Follows an execution and its logs by the events that the server sends; where it sends none, by asking again and again.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::{Follower, LogPosition, is_begin};
use crate::client::{self, ClientError, EventStream, ExecutionAnswer, LogEventAnswer, OpenedStream, ServerEvent};

/// A task is said to have ended behind the lines of its log, which the server sends right after: so long is waited for them.
const SETTLE_TIME: Duration = Duration::from_millis(300);

/// How a stream came to its end.
enum StreamEnd {
    /// The execution is over.
    Over(ExecutionAnswer),
    /// Before that: another goes on behind it.
    Broken(ClientError),
}

/// How following by events ended.
pub enum Followed {
    /// The execution is over.
    Over(ExecutionAnswer),
    /// The server has no events, or none comes through.
    NotOffered,
}

impl Follower<'_> {
    /// Follows by events to the end, over as many connections as it takes.
    pub async fn follow_events(&mut self) -> anyhow::Result<Followed> {
        let request =
            self.server.get(&["pipelines", &self.release, "records", &self.number, "events"])?.with("logs", true);
        let mut waiting = self.server.client.patience();
        let mut last_id: Option<String> = None;
        loop {
            let opened = self.server.client.open_stream(&request, last_id.as_deref()).await;
            let error = match opened {
                Ok(OpenedStream::None) => return Ok(Followed::NotOffered),
                // Others of the same token hold as many as there may be.
                Err(error) if error.is_over_limit() => return Ok(Followed::NotOffered),
                Err(error) => error,
                Ok(OpenedStream::Events(mut stream)) => {
                    let before = last_id.clone();
                    match self.read_events(&mut stream, &mut last_id).await? {
                        StreamEnd::Over(execution) => return Ok(Followed::Over(execution)),
                        // Something holds back what the server sends.
                        StreamEnd::Broken(_) if last_id.is_none() => return Ok(Followed::NotOffered),
                        StreamEnd::Broken(error) => {
                            if before != last_id {
                                waiting = self.server.client.patience();
                            }
                            error
                        }
                    }
                }
            };
            if !error.is_passing() {
                return Err(self.server.explained(error));
            }
            waiting.rest(error).await.map_err(|error| self.server.explained(error))?;
        }
    }

    async fn read_events(
        &mut self,
        stream: &mut EventStream,
        last_id: &mut Option<String>,
    ) -> anyhow::Result<StreamEnd> {
        let mut untold: Option<ExecutionAnswer> = None;
        loop {
            let next = if untold.is_some() {
                let Ok(next) = timeout(SETTLE_TIME, stream.next()).await else {
                    self.tell_ends(untold.take());
                    continue;
                };
                next
            } else {
                stream.next().await
            };
            let event = match next {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(StreamEnd::Broken(self.server.client.cut_off())),
                Err(error) => return Ok(StreamEnd::Broken(error)),
            };
            match event.name.as_str() {
                "record" => {
                    self.tell_ends(untold.take());
                    let execution = self.take_record(&event)?;
                    self.tell_changes(&execution, is_begin);
                    untold = Some(execution);
                }
                "log" => self.show_lines(event.read()?),
                "end" => {
                    self.tell_ends(untold.take());
                    return Ok(StreamEnd::Over(client::parts(self.last())?));
                }
                "closed" => return Ok(StreamEnd::Broken(ClientError::closed(&event.read::<Value>()?))),
                // What later versions tell beside it.
                _ => {}
            }
            if event.id.is_some() {
                *last_id = event.id;
            }
        }
    }

    fn take_record(&mut self, event: &ServerEvent) -> anyhow::Result<ExecutionAnswer> {
        let record: Value = event.read()?;
        let execution = client::parts(&record)?;
        self.last = record;
        Ok(execution)
    }

    fn tell_ends(&mut self, execution: Option<ExecutionAnswer>) {
        if let Some(execution) = execution {
            self.tell_changes(&execution, |_| true);
        }
    }

    fn show_lines(&mut self, log: LogEventAnswer) {
        if self.only.as_ref().is_some_and(|only| *only != log.task_name) {
            return;
        }
        let key = (log.task_name, log.attempt);
        let mut position = self.logs.get(&key).cloned().unwrap_or_default();
        for line in log.lines.iter().filter(|line| line.number > position.line) {
            self.show_line(&key, &line.text);
        }
        let line = log.lines.last().map_or(position.line, |line| line.number.max(position.line));
        position = LogPosition { line, ..position };
        self.logs.insert(key, position);
    }
}
