//! The town of the demonstration holds together.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use town::*;

static TOWN: LazyLock<Town> = LazyLock::new(|| generate(&Config::demo((2026, 11, 21))));

/// All passages with the day and the household they speak of.
fn bodies(town: &Town) -> Vec<(&Text, Day, Option<u32>)> {
    let mut all = Vec::new();
    for c in &town.consultations {
        all.extend(c.texts.iter().map(|t| (t, c.occurred_at.day, c.household)));
    }
    for r in &town.records {
        all.push((&r.text, r.occurred_at.day, Some(town.cases[r.case as usize].household)));
    }
    for r in &town.referrals {
        all.extend(r.texts.iter().map(|t| (t, r.created.day, Some(r.household))));
    }
    for s in &town.sheets {
        all.extend(s.texts.iter().map(|t| (t, s.written_at.day, s.household)));
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_town() {
    let small = Config { households: 200, consultations: 500, ..Config::demo((2026, 11, 21)) };
    assert_eq!(format!("{:?}", generate(&small)), format!("{:?}", generate(&small)));
    let other = Config { seed: 1, ..small };
    assert_ne!(format!("{:?}", generate(&small)), format!("{:?}", generate(&other)));
}

#[test]
fn the_demonstration_has_its_size() {
    let town = &*TOWN;
    eprintln!(
        "agencies {} desks {} staff {} households {} persons {} consultations {} cases {} records {} consents {} referrals {} sheets {} tasks {} open {} texts {}",
        town.agencies.len(),
        town.desks.len(),
        town.staff.len(),
        town.households.len(),
        town.persons.len(),
        town.consultations.len(),
        town.cases.len(),
        town.records.len(),
        town.consents.len(),
        town.referrals.len(),
        town.sheets.len(),
        town.tasks.len(),
        town.tasks.iter().filter(|t| t.state == TaskState::Open).count(),
        bodies(town).len()
    );
    assert!(town.agencies.len() >= 60);
    assert_eq!(town.staff.len(), 200);
    assert_eq!(town.households.len(), 3_000);
    assert_eq!(town.consultations.len(), 12_000);
    assert_eq!(town.staff.iter().filter(|s| s.demo.is_some()).count(), 13);
    assert!((5_000..=7_500).contains(&town.persons.len()), "{}", town.persons.len());
    let cases = town.cases.len() * 100 / town.consultations.len();
    assert!((15..=30).contains(&cases), "{cases} cases in a hundred consultations");
    let sheets: usize = town.consultations.iter().map(|c| c.texts.len()).sum();
    let mean = sheets * 10 / town.consultations.len();
    assert!((26..=34).contains(&mean), "{mean} notes in ten consultations");
    let mut logins = HashSet::new();
    assert!(town.staff.iter().all(|s| logins.insert(&s.login)), "logins differ");
    assert_eq!(town.agency_programmes.len(), 57);
}

#[test]
fn notes_are_nearly_all_different() {
    let all = bodies(&TOWN);
    let different: HashSet<&str> = all.iter().map(|(t, ..)| t.body.as_str()).collect();
    assert!(different.len() * 100 >= all.len() * 95, "{} of {}", different.len(), all.len());
}

#[test]
fn notes_are_complete_and_harmless() {
    for (text, day, home) in bodies(&TOWN) {
        assert!(!text.body.contains(['{', '}', '|']), "{}", text.body);
        assert!(text.body.ends_with(['。', '」']), "{}", text.body);
        assert!(text.categories.0 != 0, "{}", text.body);
        let mut run = 0;
        for letter in text.body.chars() {
            run = if letter.is_ascii_digit() { run + 1 } else { 0 };
            assert!(run < 8, "{}", text.body);
        }
        for member in text.subjects.members() {
            let household = &TOWN.households[home.expect("named only with a household") as usize];
            let person = &TOWN.persons[household.members[usize::from(member)] as usize];
            assert!(person.born <= day, "{}", text.body);
            assert!(person.died.is_none_or(|died| day <= died), "{}", text.body);
        }
    }
}

#[test]
fn desks_and_authors_stand_on_the_day() {
    let town = &*TOWN;
    let stands = |desk: u32, day: Day| {
        let desk = &town.desks[desk as usize];
        assert!(
            desk.valid_from <= day && desk.valid_until.is_none_or(|last| day <= last),
            "{} {day:?}",
            desk.name
        );
    };
    let serves = |staff: u32, desk: u32, day: Day| {
        assert!(
            town.staff[staff as usize].appointments.iter().any(|a| {
                let a = &town.appointments[*a as usize];
                town.posts[a.post as usize].desk == desk
                    && a.from <= day
                    && a.until.is_none_or(|last| day <= last)
            }),
            "{} at {} on {:?}",
            town.staff[staff as usize].login,
            town.desks[desk as usize].name,
            day.ymd()
        );
    };
    for c in &town.consultations {
        stands(c.desk, c.occurred_at.day);
        serves(c.author, c.desk, c.occurred_at.day);
        assert!(c.occurred_at <= c.recorded_at && c.recorded_at.day <= town.today);
        assert!(c.occurred_at.day >= town.first_day && (510..=1_035).contains(&c.occurred_at.minute));
    }
    for r in &town.records {
        stands(r.desk, r.occurred_at.day);
        serves(r.author, r.desk, r.occurred_at.day);
        assert!(r.occurred_at <= r.recorded_at && r.recorded_at.day <= town.today);
        assert!(r.occurred_at.day >= town.cases[r.case as usize].opened);
    }
    for r in &town.referrals {
        stands(r.to_desk, r.created.day);
        stands(r.from_desk, r.created.day);
        assert_ne!(r.from_desk, r.to_desk);
    }
    for case in town.cases.iter().filter(|c| matches!(c.state, CaseState::Open | CaseState::Reopened)) {
        stands(case.desk, town.today);
    }
    let days = town.consultations.iter().filter(|c| c.occurred_at.day.is_business()).count();
    assert!(days * 100 >= town.consultations.len() * 95);
}

#[test]
fn cases_run_in_order() {
    let town = &*TOWN;
    let mut open: HashMap<u32, u32> = HashMap::new();
    for (number, case) in town.cases.iter().enumerate() {
        let mut day = case.opened;
        for event in &case.events {
            assert!(event.day >= day && event.day <= town.today);
            day = event.day;
        }
        assert_eq!(case.state, case.events.last().map_or(CaseState::Open, |e| e.state));
        assert_eq!(case.engagement.len(), town.households[case.household as usize].members.len());
        let records = &town.records[case.records.start as usize..case.records.end as usize];
        assert!((3..=40).contains(&records.len()));
        assert!(records.iter().all(|r| r.case as usize == number));
        assert!(records.is_sorted_by_key(|r| r.occurred_at));
        if matches!(case.state, CaseState::Open | CaseState::Reopened) {
            assert!(open.insert(case.household, 0).is_none(), "one open case per household");
        }
    }
}

#[test]
fn referrals_walk_allowed_steps() {
    use ReferralState as S;
    let town = &*TOWN;
    for r in &town.referrals {
        let mut state = S::Draft;
        let mut at = r.created;
        for step in &r.history {
            let allowed = match state {
                S::Draft => matches!(step.to, S::Sent),
                S::Sent => {
                    matches!(
                        step.to,
                        S::Accepted | S::Refused | S::Withdrawn | S::DeclinedByPerson | S::EnteredInError
                    )
                }
                S::Accepted => matches!(
                    step.to,
                    S::InProgress | S::OnHold | S::Completed | S::Failed | S::Withdrawn | S::DeclinedByPerson
                ),
                S::InProgress | S::OnHold => matches!(
                    step.to,
                    S::InProgress | S::OnHold | S::Completed | S::Failed | S::Withdrawn | S::DeclinedByPerson
                ),
                _ => false,
            };
            assert!(allowed, "{state} to {}", step.to);
            assert!(step.at >= at && step.at.day <= town.today);
            let needs_reason = matches!(
                step.to,
                S::OnHold | S::Failed | S::Refused | S::DeclinedByPerson | S::Withdrawn | S::EnteredInError
            );
            assert_eq!(step.reason.is_some(), needs_reason);
            (state, at) = (step.to, step.at);
        }
        assert_eq!(state, r.state);
        assert_eq!(r.outcome.is_some(), r.state == S::Completed);
        if let Some(received) = r.received_at {
            let sent = r.history.first().expect("received only what was sent").at;
            assert!(received >= sent && received.day <= town.today);
            assert!(r.history.get(1).is_none_or(|step| step.at >= received), "{r:?}");
        }
        if let Basis::Consent(at) = r.basis {
            let consent = &town.consents[at as usize];
            assert_eq!(consent.household, r.household);
            assert!(consent.recipients.contains(&r.to_desk));
            assert!(consent.from.is_some_and(|from| from <= r.created.day));
        }
    }
}

#[test]
fn only_accepted_hand_overs_move_a_case() {
    let town = &*TOWN;
    for (number, case) in town.cases.iter().enumerate() {
        let mut desk = town.consultations[case.consultation as usize].desk;
        let mut moves: Vec<_> = town
            .referrals
            .iter()
            .filter(|r| r.case == Some(u32::try_from(number).expect("few cases")))
            .filter(|r| matches!(r.kind, ReferralKind::HandOver | ReferralKind::HandBack))
            .filter_map(|r| r.history.iter().find(|s| s.to == ReferralState::Accepted).map(|s| (s.at, r)))
            .collect();
        moves.sort_by_key(|(at, _)| *at);
        for (_, referral) in moves {
            assert_eq!(referral.from_desk, desk, "case {number}");
            desk = referral.to_desk;
        }
        let merged = town.desks[desk as usize].valid_until.is_some();
        assert!(desk == case.desk || merged, "case {number}");
    }
}

#[test]
fn whatever_is_open_has_a_task() {
    let town = &*TOWN;
    let mut consultations = HashSet::new();
    let mut cases = HashSet::new();
    for task in &town.tasks {
        assert!(task.made <= town.today && task.made <= task.due.day, "{task:?}");
        assert_eq!(task.ended.is_some(), task.state != TaskState::Open);
        assert!(task.ended.is_none_or(|at| at.day <= town.today && at.day >= task.made), "{task:?}");
        if task.state == TaskState::Open {
            match task.of {
                TaskOf::Consultation(at) => drop(consultations.insert(at)),
                TaskOf::Case(at) => drop(cases.insert(at)),
                _ => {}
            }
        }
    }
    for (number, c) in town.consultations.iter().enumerate() {
        if matches!(c.state, ConsultationState::Open | ConsultationState::Draft) {
            assert!(consultations.contains(&u32::try_from(number).expect("few")));
        }
    }
    for (number, c) in town.cases.iter().enumerate() {
        if matches!(c.state, CaseState::Open | CaseState::Reopened) {
            assert!(cases.contains(&u32::try_from(number).expect("few")));
        }
    }
    let late = |days: i32| town.today.business(-days);
    for day in [late(1), late(3), late(10)] {
        assert!(town.tasks.iter().any(|t| t.state == TaskState::Open && t.due.day == day));
    }
    let due_today =
        town.tasks.iter().filter(|t| t.state == TaskState::Open && t.due.day == town.today).count();
    let ahead = town.tasks.iter().filter(|t| t.state == TaskState::Open && t.due.day > town.today).count();
    let open = town.tasks.iter().filter(|t| t.state == TaskState::Open).count();
    assert!(due_today > 0 && ahead * 2 > open, "{due_today} {ahead} {open}");
}

/// Nothing written about somebody who hides may call, write to or visit the home.
#[test]
fn nothing_reaches_a_home_that_must_not_be_reached() {
    let town = &*TOWN;
    let hidden = |home: u32| town.households[home as usize].theme == Theme::Violence;
    for c in town.consultations.iter().filter(|c| c.household.is_some_and(hidden)) {
        assert!(matches!(c.channel, Channel::Counter | Channel::Phone));
        for text in c.texts.iter().filter(|t| t.field == TextField::Response) {
            for word in ["訪問", "手紙を出す", "に電話する"] {
                assert!(!text.body.contains(word), "{}", text.body);
            }
        }
    }
    for r in town.records.iter().filter(|r| hidden(town.cases[r.case as usize].household)) {
        assert!(matches!(r.kind, RecordKind::Phone | RecordKind::Office | RecordKind::Meeting));
    }
}

/// Every value of an enumeration occurs.
macro_rules! all_occur {
    ($type:ident, $values:expr) => {{
        let seen: HashSet<$type> = $values.collect();
        for value in $type::ALL {
            assert!(seen.contains(value), "no {} {}", stringify!($type), value);
        }
    }};
}

#[test]
fn nothing_is_empty() {
    let t = &*TOWN;
    all_occur!(Programme, t.desks.iter().map(|d| d.programme));
    all_occur!(Role, t.posts.iter().map(|p| p.role));
    all_occur!(Theme, t.households.iter().map(|h| h.theme));
    all_occur!(Topic, t.consultations.iter().flat_map(|c| c.topics.iter().copied()));
    all_occur!(Channel, t.consultations.iter().map(|c| c.channel));
    all_occur!(Route, t.consultations.iter().map(|c| c.route));
    all_occur!(Urgency, t.consultations.iter().map(|c| c.urgency));
    all_occur!(Disposition, t.consultations.iter().map(|c| c.disposition));
    all_occur!(ConsultationState, t.consultations.iter().map(|c| c.state));
    all_occur!(TextField, t.consultations.iter().flat_map(|c| c.texts.iter().map(|x| x.field)));
    all_occur!(CaseState, t.cases.iter().map(|c| c.state));
    all_occur!(Engagement, t.cases.iter().flat_map(|c| c.engagement.iter().copied()));
    all_occur!(RecordKind, t.records.iter().map(|r| r.kind));
    all_occur!(ConsentForm, t.consents.iter().map(|c| c.form));
    all_occur!(ConsentState, t.consents.iter().map(|c| c.state));
    all_occur!(ReferralKind, t.referrals.iter().map(|r| r.kind));
    all_occur!(ReferralState, t.referrals.iter().map(|r| r.state));
    all_occur!(ToldBy, t.referrals.iter().flat_map(|r| r.history.iter().filter_map(|s| s.told_by)));
    all_occur!(SheetState, t.sheets.iter().map(|s| s.state));
    all_occur!(TaskKind, t.tasks.iter().map(|x| x.kind));
    all_occur!(TaskState, t.tasks.iter().map(|x| x.state));
    all_occur!(ChangeKind, t.agency_changes.iter().map(|c| c.kind));
    all_occur!(EntityKind, t.legal_entities.iter().map(|e| e.kind));
    all_occur!(Field, t.agencies.iter().map(|a| a.field));
    let mut busy = vec![false; t.desks.len()];
    for c in &t.consultations {
        busy[c.desk as usize] = true;
    }
    for r in &t.referrals {
        busy[r.to_desk as usize] = true;
    }
    for (number, busy) in busy.iter().enumerate() {
        assert!(busy, "nothing at {}", t.desks[number].name);
    }
    for staff in t.staff.iter().filter(|s| s.demo.is_some()) {
        assert!(!staff.appointments.is_empty(), "{}", staff.login);
    }
    assert!(t.sheets.iter().any(|s| s.consent.is_none() && s.household.is_none()));
    assert!(t.persons.iter().any(|p| p.died.is_some()));
    assert!(t.persons.iter().any(|p| p.interpreter));
    assert!(t.persons.iter().any(|p| !p.variants.is_empty()));
    assert!(t.transfers.iter().any(|x| x.to_post.is_none()));
}

#[test]
fn the_memorable_people_have_work() {
    let town = &*TOWN;
    for (number, staff) in town.staff.iter().enumerate().filter(|(_, s)| s.demo.is_some()) {
        let number = u32::try_from(number).expect("few staff");
        let posts: Vec<_> = staff
            .appointments
            .iter()
            .map(|a| &town.posts[town.appointments[*a as usize].post as usize])
            .collect();
        let open = |c: &&Case| matches!(c.state, CaseState::Open | CaseState::Reopened);
        let cases = town.cases.iter().filter(open).filter(|c| c.worker == number).count();
        let sheets = town.sheets.iter().filter(|s| s.liaison == number).count();
        let written = town.consultations.iter().filter(|c| c.author == number).count();
        let tasks = town
            .tasks
            .iter()
            .filter(|t| t.state == TaskState::Open && posts.iter().any(|p| p.desk == t.desk))
            .count();
        eprintln!("{}: cases {cases} written {written} sheets {sheets} desk tasks {tasks}", staff.login);
        match posts[0].role {
            Role::Caseworker => assert!(cases > 2 && written > 20 && tasks > 5, "{}", staff.login),
            Role::Liaison => assert!(sheets > 5, "{}", staff.login),
            Role::Coordinator | Role::AgencyLead => assert!(tasks > 5, "{}", staff.login),
            _ => {}
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Small towns on any day hold together too, empty ones included.
    #[test]
    fn any_small_town_can_be_made(
        seed: u64,
        households in 0_usize..60,
        consultations in 0_usize..120,
        year in 2020_i32..2040,
        month in 1_u32..=12,
        day in 1_u32..=28,
        years in 1_u32..5,
    ) {
        let config = Config { seed, households, consultations, years, ..Config::demo((year, month, day)) };
        let town = generate(&config);
        assert_eq!(town.consultations.len(), consultations);
        for c in &town.consultations {
            assert!(c.recorded_at.day <= town.today && c.occurred_at.day >= town.first_day.plus(-4));
        }
        for (text, day, home) in bodies(&town) {
            for member in text.subjects.members() {
                let household = &town.households[home.expect("a household") as usize];
                assert!(town.persons[household.members[usize::from(member)] as usize].born <= day);
            }
        }
    }
}
