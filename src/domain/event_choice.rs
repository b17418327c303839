//! Choice of the events that a person is told by e-mail: their own, or that of a team for its members.

use std::collections::BTreeSet;

use super::notices::NoticeKind;

/// What a person is told of the release tasks of a team: what they have chosen, else what the team has chosen for its members,
/// else that they are waited for.
pub fn told_events(own: Option<&BTreeSet<NoticeKind>>, of_team: Option<&BTreeSet<NoticeKind>>) -> BTreeSet<NoticeKind> {
    own.or(of_team).cloned().unwrap_or_else(|| NoticeKind::DEFAULT.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_choice_goes_before_that_of_the_team_also_where_it_is_nothing() {
        let (nothing, failed) = (BTreeSet::new(), BTreeSet::from([NoticeKind::ReleaseFailed]));
        assert_eq!(told_events(None, None), NoticeKind::DEFAULT.into());
        assert_eq!(told_events(None, Some(&failed)), failed);
        assert_eq!(told_events(None, Some(&nothing)), nothing);
        assert_eq!(told_events(Some(&nothing), Some(&failed)), nothing);
    }
}
