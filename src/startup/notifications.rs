//! The notifier of a server: with a client for outgoing requests of its own, and links as people reach the pages.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::app::App;
use crate::config::Config;
use crate::engine::Engine;
use crate::notify::dispatch::Dispatcher;
use crate::notify::{LinkTo, LinkedPage, Notifier};
use crate::outgoing::{AllowedNetwork, HttpClient};
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::urls;

/// The client by which the server at that address tells others.
pub fn client(config: &Config, own: SocketAddr) -> anyhow::Result<HttpClient> {
    let own = config.outgoing.own_allowed.then(|| AllowedNetwork::only(own));
    Ok(HttpClient::new(config.outgoing.allowed.iter().copied().chain(own))?)
}

/// The notifier of that server, which works under the term of its engine.
pub fn notifier(app: &App, engine: &Engine, config: &Config, client: HttpClient) -> Notifier {
    let dispatcher = Dispatcher::new(app.clone(), client, links(config));
    let engine = engine.clone();
    Notifier::new(app.clone(), Arc::new(dispatcher), Arc::new(move || engine.current_term()))
}

/// Addresses as people reach them; none where nobody has said how.
fn links(config: &Config) -> LinkTo {
    let base = config.web.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
    Arc::new(move |page| {
        let path = match page {
            LinkedPage::Checkpoint { region, release, execution, task } => {
                ReleaseUrls::new(region, release).decision(execution, task)
            }
            LinkedPage::Release { region, release } => ReleaseUrls::new(region, release).show(),
            LinkedPage::Confirmation { secret } => urls::address_confirmation(secret),
            LinkedPage::Tokens => urls::tokens(),
            LinkedPage::Home => urls::home(),
        };
        base.as_ref().map(|base| format!("{base}{path}"))
    })
}
