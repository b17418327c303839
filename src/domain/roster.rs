//! A list of people who are to be invited, as comma-separated values: the line `name,roles`, then a line for each of them.
//! Several roles have blanks between them. A value may stand between quotes, as a spreadsheet writes it.

use std::collections::BTreeSet;

use super::invitation::{InviteFault, InviteProblem, Invitee};
use super::people::Role;

/// So many people are invited at once.
pub const MAX_PEOPLE: usize = 200;

/// The names of the columns, in order.
const COLUMNS: [&str; 2] = ["name", "roles"];

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterProblem {
    /// The first line does not name the columns.
    Header,
    /// It has so many values instead of two.
    Columns(usize),
    /// A quote has no end.
    Quote,
    /// There is no such role.
    UnknownRole(String),
    /// There are more people than are taken at once.
    TooMany,
    /// There is nobody in the list.
    Nobody,
    /// They are named on that line already.
    Twice(usize),
    /// They cannot be invited.
    Invite(InviteProblem),
}

/// A line, from 1, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterFault {
    /// The line.
    pub line: usize,
    /// What it is.
    pub problem: RosterProblem,
}

/// A list that was read: the people in it, each with their line, and what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    people: Vec<(usize, Invitee)>,
    faults: Vec<RosterFault>,
}

impl Roster {
    /// Reads a list.
    pub fn read(text: &str) -> Self {
        let mut roster = Self::default();
        // Some programs put a mark at the start of what they write.
        let lines = text.trim_start_matches('\u{feff}').lines().zip(1..).map(|(text, line)| (line, text));
        let mut lines = lines.filter(|(_, text)| !text.trim().is_empty());
        match lines.next() {
            Some((_, first)) if names_columns(first) => {}
            Some((line, _)) => roster.faults.push(RosterFault { line, problem: RosterProblem::Header }),
            None => {}
        }
        for (line, text) in lines {
            roster.take(line, text);
        }
        if roster.people.is_empty() && roster.faults.is_empty() {
            roster.faults.push(RosterFault { line: 1, problem: RosterProblem::Nobody });
        }
        if let Some((line, _)) = roster.people.get(MAX_PEOPLE) {
            roster.faults.push(RosterFault { line: *line, problem: RosterProblem::TooMany });
        }
        roster
    }

    fn take(&mut self, line: usize, text: &str) {
        let problem = match values(text) {
            None => Some(RosterProblem::Quote),
            Some(values) => match <[String; 2]>::try_from(values) {
                Ok([name, roles]) => {
                    self.take_person(line, name.trim(), &roles);
                    None
                }
                Err(values) => Some(RosterProblem::Columns(values.len())),
            },
        };
        self.faults.extend(problem.map(|problem| RosterFault { line, problem }));
    }

    fn take_person(&mut self, line: usize, name: &str, roles: &str) {
        let mut known = BTreeSet::new();
        for word in roles.split_whitespace() {
            if let Some(role) = Role::from_word(&word.to_lowercase()) {
                known.insert(role);
            } else {
                let problem = RosterProblem::UnknownRole(word.to_owned());
                self.faults.push(RosterFault { line, problem });
            }
        }
        self.people.push((line, Invitee { name: name.to_owned(), roles: known }));
    }

    /// The people in it, as far as they could be read.
    pub fn invitees(&self) -> Vec<Invitee> {
        self.people.iter().take(MAX_PEOPLE).map(|(_, invitee)| invitee.clone()).collect()
    }

    /// Everything that is wrong with it, by line, where that is wrong with inviting its people.
    pub fn faults(&self, of_invitees: &[InviteFault]) -> Vec<RosterFault> {
        let line_of = |place: usize| self.people.get(place).map_or(0, |(line, _)| *line);
        let is_unread = |line: usize| self.faults.iter().any(|fault| fault.line == line);
        let mut found = self.faults.clone();
        for InviteFault { place, problem } in of_invitees {
            let line = line_of(*place);
            let problem = match problem {
                // A role that is none was told already.
                InviteProblem::NoRole if is_unread(line) => continue,
                InviteProblem::Twice { first } => RosterProblem::Twice(line_of(*first)),
                InviteProblem::Name | InviteProblem::NoRole | InviteProblem::Member | InviteProblem::TooMany => {
                    RosterProblem::Invite(*problem)
                }
            };
            found.push(RosterFault { line, problem });
        }
        found.sort_by_key(|fault| fault.line);
        found
    }
}

fn names_columns(line: &str) -> bool {
    let names = values(line).unwrap_or_default();
    names.len() == COLUMNS.len()
        && names.iter().zip(COLUMNS).all(|(name, column)| name.trim().eq_ignore_ascii_case(column))
}

/// The values of a line; none if a quote has no end.
fn values(line: &str) -> Option<Vec<String>> {
    // Where a quote has no end, what stands on the next line belongs to it: each line is read alone, and this tells.
    let text = format!("{line}\nend");
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.into_records().map_while(Result::ok);
    let values = records.next()?.iter().map(str::to_owned).collect();
    records.next().map(|_| values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::invitation;

    fn told(text: &str, members: &[&str]) -> Vec<(usize, RosterProblem)> {
        let roster = Roster::read(text);
        let of_invitees = invitation::faults(&roster.invitees(), members.iter().copied(), 0);
        let faults = roster.faults(&of_invitees);
        faults.into_iter().map(|fault| (fault.line, fault.problem)).collect()
    }

    #[test]
    fn a_list_is_read_as_people_and_spreadsheets_write_it() {
        let text = "\u{feff}Name, Roles\r\nann,viewer\r\n\r\n\"ben\",\"operator  approver\"\r\n cleo ,Manager\r\n";
        let roster = Roster::read(text);
        let people: Vec<_> = roster.invitees().into_iter().map(|it| (it.name, it.roles)).collect();
        let expected = [
            ("ann".to_owned(), [Role::Viewer].into()),
            ("ben".to_owned(), [Role::Operator, Role::Approver].into()),
            ("cleo".to_owned(), [Role::Manager].into()),
        ];
        assert_eq!(people, expected);
        assert_eq!(told(text, &[]), []);
    }

    #[test]
    fn all_that_is_wrong_is_told_by_its_line() {
        let text = "name,roles\nann,viewer owner\nb b,viewer\nben\ncleo,\"viewer\nANN,viewer\ndora,\nmanager,viewer\n";
        let expected = [
            (2, RosterProblem::UnknownRole("owner".to_owned())),
            (3, RosterProblem::Invite(InviteProblem::Name)),
            (4, RosterProblem::Columns(1)),
            (5, RosterProblem::Quote),
            (6, RosterProblem::Twice(2)),
            (7, RosterProblem::Invite(InviteProblem::NoRole)),
            (8, RosterProblem::Invite(InviteProblem::Member)),
        ];
        assert_eq!(told(text, &["Manager"]), expected);
        assert_eq!(told("name,roles\nann,owner\n", &[]), [(2, RosterProblem::UnknownRole("owner".to_owned()))]);
    }

    #[test]
    fn a_list_without_its_first_line_or_without_anybody_is_refused() {
        assert_eq!(told("ann,viewer\n", &[]), [(1, RosterProblem::Header)]);
        assert_eq!(told("", &[]), [(1, RosterProblem::Nobody)]);
        assert_eq!(told("\nname,roles\n\n", &[]), [(1, RosterProblem::Nobody)]);
    }

    #[test]
    fn so_many_people_are_taken_at_once_and_no_more() {
        let list = |count: usize| {
            let people: Vec<String> = (0..count).map(|number| format!("p{number},viewer\n")).collect();
            format!("name,roles\n{}", people.concat())
        };
        assert_eq!(told(&list(MAX_PEOPLE), &[]), []);
        assert_eq!(told(&list(MAX_PEOPLE + 1), &[]), [(MAX_PEOPLE + 2, RosterProblem::TooMany)]);
    }
}
