//! The consultation form: from typed fields to a consultation to be recorded.

use access::{Categories, Category};
use household::{Field, NewPerson};
use register::Matter;
use site::{Form, Need, T};
use words::code::Code;
use words::partial::AgeBand;
use words::{Day, Instant};

use crate::facts::{NewConsultation, NewText, Who, Whom};
use crate::rules::{Channel, Route, Urgency, default_marks, told_on};

/// The texts of the form, in the order of listening: words first, opinion apart.
pub(crate) const FIELDS: &[Field] =
    &[Field::Words, Field::Facts, Field::Possibilities, Field::Consideration, Field::Response];
/// Further members of the household that fit on the form.
pub(crate) const MEMBERS: usize = 3;
/// Longest text, as everywhere.
pub const TEXT_MAX: usize = household::entry::MOST_CHARACTERS;
/// Longest single line.
pub const LINE_MAX: usize = 200;
/// The mark that leaves a text's categories to its field and the topics.
pub(crate) const AUTO: &str = "auto";

/// What a form starts with: today, the person themselves, no hurry.
pub fn first(t: &T, now: Instant) -> Form {
    let mut pairs = vec![
        ("occurred", t.short_day(now.day())),
        ("time", format!("{}:{:02}", now.hour(), now.minute())),
        ("channel", Channel::Counter.code().to_owned()),
        ("route", Route::Own.code().to_owned()),
        ("urgency", Urgency::Normal.code().to_owned()),
    ];
    pairs.extend(
        ["words_cat", "facts_cat", "possibilities_cat", "consideration_cat", "response_cat"]
            .map(|name| (name, AUTO.to_owned())),
    );
    Form::filled(pairs)
}

/// Reads the form. With problems noted in it, the result is not to be used.
pub fn read(form: &mut Form, t: &T, now: Instant) -> NewConsultation {
    let topics = topics(form);
    let third_party = form.ticked("third_party");
    let (who, members) = who(form, t, now.day());
    if third_party && !matches!(who, Who::Nobody) {
        // nobody becomes a client because somebody else complained about them.
        form.problem("name", "intake.third_party_name");
    }
    let texts = texts(form, &topics, third_party, &members);
    NewConsultation {
        occurred_at: occurred(form, now),
        channel: form.code("channel", Need::Required).unwrap_or(Channel::Counter),
        route: form.code("route", Need::Required).unwrap_or(Route::Own),
        came_as: form.line("came_as", Need::Optional, LINE_MAX),
        place: form.line("place", Need::Optional, LINE_MAX),
        urgency: form.code("urgency", Need::Required).unwrap_or(Urgency::Normal),
        third_party,
        area: form.id("area", Need::Optional),
        age_band: age_band(form),
        topics,
        who: if third_party { Who::Nobody } else { who },
        texts,
        told_agency: form.id("told_agency", Need::Optional),
        draft: form.id("draft", Need::Optional),
        extra: None,
    }
}

/// The matters, the main one first.
fn topics(form: &mut Form) -> Vec<Matter> {
    let mut topics: Vec<Matter> = form.codes("topics");
    if let Some(main) = form.code::<Matter>("main", Need::Optional) {
        topics.retain(|m| *m != main);
        topics.insert(0, main);
    }
    topics
}

/// When it happened. Without a time of day: now if it was today, otherwise midnight, which is shown as no time.
fn occurred(form: &mut Form, now: Instant) -> Instant {
    let day = form.past_day("occurred", Need::Required);
    let time = form.time("time");
    let Some(day) = day else { return now };
    let at = match time {
        Some((hour, minute)) => Instant::at(day, hour, minute),
        None if day == now.day() => now,
        None => Instant::at(day, 0, 0),
    };
    if at > now {
        form.problem("occurred", "date.in_future");
    }
    at
}

pub(crate) fn age_band(form: &mut Form) -> String {
    let typed = form.value("age_band").to_owned();
    if !typed.is_empty() && !AgeBand::ALL.iter().any(|b| b.as_str() == typed) {
        form.problem("age_band", "text.choose");
        return String::new();
    }
    typed
}

/// Whom it is about; for each row of the form's further members, which of them it became.
fn who(form: &mut Form, t: &T, today: Day) -> (Who, Vec<Option<usize>>) {
    let person = person(form, t, today);
    let (members, places) = members(form, today);
    let nobody = person.is_none() && members.is_empty();
    let who =
        if nobody { Who::Nobody } else { Who::New(Box::new(person.unwrap_or_else(|| unknown(t))), members) };
    (who, places)
}

fn unknown(t: &T) -> NewPerson {
    NewPerson {
        relation: t.s("intake.relation_self").to_owned(),
        lives_together: true,
        ..NewPerson::default()
    }
}

/// The person of the form; `None` when nothing was written about them.
pub(crate) fn person(form: &mut Form, t: &T, today: Day) -> Option<NewPerson> {
    let bare = NewPerson {
        name: form.line("name", Need::Optional, LINE_MAX),
        reading: form.line("reading", Need::Optional, LINE_MAX),
        alias: form.line("alias", Need::Optional, LINE_MAX),
        birth: form.birth("birth", today),
        gender: form.line("gender", Need::Optional, LINE_MAX),
        how_to_address: form.line("how_to_address", Need::Optional, LINE_MAX),
        language: form.line("language", Need::Optional, LINE_MAX),
        interpreter: form.ticked("interpreter"),
        address: form.line("address", Need::Optional, LINE_MAX),
        phone: form.phone("phone"),
        contact_wish: form.line("contact_wish", Need::Optional, LINE_MAX),
        ..NewPerson::default()
    };
    if bare == NewPerson::default() {
        return None;
    }
    Some(NewPerson { relation: t.s("intake.relation_self").to_owned(), lives_together: true, ..bare })
}

/// The further members, and for each row of the form which of them it became.
fn members(form: &mut Form, today: Day) -> (Vec<NewPerson>, Vec<Option<usize>>) {
    let mut members = Vec::new();
    let mut places = Vec::new();
    for n in 1..=MEMBERS {
        let bare = NewPerson {
            name: form.line(&format!("m{n}_name"), Need::Optional, LINE_MAX),
            relation: form.line(&format!("m{n}_relation"), Need::Optional, LINE_MAX),
            birth: form.birth(&format!("m{n}_birth"), today),
            ..NewPerson::default()
        };
        if bare == NewPerson::default() {
            places.push(None);
        } else {
            places.push(Some(members.len()));
            members.push(NewPerson { lives_together: true, ..bare });
        }
    }
    (members, places)
}

fn texts(form: &mut Form, topics: &[Matter], third_party: bool, members: &[Option<usize>]) -> Vec<NewText> {
    let told_on = Route::parse(form.value("route")).is_some_and(told_on);
    let mut texts = Vec::new();
    for field in FIELDS {
        let body = form.paragraph(field.code(), Need::Optional, TEXT_MAX);
        if body.is_empty() {
            continue;
        }
        let categories = marked(form, *field, topics);
        // What a neighbour said leads back to the neighbour, until the writer says what it holds.
        let told = told_on && form.chose(&format!("{}_cat", field.code()), AUTO);
        let categories = if third_party || told { categories.with(Category::Informant) } else { categories };
        texts.push(NewText {
            field: *field,
            about: about(form, field.code(), members),
            categories: categories.bits(),
            body,
        });
    }
    let heard = |f: Field| texts.iter().any(|t| t.field == f);
    let typed = ["words", "facts"].iter().any(|f| !form.value(f).trim().is_empty());
    if !heard(Field::Words) && !heard(Field::Facts) && !typed {
        form.problem("words", "intake.words_or_facts");
    }
    texts
}

/// The categories of a text: what was ticked; with the automatic mark also what its field and the topics say;
/// nothing ticked is everything.
pub(crate) fn marked(form: &mut Form, field: Field, topics: &[Matter]) -> Categories {
    let name = format!("{}_cat", field.code());
    let chosen: Categories = form.fields().all(&name).filter_map(Category::parse).collect();
    let auto = form.chose(&name, AUTO);
    let set = if auto { chosen.union(default_marks(field, topics)) } else { chosen };
    if set.is_empty() { Categories::all() } else { set }
}

/// Whom a text is about. `self`, `m1`…; a row left empty names nobody, so the text falls back to the household.
fn about(form: &Form, field: &str, members: &[Option<usize>]) -> Vec<Whom> {
    let name = format!("{field}_about");
    let mut about = Vec::new();
    for value in form.fields().all(&name) {
        let whom = match value {
            "self" => Some(Whom::Person),
            other => other
                .strip_prefix('m')
                .and_then(|n| n.parse::<usize>().ok())
                .and_then(|n| members.get(n.checked_sub(1)?).copied())
                .map(|place| Whom::Member(place.unwrap_or(usize::MAX))),
        };
        about.extend(whom);
    }
    about
}

/// The closed line of a text's marks: whom it is about, and its categories.
pub(crate) fn marks_line(t: &T, form: &Form, field: &str) -> String {
    let shown = |name: &str, word: &dyn Fn(&str) -> String, none: &str| {
        let list: Vec<String> = form.fields().all(name).map(word).collect();
        if list.is_empty() { t.s(none).to_owned() } else { list.join(", ") }
    };
    let about = shown(&format!("{field}_about"), &|v| t.code("intake_about", v), "intake.about_none");
    let categories = shown(
        &format!("{field}_cat"),
        &|v| if v == AUTO { t.s("intake.cat_auto").to_owned() } else { t.code("category", v) },
        "intake.cat_none",
    );
    format!("{}: {about} / {}: {categories}", t.s("intake.about"), t.s("intake.cat"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::Fields;
    use words::Day;

    fn t() -> T {
        T::japanese(&[site::TEXT, crate::TEXT]).unwrap()
    }

    fn now() -> Instant {
        Instant::at(Day::new(2026, 11, 21).unwrap(), 10, 15)
    }

    fn typed(pairs: &[(&str, &str)]) -> Form {
        let mut all: Vec<(String, String)> = first(&t(), now()).fields().pairs().to_vec();
        for (name, value) in pairs {
            all.retain(|(n, _)| n != name || n.ends_with("_cat") || n == "topics");
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        Form::new(Fields::from_pairs(all))
    }

    fn read_ok(pairs: &[(&str, &str)]) -> NewConsultation {
        let mut form = typed(pairs);
        let new = read(&mut form, &t(), now());
        assert!(!form.has_problems(), "{:?}", form.errors(&t()));
        new
    }

    fn problem(pairs: &[(&str, &str)], field: &str) -> String {
        let mut form = typed(pairs);
        read(&mut form, &t(), now());
        let problem = form.error(&t(), field).unwrap_or_default();
        assert!(!problem.is_empty(), "no problem at {field}");
        for (name, value) in pairs {
            assert_eq!(form.value(name), *value, "typed text of {name} was lost");
        }
        problem
    }

    #[test]
    fn words_alone_are_a_consultation() {
        let new = read_ok(&[("words", "電気を止めると手紙が来た")]);
        assert!(matches!(new.who, Who::Nobody));
        assert_eq!(new.texts.len(), 1);
        assert_eq!(Categories::from_bits(new.texts[0].categories), Categories::all());
        assert!(read_ok(&[("facts", "同居の息子あり")]).texts[0].field == Field::Facts);
    }

    #[test]
    fn every_problem_stands_beside_its_field_and_nothing_is_lost() {
        problem(&[("facts", " ")], "words");
        problem(&[("words", "x"), ("occurred", "きのう")], "occurred");
        problem(&[("words", "x"), ("occurred", "R8.11.22")], "occurred");
        problem(&[("words", "x"), ("phone", "でんわ")], "phone");
        problem(&[("words", "x"), ("birth", "むかし")], "birth");
        problem(&[("words", "見えない\u{0007}文字")], "words");
        let long = "あ".repeat(TEXT_MAX + 1);
        assert!(problem(&[("words", &long)], "words").contains("10000"));
    }

    #[test]
    fn an_individual_number_is_refused_wherever_it_stands() {
        problem(&[("words", "番号は 1234 5678 9018 です")], "words");
        problem(&[("words", "x"), ("m1_name", "１２３４５６７８９０１８")], "m1_name");
    }

    #[test]
    fn a_complaint_about_somebody_makes_nobody_a_client() {
        let new =
            read_ok(&[("words", "隣の人が夜中に叫ぶ"), ("third_party", "yes"), ("topics", "community")]);
        assert!(matches!(new.who, Who::Nobody));
        assert!(Categories::from_bits(new.texts[0].categories).has(Category::Informant));
        problem(&[("words", "x"), ("third_party", "yes"), ("name", "山田")], "name");
    }

    #[test]
    fn what_a_neighbour_said_leads_back_to_the_neighbour_until_it_is_marked() {
        let of = |pairs: &[(&str, &str)]| Categories::from_bits(read_ok(pairs).texts[0].categories);
        let told = [
            ("words", "隣で子どもが泣いている"),
            ("name", "野分 太一"),
            ("route", "neighbour"),
            ("topics", "child_rearing"),
        ];
        assert!(of(&told).has(Category::Informant));
        assert!(
            !of(&[("words", "x"), ("route", "family"), ("topics", "child_rearing")]).has(Category::Informant)
        );
        let mut form = typed(&told);
        let kept = form.fields().pairs().iter().filter(|(n, v)| !(n == "words_cat" && v == AUTO)).cloned();
        let all = kept.chain([("words_cat".to_owned(), "household".to_owned())]).collect();
        form = Form::new(Fields::from_pairs(all));
        let new = read(&mut form, &t(), now());
        assert_eq!(
            Categories::from_bits(new.texts[0].categories),
            Categories::NONE.with(Category::Household)
        );
    }

    #[test]
    fn marks_follow_the_topics_until_somebody_changes_them() {
        let of = |pairs: &[(&str, &str)]| Categories::from_bits(read_ok(pairs).texts[0].categories);
        let auto = of(&[("words", "x"), ("topics", "debt")]);
        assert!(auto.has(Category::Money) && !auto.has(Category::Health));
        let more = of(&[("words", "x"), ("topics", "debt"), ("words_cat", "health")]);
        assert!(more.has(Category::Money) && more.has(Category::Health));
    }

    #[test]
    fn members_are_named_by_their_row_and_an_empty_row_names_the_household() {
        let new = read_ok(&[
            ("words", "x"),
            ("name", "浜田よし子"),
            ("m2_name", "健一"),
            ("m2_relation", "長男"),
            ("words_about", "m2"),
        ]);
        assert_eq!(new.texts[0].about, vec![Whom::Member(0)]);
        let nobody = read_ok(&[("words", "x"), ("name", "浜田よし子"), ("words_about", "m3")]);
        let person = words::Id::new(uuid::Uuid::from_u128(1));
        assert!(
            nobody.texts[0].marks(Some(person), &[]).persons.is_empty(),
            "an absent member is no narrowing"
        );
        let own = read_ok(&[("words", "x"), ("name", "浜田よし子"), ("words_about", "self")]);
        assert_eq!(own.texts[0].marks(Some(person), &[]).persons, vec![person]);
    }

    #[test]
    fn the_main_matter_comes_first() {
        let new = read_ok(&[("words", "x"), ("topics", "care"), ("main", "debt")]);
        assert_eq!(new.topics, vec![Matter::Debt, Matter::Care]);
    }
}
