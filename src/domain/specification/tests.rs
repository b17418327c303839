//! Tests of specifications.

use chrono::NaiveDate;

use super::*;

fn fields(pairs: &[(&str, &str)]) -> Specification {
    pairs.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_offered_version_has_the_ones_of_the_seconds_last() {
    let at = NaiveDate::from_ymd_opt(2026, 11, 29).unwrap().and_hms_opt(10, 43, 21).unwrap();
    assert_eq!(offered_version(at), "2026.1129.10431");
    let early = NaiveDate::from_ymd_opt(2027, 1, 2).unwrap().and_hms_opt(3, 4, 59).unwrap();
    assert_eq!(offered_version(early), "2027.0102.03049");
}

#[test]
fn a_version_is_one_line_of_up_to_64_characters() {
    for good in ["1", "2026.1129.10431", "v14.2.0-rc.3+build", &"ä".repeat(64)] {
        assert_eq!(version_fault(good), None, "{good}");
    }
    assert_eq!(version_fault(""), Some(VersionFault::Empty));
    assert_eq!(version_fault(&"a".repeat(65)), Some(VersionFault::TooLong));
    for bad in [" 1", "1 ", "1\n2"] {
        assert_eq!(version_fault(bad), Some(VersionFault::NoLine), "{bad:?}");
    }
}

#[test]
fn a_field_has_a_known_name() {
    for good in
        ["image", "replicas", "environment.LOG_LEVEL", "files.etc/app.conf", "files./etc/app.conf", "parameters.shop"]
    {
        assert_eq!(field_fault(good), None, "{good}");
    }
    let unknown = |nearest: Option<&str>| Some(SpecificationFault::Unknown { nearest: nearest.map(str::to_owned) });
    assert_eq!(field_fault("imgae"), unknown(Some("image")));
    assert_eq!(field_fault("colour"), unknown(None));
    for bad in [
        "environment",
        "environment.",
        "environment.1A",
        "environment.TOLLGATE_KEY",
        "files.",
        "files.../x",
        "files.a//b",
    ] {
        assert_eq!(field_fault(bad), Some(SpecificationFault::Name), "{bad}");
    }
}

#[test]
fn every_wrong_value_is_told_and_one_with_references_is_judged_when_they_have_values() {
    let wrong =
        fields(&[("image", " "), ("replicas", "-1"), ("ports", "80 80"), ("files.a", "x\0"), ("colour", "red")]);
    let found: Vec<String> = check_specification(&wrong).into_iter().map(|(field, _)| field).collect();
    assert_eq!(found, ["colour", "files.a", "image", "ports", "replicas"]);
    let good = fields(&[("image", "shop:1"), ("replicas", "3"), ("ports", "80, 443"), ("environment.A", "")]);
    assert_eq!(check_specification(&good), []);
    assert_eq!(value_fault("replicas", "${vars.count}"), None);
    assert_eq!(value_fault("ports", "0"), Some(SpecificationFault::Ports));
    assert_eq!(value_fault("ports", ""), Some(SpecificationFault::Ports));
    let many: Specification =
        (0..=MAX_SPECIFICATION_FIELDS).map(|n| (format!("environment.A{n}"), String::new())).collect();
    assert_eq!(check_specification(&many), [(String::new(), SpecificationFault::TooMany)]);
    let large: Specification = (0..5).map(|n| (format!("files.f{n}"), "x".repeat(MAX_SPECIFICATION_FILE))).collect();
    assert_eq!(check_specification(&large), [(String::new(), SpecificationFault::TooLarge)]);
}

#[test]
fn an_update_names_only_what_it_sets_and_unsets() {
    let base = fields(&[("image", "shop:1"), ("replicas", "100"), ("environment.OLD", "1")]);
    let after = updated(&base, fields(&[("image", "shop:2")]), ["environment.OLD"]);
    assert_eq!(after, fields(&[("image", "shop:2"), ("replicas", "100")]));
    let change = |field: &str, from: Option<&str>, to: Option<&str>| FieldChange {
        field: field.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    assert_eq!(
        differences(&base, &after),
        [change("environment.OLD", Some("1"), None), change("image", Some("shop:1"), Some("shop:2"))]
    );
}

#[test]
fn probes_are_lines_and_a_roll_out_is_numbers_of_hosts() {
    for name in ["probes.readiness", "probes.liveness", "probes.startup", ROLLOUT_BATCH, ROLLOUT_MAX_FAILED] {
        assert_eq!(field_fault(name), None, "{name}");
    }
    assert_eq!(field_fault("probes.other"), Some(SpecificationFault::Name));
    assert_eq!(field_fault("rollout.speed"), Some(SpecificationFault::Name));
    assert_eq!(value_fault("probes.readiness", "GET /health"), None);
    assert_eq!(value_fault("probes.readiness", " "), Some(SpecificationFault::Empty));
    assert_eq!(value_fault("probes.readiness", "a\nb"), Some(SpecificationFault::SeveralLines));
    for good in ["all", "1", "25%", "${vars.batch}"] {
        assert_eq!(value_fault(ROLLOUT_BATCH, good), None, "{good}");
    }
    for bad in ["", "0", "0%", "101%", "half"] {
        assert_eq!(value_fault(ROLLOUT_BATCH, bad), Some(SpecificationFault::HowMany { none: false }), "{bad}");
    }
    assert_eq!(value_fault(ROLLOUT_MAX_FAILED, "0"), None);
    assert_eq!(value_fault(ROLLOUT_MAX_FAILED, "-1"), Some(SpecificationFault::HowMany { none: true }));
}
