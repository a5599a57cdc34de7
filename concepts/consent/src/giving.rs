//! 同意をもらう: what is asked of every consent, wherever it is written down: on its own page, inside a referral or an inquiry, on a
//! connecting sheet, carried over to a successor. [`crate::give`] asks all of it, so that no way in is easier than another (R-114,
//! domain section 4.5, `docs/decisions/0018`).

use engine::Refusal;
use site::Form;
use words::Day;
use words::partial::PartialDate;

use crate::rules::{ConsentForm, GivenBy, GiverRelation, NewConsent};
use crate::sql::record::SetAside;
use crate::stand_in::{StandIn, speaks};

/// Days an oral consent holds that one person heard alone.
pub const ALONE_DAYS: i64 = 92;
/// Years before today at which a consent begins at the earliest: an older paper is asked for anew.
const YEARS_BACK: i32 = 5;
/// Years after today at which a consent ends at the latest: a later day is a slip of the pen.
const YEARS_AHEAD: i32 = 10;

/// What is recorded of somebody's life that a consent must fit into.
#[derive(Debug, Clone, Copy, Default)]
pub struct Life {
    /// When they were born.
    pub birth: Option<PartialDate>,
    /// When they died.
    pub died: Option<PartialDate>,
}

/// What a consent is looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Whose consent it is.
    pub person: Life,
    /// Whoever gave it in their place, when recorded.
    pub giver: Option<Life>,
    /// Who is set aside for the person.
    pub aside: &'a [SetAside],
    /// What whoever writes it down is called.
    pub recorder: &'a str,
    /// The day it is written down.
    pub today: Day,
}

/// An oral consent is heard by two, or ends within three months: what one person heard alone cannot be shown later, and the
/// next visit is the time to ask again, on paper (`docs/decisions/0018`).
pub fn heard(form: ConsentForm, witness: &str, from: Day, until: Option<Day>) -> Result<(), Refusal> {
    let short = until.is_some_and(|until| from.days_until(until) <= ALONE_DAYS);
    if form == ConsentForm::Oral && witness.is_empty() && !short {
        return Err(Refusal::new("consent.oral_alone"));
    }
    Ok(())
}

/// The last day of a consent on a form that asks for none, or for no witness: of an oral one that one person heard alone at the latest
/// the day until which it holds.
pub fn alone_until(form: ConsentForm, witness: &str, from: Day, until: Option<Day>) -> Option<Day> {
    if form != ConsentForm::Oral || !witness.is_empty() {
        return until;
    }
    let last = from.plus_days(ALONE_DAYS);
    Some(until.map_or(last, |until| until.min(last)))
}

/// The last day of a consent that a parent or the guardian of a minor gives on a form that asks for none: the day before they come of age,
/// and no later than any consent ends.
pub fn minor_until(
    relation: Option<GiverRelation>,
    birth: Option<PartialDate>,
    from: Day,
    until: Option<Day>,
) -> Option<Day> {
    let (Some(relation), Some(birth)) = (relation, birth) else { return until };
    if !relation.of_minors() {
        return until;
    }
    let last = of_age_on(birth).plus_days(-1).min(years(from, YEARS_AHEAD));
    // Of age already: no day mends that, and the refusal says so rather than speak of a day nobody typed.
    if last < from {
        return until;
    }
    Some(until.map_or(last, |until| until.min(last)))
}

/// The day somebody comes of age (民法4条: eighteen). Of a birth known in part, the earliest it can be: better to ask too
/// early.
pub fn of_age_on(birth: PartialDate) -> Day {
    let first = birth.earliest();
    let (year, month, day) = (first.year() + 18, first.month(), first.day());
    // Born on 29 February: the day after 28 (年齢計算ニ関スル法律).
    Day::new(year, month, day)
        .or_else(|| Day::new(year, month + 1, 1))
        .unwrap_or_else(|| birth.latest().plus_days(18 * 365))
}

/// Refuses whoever cannot speak for somebody of this age: the guardians of a minor for one who is of age, and for a minor anybody but
/// them. A child has nobody whom it asked or a court gave it as an adult; whoever they are, it would be a way round the guardian (民法818条,
/// 838条).
pub fn speaks_for_age(relation: GiverRelation, birth: PartialDate, on: Day) -> Result<(), Refusal> {
    let of_age = on >= of_age_on(birth);
    if of_age && relation.of_minors() {
        return Err(Refusal::new("consent.of_age_already"));
    }
    if !of_age && !relation.of_guardians() {
        return Err(Refusal::new("consent.minor_has_guardians"));
    }
    Ok(())
}

/// Below this age nobody's own word is a consent: what it means cannot be judged yet, and whoever stands for them is asked (個人情報保護法
/// ガイドラインQ&A: 12歳から15歳までの年齢以下). From then on their own word counts, and theirs alone is asked for where parents must not know.
const OWN_WORD: i32 = 12;

/// Refuses the own word of somebody who is surely still a small child.
pub fn own_word(birth: Option<PartialDate>, on: Day) -> Result<(), Refusal> {
    match birth {
        Some(birth) if on < years(birth.earliest(), OWN_WORD) => {
            Err(Refusal::new("consent.small_child").arg("n", OWN_WORD))
        }
        _ => Ok(()),
    }
}

/// Refuses a term that reaches beyond what whoever gave it can agree to: a parent or the guardian of a minor speaks for
/// them until the day before they come of age.
pub fn within_guardianship(
    relation: Option<GiverRelation>,
    birth: Option<PartialDate>,
    from: Day,
    until: Option<Day>,
) -> Result<(), Refusal> {
    let (Some(relation), Some(birth)) = (relation, birth) else { return Ok(()) };
    speaks_for_age(relation, birth, from)?;
    if relation.of_minors() && until.is_none_or(|until| until >= of_age_on(birth)) {
        return Err(Refusal::new("consent.until_of_age"));
    }
    Ok(())
}

/// Refuses a withdrawal told as a parent or the guardian of a minor for somebody who is of age by now. Of others nothing is asked here: what
/// was agreed to through them before can be taken back through them (`docs/decisions/0052`).
pub(crate) fn still_speaks(
    relation: Option<GiverRelation>,
    birth: Option<PartialDate>,
    on: Day,
) -> Result<(), Refusal> {
    match (relation, birth) {
        (Some(relation), Some(birth)) if relation.of_minors() => speaks_for_age(relation, birth, on),
        _ => Ok(()),
    }
}

/// Whether somebody recorded can speak in another's place on a day: they live, and are of age (民法847条1号, 833条). Whoever was asked by the
/// person to speak for them may be younger (民法102条).
pub fn can_stand_in(relation: Option<GiverRelation>, who: Life, on: Day) -> Result<(), Refusal> {
    if who.died.is_some_and(|died| on > died.latest()) {
        return Err(Refusal::new("consent.giver_died"));
    }
    let minor = who.birth.is_some_and(|birth| on < of_age_on(birth));
    if minor && relation != Some(GiverRelation::Agent) {
        return Err(Refusal::new("consent.giver_minor"));
    }
    Ok(())
}

/// Refuses a word of somebody after their death, or about them by whoever spoke in their place: that office ended with it (民法653条, 111条).
pub fn said_in_life(person: Life, said: Day) -> Result<(), Refusal> {
    match person.died {
        Some(died) if said > died.latest() => Err(Refusal::new("consent.said_after_death")),
        _ => Ok(()),
    }
}

/// Refuses days that cannot be meant: before the person's birth, long ago, or far ahead.
fn days(new: &NewConsent, birth: Option<PartialDate>, today: Day) -> Result<(), Refusal> {
    if birth.is_some_and(|birth| new.from < earliest(birth)) {
        return Err(Refusal::new("consent.from_before_birth"));
    }
    if new.from < years(today, -YEARS_BACK) {
        return Err(Refusal::new("consent.from_long_ago").arg("n", YEARS_BACK));
    }
    if new.from.max(new.until.unwrap_or(new.from)) > years(today, YEARS_AHEAD) {
        let key = if new.from > years(today, YEARS_AHEAD) { "consent.from_far" } else { "consent.until_far" };
        return Err(Refusal::new(key).arg("n", YEARS_AHEAD));
    }
    Ok(())
}

/// The first day somebody can be born on.
fn earliest(birth: PartialDate) -> Day {
    birth.earliest()
}

/// The same day in another year; of 29 February the day after.
fn years(day: Day, by: i32) -> Day {
    let year = day.year() + by;
    Day::new(year, day.month(), day.day())
        .or_else(|| Day::new(year, day.month() + 1, 1))
        .unwrap_or_else(|| day.plus_days(i64::from(by) * 365))
}

/// A name without its spaces: the same person is written in more than one way.
fn bare(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Everything that is asked of a consent beside what it says of itself ([`crate::check`]), as far as it is wrong: a form says all of it at
/// once (STYLE 12).
pub fn problems(new: &NewConsent, around: &Around<'_>) -> Vec<Refusal> {
    if around.person.died.is_some() {
        return vec![Refusal::new("consent.person_died")];
    }
    let mut found: Vec<Refusal> = Vec::new();
    found.extend(days(new, around.person.birth, around.today).err());
    if !new.witness.is_empty() && bare(&new.witness) == bare(around.recorder) {
        found.push(Refusal::new("consent.witness_is_recorder"));
    }
    found.extend(heard(new.form, &new.witness, new.from, new.until).err());
    if new.given_by == GivenBy::Itself {
        found.extend(own_word(around.person.birth, around.today.min(new.from)).err());
        return found;
    }
    let who = StandIn {
        person: new.giver,
        name: new.given_by_name.clone(),
        relation: new.relation,
        evidence: new.evidence.clone(),
    };
    found.extend(speaks(new.person, new.given_by, &who, around.aside).err());
    if let Some(giver) = around.giver {
        found.extend(can_stand_in(new.relation, giver, around.today).err());
    }
    found.extend(within_guardianship(new.relation, around.person.birth, new.from, new.until).err());
    found
}

/// Beside which field of a form a refusal of a consent stands; forms that call one of them otherwise say so.
pub fn field_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "consent.no_category" => "share_cat",
        "consent.no_purpose" => "purpose",
        "consent.no_recipient" => "to_desk",
        "consent.person_died" => "person",
        "consent.no_giver_name" => "given_by_name",
        "consent.giver_set_aside"
        | "consent.which_guardian"
        | "consent.giver_is_the_person"
        | "consent.giver_died"
        | "consent.giver_minor" => "giver",
        "consent.small_child" => "given_by",
        "consent.no_relation"
        | "consent.relation_of_guardian"
        | "consent.of_age_already"
        | "consent.minor_has_guardians"
        | "consent.one_of_age" => "relation",
        "consent.no_evidence" => "evidence",
        "consent.oral_alone" | "consent.witness_is_recorder" => "witness",
        "consent.from_before_birth" | "consent.from_long_ago" | "consent.from_far" => "from",
        "consent.ends_before_it_begins" | "consent.until_of_age" | "consent.until_far" => "until",
        "consent.said_to_come" | "consent.said_before_given" | "consent.said_after_death" => "said",
        "consent.no_such_article" => "article",
        _ => return None,
    })
}

/// The same, on this form: what is wrong with somebody whose name was typed stands beside the name, not beside the list nobody was picked
/// from. Who must be picked is said beside the list.
pub fn field_in(form: &Form, key: &str) -> Option<&'static str> {
    let typed = form.value("giver").is_empty() && !form.value("given_by_name").trim().is_empty();
    match field_of(key) {
        Some("giver") if typed && key != "consent.which_guardian" => Some("given_by_name"),
        field => field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::{consent, id};
    use words::Instant;
    use words::id::PersonId;

    const PERSON: u128 = 7;
    const MOTHER: u128 = 51;

    fn day(y: i32, m: u32, d: u32) -> Day {
        Day::new(y, m, d).unwrap()
    }

    fn today() -> Day {
        day(2026, 11, 21)
    }

    fn born(y: i32) -> Life {
        Life { birth: PartialDate::of_year(y), died: None }
    }

    fn dead() -> Life {
        Life { birth: PartialDate::of_year(1940), died: Some(PartialDate::of_day(day(2026, 11, 20))) }
    }

    /// Signed by the person themselves, today.
    fn signed() -> NewConsent {
        NewConsent { form: ConsentForm::Signed, from: today(), ..consent() }
    }

    /// Given by the mother, who is recorded.
    fn by_mother() -> NewConsent {
        NewConsent {
            given_by: GivenBy::Guardian,
            given_by_name: "青木 みどり".to_owned(),
            giver: Some(id(MOTHER)),
            relation: Some(GiverRelation::Parent),
            evidence: "戸籍".to_owned(),
            until: Some(day(2027, 3, 31)),
            ..signed()
        }
    }

    fn around<'a>(person: Life, giver: Option<Life>) -> Around<'a> {
        Around { person, giver, aside: &[], recorder: "佐野 早苗", today: today() }
    }

    fn key(new: &NewConsent, around: &Around<'_>) -> Result<(), &'static str> {
        problems(new, around).first().map_or(Ok(()), |r| Err(r.key))
    }

    #[test]
    fn a_parent_speaks_until_the_day_before_the_child_comes_of_age() {
        let birth = Some(PartialDate::of_day(day(2009, 4, 1)));
        let of = |relation, until| within_guardianship(relation, birth, today(), until).map_err(|r| r.key);
        let parent = Some(GiverRelation::Parent);
        assert_eq!(of(parent, Some(day(2027, 3, 31))), Ok(()));
        assert_eq!(of(parent, Some(day(2027, 4, 1))), Err("consent.until_of_age"));
        assert_eq!(of(parent, None), Err("consent.until_of_age"));
        assert_eq!(of(Some(GiverRelation::AdultGuardian), None), Ok(()));
        assert_eq!(of(None, None), Ok(()), "the person themselves");
        for other in [GiverRelation::Agent, GiverRelation::Curator, GiverRelation::VoluntaryGuardian] {
            assert_eq!(of(Some(other), None), Err("consent.minor_has_guardians"), "{other}");
            assert!(speaks_for_age(other, PartialDate::of_day(day(2008, 11, 21)), today()).is_ok());
        }
        let grown = Some(PartialDate::of_day(day(2008, 11, 21)));
        assert_eq!(
            within_guardianship(parent, grown, today(), Some(today())).map_err(|r| r.key),
            Err("consent.of_age_already")
        );
        assert_eq!(within_guardianship(parent, None, today(), None), Ok(()));
        assert_eq!(of_age_on(PartialDate::of_day(day(2008, 2, 29))), day(2026, 3, 1));
        assert_eq!(of_age_on(PartialDate::of_year(2010).unwrap()), day(2028, 1, 1));
    }

    #[test]
    fn what_was_agreed_to_through_anybody_is_taken_back_through_them() {
        let of = |relation, birth| still_speaks(relation, birth, today()).map_err(|r| r.key);
        let (child, grown) = (PartialDate::of_year(2015), PartialDate::of_year(1980));
        for other in [GiverRelation::Agent, GiverRelation::Curator, GiverRelation::VoluntaryGuardian] {
            assert_eq!((of(Some(other), child), of(Some(other), grown)), (Ok(()), Ok(())), "{other}");
        }
        assert_eq!(of(Some(GiverRelation::Parent), child), Ok(()));
        assert_eq!(of(Some(GiverRelation::Parent), grown), Err("consent.of_age_already"));
        assert_eq!((of(None, child), of(Some(GiverRelation::Parent), None)), (Ok(()), Ok(())));
    }

    #[test]
    fn the_word_of_a_small_child_is_no_consent_and_that_of_an_older_one_is() {
        let of = |year| key(&signed(), &around(born(year), None));
        assert_eq!((of(2021), of(2015)), (Err("consent.small_child"), Err("consent.small_child")));
        assert_eq!((of(2014), of(2010), of(1980)), (Ok(()), Ok(()), Ok(())), "who may be twelve is asked");
        assert_eq!(key(&signed(), &around(Life::default(), None)), Ok(()));
        assert_eq!(
            key(
                &NewConsent { until: Some(day(2027, 3, 31)), ..by_mother() },
                &around(born(2021), Some(born(1980)))
            ),
            Ok(())
        );
    }

    #[test]
    fn what_one_heard_alone_ends_soon() {
        let of = |form, witness, until| heard(form, witness, today(), until).is_ok();
        assert!(of(ConsentForm::Signed, "", None));
        assert!(of(ConsentForm::Oral, "木下", None));
        assert!(of(ConsentForm::Oral, "", Some(today().plus_days(ALONE_DAYS))));
        assert!(!of(ConsentForm::Oral, "", Some(today().plus_days(ALONE_DAYS + 1))));
        assert!(!of(ConsentForm::Oral, "", None));
    }

    #[test]
    fn on_a_short_form_what_one_heard_alone_ends_by_itself() {
        let last = today().plus_days(ALONE_DAYS);
        let of = |form, witness, until| alone_until(form, witness, today(), until);
        assert_eq!(of(ConsentForm::Oral, "", None), Some(last));
        assert_eq!(of(ConsentForm::Oral, "", Some(last.plus_days(9))), Some(last));
        assert_eq!(of(ConsentForm::Oral, "", Some(today())), Some(today()), "an earlier end stands");
        assert_eq!((of(ConsentForm::Oral, "木下", None), of(ConsentForm::Signed, "", None)), (None, None));
        let child = PartialDate::of_day(day(2009, 4, 1));
        let minor = |relation, until| minor_until(Some(relation), Some(child), today(), until);
        assert_eq!(minor(GiverRelation::Parent, None), Some(day(2027, 3, 31)));
        assert_eq!(minor(GiverRelation::Parent, Some(last)), Some(last));
        assert_eq!(minor(GiverRelation::AdultGuardian, None), None);
        // A child of six comes of age later than any consent ends.
        let small = minor_until(Some(GiverRelation::Parent), PartialDate::of_year(2020), today(), None);
        assert_eq!(small, Some(day(2036, 11, 21)));
        let grown = PartialDate::of_year(1980);
        assert_eq!(
            minor_until(Some(GiverRelation::Parent), grown, today(), None),
            None,
            "of age: refused as such"
        );
        let given = NewConsent { until: small, ..by_mother() };
        assert_eq!(key(&given, &around(born(2020), Some(born(1980)))), Ok(()));
    }

    #[test]
    fn the_dead_neither_consent_nor_speak_and_a_minor_is_nobody_s_guardian() {
        let child = born(2010);
        assert_eq!(key(&signed(), &around(dead(), None)), Err("consent.person_died"));
        assert_eq!(key(&by_mother(), &around(child, Some(born(1980)))), Ok(()));
        assert_eq!(key(&by_mother(), &around(child, Some(dead()))), Err("consent.giver_died"));
        assert_eq!(key(&by_mother(), &around(child, Some(born(2009)))), Err("consent.giver_minor"));
        let asked = NewConsent {
            given_by: GivenBy::Representative,
            relation: Some(GiverRelation::Agent),
            until: None,
            ..by_mother()
        };
        assert_eq!(key(&asked, &around(born(1950), Some(born(2009)))), Ok(()), "who was asked may be young");
        assert_eq!(can_stand_in(None, dead(), day(2026, 11, 20)), Ok(()), "on the day itself they may have");
        assert!(said_in_life(dead(), day(2026, 11, 20)).is_ok());
        assert!(said_in_life(dead(), day(2026, 11, 21)).is_err() && said_in_life(child, today()).is_ok());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        // Somebody of seventeen speaks as the parent of an adult.
        let found = problems(&by_mother(), &around(born(1980), Some(born(2010))));
        let keys: Vec<&str> = found.iter().map(|r| r.key).collect();
        assert_eq!(keys, ["consent.giver_minor", "consent.of_age_already"]);
        assert_eq!(key(&by_mother(), &around(born(1980), Some(born(2010)))), Err("consent.giver_minor"));
        let keys: Vec<&str> =
            problems(&by_mother(), &around(dead(), Some(born(2010)))).iter().map(|r| r.key).collect();
        assert_eq!(keys, ["consent.person_died"], "there is nothing else to mend");
    }

    #[test]
    fn what_is_wrong_with_a_name_that_was_typed_stands_beside_it() {
        let typed = Form::filled(vec![("given_by_name", "早乙女 剛".to_owned())]);
        let picked = Form::filled(vec![("giver", "x".to_owned()), ("given_by_name", "早乙女 剛".to_owned())]);
        for key in ["consent.giver_set_aside", "consent.giver_died", "consent.giver_minor"] {
            assert_eq!(field_in(&typed, key), Some("given_by_name"), "{key}");
            assert_eq!(field_in(&picked, key), Some("giver"), "{key}");
            assert_eq!(field_in(&Form::default(), key), Some("giver"), "{key}");
        }
        assert_eq!(field_in(&typed, "consent.which_guardian"), Some("giver"), "who must be picked");
        assert_eq!(field_in(&typed, "consent.of_age_already"), Some("relation"));
    }

    #[test]
    fn whoever_speaks_for_another_is_asked_the_same_everywhere() {
        let (child, mother) = (born(2010), Some(born(1980)));
        let of = |new: NewConsent| key(&new, &around(child, mother));
        assert_eq!(of(NewConsent { evidence: String::new(), ..by_mother() }), Err("consent.no_evidence"));
        assert_eq!(of(NewConsent { relation: None, ..by_mother() }), Err("consent.no_relation"));
        assert_eq!(of(NewConsent { until: None, ..by_mother() }), Err("consent.until_of_age"));
        assert_eq!(key(&by_mother(), &around(born(1980), mother)), Err("consent.of_age_already"));
        let aside = [SetAside {
            id: id(1),
            person: PersonId::new(uuid::Uuid::from_u128(PERSON)),
            guardian: Some(id(MOTHER)),
            name: words::name::PersonName::new("", None),
            desk: id(2),
            reason: "abuse".to_owned(),
            article: "child_abuse_6".to_owned(),
            at: Instant::at(today(), 9, 0),
        }];
        let around = Around { aside: &aside, ..around(child, mother) };
        assert_eq!(key(&by_mother(), &around), Err("consent.giver_set_aside"));
    }

    #[test]
    fn days_that_cannot_be_meant_are_refused() {
        let of = |from| key(&NewConsent { from, ..by_mother() }, &around(born(2024), Some(born(1980))));
        assert_eq!(of(today()), Ok(()));
        assert_eq!(of(day(2023, 12, 31)), Err("consent.from_before_birth"));
        let grown =
            |from, until| key(&NewConsent { from, until, ..signed() }, &around(Life::default(), None));
        assert_eq!(grown(day(2021, 11, 21), None), Ok(()));
        assert_eq!(grown(day(2021, 11, 20), None), Err("consent.from_long_ago"));
        assert_eq!(grown(today(), Some(day(2036, 11, 21))), Ok(()));
        assert_eq!(grown(today(), Some(day(2036, 11, 22))), Err("consent.until_far"));
        assert_eq!(grown(day(2038, 1, 1), None), Err("consent.from_far"));
        assert_eq!(years(day(2024, 2, 29), 1), day(2025, 3, 1));
    }

    #[test]
    fn two_hear_it_and_the_one_who_writes_is_one_of_them() {
        let of = |witness: &str| {
            let new = NewConsent { form: ConsentForm::Oral, witness: witness.to_owned(), ..signed() };
            key(&new, &around(born(1960), None))
        };
        assert_eq!(of("木下 誠"), Ok(()));
        assert_eq!(
            (of("佐野 早苗"), of("佐野早苗")),
            (Err("consent.witness_is_recorder"), Err("consent.witness_is_recorder"))
        );
        assert_eq!(of(""), Err("consent.oral_alone"));
    }
}
