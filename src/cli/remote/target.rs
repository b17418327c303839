//! Release tasks and executions as people name them: by name, by number, by key.

use anyhow::bail;
use serde_json::Value;

use super::options::ServerConnection;
use crate::client::{self, ApiRequest, CallerAnswer, ExecutionAnswer, ListAnswer, ReleaseAnswer};
use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::domain::names;

/// What stands between the name of a release task and the number of an execution: `landing-page#3`.
const NUMBER_MARK: char = '#';
/// No more names are read than that to find out which was meant.
const MAX_NAMES: usize = 2_000;

/// An execution that was found.
#[derive(Debug, Clone)]
pub struct FoundExecution {
    /// The execution.
    pub execution: ExecutionAnswer,
    /// The same as it came.
    pub answer: Value,
    /// How people call it: `landing-page#3`.
    pub label: String,
}

/// Which of the executions of a release task is meant by whoever says none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnumbered {
    /// The last.
    Last,
    /// None: it would be another one after the next start.
    Refused,
}

impl ServerConnection {
    /// The release task of that name or key.
    pub async fn release(&self, wanted: &str) -> anyhow::Result<ReleaseAnswer> {
        if wanted.parse::<ReleaseId>().is_ok() {
            let request = self.get(&["pipelines", wanted])?;
            return self.client.read(&request).await.map_err(|error| self.explained(error));
        }
        let found = self.listed(Some(wanted), MAX_NAMES).await?;
        let named: Vec<ReleaseAnswer> = found.into_iter().filter(|release| release.name == wanted).collect();
        match named.as_slice() {
            [only] => Ok(only.clone()),
            [] => {
                let all = self.listed(None, MAX_NAMES).await?;
                let of = self.team().map(|team| format!(" of the team {team}")).unwrap_or_default();
                let meant = names::nearest(wanted, all.iter().map(|release| release.name.as_str()));
                let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
                bail!("there is no release task {wanted}{of} in {}, or you may not see it{meant}", self.region()?);
            }
            several => {
                let teams: Vec<_> = several.iter().map(|release| release.team.as_str()).collect();
                bail!("several teams have a release task {wanted}: say --team, one of {}", teams.join(", "));
            }
        }
    }

    /// Release tasks of the region and the team with that text in their names or descriptions.
    async fn listed(&self, text: Option<&str>, most: usize) -> anyhow::Result<Vec<ReleaseAnswer>> {
        let request = self.get(&["pipelines"])?.with_any("name", text).with_any("team", self.team());
        let items = self.pages(request, most).await?;
        Ok(items.iter().map(client::parts).collect::<Result<_, _>>()?)
    }

    /// Everything that a list has, page by page, up to so many rows.
    pub async fn pages(&self, request: ApiRequest, most: usize) -> anyhow::Result<Vec<Value>> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let limit = (most - items.len()).min(100);
            let page = request.clone().with("limit", limit).with_any("cursor", cursor.as_deref());
            let page: ListAnswer = match self.client.read(&page).await {
                Ok(page) => page,
                Err(error) => return Err(self.no_region(error).await),
            };
            items.extend(page.pipelines);
            match page.next_cursor {
                Some(next) if items.len() < most => cursor = Some(next),
                _ => return Ok(items),
            }
        }
    }

    async fn no_region(&self, error: client::ClientError) -> anyhow::Error {
        let Ok(region) = self.region().map(str::to_owned) else { return self.explained(error) };
        if !error.is_not_found() {
            return self.explained(error);
        }
        // Without them nothing can be meant.
        let caller: Option<CallerAnswer> = self.client.read(&ApiRequest::get(["v3", "caller"])).await.ok();
        let there = caller.map(|caller| caller.regions).unwrap_or_default();
        let meant = names::nearest(&region, there.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        anyhow::anyhow!("there is no region {region} on {}{meant}", self.client.server())
    }

    /// The execution that is called so: `landing-page#3`, its key, or where that will do the last of a release task.
    pub async fn execution(&self, wanted: &str, unnumbered: Unnumbered) -> anyhow::Result<FoundExecution> {
        if wanted.parse::<ExecutionId>().is_ok() {
            return self.execution_of_key(wanted).await;
        }
        let (name, number) = match wanted.rsplit_once(NUMBER_MARK) {
            Some((name, number)) => match number.parse::<u32>() {
                Ok(number) => (name, Some(number)),
                Err(_) => bail!("{wanted:?} is no execution as in landing-page#3"),
            },
            None => (wanted, None),
        };
        let release = self.release(name).await?;
        let number = match (number, release.last_execution, unnumbered) {
            (Some(number), ..) => number,
            (None, Some(last), Unnumbered::Last) => last,
            (None, Some(last), Unnumbered::Refused) => bail!(
                "which execution of {name}? The last is {name}#{last}; what `execute` answers names the one that it started"
            ),
            (None, None, _) => bail!("{name} was never executed"),
        };
        let request = self.get(&["pipelines", &release.id, "records", &number.to_string()])?;
        let none = format!("there is no execution {}#{number}", release.name);
        let answer = self.client.ask(&request).await.map_err(|error| self.missing(error, none))?;
        let execution = client::parts(&answer)?;
        Ok(FoundExecution { execution, answer, label: format!("{}#{number}", release.name) })
    }

    async fn execution_of_key(&self, key: &str) -> anyhow::Result<FoundExecution> {
        let request = self.get(&["records", key])?;
        let none = format!("there is no execution {key} in this region, or you may not see it");
        let answer = self.client.ask(&request).await.map_err(|error| self.missing(error, none))?;
        let execution: ExecutionAnswer = client::parts(&answer)?;
        let release = self.get(&["pipelines", &execution.pipeline_id])?;
        let release: ReleaseAnswer = self.client.read(&release).await.map_err(|error| self.explained(error))?;
        Ok(FoundExecution { label: format!("{}#{}", release.name, execution.number), execution, answer })
    }
}
