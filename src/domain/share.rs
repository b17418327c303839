//! How many release tasks a team may have in a region, so that none takes the room of all.

use super::ids::TeamId;

/// The most release tasks of a region.
pub const MAX_SHARE_OF_REGION: u64 = 1000;

/// How many release tasks a team has in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldShare {
    /// The team.
    pub team: TeamId,
    /// How many.
    pub releases: u64,
}

/// Why there is no room for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The region has as many as it may.
    Region,
    /// What is left is kept for other teams.
    Team,
}

/// Whether `team` may have one more release task in a region where every team that there is has so many. Half of the room
/// is kept for the teams, the same for each; the other half is for whoever comes first.
pub fn room_for(team: TeamId, held: &[HeldShare]) -> Result<(), Full> {
    let total: u64 = held.iter().map(|share| share.releases).sum();
    if total >= MAX_SHARE_OF_REGION {
        return Err(Full::Region);
    }
    let kept = if held.len() > 1 { MAX_SHARE_OF_REGION / 2 / u64::try_from(held.len()).unwrap_or(u64::MAX) } else { 0 };
    let own = held.iter().find(|share| share.team == team).map_or(0, |share| share.releases);
    let others = held.iter().filter(|share| share.team != team);
    let for_others: u64 = others.map(|share| kept.saturating_sub(share.releases)).sum();
    if own < kept || total + for_others < MAX_SHARE_OF_REGION { Ok(()) } else { Err(Full::Team) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(counts: &[u64]) -> Vec<HeldShare> {
        let teams = (1_u128..).map(TeamId::from_u128).zip(counts);
        teams.map(|(team, releases)| HeldShare { team, releases: *releases }).collect()
    }

    fn most(counts: &[u64]) -> u64 {
        let mut counts = counts.to_vec();
        while room_for(TeamId::from_u128(1), &held(&counts)).is_ok() {
            counts[0] += 1;
        }
        counts[0]
    }

    #[test]
    fn s7_a_team_leaves_room_for_the_others() {
        assert_eq!(most(&[0]), 1000, "who is alone has all of it");
        assert_eq!(most(&[0, 0]), 750);
        assert_eq!(most(&[0, 250]), 750);
        assert_eq!(most(&[0, 300]), 700);
        assert_eq!(most(&[0, 0, 0, 0]), 625);
        let many = [vec![0], vec![0; 999]].concat();
        assert_eq!(most(&many), 1000, "there are too many teams to keep room for each");
        assert_eq!(room_for(TeamId::from_u128(1), &held(&[0, 1000])), Err(Full::Region));
        assert_eq!(room_for(TeamId::from_u128(1), &held(&[750, 0])), Err(Full::Team));
        assert_eq!(room_for(TeamId::from_u128(1), &held(&[10, 980, 0])), Ok(()), "what is its own share it has first");
    }

    #[test]
    fn s7_whatever_the_others_do_a_team_gets_its_share() {
        let mut counts = vec![0_u64; 5];
        for greedy in [1, 2, 3, 4] {
            while room_for(TeamId::from_u128(greedy + 1), &held(&counts)).is_ok() {
                counts[usize::try_from(greedy).unwrap_or(0)] += 1;
            }
        }
        assert_eq!(most(&counts), 100);
    }
}
