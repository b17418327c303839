//! The activity over all teams and regions: pages of what a caller may read of it, and all of that as a file.

use crate::app::{App, AppError, Caller};
use crate::domain::activity::{ActivityFilter, ExportFormat};
use crate::domain::event::AccountEvent;
use crate::domain::ids::EventId;
use crate::domain::people::Actor;
use crate::store::{Activity, Cursor, Paged, Stamp};

/// How many events are read at once for a file.
const CHUNK: u64 = 500;

/// The activity on its way into a file: no more than a part of it is in memory.
pub struct ActivityExport {
    app: App,
    caller: Caller,
    filter: ActivityFilter,
    /// From where the next part is read; none when there is no further one.
    turn: Option<Cursor<EventId>>,
}

impl App {
    /// A page of what the filter chooses of what the caller may read, newest first. What accounts did is for administrators, and for
    /// managers as far as it concerns their team; the addresses from which people came are for administrators alone.
    pub async fn activity_across(
        &self,
        caller: &Caller,
        filter: &ActivityFilter,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>, AppError> {
        let mut page = self.store.activity_across(&caller.activity_scope(), filter, turn, limit).await?;
        if caller.reads_everything().is_err() {
            page.rows.iter_mut().for_each(|row| row.address = None);
        }
        Ok(page)
    }

    /// Begins to export what the filter chooses. The audit has it before anything is read.
    pub async fn export_activity(
        &self,
        caller: &Caller,
        format: ExportFormat,
        filter: ActivityFilter,
    ) -> Result<ActivityExport, AppError> {
        let (tx, now) = (self.store.begin_write().await?, self.clock.now());
        let (stamp, caller) = match caller {
            Caller::CommandLine => (Stamp::command_line(now), caller.clone()),
            Caller::User { .. } | Caller::Token { .. } => {
                let user = caller.now(&tx, now).await?;
                (caller.stamp(&user, now), caller.with_user(user))
            }
        };
        let exported = AccountEvent::ActivityExported { format, filter: filter.clone() };
        tx.account_event(&stamp, &exported).await?;
        tx.commit().await?;
        Ok(ActivityExport { app: self.clone(), caller, filter, turn: Some(Cursor::Newest) })
    }

    /// The name under which somebody caused what is looked for: as they write it themselves, whatever the case it is asked in.
    pub async fn actor_named(&self, name: &str) -> Result<String, AppError> {
        let tollgate = Actor::Tollgate;
        if name.eq_ignore_ascii_case(tollgate.name()) {
            return Ok(tollgate.name().to_owned());
        }
        let known = self.store.credentials(name).await?;
        Ok(known.map_or_else(|| name.to_owned(), |known| known.name))
    }
}

impl ActivityExport {
    /// The next part, newest first; none when all is read.
    pub async fn next(&mut self) -> Result<Option<Vec<Activity>>, AppError> {
        let Some(turn) = self.turn else { return Ok(None) };
        let page = self.app.activity_across(&self.caller, &self.filter, turn, CHUNK).await?;
        self.turn = page.older.map(Cursor::Older);
        Ok(Some(page.rows).filter(|rows| !rows.is_empty()))
    }
}
