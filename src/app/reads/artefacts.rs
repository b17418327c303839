//! Reads of artefacts: what the builds of an execution left, and the bytes of each.

use futures_util::{Stream, stream};

use super::VisibleRelease;
use crate::app::{App, AppError};
use crate::domain::artefacts::Artefact;
use crate::domain::execution::{Execution, TaskRun};
use crate::store::{KeptArtefact, Store};

/// An artefact that is read piece by piece.
#[derive(Clone)]
pub struct ArtefactFile {
    store: Store,
    kept: KeptArtefact,
}

impl ArtefactFile {
    /// What is known of it.
    pub fn artefact(&self) -> &Artefact {
        &self.kept.artefact
    }

    /// Its bytes. An error, where it is removed meanwhile.
    pub fn bytes(self) -> impl Stream<Item = Result<Vec<u8>, AppError>> {
        stream::try_unfold((self, 0), async |(file, at)| {
            let KeptArtefact { attempt, position, artefact } = &file.kept;
            if at >= artefact.size {
                return Ok(None);
            }
            let piece = file.store.artefact_bytes(*attempt, *position, at).await?;
            let piece = piece.filter(|piece| !piece.is_empty()).ok_or(AppError::NotFound)?;
            let next = at + piece.len() as u64;
            Ok(Some((piece, (file, next))))
        })
    }
}

impl App {
    /// What a task of one of its executions left, in all of its attempts.
    pub async fn artefacts(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
        run: &TaskRun,
    ) -> Result<Vec<KeptArtefact>, AppError> {
        let execution = of.owned(execution)?;
        let of_kind = execution.index(&run.name).map(|index| &execution.spec(index).kind);
        if !of_kind.is_some_and(crate::domain::kinds::Kind::keeps_artefacts) {
            return Ok(Vec::new());
        }
        Ok(self.store.artefacts_of(&[run.id]).await?.remove(&run.id).unwrap_or_default())
    }

    /// One of them, by its attempt and its place.
    pub async fn artefact(
        &self,
        of: &VisibleRelease,
        (execution, run): (&Execution, &TaskRun),
        (attempt, position): (u32, u32),
    ) -> Result<ArtefactFile, AppError> {
        let all = self.artefacts(of, execution, run).await?;
        let is_wanted = |one: &KeptArtefact| (one.attempt.number, one.position) == (attempt, position);
        let kept = all.into_iter().find(is_wanted).ok_or(AppError::NotFound)?;
        Ok(ArtefactFile { store: self.store.clone(), kept })
    }
}
