//! The entries of the side bar. A page that can be reached from everywhere is one line of [`ENTRIES`]; an area is shown as
//! soon as it has an entry for the reader, so that no link leads nowhere.

use super::view::{NavArea, NavEntry, Section};
use crate::domain::people::User;
use crate::pages::components::{component_urls, urls};

/// A part of the side bar with a heading of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// What is released, and what waits for a decision.
    ReleaseManagement,
    /// What runs, and where.
    Applications,
    /// Who works together, with what.
    Team,
    /// What concerns the whole installation.
    Administration,
    /// How it is used.
    Help,
}

impl Area {
    /// Every area, in the order of the screen.
    const ALL: [Self; 5] = [Self::ReleaseManagement, Self::Applications, Self::Team, Self::Administration, Self::Help];

    fn title(self) -> &'static str {
        match self {
            Self::ReleaseManagement => "Release Management",
            Self::Applications => "Applications",
            Self::Team => "Team",
            Self::Administration => "Administration",
            Self::Help => "Help",
        }
    }

    /// What the heading is called in the page.
    fn id(self) -> &'static str {
        match self {
            Self::ReleaseManagement => "nav-releases",
            Self::Applications => "nav-applications",
            Self::Team => "nav-team",
            Self::Administration => "nav-administration",
            Self::Help => "nav-help",
        }
    }
}

/// Who is shown an entry: those whom its page answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Everybody,
    Members,
    Administrators,
}

impl Readers {
    fn include(self, reader: &User) -> bool {
        match self {
            Self::Everybody => true,
            Self::Members => reader.administrator || !reader.roles.is_empty(),
            Self::Administrators => reader.administrator,
        }
    }
}

/// A page, where it stands, its name, its icon, who is shown it, and its URL in a region.
struct Entry(Area, Section, &'static str, &'static str, Readers, fn(&str) -> String);

/// Every entry, by area in the order of the screen.
const ENTRIES: [Entry; 18] = [
    Entry(Area::ReleaseManagement, Section::Overview, "Overview", "pulse", Readers::Everybody, |_| urls::overview()),
    Entry(
        Area::ReleaseManagement,
        Section::ReleaseTasks,
        "Region Release Tasks",
        "list",
        Readers::Everybody,
        release_tasks,
    ),
    Entry(Area::ReleaseManagement, Section::Approvals, "My Approvals", "gate", Readers::Everybody, |_| {
        urls::approvals()
    }),
    Entry(Area::ReleaseManagement, Section::Activity, "Activity", "clock", Readers::Everybody, |_| {
        urls::activity_with(&[])
    }),
    Entry(Area::Applications, Section::Applications, "Applications", "box", Readers::Everybody, |region| {
        in_region(region, component_urls::applications)
    }),
    Entry(Area::Applications, Section::Environments, "Environments", "layers", Readers::Everybody, |region| {
        in_region(region, component_urls::environments)
    }),
    Entry(Area::Team, Section::Members, "Members", "person", Readers::Members, |_| urls::members()),
    Entry(Area::Team, Section::Tokens, "Tokens", "key", Readers::Everybody, |_| urls::tokens()),
    Entry(Area::Administration, Section::Users, "Users", "people", Readers::Administrators, |_| urls::users()),
    Entry(Area::Administration, Section::Teams, "Teams", "shield", Readers::Administrators, |_| urls::teams()),
    Entry(Area::Administration, Section::Regions, "Regions", "globe", Readers::Administrators, |_| urls::regions()),
    Entry(Area::Administration, Section::Audit, "Audit", "audit", Readers::Administrators, |_| urls::audit(false)),
    Entry(Area::Administration, Section::Replicas, "Replicas", "server", Readers::Administrators, |_| urls::replicas()),
    Entry(Area::Administration, Section::Storage, "Storage", "disk", Readers::Administrators, |_| urls::storage()),
    Entry(Area::Administration, Section::Mail, "E-mail", "bell", Readers::Administrators, |_| urls::mail("")),
    Entry(Area::Administration, Section::Deliveries, "Undelivered", "alert", Readers::Administrators, |_| {
        urls::deliveries()
    }),
    Entry(Area::Administration, Section::Deleted, "Deleted Release Tasks", "bin", Readers::Administrators, |_| {
        urls::deleted(1)
    }),
    Entry(Area::Administration, Section::Blanking, "Blank a Value", "lock", Readers::Administrators, |_| {
        urls::blank_value()
    }),
];

/// The release tasks of a region; where there is none, the page that says how to make one.
pub fn release_tasks(region: &str) -> String {
    if region.is_empty() { urls::home() } else { urls::release_tasks(region) }
}

/// A page of a region; where there is none, the page that says how to make one.
fn in_region(region: &str, url: fn(&str) -> String) -> String {
    if region.is_empty() { urls::home() } else { url(region) }
}

/// The areas of the side bar that have something for the reader, in that region.
pub fn areas(reader: &User, region: &str) -> Vec<NavArea> {
    let entries = |area: Area| {
        let shown = ENTRIES.iter().filter(move |entry| entry.0 == area && entry.4.include(reader));
        shown.map(|Entry(_, section, name, icon, _, url)| NavEntry { section: *section, name, icon, url: url(region) })
    };
    let filled = |area: Area| NavArea { id: area.id(), title: area.title(), entries: entries(area).collect() };
    Area::ALL.into_iter().map(filled).filter(|area| !area.entries.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;

    const ICONS: &str = include_str!("../../../../templates/components/_icons.html");

    fn reader(administrator: bool) -> User {
        User { id: UserId::from(uuid::Uuid::nil()), name: "ann".to_owned(), administrator, roles: Vec::new() }
    }

    fn told(administrator: bool) -> Vec<String> {
        let entries = |area: NavArea| {
            let names: Vec<&str> = area.entries.iter().map(|entry| entry.name).collect();
            format!("{}: {}", area.title, names.join(", "))
        };
        areas(&reader(administrator), "eu-west").into_iter().map(entries).collect()
    }

    #[test]
    fn an_area_is_shown_when_it_has_something_for_the_reader() {
        let everybody = "Release Management: Overview, Region Release Tasks, My Approvals, Activity";
        let applications = "Applications: Applications, Environments";
        assert_eq!(told(false), [everybody, applications, "Team: Tokens"]);
        assert_eq!(
            told(true),
            [
                everybody,
                applications,
                "Team: Members, Tokens",
                "Administration: Users, Teams, Regions, Audit, Replicas, Storage, E-mail, Undelivered, Deleted Release Tasks, Blank a Value"
            ]
        );
    }

    #[test]
    fn every_entry_has_an_icon_and_a_section_of_its_own() {
        for (at, Entry(_, section, name, icon, ..)) in ENTRIES.iter().enumerate() {
            assert!(ICONS.contains(&format!("id=\"i-{icon}\"")), "{name}: no icon {icon}");
            assert!(ENTRIES[..at].iter().all(|before| before.1 != *section), "{name}: its section is another's");
            // Collapsed, icons are all that is seen.
            assert!(ENTRIES[..at].iter().all(|before| before.3 != *icon), "{name}: its icon is another's");
            assert_ne!(*section, Section::Elsewhere, "{name} is never marked");
        }
    }
}
