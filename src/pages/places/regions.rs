//! `/regions`. For everybody but administrators there is no such page.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form};
use serde::Deserialize;

use super::view::{PlaceForm, PlaceRow, PlacesPage};
use crate::app::accounts::AccountError;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::{self, Reply};
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::messages::told::Told;
use crate::pages::components::{Field, Link, Section, layout, urls};

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub struct NewRegion {
    #[serde(default)]
    name: String,
}

/// The page.
pub async fn index(site: Data<Site>, request: HttpRequest, reader: CurrentUser) -> Reply {
    show(StatusCode::OK, &request, &reader, (&site, Field::default())).await
}

/// Makes a region. What is wrong comes back as it was typed.
pub async fn create(site: Data<Site>, request: HttpRequest, reader: CurrentUser, typed: Form<NewRegion>) -> Reply {
    let caller = reader.caller(&site, &request);
    // Whoever may not is told nothing about what was typed.
    caller.reads_everything().map_err(HttpError::from)?;
    let words = Locale::default();
    let name = typed.name.trim();
    let error = match site.app.add_region(&caller, name).await {
        Ok(_) => {
            site.sessions.forget();
            return Ok(response::done(&request, &urls::regions(), &Told::RegionAdded(name.to_owned())));
        }
        Err(AccountError::PlaceName) => words.accounts().place_name_rule().to_owned(),
        Err(AccountError::NameTaken) => words.places().taken().to_owned(),
        Err(AccountError::NameAlike(other)) => words.places().alike(&other),
        Err(other) => return Err(other.into()),
    };
    let name = Field::of(typed.name.clone()).wrong(error);
    show(StatusCode::UNPROCESSABLE_ENTITY, &request, &reader, (&site, name)).await
}

async fn show(status: StatusCode, request: &HttpRequest, reader: &CurrentUser, (site, name): (&Site, Field)) -> Reply {
    reader.caller(site, request).reads_everything().map_err(HttpError::from)?;
    let row = |name: &str| PlaceRow { link: Link::new(name, urls::release_tasks(name)), scripts: None, permit: None };
    let words = Locale::default();
    response::page_with(
        status,
        &PlacesPage {
            chrome: layout::around(request, reader, "Regions", Section::Regions).await?,
            title: "Regions",
            lead: words.places().regions_lead().to_owned(),
            rows: site.app.regions().await?.iter().map(|region| row(&region.name)).collect(),
            form: PlaceForm {
                title: words.places().add_region(),
                url: urls::regions(),
                name,
                rule: words.accounts().place_name_rule(),
                scripts: None,
            },
        },
    )
}
