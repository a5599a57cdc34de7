use proptest::prelude::*;
use words::Id;

use super::*;

fn id<K>(n: u128) -> Id<K> {
    Id::new(uuid::Uuid::from_u128(n))
}

fn row(n: u128, desk: u128, record: u128) -> LogRow {
    LogRow {
        id: id(n),
        at: Instant::at(Day::new(2026, 11, 20).unwrap(), 9, 0).plus_minutes(i64::try_from(n).unwrap()),
        desk: Some(id(desk)),
        role: Some(Role::Caseworker),
        kind: "entry".to_owned(),
        record: id(record),
        categories: Categories::NONE.with(Category::Support),
        basis: "own_record".to_owned(),
        channel: "page".to_owned(),
        article: String::new(),
        reason: String::new(),
    }
}

#[test]
fn there_is_a_way_out_of_every_state() {
    for state in State::ALL {
        let ends = Step::ALL.iter().any(|s| step(*state, *s).is_ok_and(|to| !runs(to)));
        assert_eq!(ends, runs(*state), "{state}");
    }
    assert_eq!(step(State::Prepared, Step::Issue).unwrap_err().key, "report.look_first");
    assert_eq!(step(State::Requested, Step::Issue).unwrap_err().key, "report.prepare_first");
    assert_eq!(step(State::Issued, Step::Withdraw).unwrap_err().key, "report.is_over");
    assert_eq!(step(State::Reviewed, Step::Prepare).unwrap(), State::Prepared);
}

#[test]
fn it_is_due_on_a_business_day_in_time() {
    // 30 days after 20 November is Sunday 20 December: Friday 18.
    let asked = Day::new(2026, 11, 20).unwrap();
    assert_eq!(due(asked, 30), Instant::at(Day::new(2026, 12, 18).unwrap(), 17, 0));
}

#[test]
fn what_is_kept_from_the_person_is_nowhere() {
    let kept = Kept {
        secret: [id(100)].into(),
        sheltered: [(id(101), [id(5)].into())].into(),
        known_to: BTreeSet::new(),
    };
    assert!(never_shown(&row(1, 4, 100), &kept), "a secret");
    assert!(never_shown(&row(1, 5, 101), &kept), "by a desk that knows where");
    assert!(!never_shown(&row(1, 4, 101), &kept));
    assert!(!never_shown(&row(1, 5, 102), &kept));
    let known_to = Kept { known_to: [id(5)].into(), ..Kept::default() };
    assert!(never_shown(&row(1, 5, 102), &known_to));
    assert!(!never_shown(&row(1, 4, 102), &known_to));
    let mut conference = row(1, 4, 102);
    conference.basis = "own_record+confidential_conference".to_owned();
    assert!(never_shown(&conference, &Kept::default()));
}

#[test]
fn an_informant_suggests_the_second_item() {
    let mut told = row(1, 4, 100);
    assert_eq!(suggested(&told), None);
    told.categories = told.categories.with(Category::Informant);
    assert_eq!(suggested(&told), Some("78_1_2"));
    // A text without marks counts as everything: that says nothing about an informant.
    told.categories = Categories::all();
    assert_eq!(suggested(&told), None);
}

#[test]
fn looks_are_looks_and_acts_are_acts() {
    assert!(is_look("own_record") && is_look("consent+own_record") && is_look("look_urgently"));
    assert!(!is_look("write_support") && !is_look("audit_access") && !is_look(""));
}

proptest! {
    #[test]
    fn every_row_is_in_one_line_and_no_line_says_two_things(
        rows in prop::collection::vec((0_u128..3, 0_u128..4, any::<bool>(), any::<bool>()), 0..40),
    ) {
        let rows: Vec<LogRow> = rows
            .into_iter()
            .enumerate()
            .map(|(n, (desk, record, print, informant))| {
                let mut row = row(u128::try_from(n).unwrap(), desk, record);
                row.channel = if print { "print" } else { "page" }.to_owned();
                if informant {
                    row.categories = row.categories.with(Category::Informant);
                }
                row
            })
            .collect();
        let lines = lines(&rows);
        let mut ids: Vec<AccessId> = lines.iter().flat_map(|l| l.rows.clone()).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, rows.iter().map(|r| r.id).collect::<Vec<_>>());
        for line in &lines {
            for row in rows.iter().filter(|r| line.rows.contains(&r.id)) {
                prop_assert_eq!((row.desk, &row.channel, suggested(row)), (line.desk, &line.channel, line.suggested));
                prop_assert!(row.categories.within(line.categories));
            }
        }
    }

    #[test]
    fn keeping_more_never_shows_more(desk in 0_u128..4, record in 0_u128..4, secret in 0_u128..4, known in 0_u128..4) {
        let row = row(1, desk, record);
        let less = Kept::default();
        let more = Kept { secret: [id(secret)].into(), known_to: [id(known)].into(), ..Kept::default() };
        prop_assert!(!never_shown(&row, &less) || never_shown(&row, &more));
    }
}
