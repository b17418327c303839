//! Tests of the limits of sign-ins: who is held up, and who is not.

use super::*;

#[test]
fn a_clock_that_is_set_back_keeps_nobody_out() {
    let limits = SignInLimits::default();
    let start = DateTime::UNIX_EPOCH + TimeDelta::hours(2);
    while limits.take("ann", None, None, start).is_ok() {}
    let back = start - TimeDelta::hours(1);
    for n in 0..5 {
        assert!(limits.take("ann", None, None, back).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("ann", None, None, back).err(), Some(10));
}

#[test]
fn five_quick_tries_of_an_account_then_one_in_ten_seconds() {
    let limits = SignInLimits::default();
    let start = DateTime::UNIX_EPOCH;
    for n in 0..5 {
        assert!(limits.take("Ann", None, None, start).is_ok(), "try {n}");
    }
    assert_eq!(limits.take(" ann", None, None, start).err(), Some(10));
    assert!(limits.take("ben", None, None, start).is_ok(), "another account is not held up");
    let later = start + TimeDelta::seconds(10);
    assert!(limits.take("ann", None, None, later).is_ok());
    assert_eq!(limits.take("ann", None, None, later).err(), Some(10));
}

#[test]
fn twenty_quick_tries_of_an_address_then_two_a_second() {
    let limits = SignInLimits::default();
    let (start, address) = (DateTime::UNIX_EPOCH, Some(IpAddr::from([10, 0, 0, 1])));
    for n in 0..20 {
        assert!(limits.take(&n.to_string(), address, None, start).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("x", address, None, start).err(), Some(1));
    assert!(limits.take("x", None, None, start).is_ok());
    assert!(limits.take("y", address, None, start + TimeDelta::milliseconds(500)).is_ok());
}

#[test]
fn whoever_has_a_whole_network_of_addresses_has_no_more_tries() {
    let limits = SignInLimits::default();
    let (start, address) = (DateTime::UNIX_EPOCH, |text: &str| Some(text.parse::<IpAddr>().unwrap()));
    for n in 0..20 {
        let next = address(&format!("2001:db8:1:2:{n:x}::{n:x}"));
        assert!(limits.take(&n.to_string(), next, None, start).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("x", address("2001:db8:1:2:ffff::"), None, start).err(), Some(1));
    assert!(limits.take("x", address("2001:db8:1:3::"), None, start).is_ok(), "another network is not held up");
    for n in 0..20 {
        assert!(limits.take(&format!("v4 {n}"), address("::ffff:10.0.0.1"), None, start).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("y", address("10.0.0.1"), None, start).err(), Some(1), "it is the same address");
    assert!(limits.take("y", address("::ffff:10.0.0.2"), None, start).is_ok(), "another address is not held up");
}

#[test]
fn a_right_password_costs_nothing() {
    let limits = SignInLimits::default();
    for n in 0..50 {
        let taken = limits.take("ann", None, None, DateTime::UNIX_EPOCH).unwrap_or_else(|_| panic!("refused {n}"));
        limits.was_right(taken, DateTime::UNIX_EPOCH);
    }
}

/// Each is in a /24 of its own.
fn of_v4(n: u32) -> IpAddr {
    IpAddr::from((0x0a00_0000 + n * 256).to_be_bytes())
}

#[test]
fn s3_who_has_many_networks_has_not_as_many_tries() {
    let (limits, start) = (SignInLimits::default(), DateTime::UNIX_EPOCH);
    let of_v6 = |net: u32| Some(format!("2001:db8:1:{net:x}::1").parse::<IpAddr>().unwrap());
    let mut names = 0..;
    let mut tries = |address| limits.take(&format!("nobody{:?}", names.next()), address, None, start);
    // A /56 has 256 networks of one subscriber, a /48 has 65,536.
    for (block, most) in [(0, 40), (1, 40), (2, 0)] {
        for net in 0..most {
            assert!(tries(of_v6(block * 256 + net)).is_ok(), "try {net} of {block}");
        }
        assert_eq!(tries(of_v6(block * 256 + 255)).err(), Some(1), "one more of {block}");
    }
    for net in 0..80 {
        // Five in each /28.
        let neighbour = IpAddr::from([192, 0, 2, u8::try_from(net / 5 * 16 + net % 5).unwrap()]);
        assert!(tries(Some(neighbour)).is_ok(), "try {net}");
    }
    assert_eq!(tries(Some(IpAddr::from([192, 0, 2, 255]))).err(), Some(1));
    assert!(tries(Some(IpAddr::from([192, 0, 3, 255]))).is_ok(), "another network is not held up");
}

/// Guesses from so many networks that the account's own limit is reached.
fn crowd(limits: &SignInLimits, now: DateTime<Utc>) {
    for n in 0..100 {
        assert!(limits.take("ann", Some(of_v4(n)), None, now).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("ann", Some(of_v4(100)), None, now).err(), Some(1));
}

#[test]
fn s1_wrong_tries_of_a_stranger_shut_nobody_out() {
    let limits = SignInLimits::default();
    let mut now = DateTime::UNIX_EPOCH;
    for n in 0..1000 {
        now += TimeDelta::milliseconds(250);
        let _ = limits.take("ann", Some(of_v4(1)), None, now);
        assert!(limits.take("ann", Some(of_v4(1000 + n)), None, now).is_ok(), "the owner after {n}");
        now += TimeDelta::seconds(1);
    }
}

#[test]
fn s1_a_crowd_shuts_out_neither_a_known_network_nor_a_session() {
    let limits = SignInLimits::default();
    let (start, home) = (DateTime::UNIX_EPOCH, Some(of_v4(7000)));
    let taken = limits.take("ann", home, None, start).unwrap();
    limits.was_right(taken, start);
    let now = start + TimeDelta::days(29);
    crowd(&limits, now);
    assert!(limits.take("Ann ", home, None, now).is_ok(), "known");
    assert!(limits.take("ann", Some(of_v4(7001)), Some("Ann"), now).is_ok(), "with a session");
    assert_eq!(limits.take("ann", Some(of_v4(7002)), Some("ben"), now).err(), Some(1), "of another");
    assert!(limits.take("ben", Some(of_v4(7002)), None, now).is_ok(), "another account");
    for n in 1..5 {
        assert!(limits.take("ann", home, None, now).is_ok(), "try {n}");
    }
    assert_eq!(limits.take("ann", home, None, now).err(), Some(10), "known, but five tries all the same");
    let late = start + TimeDelta::days(30);
    crowd(&limits, late);
    assert_eq!(limits.take("ann", home, None, late).err(), Some(1), "long ago");
}

#[test]
fn s1_a_refused_try_costs_the_address() {
    let limits = SignInLimits::default();
    let start = DateTime::UNIX_EPOCH;
    for _ in 0..20 {
        let _ = limits.take("ann", Some(of_v4(1)), None, start);
    }
    assert_eq!(limits.take("ben", Some(of_v4(1)), None, start).err(), Some(1));
}

#[test]
fn s1_a_change_of_the_password_is_held_up_by_its_own_session_only() {
    let limits = SignInLimits::default();
    let (start, ann, session) = (DateTime::UNIX_EPOCH, UserId::from_u128(1), SessionId::from_u128(1));
    crowd(&limits, start);
    for n in 0..5 {
        assert!(limits.take_change(ann, session, start).is_ok(), "try {n}");
    }
    assert_eq!(limits.take_change(ann, session, start).err(), Some(10));
    assert!(limits.take_change(ann, SessionId::from_u128(2), start).is_ok(), "another session");
    limits.give_change_back(ann, session);
    assert!(limits.take_change(ann, session, start).is_ok());
}
