//! Pages of long lists that only grow: they are turned by the key of a row, so that no page costs more than another
//! and nothing is shown twice when rows are added.

/// Which page of a list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cursor<K> {
    /// The first.
    #[default]
    Newest,
    /// What is older than this row.
    Older(K),
    /// What is newer than this row.
    Newer(K),
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<R, K> {
    /// Newest first.
    pub rows: Vec<R>,
    /// Turns to the page of newer rows, if there is one.
    pub newer: Option<K>,
    /// Turns to the page of older rows, if there is one.
    pub older: Option<K>,
}

impl<R, K: Copy> Paged<R, K> {
    /// A page of at most `limit` rows from one row more, read in the direction of the turn.
    pub(super) fn cut(mut rows: Vec<R>, turn: Cursor<K>, limit: u64, key: impl Fn(&R) -> K) -> Self {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        if matches!(turn, Cursor::Newer(_)) {
            rows.reverse();
        }
        let (has_newer, has_older) = match turn {
            Cursor::Newest => (false, more),
            Cursor::Older(_) => (true, more),
            Cursor::Newer(_) => (more, true),
        };
        let newer = rows.first().filter(|_| has_newer).map(&key);
        let older = rows.last().filter(|_| has_older).map(&key);
        Self { rows, newer, older }
    }

    /// The same page of other rows.
    pub(super) fn try_map<S, E>(self, map: impl FnMut(R) -> Result<S, E>) -> Result<Paged<S, K>, E> {
        let rows = self.rows.into_iter().map(map).collect::<Result<_, E>>()?;
        Ok(Paged { rows, newer: self.newer, older: self.older })
    }
}
