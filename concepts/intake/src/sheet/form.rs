//! The sheet's form.

use access::{Categories, Category};
use consent::{ConsentForm, GivenBy, StandIn};
use household::NewPerson;
use register::Matter;
use serde::Serialize;
use site::{Form, Need, T};
use words::code::Code;
use words::id::{AreaId, DeskId, DraftId};
use words::{Day, Instant};

use super::rules::{Knows, Telling, default_consent, with_consent};
use crate::form::{AUTO, LINE_MAX, TEXT_MAX, age_band, person};
use crate::rules::Urgency;

/// Who it is about, with their consent.
#[derive(Debug, Clone, Serialize)]
pub struct Identity {
    /// The person, as far as they wanted to be named.
    pub person: NewPerson,
    /// Their words.
    pub words: String,
    /// What may be passed on, as bits.
    pub categories: i64,
    /// Who agreed: the person, or somebody for them.
    pub given_by: GivenBy,
    /// Who that is, when it was somebody else.
    pub who: StandIn,
    /// How they agreed.
    pub form: ConsentForm,
    /// Who was present, for an oral consent.
    pub witness: String,
    /// A further desk that may know.
    pub also: Option<DeskId>,
}

/// A sheet to be sent.
#[derive(Debug, Clone, Serialize)]
pub struct NewSheet {
    /// When it was written.
    pub occurred_at: Instant,
    /// The multi-agency provider's desk.
    pub provider: DeskId,
    /// How pressing.
    pub urgency: Urgency,
    /// Matters.
    pub topics: Vec<Matter>,
    /// District.
    pub area: Option<AreaId>,
    /// Age band.
    pub age_band: String,
    /// With consent: who.
    pub identity: Option<Identity>,
    /// The draft it was written in.
    pub draft: Option<DraftId>,
    /// The town's own items; only with consent.
    pub extra: Option<sheets::Extra>,
}

/// What a new form starts with. Nothing is chosen about consent: that is asked, not assumed.
pub(super) fn first(providers: &[DeskId]) -> Form {
    let mut pairs = vec![
        ("urgency", Urgency::Normal.code().to_owned()),
        ("given_by", GivenBy::Itself.code().to_owned()),
        ("consent_form", ConsentForm::Oral.code().to_owned()),
        ("share", AUTO.to_owned()),
    ];
    pairs.extend(providers.first().map(|d| ("provider", d.to_string())));
    Form::filled(pairs)
}

/// What the register offers today: nothing else can be chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    /// Desks of multi-agency providers with a coordinator.
    pub providers: Vec<DeskId>,
    /// Every desk.
    pub desks: Vec<DeskId>,
    /// Every area.
    pub areas: Vec<AreaId>,
}

/// Reads the form: the sheet, and whether something was left behind for want of consent. With problems noted in
/// the form the sheet is not to be used.
pub(super) fn read(form: &mut Form, t: &T, now: Instant, offered: &Offered) -> Option<(NewSheet, bool)> {
    let providers = &offered.providers;
    let knows = form.code::<Knows>("knows", Need::Required);
    let topics: Vec<Matter> = form.codes("topics");
    // In danger the question is not asked: the answer is known.
    let asked = if knows == Some(Knows::Danger) { Need::Optional } else { Need::Required };
    let urgency = form.code("urgency", asked).unwrap_or(Urgency::Normal);
    let telling = Telling {
        person: person(form, t, now.day()).unwrap_or_else(|| NewPerson {
            relation: t.s("intake.relation_self").to_owned(),
            lives_together: true,
            ..NewPerson::default()
        }),
        words: form.paragraph("words", Need::Optional, TEXT_MAX),
    };
    let provider = form.id("provider", if providers.len() > 1 { Need::Required } else { Need::Optional });
    let provider = provider.or(providers.first().copied()).filter(|d| providers.contains(d));
    let (Some(knows), Some(provider)) = (knows, provider) else {
        if provider.is_none() {
            form.problem("provider", if providers.is_empty() { "sheet.no_provider" } else { "text.choose" });
        }
        return None;
    };
    let (telling, dropped) = with_consent(knows, telling);
    match &telling {
        // A field with another problem already says so.
        Some(told) if told.words.is_empty() && form.error(t, "words").is_none() => {
            form.problem("words", "text.required");
        }
        None if topics.is_empty() => form.problem("topics", "sheet.topics_needed"),
        _ => {}
    }
    let identity = telling.map(|told| identity(form, told, &topics, provider, offered, now.day()));
    let sheet = NewSheet {
        occurred_at: now,
        provider,
        urgency: if knows == Knows::Danger { Urgency::Urgent } else { urgency },
        area: form.id_among("area", Need::Optional, &offered.areas),
        age_band: age_band(form),
        draft: form.id("draft", Need::Optional),
        extra: None,
        topics,
        identity,
    };
    Some((sheet, dropped))
}

fn identity(
    form: &mut Form,
    told: Telling,
    topics: &[Matter],
    provider: DeskId,
    offered: &Offered,
    today: Day,
) -> Identity {
    let chosen: Categories = form.fields().all("share").filter_map(Category::parse).collect();
    let auto = form.chose("share", AUTO);
    let categories = if auto { chosen.union(default_consent(topics)) } else { chosen };
    if categories.is_empty() {
        form.problem("share", "consent.no_category");
    }
    let given_by = form.code("given_by", Need::Required).unwrap_or(GivenBy::Itself);
    // Nobody of the household is recorded yet: whoever spoke in the person's place is written down by name.
    let who = consent::stand_in_from(form, Some(given_by), None, &[]);
    if let Some((relation, birth)) = who.relation.zip(told.person.birth)
        && let Err(refusal) = consent::speaks_for_age(relation, birth, today)
    {
        form.problem("relation", refusal.key);
    }
    if given_by == GivenBy::Itself
        && let Err(refusal) = consent::own_word(told.person.birth, today)
    {
        form.problem_with("given_by", refusal.key, refusal.args);
    }
    Identity {
        person: told.person,
        words: told.words,
        categories: categories.bits(),
        who,
        given_by,
        form: form.code("consent_form", Need::Required).unwrap_or(ConsentForm::Oral),
        witness: form.line("witness", Need::Optional, LINE_MAX),
        also: form.id_among("also", Need::Optional, &offered.desks).filter(|d| *d != provider),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use site::Fields;

    fn t() -> T {
        T::japanese(&[site::TEXT, consent::TEXT, crate::TEXT]).unwrap()
    }

    fn now() -> Instant {
        Instant::at(Day::new(2026, 11, 21).unwrap(), 10, 15)
    }

    fn desk() -> DeskId {
        DeskId::new(uuid::Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0003))
    }

    fn offered() -> Offered {
        Offered { providers: vec![desk()], desks: vec![desk()], areas: Vec::new() }
    }

    #[test]
    fn what_was_not_offered_is_a_problem_beside_its_field() {
        let stranger =
            DeskId::new(uuid::Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0009)).to_string();
        for field in ["also", "area"] {
            let (form, _) = typed(&[("knows", "yes"), ("words", "眠れない"), (field, stranger.as_str())]);
            assert!(form.error(&t(), field).is_some(), "{field}");
        }
    }

    fn typed(pairs: &[(&str, &str)]) -> (Form, Option<(NewSheet, bool)>) {
        let mut all = first(&[desk()]).fields().pairs().to_vec();
        all.extend(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let mut form = Form::new(Fields::from_pairs(all));
        let read = read(&mut form, &t(), now(), &offered());
        (form, read)
    }

    #[test]
    fn consent_comes_first() {
        let (form, sheet) = typed(&[("words", "眠れない")]);
        assert!(sheet.is_none() && form.error(&t(), "knows").is_some());
    }

    #[test]
    fn with_consent_the_words_go_to_the_provider_and_the_categories_are_named() {
        let (form, sheet) =
            typed(&[("knows", "yes"), ("words", "眠れない"), ("topics", "care"), ("name", "さとう")]);
        assert!(!form.has_problems());
        let (sheet, dropped) = sheet.unwrap();
        let identity = sheet.identity.unwrap();
        assert!(!dropped && identity.person.name == "さとう");
        let categories = Categories::from_bits(identity.categories);
        assert!(categories.has(Category::Health) && !categories.has(Category::Money));
        let (form, _) = typed(&[("knows", "yes")]);
        assert!(form.error(&t(), "words").is_some());
    }

    #[test]
    fn somebody_who_agrees_for_the_person_is_named() {
        let (form, sheet) =
            typed(&[("knows", "yes"), ("words", "眠れない"), ("topics", "care"), ("given_by", "self")]);
        assert!(!form.has_problems() && sheet.unwrap().0.identity.unwrap().given_by == GivenBy::Itself);
        let mut all = first(&[desk()]).fields().pairs().to_vec();
        all.retain(|(n, _)| n != "given_by");
        let guardian =
            [("knows", "yes"), ("words", "眠れない"), ("topics", "care"), ("given_by", "guardian")];
        all.extend(guardian.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let mut form = Form::new(Fields::from_pairs(all.clone()));
        read(&mut form, &t(), now(), &offered());
        assert!(form.error(&t(), "given_by_name").is_some());
        assert!(form.error(&t(), "relation").is_some() && form.error(&t(), "evidence").is_some());
        let said = [("given_by_name", "佐藤 母"), ("relation", "parent"), ("evidence", "戸籍")];
        all.extend(said.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let mut form = Form::new(Fields::from_pairs(all));
        let identity = read(&mut form, &t(), now(), &offered()).unwrap().0.identity.unwrap();
        assert!(!form.has_problems());
        assert_eq!((identity.given_by, identity.who.name.as_str()), (GivenBy::Guardian, "佐藤 母"));
    }

    #[test]
    fn without_consent_nothing_typed_about_the_person_goes_on() {
        let (form, sheet) =
            typed(&[("knows", "not_yet"), ("words", "佐藤さんが"), ("name", "佐藤"), ("topics", "care")]);
        assert!(!form.has_problems());
        let (sheet, dropped) = sheet.unwrap();
        assert!(dropped && sheet.identity.is_none());
        assert!(!serde_json::to_string(&sheet).unwrap().contains("佐藤"));
        assert!(typed(&[("knows", "not_yet")]).0.error(&t(), "topics").is_some());
    }

    #[test]
    fn danger_is_urgent_whatever_was_ticked() {
        let (_, sheet) = typed(&[("knows", "danger"), ("topics", "dv_abuse"), ("urgency", "normal")]);
        assert_eq!(sheet.unwrap().0.urgency, Urgency::Urgent);
        // With script the field is hidden then, and not sent at all.
        let fields =
            vec![("knows".to_owned(), "danger".to_owned()), ("topics".to_owned(), "dv_abuse".to_owned())];
        let mut form = Form::new(Fields::from_pairs(fields));
        let sheet = read(&mut form, &t(), now(), &offered());
        assert!(!form.has_problems() && sheet.unwrap().0.urgency == Urgency::Urgent);
    }
}
