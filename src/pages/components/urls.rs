//! Every URL is made here: handlers and templates are given the strings. A URL is a bookmark and never changes.

use url::Url;
use url::form_urlencoded;

pub use super::notice_urls::{
    address_confirmation, channel, channel_list, channel_operation, channels_of, confirming_address, deliveries,
    deliveries_seen, dismiss, dismissal, mail, mail_outcome, member_events, new_channel, own_address, send_again,
};

use crate::domain::ids::{InvitationId, SessionId, TeamId, TokenId, UserId};

/// Goes on to the region last worked in.
pub fn home() -> String {
    "/".to_owned()
}

/// The sign-in page.
pub fn login() -> String {
    "/login".to_owned()
}

/// The sign-in page that leads back to where one wanted to go.
pub fn login_for(next: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("/login?{query}")
}

/// The sign-in page, which says that one is signed out.
pub fn signed_out() -> String {
    "/login?signed_out=1".to_owned()
}

/// Ends the session.
pub fn logout() -> String {
    "/logout".to_owned()
}

/// Makes the first administrator.
pub fn setup() -> String {
    "/setup".to_owned()
}

/// The page that makes the first administrator, for whoever has the token.
pub fn setup_with(token: &str) -> String {
    format!("/setup?token={token}")
}

/// The reference of the API.
pub fn api_reference() -> &'static str {
    "/help/api"
}

/// The description of the API, for programs.
pub fn api_description() -> String {
    "/api/openapi.json".to_owned()
}

/// One's own sessions and password.
pub fn account() -> String {
    "/account".to_owned()
}

/// Changes one's own password.
pub fn password() -> String {
    "/account/password".to_owned()
}

/// Ends one of one's own sessions.
pub fn end_session(id: SessionId) -> String {
    format!("/account/sessions/{id}/end")
}

/// Ends all of one's own sessions but this one.
pub fn end_other_sessions() -> String {
    "/account/sessions/end-others".to_owned()
}

/// A region; leads to its release tasks.
pub fn region(region: &str) -> String {
    format!("/regions/{region}")
}

/// The release tasks of a region.
pub fn release_tasks(region: &str) -> String {
    format!("/regions/{region}/release-tasks")
}

/// Several release tasks of a region at once: GET asks first, POST does it.
pub fn bulk(region: &str) -> String {
    format!("{}/bulk", release_tasks(region))
}

/// The release tasks of a region with what that query says; what the list does not know is left out.
pub fn release_tasks_with(region: &str, query: &str) -> String {
    let known = ["q", "status", "team", "creator", "sort", "order", "page"];
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| known.contains(&name.as_ref()));
    let kept: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if kept.is_empty() { release_tasks(region) } else { format!("{}?{kept}", release_tasks(region)) }
}

/// The release tasks of a region that a team owns.
pub fn release_tasks_of(region: &str, team: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("team", team).finish();
    format!("{}?{query}", release_tasks(region))
}

/// All checkpoints that wait for the reader.
pub fn approvals() -> String {
    "/approvals".to_owned()
}

/// The checkpoints alone, or nothing when they are still those of that mark.
pub fn approvals_list(seen: u64) -> String {
    format!("/approvals/list?seen={seen}")
}

/// All checkpoints that wait for others, in the teams that the reader manages.
pub fn others_approvals() -> String {
    "/approvals/others".to_owned()
}

/// The same alone, or nothing when they are still those of that mark.
pub fn others_approvals_list(seen: u64) -> String {
    format!("/approvals/others/list?seen={seen}")
}

/// How many checkpoints wait for the reader, or nothing when they are still that many.
pub fn approvals_count(seen: u64) -> String {
    format!("/approvals/count?seen={seen}")
}

/// What runs, waits and failed.
pub fn overview() -> String {
    "/overview".to_owned()
}

/// The same alone, or nothing when it is still as at that mark.
pub fn overview_seen(seen: u64) -> String {
    format!("/overview?seen={seen}")
}

/// The activity over all teams and regions, of what these parameters choose.
pub fn activity_with(query: &[(&str, &str)]) -> String {
    with_parameters("/activity", query)
}

/// The same as a file.
pub fn activity_export(query: &[(&str, &str)]) -> String {
    with_parameters("/activity/export", query)
}

fn with_parameters(path: &str, query: &[(&str, &str)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// The audit, or what was refused alone.
pub fn audit(refused: bool) -> String {
    format!("/audit{}", if refused { "?only=refused" } else { "" })
}

/// The deleted release tasks, from the page of that number on.
pub fn deleted(page: u64) -> String {
    if page > 1 { format!("/deleted?page={page}") } else { "/deleted".to_owned() }
}

/// How much room everything takes.
pub fn storage() -> String {
    "/storage".to_owned()
}

/// Where a value is blanked.
pub fn blank_value() -> String {
    "/blank-value".to_owned()
}

/// How long a region keeps logs and run folders.
pub fn retention(region: &str) -> String {
    format!("/storage/{region}/retention")
}

/// The reader's tokens.
pub fn tokens() -> String {
    "/tokens".to_owned()
}

/// Lets a token last longer.
pub fn token_renewal(id: TokenId) -> String {
    format!("/tokens/{id}/renew")
}

/// Ends a token.
pub fn token_revocation(id: TokenId) -> String {
    format!("/tokens/{id}/revoke")
}

/// The members of the reader's first team.
pub fn members() -> String {
    "/members".to_owned()
}

/// The members of a team.
pub fn members_of(team: TeamId) -> String {
    format!("/teams/{team}/members")
}

/// The named secrets of a team.
pub fn secrets_of(team: TeamId) -> String {
    format!("/teams/{team}/secrets")
}

/// The roles of a member of a team: GET asks for them, POST changes them.
pub fn member_roles(team: TeamId, user: UserId) -> String {
    format!("/teams/{team}/members/{user}/roles")
}

/// Takes a member from a team: GET asks first.
pub fn member_removal(team: TeamId, user: UserId) -> String {
    format!("/teams/{team}/members/{user}/remove")
}

/// The invitations of a team.
pub fn invitations_of(team: TeamId) -> String {
    format!("/teams/{team}/invitations")
}

/// Invites somebody to a team: GET has the form.
pub fn invite_to(team: TeamId) -> String {
    format!("/teams/{team}/invitations/new")
}

/// Invites several people to a team: GET has the form.
pub fn import_people(team: TeamId) -> String {
    format!("/teams/{team}/invitations/import")
}

/// Takes an invitation back.
pub fn revoke_invitation(team: TeamId, id: InvitationId) -> String {
    format!("/teams/{team}/invitations/{id}/revoke")
}

/// The reader's own invitations.
pub fn own_invitations() -> String {
    "/invitations".to_owned()
}

/// Answers an invitation of the reader's own: "accept", "decline".
pub fn answer_invitation(id: InvitationId, word: &str) -> String {
    format!("/invitations/{id}/{word}")
}

/// Where the link of an invitation leads, and what takes its form.
pub fn joining() -> String {
    "/invitations/join".to_owned()
}

/// The same, for whoever has the token.
pub fn joining_with(token: &str) -> String {
    format!("{}?token={token}", joining())
}

/// What a manager does to the account of a member: "disable", "enable", "reset".
pub fn member_account(team: TeamId, user: UserId, word: &str) -> String {
    format!("/teams/{team}/members/{user}/{word}")
}

/// Where a link that sets a new password leads, and what takes its form.
pub fn resetting() -> String {
    "/reset".to_owned()
}

/// The same, for whoever has the token.
pub fn resetting_with(token: &str) -> String {
    format!("{}?token={token}", resetting())
}

/// The teams.
pub fn teams() -> String {
    "/teams".to_owned()
}

/// Says whether a team may have scripts run on the server.
pub fn team_scripts(team: TeamId) -> String {
    format!("/teams/{team}/scripts")
}

/// The regions.
pub fn regions() -> String {
    "/regions".to_owned()
}

/// The users.
pub fn users() -> String {
    "/users".to_owned()
}

/// The users whose name has that in it, from the page of that number on.
pub fn users_with(search: &str, page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", search).append_pair("page", &page.to_string());
    format!("{}?{}", users(), query.finish())
}

/// What an administrator does to a user: "disable", "enable", "promote", "demote", "reset".
pub fn user_act(id: UserId, word: &str) -> String {
    format!("/users/{id}/{word}")
}

/// The replicas.
pub fn replicas() -> String {
    "/replicas".to_owned()
}

/// The replicas alone, or nothing when they are still as at that mark.
pub fn replicas_list(seen: u64) -> String {
    format!("/replicas/list?seen={seen}")
}

/// The path and query to go on to after signing in, if it is one of ours: never another site, never in a circle.
pub fn local(next: &str) -> Option<&str> {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2048
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    // What a browser would make of it decides, not what it looks like.
    let stays = Url::parse("http://tollgate.invalid/").and_then(|base| base.join(next)).is_ok_and(|url| {
        url.host_str() == Some("tollgate.invalid")
            && !matches!(url.path(), "/login" | "/logout" | "/setup" | "/reset" | "/invitations/join")
    });
    (plain && stays).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_our_own_pages_only() {
        for good in ["/", "/regions/eu-west/release-tasks?status=running&page=2", "/approvals#first", "/a//b"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "javascript:alert(1)",
            "evil",
            " /",
            "/login?next=/",
            "/x/../login",
            "/é",
            "/\u{7f}",
            "/logout",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
        assert_eq!(local(&format!("/{}", "x".repeat(3000))), None);
    }

    #[test]
    fn the_list_is_found_again_as_it_was() {
        let list = release_tasks_with("eu-west", "q=a+b&status=running&page=2&seen=7&next=//evil.example");
        assert_eq!(list, "/regions/eu-west/release-tasks?q=a+b&status=running&page=2");
        assert_eq!(release_tasks_with("eu-west", "x"), "/regions/eu-west/release-tasks");
    }

    #[test]
    fn where_one_wanted_to_go_is_escaped() {
        assert_eq!(login_for("/a?b=c&d=e"), "/login?next=%2Fa%3Fb%3Dc%26d%3De");
    }
}
