//! Teams and regions: the lists, and the form that makes another with what is wrong.

use tollgate::messages::Locale;
use tollgate::pages::components::{Action, ActionStyle, Field, Link, Look, Section, Status};
use tollgate::pages::places::view::{PlaceForm, PlaceRow, PlacesPage};

use crate::people::chrome;

const LONG: &str = "a-team-whose-name-is-as-long-as-a-name-may-be-of-64-characters-x";

fn form(title: &'static str, name: Field, scripts: Option<bool>) -> PlaceForm {
    let rule = Locale::English.accounts().place_name_rule();
    PlaceForm { title, url: "/g/teams-wrong".into(), name, rule, scripts }
}

pub fn teams(is_wrong: bool) -> PlacesPage {
    let words = Locale::English.places();
    let mut chrome = chrome("Teams");
    chrome.section = Section::Teams;
    let row = |name: &str, is_allowed: bool| PlaceRow {
        link: Link::new(name, "/g/members"),
        scripts: Some(Status::new(if is_allowed { Look::Done } else { Look::Idle }, words.scripts(is_allowed))),
        permit: Some(
            Action::post(words.permit_scripts(!is_allowed), "/g/teams")
                .styled(ActionStyle::Small)
                .about(format!("of {name}")),
        ),
    };
    let name = if is_wrong { Field::of("storefront").wrong(words.taken()) } else { Field::default() };
    PlacesPage {
        chrome,
        title: "Teams",
        lead: words.teams_lead().into(),
        rows: vec![row(LONG, false), row("platform", true), row("storefront", true)],
        form: form(words.add_team(), name, Some(is_wrong)),
    }
}

pub fn regions() -> PlacesPage {
    let words = Locale::English.places();
    let mut chrome = chrome("Regions");
    chrome.section = Section::Regions;
    let row = |name: &str| PlaceRow { link: Link::new(name, "/g/list"), scripts: None, permit: None };
    PlacesPage {
        chrome,
        title: "Regions",
        lead: words.regions_lead().into(),
        rows: vec![row("eu-west"), row("us-east")],
        form: form(words.add_region(), Field::default(), None),
    }
}
