//! 本人に代わる人: who speaks about a consent in the person's place, when it is given and when it is withdrawn alike (R-114, domain
//! section 4.5). Both ask the same: who it is, how they stand to the person, what shows that they may; and whoever is set aside for the
//! person speaks for them in neither.

use engine::Refusal;
use serde::Serialize;
use site::{Form, Need};
use words::id::PersonId;
use words::name::{PersonName, name_key, reading_key};

use crate::rules::{GivenBy, GiverRelation};
use crate::sql::record::SetAside;

/// Characters of a name; of the words of evidence twice as many.
const LINE_MAX: usize = 100;

/// Somebody who speaks in the person's place; empty where the person spoke themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StandIn {
    /// Who they are, when recorded too.
    pub person: Option<PersonId>,
    /// Their name.
    pub name: String,
    /// How they stand to the person.
    pub relation: Option<GiverRelation>,
    /// What shows that they may (登記事項証明書 …).
    pub evidence: String,
}

/// Refuses somebody without a name in the person's place, and the person in their own.
pub(crate) fn named(person: PersonId, by: GivenBy, name: &str, who: Option<PersonId>) -> Result<(), Refusal> {
    if by != GivenBy::Itself && name.is_empty() {
        return Err(Refusal::new("consent.no_giver_name"));
    }
    if who == Some(person) {
        return Err(Refusal::new("consent.giver_is_the_person"));
    }
    Ok(())
}

/// Refuses a guardian who is set aside for the person. Where somebody is, it must be said which parent it is that speaks; the guardian of
/// a minor, an institution or an adult's guardian comes from outside the household, just then, and is known by name.
pub fn may_speak(
    person: PersonId,
    by: GivenBy,
    (who, relation): (Option<PersonId>, Option<GiverRelation>),
    aside: &[SetAside],
) -> Result<(), Refusal> {
    let mut of_person = aside.iter().filter(|s| s.person == person);
    let parent = relation == Some(GiverRelation::Parent);
    let office = relation.is_some_and(GiverRelation::of_guardians) && !parent;
    match who {
        Some(who) if of_person.any(|s| s.guardian == Some(who)) => {
            Err(Refusal::new("consent.giver_set_aside"))
        }
        None if (parent || by == GivenBy::Guardian && !office) && of_person.next().is_some() => {
            Err(Refusal::new("consent.which_guardian"))
        }
        _ => Ok(()),
    }
}

/// Whoever is typed by the name of one of these people is that one: a name typed is no way round what is known of them.
pub fn recorded_as(typed: &str, people: &[(PersonId, String)]) -> Option<PersonId> {
    let key = name_key(typed);
    people.iter().find(|(_, name)| !key.is_empty() && name_key(name) == key).map(|(id, _)| *id)
}

/// Whether what was typed is what somebody is called, with whatever stands beside it (「…（弟）」 is no other person): as it is written, as it
/// is read, or the one half written and the other read (鈴木 じろう).
pub(crate) fn called(typed: &str, name: &PersonName) -> bool {
    let reading = name.reading.as_deref().unwrap_or_default();
    let mut forms = vec![name.written.clone(), reading.to_owned()];
    let halves = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if let ([family, given], [read_family, read_given]) = (&halves(&name.written)[..], &halves(reading)[..]) {
        forms.extend([format!("{family}{read_given}"), format!("{read_family}{given}")]);
    }
    let holds = |key: fn(&str) -> String, form: &String| {
        let form = key(form);
        !form.is_empty() && key(typed).contains(&form)
    };
    forms.iter().any(|form| holds(name_key, form) || holds(reading_key, form))
}

/// Everything that is asked of whoever speaks about a consent of `person`: nothing more of the person themselves.
pub fn speaks(person: PersonId, by: GivenBy, who: &StandIn, aside: &[SetAside]) -> Result<(), Refusal> {
    if by == GivenBy::Itself {
        return Ok(());
    }
    named(person, by, &who.name, who.person)?;
    let Some(relation) = who.relation else { return Err(Refusal::new("consent.no_relation")) };
    // A parent is no 代理人 by another word: who is asked of guardians is asked of all of them.
    if by != GivenBy::Guardian && relation.of_guardians() {
        return Err(Refusal::new("consent.relation_of_guardian"));
    }
    may_speak(person, by, (who.person, who.relation), aside)?;
    if who.evidence.is_empty() {
        return Err(Refusal::new("consent.no_evidence"));
    }
    Ok(())
}

/// How the consent of `person` is written down on a form that asks several people at once: whoever speaks for others of them, and agrees
/// to what is told about themselves as well, says so in person. Nobody stands in for themselves.
pub fn said_for(person: PersonId, by: GivenBy, who: &StandIn) -> (GivenBy, StandIn) {
    if by == GivenBy::Itself || who.person == Some(person) {
        (GivenBy::Itself, StandIn::default())
    } else {
        (by, who.clone())
    }
}

/// Reads who speaks in the person's place off a form: `giver` among `members` (with what each is called) or `given_by_name`, who is one of
/// them when called so, `relation`, `evidence`. What is missing is a problem beside its field; of the person themselves nothing is asked.
pub fn stand_in_from(
    form: &mut Form,
    by: Option<GivenBy>,
    person: Option<PersonId>,
    members: &[(PersonId, String)],
) -> StandIn {
    let other = by.is_some_and(|by| by != GivenBy::Itself);
    let need = if other { Need::Required } else { Need::Optional };
    let ids: Vec<PersonId> = members.iter().map(|(id, _)| *id).collect();
    let who = form.id_among("giver", Need::Optional, &ids).filter(|_| other);
    let typed = form.line("given_by_name", Need::Optional, LINE_MAX);
    let relation = form.code::<GiverRelation>("relation", need);
    let evidence = form.line("evidence", need, LINE_MAX * 2);
    if !other {
        return StandIn::default();
    }
    let who = who.or_else(|| recorded_as(&typed, members));
    let called = members.iter().find(|(id, _)| Some(*id) == who).map(|(_, name)| name.clone());
    let name = called.unwrap_or(typed);
    if who.is_some() && who == person {
        let key = "consent.giver_is_the_person";
        form.problem(crate::giving::field_in(form, key).unwrap_or("giver"), key);
    }
    if name.is_empty() {
        form.problem("given_by_name", "consent.no_giver_name");
    }
    StandIn { person: who, name, relation, evidence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::id;
    use words::code::Code;
    use words::{Day, Instant};

    const CHILD: u128 = 50;
    const MOTHER: u128 = 51;
    const AUNT: u128 = 52;

    #[test]
    fn somebody_is_called_as_they_are_written_or_read() {
        let jiro = PersonName::new("鈴木 次郎", Some("スズキ ジロウ".to_owned()));
        for typed in
            ["鈴木　次郎", "鈴木次郎（弟）", "すずきじろう", "スズキ ジロー", "鈴木 じろう", "すずき次郎さん"]
        {
            assert!(called(typed, &jiro), "{typed}");
        }
        for typed in ["鈴木 一郎", "じろう", "鈴木", "", "すずき いちろう"] {
            assert!(!called(typed, &jiro), "{typed}");
        }
        // Of whom no reading is kept, only the name as it is written is known; and nobody is called nothing.
        assert!(!called("すずき じろう", &PersonName::new("鈴木 次郎", None)));
        assert!(!called("鈴木 次郎", &PersonName::new("", None)));
    }

    /// The mother is set aside for the child.
    fn aside() -> Vec<SetAside> {
        vec![SetAside {
            id: id(1),
            person: id(CHILD),
            guardian: Some(id(MOTHER)),
            name: words::name::PersonName::new("", None),
            desk: id(2),
            reason: "abuse".to_owned(),
            article: "child_abuse_6".to_owned(),
            at: Instant::at(Day::new(2026, 11, 21).unwrap(), 9, 0),
        }]
    }

    fn recorded(who: u128) -> StandIn {
        StandIn {
            person: Some(id(who)),
            name: "青木 みどり".to_owned(),
            relation: Some(GiverRelation::Parent),
            evidence: "戸籍".to_owned(),
        }
    }

    #[test]
    fn whoever_is_set_aside_for_the_person_does_not_speak_for_them() {
        let of = |person, by, who: &StandIn| speaks(id(person), by, who, &aside()).map_err(|r| r.key);
        let by_name = StandIn { person: None, ..recorded(AUNT) };
        let asked = |who: u128| StandIn { relation: Some(GiverRelation::Agent), ..recorded(who) };
        for (by, who) in
            [(GivenBy::Guardian, recorded as fn(u128) -> StandIn), (GivenBy::Representative, asked)]
        {
            assert_eq!(of(CHILD, by, &who(MOTHER)), Err("consent.giver_set_aside"), "{by}");
            assert_eq!(of(CHILD, by, &who(AUNT)), Ok(()), "{by}");
            assert_eq!(of(AUNT, by, &who(MOTHER)), Ok(()), "for somebody else she is not, {by}");
        }
        assert_eq!(of(CHILD, GivenBy::Guardian, &by_name), Err("consent.which_guardian"));
        let agent = StandIn { person: None, ..asked(AUNT) };
        assert_eq!(of(CHILD, GivenBy::Representative, &agent), Ok(()));
        assert_eq!(of(CHILD, GivenBy::Guardian, &agent), Err("consent.which_guardian"));
        assert_eq!(of(CHILD, GivenBy::Itself, &StandIn::default()), Ok(()), "the person's own word counts");
        assert_eq!(speaks(id(CHILD), GivenBy::Guardian, &by_name, &[]), Ok(()), "nobody is set aside");
    }

    #[test]
    fn a_parent_is_no_representative_and_a_guardian_from_outside_is_known_by_name() {
        let of = |by, relation, aside: &[SetAside]| {
            let who = StandIn { person: None, relation: Some(relation), ..recorded(AUNT) };
            speaks(id(CHILD), by, &who, aside).map_err(|r| r.key)
        };
        for relation in GiverRelation::ALL.iter().copied().filter(|r| r.of_guardians()) {
            for aside in [&[][..], &aside()] {
                let refused = of(GivenBy::Representative, relation, aside);
                assert_eq!(refused, Err("consent.relation_of_guardian"), "{relation}");
            }
            let outside = of(GivenBy::Guardian, relation, &aside());
            let parent = relation == GiverRelation::Parent;
            assert_eq!(outside, if parent { Err("consent.which_guardian") } else { Ok(()) }, "{relation}");
        }
        let parent = (None, Some(GiverRelation::Parent));
        assert!(may_speak(id(CHILD), GivenBy::Representative, parent, &aside()).is_err());
    }

    #[test]
    fn whoever_speaks_for_others_and_for_herself_says_her_own_part_in_person() {
        let mother = recorded(MOTHER);
        let itself = (GivenBy::Itself, StandIn::default());
        assert_eq!(said_for(id(CHILD), GivenBy::Guardian, &mother), (GivenBy::Guardian, mother.clone()));
        assert_eq!(said_for(id(MOTHER), GivenBy::Guardian, &mother), itself);
        assert_eq!(said_for(id(MOTHER), GivenBy::Itself, &StandIn::default()), itself);
        let by_name = StandIn { person: None, ..mother };
        let said = said_for(id(MOTHER), GivenBy::Guardian, &by_name);
        assert_eq!(said, (GivenBy::Guardian, by_name), "somebody of whom only the name is known");
    }

    #[test]
    fn a_name_typed_is_whoever_is_called_so() {
        let people = [(id(MOTHER), "青木 みどり".to_owned()), (id(AUNT), String::new())];
        assert_eq!(recorded_as("青木　みどり", &people), Some(id(MOTHER)), "typed, and no way round");
        assert_eq!(recorded_as("青木 とおる", &people), None);
        assert_eq!(recorded_as("", &people), None);
        let typed = [("given_by_name", "青木みどり"), ("relation", "parent"), ("evidence", "戸籍")];
        let mut form = Form::filled(typed.map(|(field, said)| (field, said.to_owned())).to_vec());
        let who = stand_in_from(&mut form, Some(GivenBy::Guardian), Some(id(CHILD)), &people);
        assert_eq!((who, form.has_problems()), (recorded(MOTHER), false));
    }

    #[test]
    fn whoever_speaks_for_another_says_who_they_are_and_what_shows_that_they_may() {
        let key = |who: StandIn| speaks(id(CHILD), GivenBy::Guardian, &who, &[]).map_err(|r| r.key);
        assert_eq!(key(recorded(AUNT)), Ok(()));
        assert_eq!(key(StandIn::default()), Err("consent.no_giver_name"));
        assert_eq!(key(StandIn { relation: None, ..recorded(AUNT) }), Err("consent.no_relation"));
        assert_eq!(key(StandIn { evidence: String::new(), ..recorded(AUNT) }), Err("consent.no_evidence"));
        assert_eq!(key(recorded(CHILD)), Err("consent.giver_is_the_person"));
    }

    #[test]
    fn a_form_is_asked_for_all_of_it_at_once_and_nothing_of_the_person_themselves() {
        let members = [(id(CHILD), "青木 ハル".to_owned()), (id(MOTHER), "青木 みどり".to_owned())];
        let read = |pairs: Vec<(&str, String)>, by| {
            let mut form = Form::filled(pairs);
            let who = stand_in_from(&mut form, Some(by), Some(id(CHILD)), &members);
            (who, form.has_problems())
        };
        let mother: PersonId = id(MOTHER);
        let all = || {
            vec![
                ("giver", mother.to_string()),
                ("given_by_name", "べつの人".to_owned()),
                ("relation", GiverRelation::Parent.code().to_owned()),
                ("evidence", "戸籍".to_owned()),
            ]
        };
        assert_eq!(read(all(), GivenBy::Guardian), (recorded(MOTHER), false), "whoever is chosen goes first");
        assert_eq!(read(all(), GivenBy::Itself), (StandIn::default(), false));
        assert_eq!(read(Vec::new(), GivenBy::Itself), (StandIn::default(), false));
        let mut form = Form::default();
        stand_in_from(&mut form, Some(GivenBy::Guardian), Some(id(CHILD)), &members);
        let missing: Vec<&str> = form.found().map(|(field, ..)| field).collect();
        assert_eq!(missing, ["relation", "evidence", "given_by_name"]);
    }
}
