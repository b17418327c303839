//! From events to the rows of the page, and to what it can be filtered by.

use super::query::ActivityQuery;
use super::view::ActivityRow;
use crate::app::reads::Activity;
use crate::domain::activity::{Road, Topic};
use crate::domain::execution::Moment;
use crate::messages::Locale;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::{ClockTime, Link, SelectOption, ToldEvent, urls};
use crate::pages::release_tasks::list::view::FilterSelect;

/// A row.
pub fn row(row: &Activity, now: Moment) -> ActivityRow {
    let (words, who) = (Locale::default().activity(), row.actor.name());
    let ToldEvent { look, sentence, comment } = ToldEvent::of(&row.happened);
    let belongs: Vec<&str> = [&row.team, &row.region].into_iter().flatten().map(String::as_str).collect();
    ActivityRow {
        look,
        who: Link::new(who, urls::activity_with(&[("who", who)])),
        sentence,
        comment,
        place: place(row),
        belongs: (!belongs.is_empty()).then(|| belongs.join(" · ")),
        road: match (row.road, &row.credential) {
            (_, Some(token)) => Some(Locale::default().tokens().with_token(token)),
            (Some(Road::CommandLine), None) => Some(words.on_command_line().to_owned()),
            (Some(Road::Page | Road::Token | Road::Tollgate) | None, None) => None,
        },
        when: ClockTime::at(row.at, now),
    }
}

/// The release task, execution or task that it is about, with its page.
fn place(row: &Activity) -> Option<Link> {
    let (id, name, region) = (row.release_id?, row.release.as_ref()?, row.region.as_ref()?);
    let urls = ReleaseUrls::new(region, id);
    let url = match (row.execution, &row.task) {
        (Some(number), Some(task)) => urls.task(number, task),
        (Some(number), None) => urls.execution(number),
        (None, _) => urls.show(),
    };
    Some(Link::new(Locale::default().audit().place(name, row.execution), url))
}

/// What it can be filtered by, of what the reader may read.
pub fn filters(query: &ActivityQuery, teams: &[String], regions: &[String], accounts: bool) -> Vec<FilterSelect> {
    let words = Locale::default().activity();
    let named = |names: &[String]| names.iter().map(|name| (name.clone(), name.clone())).collect::<Vec<_>>();
    let topics = Topic::ALL.into_iter().filter(|topic| accounts || *topic != Topic::Accounts);
    let topics = topics.map(|topic| (topic.word().to_owned(), words.topic(topic).to_owned())).collect();
    vec![
        select("team", "Team", &query.team, named(teams)),
        select("region", "Region", &query.region, named(regions)),
        select("kind", "Kind", &query.kind, topics),
    ]
}

fn select(name: &str, label: &str, chosen: &str, options: Vec<(String, String)>) -> FilterSelect {
    let any = SelectOption::new("", Locale::default().activity().any(), chosen.is_empty());
    let option = |(value, text): (String, String)| {
        let is_chosen = value == chosen;
        SelectOption::new(value, text, is_chosen)
    };
    let mut options: Vec<SelectOption> = std::iter::once(any).chain(options.into_iter().map(option)).collect();
    if !options.iter().any(|option| option.chosen) {
        // What is in the address and is not to be had stays to be seen: it is why there is nothing.
        options.push(SelectOption::new(chosen, chosen, true));
    }
    FilterSelect { name: name.to_owned(), label: label.to_owned(), options }
}
