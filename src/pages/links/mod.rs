//! Links that are sent to people: shown once, as the answer to the form that made them, since nobody else may see them and
//! nothing keeps them.

pub mod view;

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use url::form_urlencoded;

use self::view::LinkRow;
use crate::app::NewLink;
use crate::domain::execution::Moment;
use crate::http::Site;
use crate::pages::components::When;

/// The rows of the page: `path` makes of a secret where its link leads.
pub fn rows(site: &Site, request: &HttpRequest, links: &[NewLink], path: impl Fn(&str) -> String) -> Vec<LinkRow> {
    let (base, now): (String, Moment) = (base(site, request), site.app.clock.now());
    let row = |(number, link): (usize, &NewLink)| LinkRow {
        id: format!("link-{number}"),
        name: link.name.clone(),
        url: format!("{base}{}", path(&link.secret)),
        until: When::at(link.expires_at, now),
    };
    links.iter().enumerate().map(row).collect()
}

/// What makes of a path an address that works anywhere: the one that people use, or else the one that this reader uses.
fn base(site: &Site, request: &HttpRequest) -> String {
    let public = site.web.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    public.or_else(|| host.map(|host| format!("http://{host}"))).unwrap_or_default()
}

/// The rows as a file of the browser's own: the server would have to keep the links to send one.
pub fn as_csv(rows: &[LinkRow]) -> String {
    // Names and addresses have no commas, quotes or line breaks, and begin with no sign that a spreadsheet would calculate.
    let lines = rows.iter().map(|row| format!("{},{}\n", row.name, row.url));
    let text: String = std::iter::once("name,link\n".to_owned()).chain(lines).collect();
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    // In the address of data a plus is itself.
    format!("data:text/csv;charset=utf-8,{}", encoded.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_links_has_a_line_for_each() {
        let row = LinkRow {
            id: "link-0".to_owned(),
            name: "ann".to_owned(),
            url: "https://releases.example/invitations/join?token=00ff".to_owned(),
            until: When::at(Moment::UNIX_EPOCH, Moment::UNIX_EPOCH),
        };
        let expected = "data:text/csv;charset=utf-8,name%2Clink%0Aann%2Chttps%3A%2F%2Freleases.example%2Finvitations%2F\
                        join%3Ftoken%3D00ff%0A";
        assert_eq!(as_csv(&[row]), expected);
    }
}
