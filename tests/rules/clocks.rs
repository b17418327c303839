//! When a wait until a time of day is over, on days on which clocks are changed too.

use tollgate::domain::execution::Moment;
use tollgate::domain::kinds::Wait;
use tollgate::domain::kinds::wait_over;

fn moment(text: &str) -> Moment {
    text.parse().unwrap_or_else(|_| panic!("not a moment: {text}"))
}

fn over(hour: u32, minute: u32, zone: &str, now: &str) -> Moment {
    wait_over(&Wait::Clock { hour, minute, zone: zone.to_owned() }, moment(now))
}

#[test]
fn later_today_or_else_tomorrow() {
    assert_eq!(over(12, 1, "UTC", "2026-01-05T12:00:00Z"), moment("2026-01-05T12:01:00Z"));
    assert_eq!(over(12, 0, "UTC", "2026-01-05T12:00:00Z"), moment("2026-01-06T12:00:00Z"), "now is not later");
    assert_eq!(over(0, 0, "UTC", "2026-12-31T23:59:59Z"), moment("2027-01-01T00:00:00Z"));
}

#[test]
fn today_is_the_day_of_the_zone() {
    assert_eq!(over(8, 0, "Asia/Tokyo", "2026-01-05T22:30:00Z"), moment("2026-01-05T23:00:00Z"));
    assert_eq!(over(23, 0, "America/New_York", "2026-01-06T02:00:00Z"), moment("2026-01-06T04:00:00Z"));
}

#[test]
fn a_time_that_the_clock_leaves_out_comes_on_the_next_day() {
    assert_eq!(over(2, 30, "Europe/Berlin", "2026-03-28T23:00:00Z"), moment("2026-03-30T00:30:00Z"));
}

#[test]
fn of_a_time_that_the_clock_shows_twice_the_first_counts() {
    assert_eq!(over(2, 30, "Europe/Berlin", "2026-10-24T23:00:00Z"), moment("2026-10-25T00:30:00Z"));
    assert_eq!(over(2, 30, "Europe/Berlin", "2026-10-25T00:45:00Z"), moment("2026-10-26T01:30:00Z"));
}
