//! The form that invites somebody: a name, and the roles that are ticked.

use url::form_urlencoded;

use crate::domain::invitation::Invitee;
use crate::domain::people::Role;

/// Reads a body.
pub fn read(sent: &[u8]) -> Invitee {
    let mut invitee = Invitee::default();
    for (name, value) in form_urlencoded::parse(sent) {
        match name.as_ref() {
            "role" => invitee.roles.extend(Role::from_word(&value)),
            "name" => value.trim().clone_into(&mut invitee.name),
            _ => {}
        }
    }
    invitee
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_role_is_nothing() {
        let invitee = read(b"name=+ann+&role=viewer&role=owner&role=manager&other=1");
        assert_eq!(invitee.name, "ann");
        assert_eq!(invitee.roles, [Role::Viewer, Role::Manager].into());
    }
}
