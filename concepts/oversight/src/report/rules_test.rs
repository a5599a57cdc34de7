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

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn partial(text: &str) -> Option<PartialDate> {
    PartialDate::parse_iso(text)
}

#[test]
fn each_kind_asks_for_whom_it_can() {
    let asked_on = day("2026-11-20");
    let (child, grown) = (partial("2009-04-01"), partial("1977-01-01"));
    let of = |by, tie, birth, died| {
        check_kind(by, Some(Identity::Authority), tie, Whose { birth, died }, asked_on)
    };
    let (guardian, proxy, family) = (AskedBy::Guardian, AskedBy::Proxy, AskedBy::Bereaved);
    assert_eq!(of(AskedBy::Person, None, grown, None), []);
    assert_eq!(of(guardian, Some(Tie::Parent), child, None), []);
    assert_eq!(of(guardian, Some(Tie::Parent), None, None), [], "nobody knows how old");
    assert_eq!(of(guardian, Some(Tie::Parent), grown, None), [("tie", "report.grown_up")]);
    assert_eq!(of(guardian, Some(Tie::AdultGuardian), grown, None), []);
    assert_eq!(of(guardian, Some(Tie::Agent), child, None), [("tie", "report.tie_of_guardian")]);
    assert_eq!(of(guardian, Some(Tie::Spouse), grown, None), [("tie", "report.tie_of_guardian")]);
    assert_eq!(of(proxy, Some(Tie::Agent), grown, None), []);
    assert_eq!(of(proxy, Some(Tie::Kin), grown, None), [("tie", "report.tie_of_proxy")]);
    let died = partial("2026-11-01");
    assert_eq!(of(family, Some(Tie::Child), grown, None), [("asked_by", "report.not_dead")]);
    assert_eq!(of(family, Some(Tie::Child), grown, died), []);
    assert_eq!(of(family, Some(Tie::Agent), grown, died), [("tie", "report.tie_of_family")]);
    assert_eq!(of(AskedBy::Person, None, grown, died), [("asked_by", "report.is_dead")]);
    assert_eq!(of(guardian, Some(Tie::AdultGuardian), grown, died), [("asked_by", "report.is_dead")]);
    // Asked while they lived, typed in after.
    assert_eq!(of(AskedBy::Person, None, grown, partial("2026-11-20")), []);
    assert_eq!(of(AskedBy::Person, None, grown, partial("2026")), []);
    // A photo says who, not that they may.
    let whose = Whose { birth: child, died: None };
    let shown = |by, identity| check_kind(by, Some(identity), None, whose, asked_on);
    assert_eq!(shown(guardian, Identity::Photo), [("identity", "report.needs_authority")]);
    assert_eq!(shown(proxy, Identity::Two), [("identity", "report.needs_authority")]);
    assert_eq!(shown(AskedBy::Person, Identity::Photo), []);
}

#[test]
fn whoever_is_set_aside_is_given_no_copy() {
    let aside = [SetAside {
        id: id(1),
        person: id(50),
        guardian: Some(id(51)),
        name: words::name::PersonName::new("", None),
        desk: id(2),
        reason: "abuse".to_owned(),
        article: "child_abuse_6".to_owned(),
        at: Instant::at(day("2026-11-01"), 9, 0),
    }];
    let chosen = |n| Requester { person: Some(id(n)), ..Requester::default() };
    let typed = Requester { name: "青木 とおる".to_owned(), ..Requester::default() };
    let of = |by, who: &Requester, aside: &[SetAside]| may_ask(id(50), by, who, aside).map_err(|r| r.key);
    for by in [AskedBy::Guardian, AskedBy::Proxy, AskedBy::Bereaved] {
        assert_eq!(of(by, &chosen(51), &aside), Err("report.set_aside"), "{by}");
        assert_eq!(of(by, &chosen(52), &aside), Ok(()), "{by}");
        assert_eq!(of(by, &chosen(51), &[]), Ok(()), "{by}");
    }
    assert_eq!(of(AskedBy::Guardian, &typed, &aside), Err("report.which_guardian"));
    assert_eq!(
        of(AskedBy::Guardian, &Requester::default(), &aside),
        Err("report.which_guardian"),
        "of before"
    );
    assert_eq!(of(AskedBy::Proxy, &typed, &aside), Ok(()));
    assert_eq!(of(AskedBy::Person, &Requester::default(), &aside), Ok(()), "the child themselves");
    // Whoever comes from outside when a parent is set aside.
    let tied = |tie| Requester { tie: Some(tie), ..typed.clone() };
    assert_eq!(of(AskedBy::Guardian, &tied(Tie::Parent), &aside), Err("report.which_guardian"));
    for tie in [Tie::MinorGuardian, Tie::Institution, Tie::AdultGuardian] {
        assert_eq!(of(AskedBy::Guardian, &tied(tie), &aside), Ok(()), "{tie}");
    }
    assert_eq!(of(AskedBy::Bereaved, &tied(Tie::Parent), &aside), Ok(()));
}

#[test]
fn the_same_twice_says_nothing_new() {
    let nobody = Requester::default();
    let aunt = Requester { name: "青木 とおる".to_owned(), ..Requester::default() };
    let span = |from, until| (day(from), day(until));
    let runs = Asked {
        person: id(50),
        asked_by: AskedBy::Person,
        requester: &nobody,
        days: span("2026-04-01", "2026-11-20"),
    };
    assert!(covered(runs, runs));
    assert!(covered(Asked { days: span("2026-05-01", "2026-11-20"), ..runs }, runs));
    assert!(!covered(Asked { days: span("2026-03-31", "2026-11-20"), ..runs }, runs));
    assert!(!covered(Asked { days: span("2026-04-01", "2026-11-21"), ..runs }, runs));
    assert!(!covered(Asked { person: id(51), ..runs }, runs));
    let by_aunt = Asked { asked_by: AskedBy::Proxy, requester: &aunt, ..runs };
    assert!(!covered(by_aunt, runs));
    assert!(!covered(by_aunt, Asked { asked_by: AskedBy::Proxy, ..runs }));
}

#[test]
fn what_one_page_showed_was_seen_once() {
    let mut rows: Vec<LogRow> = (0..6).map(|n| row(n, 4, 100 + n % 2)).collect();
    // Three rows of one page, then three pages.
    for row in rows.iter_mut().take(3) {
        row.at = Instant::at(Day::new(2026, 11, 20).unwrap(), 9, 0);
    }
    let lines = lines(&rows);
    let said: Vec<_> = lines.iter().map(|l| (l.rows.len(), l.records, l.times)).collect();
    assert_eq!(said, [(6, 2, 4)]);
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

#[test]
fn the_auditor_knows_whether_the_person_is_a_minor_and_no_more() {
    let of = |text: &str| age(PartialDate::parse_iso(text), day("2026-11-20"));
    assert_eq!(of("2008-11-20"), Age::OfAge);
    assert_eq!(of("2008-11-21"), Age::Minor);
    assert_eq!(of("2008"), Age::Unknown, "born this day or later that year");
    assert_eq!(of("2010"), Age::Minor);
    assert_eq!(of("1950"), Age::OfAge);
    assert_eq!(age(None, day("2026-11-20")), Age::Unknown);
}

#[test]
fn a_choice_of_before_gives_way_to_what_was_decided_since() {
    // Two tabs; the other one withheld the row for danger to life.
    assert!(stale("", "78_1_1", "show"));
    assert!(stale("show", "78_1_1", "78_1_2"));
    assert!(stale("show", "", "78_1_1"), "rows came since");
    assert!(!stale("", "78_1_1", "78_1_1"), "both chose the same");
    assert!(!stale("78_1_1", "78_1_1", "show"), "knowing what stood");
}

#[test]
fn what_refuses_a_request_as_a_whole_withholds_no_row() {
    assert_eq!(may_decide(Verdict::Withhold, Some(true)).unwrap_err().key, "report.only_whole");
    assert_eq!(may_decide(Verdict::Withhold, None).unwrap_err().key, "report.choose_exemption");
    assert_eq!(may_decide(Verdict::Show, Some(false)).unwrap_err().key, "report.choose_exemption");
    assert!(may_decide(Verdict::Withhold, Some(false)).is_ok() && may_decide(Verdict::Show, None).is_ok());
}

#[test]
fn a_line_stands_as_all_of_its_rows_do() {
    let rows = [row(1, 4, 100), row(2, 4, 101)];
    let line = lines(&rows).remove(0);
    let withhold = |code: &str| (Verdict::Withhold, code.to_owned());
    let show = (Verdict::Show, String::new());
    let none = Decided::new();
    assert_eq!((standing(&line, &none), withheld(&line, &none)), ("", None));
    let one: Decided = [(id(1), withhold("78_1_1"))].into();
    assert_eq!((standing(&line, &one), withheld(&line, &one)), ("", Some("78_1_1")), "a row came since");
    let both: Decided = [(id(1), withhold("78_1_1")), (id(2), withhold("78_1_1"))].into();
    assert_eq!(standing(&line, &both), "78_1_1");
    let shown: Decided = [(id(1), show.clone()), (id(2), show)].into();
    assert_eq!((standing(&line, &shown), withheld(&line, &shown)), ("show", None));
    // Withheld once without saying whether there is one: open again, and on no paper.
    let whole: Decided = [(id(1), withhold("81")), (id(2), withhold("81"))].into();
    let counted = counts(whole.clone(), |code| code == "81");
    assert_eq!((standing(&line, &counted), withheld(&line, &whole)), ("", Some("81")));
    assert_eq!(counts(both.clone(), |code| code == "81"), both);
}
