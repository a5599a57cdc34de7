//! On what something leaves a desk, as a form asks for it: a consent given now, one that already names the receiver, an
//! article, or nothing. Referrals and inquiries ask in the same words.

use access::{Categories, Category, Right, Viewer};
use engine::{Act, Broken, Conn, Fail, Refusal};
use serde::Serialize;
use site::{Form, Need};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId, PersonId, ThingId};
use words::partial::PartialDate;

use crate::alike::{Chosen, there_already};
use crate::giving::{alone_until, minor_until};
use crate::rules::{Consent, ConsentForm, GivenBy, NewConsent, Purpose, Recipient, carries};
use crate::sql;
use crate::stand_in::{StandIn, said_for, stand_in_from};

/// On what identity and texts go along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Basis {
    /// A consent given now, by these persons.
    Consent(Vec<ConsentBody>),
    /// A consent that already names the receiver.
    Existing,
    /// An article.
    Law(String),
    /// Nothing: the receiver learns the preview only.
    Preview,
}

/// A consent as the form gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentBody {
    /// Whose facts.
    pub person: PersonId,
    /// Who gave it, as a code.
    pub given_by: String,
    /// Who that is, if not the person.
    pub who: StandIn,
    /// How, as a code.
    pub form: String,
    /// Last day.
    pub until: Option<Day>,
}

/// What a form asks a basis for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Those whose facts leave.
    pub persons: &'a [PersonId],
    /// Members of the household with what each is called: who may have spoken in the person's place.
    pub members: &'a [(PersonId, String)],
    /// What leaves.
    pub categories: Categories,
    /// Last day of a consent.
    pub until: Option<Day>,
}

/// Reads the basis off a form: `basis`, `given_by`, `form`, `article`, and who spoke in the person's place as [`stand_in_from`] does.
/// What is missing is a problem beside its field.
pub fn basis_from(form: &mut Form, asked: &Asked<'_>) -> Option<Basis> {
    let Asked { persons, members, categories, until } = *asked;
    let given_by = form.line("given_by", Need::Optional, 20);
    let given_form = form.line("form", Need::Optional, 20);
    let article = form.line("article", Need::Optional, 100);
    let chosen = form.value("basis").to_owned();
    if categories.is_empty() && ["consent", "law", "existing"].contains(&chosen.as_str()) {
        form.problem("share_cat", "consent.no_category");
    }
    match chosen.as_str() {
        "consent" => {
            if persons.is_empty() {
                form.problem("consenting", "consent.who_consented");
            }
            if GivenBy::parse(&given_by).is_none() {
                form.problem("given_by", "text.choose");
            }
            if ConsentForm::parse(&given_form).is_none() {
                form.problem("form", "text.choose");
            }
            let one = if let [one] = persons { Some(*one) } else { None };
            let by = GivenBy::parse(&given_by);
            let who = stand_in_from(form, by, one, members);
            let body = |person: &PersonId| {
                let (by, who) = said_for(*person, by.unwrap_or(GivenBy::Itself), &who);
                let given_by = by.code().to_owned();
                ConsentBody { person: *person, given_by, who, form: given_form.clone(), until }
            };
            Some(Basis::Consent(persons.iter().map(body).collect()))
        }
        "law" => {
            if article.is_empty() {
                form.problem("article", "feedback.choose_article");
            }
            Some(Basis::Law(article))
        }
        "existing" => Some(Basis::Existing),
        "preview" => Some(Basis::Preview),
        _ => {
            form.problem("basis", "text.choose");
            None
        }
    }
}

/// What is consented to: categories, whom it names, in which case.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Categories.
    pub categories: Categories,
    /// Whom it names; first whoever is told, then whoever hears back.
    pub recipients: Vec<Recipient>,
    /// The case it was given in.
    pub case: Option<CaseId>,
    /// The case whose consents the viewer sees because they are accountable for it.
    pub accountable: Option<CaseId>,
    /// It is meant beside one that is there already.
    pub again: bool,
}

/// What the forms of referrals and inquiries ask a consent for.
const PURPOSES: [Purpose; 2] = [Purpose::Support, Purpose::Cooperation];

impl Terms {
    /// What somebody's consent on these terms would say, to be held against those that are there already.
    fn chosen(&self, person: PersonId) -> Chosen {
        Chosen {
            person,
            recipients: self.recipients.first().copied().into_iter().collect(),
            fields: Vec::new(),
            categories: self.categories,
            purposes: PURPOSES.to_vec(),
        }
    }

    /// The consents that are there already beside those of a form.
    fn alike(&self, bodies: &[ConsentBody], known: &[Consent], today: Day) -> Vec<Consent> {
        bodies.iter().flat_map(|b| there_already(&self.chosen(b.person), known, today)).cloned().collect()
    }

    /// A consent of a form as it is written down.
    fn written(
        &self,
        body: &ConsentBody,
        by: GivenBy,
        form: ConsentForm,
        (birth, from): (Option<PartialDate>, Day),
    ) -> NewConsent {
        // As on a sheet: what a parent said without a last day ends by itself. A day that was typed is theirs, and is asked as typed.
        let until = body.until.or_else(|| minor_until(body.who.relation, birth, from, None));
        NewConsent {
            person: body.person,
            given_by: by,
            given_by_name: body.who.name.clone(),
            form,
            witness: String::new(),
            categories: self.categories,
            purposes: PURPOSES.to_vec(),
            from,
            // The form is short: it asks for no second pair of ears, so what one person heard ends by itself.
            until: alone_until(form, "", from, until),
            recipients: self.recipients.clone(),
            fields: Vec::new(),
            case: self.case,
            relation: body.who.relation,
            evidence: body.who.evidence.clone(),
            giver: body.who.person,
        }
    }
}

/// Of several it must be said that it is one of them, and what to do about that one.
fn of_several(refusal: Refusal, n: usize) -> Refusal {
    if refusal.key == "consent.of_age_already" && n > 1 {
        Refusal::new("consent.one_of_age")
    } else {
        refusal
    }
}

/// What would be refused of the consents of a form once it is sent, and which are there already beside them.
#[derive(Debug, Clone, Default)]
pub struct Foreseen {
    /// What would be refused.
    pub refusals: Vec<Refusal>,
    /// Those there already, as far as whoever writes may know of them.
    pub alike: Vec<Consent>,
}

impl Foreseen {
    /// Notes it in the form, each problem beside its field. `beside`: where the form has another name for one.
    pub fn note(&self, form: &mut Form, beside: impl Fn(&Form, &str) -> &'static str) {
        for refusal in &self.refusals {
            let field = beside(form, refusal.key);
            form.problem_with(field, refusal.key, refusal.args.clone());
        }
        if !self.alike.is_empty() && !form.ticked("again") {
            form.problem("again", THERE_ALREADY);
        }
    }
}

/// The sentence about a second consent to the same recipient.
const THERE_ALREADY: &str = "agreement.there_already";

/// Looks ahead at the consents of a form: what [`give_all`] would refuse is said with every other problem of the form, and not only once
/// all of those are mended (STYLE 12). What is not chosen yet rules nothing out.
pub async fn foresee(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    bodies: &[ConsentBody],
    terms: &Terms,
    today: Day,
) -> Result<Foreseen, Broken> {
    let m = viewer.municipality;
    let mut refusals = Vec::new();
    let lives = sql::lives(conn, m, bodies.iter().map(|b| b.person)).await?;
    for body in bodies {
        let by = Code::parse(&body.given_by).unwrap_or(GivenBy::Itself);
        // How it was given is asked beside its own field; a signature is asked nothing more.
        let form = Code::parse(&body.form).unwrap_or(ConsentForm::Signed);
        let birth = lives.get(&body.person).and_then(|life| life.birth);
        let new = terms.written(body, by, form, (birth, today));
        let found = sql::problems(conn, (m, Some(viewer)), &new, today).await?;
        refusals.extend(found.into_iter().map(|refusal| of_several(refusal, bodies.len())));
    }
    let persons = bodies.iter().map(|b| b.person);
    let known = if bodies.is_empty() {
        Vec::new()
    } else {
        crate::alike::known(conn, viewer, persons, terms.accountable).await?
    };
    Ok(Foreseen { refusals, alike: terms.alike(bodies, &known, today) })
}

/// Records the consents of a form, each as it is asked of any other ([`crate::give`]), and each effective with the sharing act `pending`. The first of them.
pub async fn give_all(
    act: &mut Act,
    right: &Right,
    bodies: &[ConsentBody],
    terms: &Terms,
    pending: ThingId,
) -> Result<Option<ConsentId>, Fail> {
    let mut first = None;
    let (m, from) = (act.municipality(), act.now().day());
    if let Some(viewer) = act.viewer().cloned().filter(|_| !terms.again) {
        let persons = bodies.iter().map(|b| b.person);
        let known = crate::alike::known(&mut act.facts()?, &viewer, persons, terms.accountable).await?;
        if !terms.alike(bodies, &known, from).is_empty() {
            return Err(Refusal::new(THERE_ALREADY).into());
        }
    }
    let lives = sql::lives(&mut act.facts()?, m, bodies.iter().map(|b| b.person)).await?;
    for body in bodies {
        let form = Code::parse(&body.form).ok_or(Fail::NotVisible)?;
        let by = Code::parse(&body.given_by).ok_or(Fail::NotVisible)?;
        let birth = lives.get(&body.person).and_then(|life| life.birth);
        let consent = terms.written(body, by, form, (birth, from));
        let given = match sql::give(act, right, &consent, Some(pending)).await {
            Err(Fail::Refused(refusal)) => return Err(of_several(refusal, bodies.len()).into()),
            given => given?,
        };
        first = first.or(Some(given));
    }
    Ok(first)
}

/// What must be carried by consents that exist already.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// About whom; the first is the one whose consent is named.
    pub subjects: &'a [PersonId],
    /// Which categories.
    pub categories: Categories,
    /// To which desk of which agency.
    pub to: (DeskId, AgencyId),
    /// The case whose consents the viewer sees because they are accountable for it.
    pub accountable: Option<CaseId>,
}

/// The consent that a sharing "under an existing consent" rests on: one the viewer may know of that names the receiver, and
/// with the others known carries every category about every subject. Whoever may not know of a consent must not find out by
/// asking that there is one (disclosure rule 2).
pub async fn existing(act: &mut Act, wanted: &Carried<'_>) -> Result<Option<ConsentId>, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let mut known = sql::of_persons(&mut act.facts()?, m, wanted.subjects.iter().copied()).await?;
    known.retain(|c| c.shown_to(&viewer, wanted.accountable.is_some() && c.case == wanted.accountable));
    let (desk, agency) = wanted.to;
    let carry = |of: &[Consent], persons: &[PersonId], categories| {
        carries(of, persons, categories, desk, Some(agency), today)
    };
    let basic = Categories::NONE.with(Category::Basic);
    let Some(first) = wanted.subjects.first() else { return Ok(None) };
    let named = known.iter().find(|c| carry(std::slice::from_ref(c), &[*first], basic));
    Ok(named.filter(|_| carry(&known, wanted.subjects, wanted.categories)).map(|c| c.id))
}
