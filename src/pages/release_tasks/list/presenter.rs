//! The list of release tasks as it is shown: rows, heads that sort, pages.

use url::form_urlencoded;

use super::ListQuery;
use super::view::{BulkBar, EmptyList, ReleaseRow, ReleaseTable, SortLink, Sorted};
use crate::app::reads::{ListedRelease as Row, OpenCheckpoint, PAGE, ReleaseListRows as Rows, ReleaseSort};
use crate::domain::execution::Moment;
use crate::domain::people::{Role, User};
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::domain::share::MAX_SHARE_OF_REGION;
use crate::domain::status::ReleaseStatus;
use crate::messages::Locale;
use crate::pages::components::release_urls::{ReleaseUrls, with_query};
use crate::pages::components::{Action, ActionStyle, Look, Menu, Status, When, shown, urls};
use crate::pages::release_tasks::process;
use crate::pages::{editor, executions};

/// What the table is made for.
pub struct Listing<'l> {
    /// Name of the region.
    pub region: &'l str,
    /// Who reads.
    pub reader: &'l User,
    /// What was asked.
    pub query: &'l ListQuery,
    /// The open checkpoints that wait for the reader.
    pub waiting: &'l [&'l OpenCheckpoint],
    /// The mark of the lists, read before the rows were.
    pub mark: u64,
    /// Now.
    pub now: Moment,
}

/// From so many on it matters how many there may be.
const NEAR_THE_LIMIT: u64 = MAX_SHARE_OF_REGION / 10 * 9;

impl Listing<'_> {
    /// The table.
    pub fn table(&self, page: &Rows) -> ReleaseTable {
        let number = self.query.page();
        let first = (number - 1) * PAGE + 1;
        let last = first + u64::try_from(page.rows.len()).unwrap_or(0).saturating_sub(1);
        let turned = |to: u64| self.url(&[("page", &to.to_string())]);
        ReleaseTable {
            name: self.sort(ReleaseSort::Name),
            status: self.sort(ReleaseSort::Status),
            team: self.sort(ReleaseSort::Team),
            creator: self.sort(ReleaseSort::Creator),
            last_executed: self.sort(ReleaseSort::LastExecuted),
            rows: page.rows.iter().map(|row| self.row(row)).collect(),
            count: self.count(page),
            empty: page.rows.is_empty().then(|| self.empty(page)),
            shown: (page.matching > PAGE && !page.rows.is_empty())
                .then(|| format!("{first} to {last} of {}", grouped(page.matching))),
            previous: (number > 1).then(|| turned(number - 1)),
            next: (last < page.matching && !page.rows.is_empty()).then(|| turned(number + 1)),
            bulk: (!page.rows.is_empty()).then(|| self.bulk()),
            refresh: Some(self.url(&[("page", &number.to_string()), ("seen", &self.mark.to_string())])),
        }
    }

    fn bulk(&self) -> BulkBar {
        let mut pairs = self.query.kept(true);
        pairs.push(("page".to_owned(), self.query.page().to_string()));
        BulkBar {
            url: urls::bulk(self.region),
            list: form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish(),
            operates: self.reader.roles.iter().any(|held| held.role == Role::Operator),
        }
    }

    fn count(&self, page: &Rows) -> String {
        let tasks = |count: u64| if count == 1 { "release task" } else { "release tasks" };
        let (matching, all) = (page.matching, page.in_region);
        if self.query.is_filtered() {
            let verb = if matching == 1 { "matches" } else { "match" };
            format!("{} of {} {} {verb}", grouped(matching), grouped(all), tasks(all))
        } else if all >= NEAR_THE_LIMIT {
            format!("{} release tasks, of at most {}", grouped(all), grouped(MAX_SHARE_OF_REGION))
        } else {
            format!("{} {}", grouped(all), tasks(all))
        }
    }

    fn empty(&self, page: &Rows) -> EmptyList {
        if self.query.is_filtered() || page.matching > 0 {
            let all = Action::link("Clear the filters", urls::release_tasks(self.region));
            return EmptyList {
                title: "Nothing matches".to_owned(),
                sentence: "No release task here is of that name, status, team and creator.".to_owned(),
                command: None,
                action: Some(all),
            };
        }
        let action = editor::create_actions(self.reader, self.region).pop();
        let may_make = action.is_some() || self.reader.administrator;
        EmptyList {
            title: "No release tasks yet".to_owned(),
            sentence: if may_make {
                "An operator makes the first one here, or a file is brought in on the machine that Tollgate runs on:"
                    .to_owned()
            } else {
                "An operator of your team makes the first one; it is shown here as soon as it is there.".to_owned()
            },
            command: may_make.then(|| "tollgate import FILE.yaml".to_owned()),
            action,
        }
    }

    /// The list with the same search, filters and sort, and these parameters.
    fn url(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = self.query.kept(true);
        pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        with_query(&urls::release_tasks(self.region), &pairs)
    }

    fn sort(&self, by: ReleaseSort) -> SortLink {
        let (current, descending) = self.query.sort();
        let sorted = match (current == by, descending) {
            (false, _) => Sorted::No,
            (true, false) => Sorted::Up,
            (true, true) => Sorted::Down,
        };
        let turn = if sorted == Sorted::Up { "down" } else { "up" };
        let mut pairs = self.query.kept(false);
        pairs.push(("sort".to_owned(), super::handler::sort_word(by).to_owned()));
        pairs.push(("order".to_owned(), turn.to_owned()));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        SortLink { url: with_query(&urls::release_tasks(self.region), &pairs), sorted }
    }

    fn row(&self, row: &Row) -> ReleaseRow {
        let links = ReleaseUrls::new(self.region, row.id);
        let may = policy::permitted(self.reader, row.into());
        let over = !row.status.is_active();
        let (mut actions, menu) = self.operations(row, &links, &may);
        if let Some(approve) = self.approve(row, &links) {
            actions.insert(0, approve);
        }
        ReleaseRow {
            id: format!("release-{}", row.id),
            key: row.id.to_string(),
            edited: row
                .last_version
                .is_some_and(|last| last < row.version)
                .then(|| Locale::default().release_tasks().edited_since(row.version)),
            name: row.name.clone(),
            url: links.show(),
            description: row.description.clone(),
            status: status(row),
            phases: process::segments(&row.segments, over),
            phases_told: executions::told(&row.segments),
            team: row.team.clone(),
            creator: row.creator.clone(),
            last_executed: row.last_executed_at.map(|at| When::at(at, self.now)),
            actions,
            menu,
        }
    }

    /// **Approve**, where a checkpoint of the row waits for the reader.
    fn approve(&self, row: &Row, links: &ReleaseUrls) -> Option<Action> {
        let waits = self.waiting.iter().find(|open| open.execution.release_id == row.id)?;
        let task = &waits.execution.tasks[0].name;
        let approve =
            Action::approve(links.decision(waits.execution.number, task)).about(format!("{task} of {}", row.name));
        Some(approve.waiting_since(waits.execution.tasks[0].started_at))
    }

    /// The one most likely operation and Edit, and the rest behind the menu.
    fn operations(&self, row: &Row, links: &ReleaseUrls, may: &policy::Permissions) -> (Vec<Action>, Option<Menu>) {
        let mut all: Vec<(Operation, Action)> = Vec::new();
        let mut offer = |operation: Operation, action: Action| {
            if may.can(operation) {
                all.push((operation, action.about(row.name.clone())));
            }
        };
        offer(Operation::Continue, Action::post_with("Continue", links.operation("continue"), shown(row.last_number)));
        offer(Operation::Retry, Action::post_with("Retry", links.operation("retry"), shown(row.last_number)));
        offer(Operation::Execute, Action::open("Execute", links.operation("execute")));
        offer(Operation::RollBack, Action::open("Roll Back", links.operation("roll-back")));
        offer(Operation::Pause, Action::post_with("Pause", links.operation("pause"), shown(row.last_number)));
        offer(
            Operation::Terminate,
            Action::open("Terminate", links.operation("terminate")).styled(ActionStyle::Danger),
        );
        let shown = if row.status == ReleaseStatus::Successful { 2 } else { 1 };
        let rest = all.split_off(shown.min(all.len()));
        let mut actions: Vec<Action> = all.into_iter().map(|(_, action)| action.styled(ActionStyle::Small)).collect();
        if may.can(Operation::Edit) {
            let edit = Action::link("Edit", links.operation("edit")).styled(ActionStyle::SmallQuiet);
            actions.push(edit.about(row.name.clone()));
        }
        let mut items: Vec<Action> = rest.into_iter().map(|(_, action)| action).collect();
        if may.can(Operation::Clone) {
            items.push(Action::open("Clone", links.operation("clone")).about(row.name.clone()));
        }
        if may.can(Operation::Delete) {
            let delete = Action::open("Delete", with_query(&links.operation("delete"), &[("list", &self.bulk().list)]))
                .styled(ActionStyle::Danger);
            items.push(delete.about(row.name.clone()));
        }
        let label = format!("More operations of {}", row.name);
        (actions, Menu::of(format!("menu-{}", row.id), label, ActionStyle::SmallQuiet, items))
    }
}

/// The status of a release task in a list.
pub fn status(row: &Row) -> Status {
    if row.terminating {
        Status::new(Look::from(row.status), Locale::default().release_tasks().terminating_status(row.status))
    } else {
        Status::of_release(row.status, row.why)
    }
}

/// A number with commas: 1,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        let told: Vec<String> = [0, 999, 1000, 100_000, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(told, ["0", "999", "1,000", "100,000", "1,234,567"]);
    }
}
