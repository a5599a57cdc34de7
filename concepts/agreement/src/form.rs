//! The form on which a consent is written down, or asked for.

use std::collections::BTreeMap;

use access::{Categories, Category, Disclosed};
use consent::{
    Chosen, Consent, ConsentForm, GivenBy, GiverRelation, NamedField, NewConsent, Purpose, Recipient,
};
use household::{Person, nameable};
use register::{DeskInfo, Field};
use serde::Serialize;
use site::{Choice, Fields, Form, Need, T};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, DeskId, PersonId};
use words::partial::PartialDate;

/// Fields that hold codes and ids only: what may be kept of something asked for.
const TERMS: [&str; 8] =
    ["person", "to_desk", "to_agency", "to_field", "later", "share_cat", "purpose", "until"];
/// Characters of a name.
const LINE_MAX: usize = 100;

/// What the form offers: nobody and nothing else can be chosen.
pub(crate) struct Offered<'a> {
    pub case: CaseId,
    pub members: &'a [Disclosed<Person>],
    pub desks: &'a [DeskInfo],
    /// Names of the agencies of these desks.
    pub agencies: &'a BTreeMap<AgencyId, String>,
    /// Who of the members has died, and when.
    pub dead: &'a BTreeMap<PersonId, PartialDate>,
    pub today: Day,
}

/// What was typed, ready for the rules.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Draft {
    pub person: PersonId,
    pub given_by: GivenBy,
    pub giver: Option<PersonId>,
    pub given_by_name: String,
    pub relation: Option<GiverRelation>,
    pub evidence: String,
    pub form: ConsentForm,
    pub witness: String,
    pub categories: i64,
    pub purposes: Vec<Purpose>,
    pub from: Day,
    pub until: Option<Day>,
    pub recipients: Vec<Recipient>,
    pub fields: Vec<NamedField>,
    pub case: CaseId,
    /// Whether an address stands on the paper that comes along.
    pub address: bool,
}

impl Draft {
    /// The consent it is.
    pub fn consent(&self) -> NewConsent {
        NewConsent {
            person: self.person,
            given_by: self.given_by,
            given_by_name: self.given_by_name.clone(),
            form: self.form,
            witness: self.witness.clone(),
            categories: Categories::from_bits(self.categories),
            purposes: self.purposes.clone(),
            from: self.from,
            until: self.until,
            recipients: self.recipients.clone(),
            fields: self.fields.clone(),
            case: Some(self.case),
            relation: self.relation,
            evidence: self.evidence.clone(),
            giver: self.giver,
        }
    }
}

/// Reads whom a consent names.
fn recipients(form: &mut Form, desks: &[DeskInfo]) -> (Vec<Recipient>, Vec<NamedField>) {
    let (to_desks, to_agencies): (Vec<DeskId>, Vec<AgencyId>) = (form.ids("to_desk"), form.ids("to_agency"));
    let mut named: Vec<Recipient> =
        to_desks.into_iter().filter(|id| desks.iter().any(|d| d.id == *id)).map(Recipient::Desk).collect();
    named.extend(
        to_agencies.into_iter().filter(|id| desks.iter().any(|d| d.agency == *id)).map(Recipient::Agency),
    );
    named.sort_unstable();
    named.dedup();
    let later = form.ticked("later");
    let fields: Vec<Field> = form.codes("to_field");
    let fields: Vec<NamedField> = fields.into_iter().map(|field| NamedField { field, later }).collect();
    if named.is_empty() && fields.is_empty() {
        form.problem("to_desk", "consent.no_recipient");
    }
    (named, fields)
}

/// What is chosen on the form so far: whose consent, to whom, what, what for.
pub(crate) fn chosen(form: &Form, offered: &Offered<'_>) -> Option<Chosen> {
    let known: Vec<PersonId> = offered.members.iter().map(|p| p.id).collect();
    let ids = |field: &'static str| -> Vec<&str> { form.fields().all(field).collect() };
    let person = form.value("person").parse().ok().filter(|p| known.contains(p))?;
    let desks = ids("to_desk").into_iter().filter_map(|id| id.parse().ok()).map(Recipient::Desk);
    let agencies = ids("to_agency").into_iter().filter_map(|id| id.parse().ok()).map(Recipient::Agency);
    Some(Chosen {
        person,
        recipients: desks.chain(agencies).collect(),
        fields: ids("to_field").into_iter().filter_map(Field::parse).collect(),
        categories: ids("share_cat").into_iter().filter_map(Category::parse).collect(),
        purposes: ids("purpose").into_iter().filter_map(Purpose::parse).collect(),
    })
}

/// Reads what is asked: whom it names, what, what for. Problems stand beside the fields.
fn terms(form: &mut Form) -> (Categories, Vec<Purpose>) {
    let categories: Categories = form.codes::<Category>("share_cat").into_iter().collect();
    if categories.is_empty() {
        form.problem("share_cat", "consent.no_category");
    }
    let purposes: Vec<Purpose> = form.codes("purpose");
    if purposes.is_empty() {
        form.problem("purpose", "consent.no_purpose");
    }
    (categories, purposes)
}

fn person(form: &mut Form, offered: &Offered<'_>) -> Option<PersonId> {
    let known: Vec<PersonId> = offered.members.iter().map(|p| p.id).collect();
    form.id_among("person", Need::Required, &known)
}

/// Reads what somebody is asked for; as codes and ids. `None` when something is missing.
pub(crate) fn asked(form: &mut Form, offered: &Offered<'_>) -> Option<(PersonId, String)> {
    let person = person(form, offered)?;
    recipients(form, offered.desks);
    terms(form);
    form.coming_day("until", Need::Optional);
    if form.has_problems() {
        return None;
    }
    let kept = form.fields().pairs().iter().filter(|(name, value)| {
        TERMS.contains(&name.as_str()) && !value.is_empty() && !words::mynumber::contains_my_number(value)
    });
    Some((person, Fields::from_pairs(kept.cloned().collect()).encode()))
}

/// Members of the household with what each is called: who may speak for somebody of it.
pub(crate) fn called(members: &[Disclosed<Person>]) -> Vec<(PersonId, String)> {
    members.iter().map(|p| (p.id, p.called().to_owned())).collect()
}

/// Reads a consent; every problem at once, beside its field.
pub(crate) fn given(form: &mut Form, offered: &Offered<'_>) -> Option<Draft> {
    let person = person(form, offered);
    let given_by: Option<GivenBy> = form.code("given_by", Need::Required);
    let other = given_by.is_some_and(|g| g != GivenBy::Itself);
    let who = consent::stand_in_from(form, given_by, person, &called(offered.members));
    let (recipients, fields) = recipients(form, offered.desks);
    let (categories, purposes) = terms(form);
    let consent_form: Option<ConsentForm> = form.code("form", Need::Required);
    let witness = form.line("witness", Need::Optional, LINE_MAX);
    let from = form.day("from", Need::Required);
    let until = form.coming_day("until", Need::Optional);
    if let (Some(form_of), Some(from)) = (consent_form, from) {
        if let Err(refusal) = consent::heard(form_of, &witness, from, until) {
            form.problem("witness", refusal.key);
        }
        if until.is_some_and(|until| until < from) {
            form.problem("until", "consent.ends_before_it_begins");
        } else if other
            && let Some(of) = offered.members.iter().find(|p| Some(p.id) == person)
            && let Err(refusal) = consent::within_guardianship(who.relation, of.known.birth, from, until)
        {
            form.problem(consent::field_in(form, refusal.key).unwrap_or("until"), refusal.key);
        }
    }
    if person.is_some_and(|p| offered.dead.contains_key(&p)) {
        form.problem("person", "consent.person_died");
    }
    let address = form.ticked("address");
    if form.has_problems() {
        return None;
    }
    Some(Draft {
        person: person?,
        given_by: given_by?,
        giver: who.person,
        given_by_name: who.name,
        relation: who.relation,
        evidence: who.evidence,
        form: consent_form?,
        witness,
        categories: categories.bits(),
        purposes,
        from: from?,
        until,
        recipients,
        fields,
        case: offered.case,
        address,
    })
}

/// A form shown first. Nothing is chosen about what is agreed to: that is asked, not assumed.
pub(crate) fn first(t: &T, offered: &Offered<'_>) -> Form {
    let mut pairs = vec![
        ("given_by", GivenBy::Itself.code().to_owned()),
        ("from", t.short_day(offered.today)),
        ("address", "yes".to_owned()),
    ];
    if let [only] = offered.members {
        pairs.push(("person", only.id.to_string()));
    }
    Form::filled(pairs)
}

/// A form that begins with whose, to whom and what for a link says: what is told, and by whom, is asked all the same.
pub(crate) fn from_link(t: &T, offered: &Offered<'_>, said: &Fields) -> Form {
    let first = first(t, offered);
    let named = ["to_desk", "purpose", "person"];
    let kept = |n: &str| !named.contains(&n) || said.get(n).is_none();
    let begun = first.fields().pairs().iter().filter(|(n, _)| kept(n)).cloned();
    let more = said.pairs().iter().filter(|(n, _)| named.contains(&n.as_str())).cloned();
    Form::new(Fields::from_pairs(begun.chain(more).collect()))
}

/// A form that begins with what was asked for.
pub(crate) fn from_request(t: &T, offered: &Offered<'_>, asked: &str) -> Form {
    let first = first(t, offered);
    let asked = Fields::parse(asked.as_bytes());
    let kept = first.fields().pairs().iter().filter(|(n, _)| !TERMS.contains(&n.as_str())).cloned();
    Form::new(Fields::from_pairs(kept.chain(asked.pairs().iter().cloned()).collect()))
}

/// A form that begins with the terms of an earlier consent. How, by whom and until when is asked anew. A category is asked
/// for as a category again: the person is told today's list.
pub(crate) fn from_consent(t: &T, offered: &Offered<'_>, before: &Consent) -> Form {
    let mut pairs = vec![
        ("person", before.person.to_string()),
        ("given_by", before.given_by.code().to_owned()),
        ("from", t.short_day(offered.today)),
        ("address", "yes".to_owned()),
    ];
    pairs.extend(before.giver.map(|g| ("giver", g.to_string())));
    pairs.extend(before.relation.map(|r| ("relation", r.code().to_owned())));
    pairs.extend(before.categories.iter().map(|c| ("share_cat", c.code().to_owned())));
    pairs.extend(before.purposes.iter().map(|p| ("purpose", p.clone())));
    for (recipient, _) in &before.recipients {
        pairs.push(match recipient {
            Recipient::Desk(d) => ("to_desk", d.to_string()),
            Recipient::Agency(a) => ("to_agency", a.to_string()),
        });
    }
    for field in &before.fields {
        pairs.push(("to_field", field.named.field.code().to_owned()));
        if field.named.later {
            pairs.push(("later", "yes".to_owned()));
        }
    }
    Form::filled(pairs)
}

/// Desks and agencies of one category, to be ticked.
pub(crate) struct Group {
    pub name: String,
    /// Whether something in it is ticked: then it stands open.
    pub open: bool,
    pub field: Choice,
    pub agencies: Vec<Choice>,
    pub desks: Vec<Choice>,
}

/// Everything the form shows to choose from.
pub(crate) struct Choices {
    pub persons: Vec<Choice>,
    pub givers: Vec<Choice>,
    pub given_by: Vec<Choice>,
    pub relations: Vec<Choice>,
    pub groups: Vec<Group>,
    pub categories: Vec<Choice>,
    pub purposes: Vec<Choice>,
    pub forms: Vec<Choice>,
}

impl Choices {
    /// Out of what is offered, as chosen in the form.
    pub fn new(t: &T, form: &Form, offered: &Offered<'_>) -> Self {
        let people = |field: &str| -> Vec<Choice> {
            nameable(t, offered.members)
                .into_iter()
                .map(|(id, name)| Choice::new(form, field, id, name))
                .collect()
        };
        let mut categories = coded::<Category>(t, form, "share_cat", "category");
        // Who told is nothing that the person who is told of could agree to pass on.
        categories.retain(|c| c.value != Category::Informant.code());
        Self {
            persons: people("person"),
            givers: people("giver"),
            given_by: coded::<GivenBy>(t, form, "given_by", "given_by"),
            relations: coded::<GiverRelation>(t, form, "relation", "giver_relation"),
            groups: groups(t, form, offered),
            categories,
            purposes: coded::<Purpose>(t, form, "purpose", "purpose"),
            forms: coded::<ConsentForm>(t, form, "form", "consent_form"),
        }
    }
}

/// Every code of a list, as chosen in the form.
pub(crate) fn coded<C: Code>(t: &T, form: &Form, field: &str, list: &str) -> Vec<Choice> {
    C::ALL.iter().map(|c| Choice::new(form, field, c.code(), t.code(list, c.code()))).collect()
}

fn groups(t: &T, form: &Form, offered: &Offered<'_>) -> Vec<Group> {
    let desks = offered.desks;
    let mut groups: Vec<Group> = Vec::new();
    for desk in desks {
        let name = t.code("field", &desk.field);
        let at = groups.iter().position(|g| g.field.value == desk.field).unwrap_or_else(|| {
            let word = t.f("agreement.whole_field", "field", &name);
            groups.push(Group {
                name: name.clone(),
                open: false,
                field: Choice::new(form, "to_field", &desk.field, word),
                agencies: Vec::new(),
                desks: Vec::new(),
            });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.desks.push(Choice::new(form, "to_desk", desk.id, desk.name.clone()));
        let agency = desk.agency.to_string();
        let siblings = desks.iter().filter(|d| d.agency == desk.agency).count();
        if siblings > 1 && !group.agencies.iter().any(|c| c.value == agency) {
            let name = offered.agencies.get(&desk.agency).unwrap_or(&desk.name);
            let word = t.f("agreement.whole_agency", "agency", name);
            group.agencies.push(Choice::new(form, "to_agency", &agency, word));
        }
    }
    for group in &mut groups {
        group.open = group.field.on || group.agencies.iter().chain(&group.desks).any(|c| c.on);
    }
    groups
}
