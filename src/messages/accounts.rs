//! Sentences about accounts, sign-in and passwords.

use crate::domain::account::PasswordFault;
use crate::domain::people::Role;

use super::Locale;

/// Sentences about accounts, sign-in and passwords.
pub trait AccountSentences {
    /// Where nobody administers though there are accounts: that one of those can.
    fn promote_instead(&self) -> &'static str;

    /// What a user name looks like.
    fn user_name_rule(&self) -> &'static str;

    /// Somebody else has the name already.
    fn user_name_taken(&self) -> &'static str;

    /// What the name of a team or region looks like.
    fn place_name_rule(&self) -> &'static str;

    /// The same for whatever was wrong: it tells nothing about which accounts exist.
    fn sign_in_failed(&self) -> &'static str;

    /// After signing out.
    fn signed_out(&self) -> &'static str;

    /// The field of the present password.
    fn wrong_password(&self) -> &'static str;

    /// The field that repeats a password.
    fn not_the_same(&self) -> &'static str;

    /// The name of an account is taken.
    fn name_taken(&self) -> &'static str;

    /// The rule for passwords.
    fn password_rule(&self) -> String;

    /// What is wrong with a password.
    fn password_fault(&self, fault: PasswordFault) -> String;

    /// A role that was to be taken is not held.
    fn not_held(&self, user: &str, team: &str, role: Role) -> String;

    /// Nobody would be left who may administer.
    fn last_administrator(&self, user: &str) -> String;

    /// A team would have no manager who may sign in, and who asks cannot make one.
    fn last_manager(&self, user: &str, team: &str) -> String;

    /// A user may not sign in, whatever the password.
    fn disabled(&self, user: &str) -> String;

    /// A user who is named is not there.
    fn no_such_user(&self, user: &str, meant: Option<&str>) -> String;

    /// A team that is named is not there; one that may be meant.
    fn no_such_team(&self, team: &str, meant: Option<&str>) -> String;

    /// Too many tries to sign in.
    fn too_many_tries(&self, seconds: u64) -> String;

    /// Beside the roles in teams.
    fn administrator(&self) -> &'static str;

    /// A browser on a system, by their names.
    fn browser_on(&self, browser: &str, system: &str) -> String;

    /// A browser that does not say what it is.
    fn unknown_browser(&self) -> &'static str;
}

/// A browser as people call it, from what it calls itself.
pub fn browser(user_agent: &str, locale: Locale) -> String {
    // Every browser claims to be the ones before it: the most particular name comes first.
    const BROWSERS: [(&str, &str); 5] =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |of: &[(&str, &'static str)]| of.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => locale.accounts().browser_on(browser, system),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if user_agent.is_empty() => locale.accounts().unknown_browser().to_owned(),
        (None, _) => user_agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(user_agent: &str) -> String {
        browser(user_agent, Locale::English)
    }

    #[test]
    fn browsers_are_told_by_the_name_that_people_use() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(named(edge), "Edge on Windows");
        assert_eq!(named("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux");
        assert_eq!(named("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(named(""), "Unknown browser");
    }
}
