//! Remove and New Key: each says first what will become of the channel.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::handler::one;
use crate::domain::ids::{ChannelId, TeamId};
use crate::domain::notices::ChannelKind;
use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::Reply;
use crate::http::session::CurrentUser;
use crate::messages::Locale;
use crate::pages::components::dialog::Around;
use crate::pages::components::layout::CurrentTeam;
use crate::pages::components::{ConfirmDialog, Section, urls};

/// Asks before the signing key of a webhook is replaced. The answer is the page that shows the new one.
pub async fn rotate(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let found = site.app.channels(&reader.caller(&site, &request), team).await?;
    let channel = one(&found, id)?;
    if channel.choice.kind != ChannelKind::Webhook {
        return Err(HttpError::NotFound);
    }
    let words = Locale::default().notice_pages();
    let dialog = ConfirmDialog {
        title: words.rotation_title(&channel.name),
        about: about(&found.team.name, channel.choice.kind),
        sentence: words.rotation().to_owned(),
        url: urls::channel_operation(team, id, "rotate"),
        cancel_url: urls::channels_of(team),
        button: Locale::default().notices().new_key().to_owned(),
        is_page: true,
        ..ConfirmDialog::default()
    };
    CurrentTeam::note(&request, &found.team.name);
    show(&request, &reader, dialog).await
}

/// Asks before a channel is removed.
pub async fn remove(
    site: Data<Site>,
    request: HttpRequest,
    reader: CurrentUser,
    path: Path<(TeamId, ChannelId)>,
) -> Reply {
    let (team, id) = path.into_inner();
    let found = site.app.channels(&reader.caller(&site, &request), team).await?;
    let channel = one(&found, id)?;
    let words = Locale::default().notice_pages();
    let dialog = ConfirmDialog {
        title: words.removal_title(&channel.name),
        about: about(&found.team.name, channel.choice.kind),
        sentence: words.removal().to_owned(),
        url: urls::channel_operation(team, id, "remove"),
        cancel_url: urls::channels_of(team),
        button: Locale::default().notices().remove().to_owned(),
        danger: true,
        ..ConfirmDialog::default()
    };
    CurrentTeam::note(&request, &found.team.name);
    show(&request, &reader, dialog).await
}

/// "storefront · Webhook".
fn about(team: &str, kind: ChannelKind) -> String {
    format!("{team} · {}", Locale::default().notices().channel_kind(kind))
}

async fn show(request: &HttpRequest, reader: &CurrentUser, dialog: ConfirmDialog) -> Reply {
    let around = Around { request, reader, section: Section::Members };
    around.show(StatusCode::OK, &dialog.title.clone(), dialog).await
}
