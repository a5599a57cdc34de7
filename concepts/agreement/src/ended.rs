//! Consents whose recipient has ended or merged: listed for the desks that recorded them or answer for the case, with the
//! successor the register knows. Nothing passes by itself: somebody asks the person, and writes a new consent in the place of
//! the old one (disclosure, `consent`; `docs/decisions/0018`).

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Disclosed};
use askama::Template;
use casefile::CaseHead;
use consent::{Consent, ConsentForm, Ended, EndedWhich, GivenBy, GiverRelation, Purpose, Recipient};
use engine::{Channel, Fail, Look};
use household::Person;
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, CaseId, ConsentId, DeskId};

use crate::acts::{self, Carry};
use crate::form::{Draft, called, coded};
use crate::terms::{self, ConsentRow};
use crate::{one, rules};

/// Who came into the place of a recipient that has ended.
fn next_of(ended: &Ended) -> impl Iterator<Item = Recipient> + '_ {
    ended.successors.iter().map(|(who, _)| *who)
}

struct EndedRow {
    whose: String,
    number: String,
    case: String,
    recipient: String,
    last: String,
    successor: String,
    href: String,
}

#[derive(Template)]
#[template(path = "agreement_ended.html")]
struct EndedPage {
    frame: Frame,
    rows: Vec<EndedRow>,
    reasons: Vec<String>,
}

#[derive(Template)]
#[template(path = "agreement_carry.html")]
struct CarryPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    here: String,
    version: i64,
    x: ConsentRow,
    /// Recipients that are still there, and stay.
    stay: Vec<String>,
    /// Those that have ended, and when.
    gone: Vec<(String, String)>,
    successors: Vec<Choice>,
    given_by: Vec<Choice>,
    givers: Vec<Choice>,
    relations: Vec<Choice>,
    forms: Vec<Choice>,
    /// Where the person is asked anew, when it cannot be carried over as it is.
    anew: Option<String>,
}

/// Names of desks and agencies, also of those that are over.
async fn names(look: &mut Look, of: Vec<Recipient>) -> Result<impl Fn(Recipient) -> String + use<>, Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    let (mut desks, mut agencies): (Vec<DeskId>, Vec<AgencyId>) = (Vec::new(), Vec::new());
    for recipient in of {
        match recipient {
            Recipient::Desk(d) => desks.push(d),
            Recipient::Agency(a) => agencies.push(a),
        }
    }
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let agencies: BTreeMap<AgencyId, String> =
        casefile::agency_names(&mut look.conn(), m, agencies, today).await?;
    Ok(move |recipient| match recipient {
        Recipient::Desk(d) => desks.get(&d).cloned().unwrap_or_default(),
        Recipient::Agency(a) => agencies.get(&a).cloned().unwrap_or_default(),
    })
}

/// GET /consents/ended.
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let (m, today) = (viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let frame = req.frame();
    let own = viewer.reading_desks();
    let mut ended: Vec<Ended> =
        consent::recipients_ended(&mut look.conn(), m, today, EndedWhich::Every).await?;
    ended.retain(|e| own.contains(&e.desk) || own.contains(&e.due.accountable));
    // Only cases the viewer has a part in and is not kept out of.
    let scope = access::Scope::own_desks(&viewer);
    let cases =
        casefile::list(&mut look.conn(), &viewer, &scope, &casefile::Filter::default(), 5_000).await?;
    ended.retain(|e| cases.iter().any(|c| c.id == e.due.case));
    let named =
        names(&mut look, ended.iter().flat_map(|e| [e.recipient].into_iter().chain(next_of(e))).collect())
            .await?;
    let sealed =
        household::person::by_ids(&mut look.conn(), &viewer, ended.iter().map(|e| e.due.person)).await?;
    let people: Vec<Disclosed<Person>> = look.disclose(sealed).await?;
    let mut reasons = household::Reasons::default();
    reasons.of_all(&people);
    let rows = ended
        .iter()
        .map(|e| EndedRow {
            whose: people
                .iter()
                .find(|p| p.id == e.due.person)
                .map(|p| p.called().to_owned())
                .filter(|n| !n.is_empty())
                .unwrap_or_else(|| frame.t.s("case_consents.someone").to_owned()),
            number: cases
                .iter()
                .find(|c| c.id == e.due.case)
                .map(casefile::CaseHeader::number_text)
                .unwrap_or_default(),
            case: link::case_consents(e.due.case),
            recipient: named(e.recipient),
            last: frame.day(&e.due.day),
            successor: frame.t.join(&next_of(e).map(&named).collect::<Vec<_>>()),
            href: format!("{}/carry", link::case_consent(e.due.case, e.due.consent)),
        })
        .collect();
    let page = EndedPage { rows, reasons: reasons.sentences(&frame.t), frame };
    Answer::page(page.render(), look.close().await?)
}

/// What of a consent has ended, and what could come into its place.
struct Over {
    case: CaseId,
    found: Consent,
    ended: Vec<Ended>,
}

impl Over {
    /// Those still there: named, in effect, not over. A category is not carried over as such: the agencies it means are.
    fn staying(&self) -> Vec<Recipient> {
        let over: Vec<Recipient> = self.ended.iter().map(|e| e.recipient).collect();
        let named = self.found.recipients.iter().filter(|(_, since)| since.is_some()).map(|(r, _)| *r);
        let meant = self.found.fields.iter().flat_map(|f| f.counts.iter().copied()).map(Recipient::Agency);
        let mut staying: Vec<Recipient> = named.chain(meant).filter(|r| !over.contains(r)).collect();
        staying.sort_unstable();
        staying.dedup();
        staying
    }

    /// Who came into the place of those, each once; not whom the consent names anyway.
    fn offered(&self) -> Vec<Recipient> {
        let staying = self.staying();
        let mut offered: Vec<Recipient> =
            self.ended.iter().flat_map(next_of).filter(|r| !staying.contains(r)).collect();
        offered.sort_unstable();
        offered.dedup();
        offered
    }

    /// The first day on which the person can have been asked about these successors.
    fn asked_from(&self, chosen: &[Recipient]) -> (Day, Option<Day>) {
        let known = self.ended.iter().flat_map(|e| &e.successors).filter(|(who, _)| chosen.contains(who));
        (rules::given_on(&self.found), known.filter_map(|(_, known)| *known).max())
    }
}

fn value(recipient: Recipient) -> String {
    match recipient {
        Recipient::Desk(d) => format!("desk.{d}"),
        Recipient::Agency(a) => format!("agency.{a}"),
    }
}

async fn over(look: &mut Look, req: &Req) -> Result<(casefile::Loaded, terms::Names, Over), Fail> {
    let (case, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let viewer = look.viewer().clone();
    let (loaded, found, names) = one::load(look, case, wanted).await?;
    access::may(&viewer, Action::RecordWithdrawal, &terms::relation_of(&loaded.relation, &found))?;
    let today = look.now().day();
    let among = EndedWhich::Among(vec![wanted]);
    let ended = consent::recipients_ended(&mut look.conn(), viewer.municipality, today, among).await?;
    if ended.is_empty() {
        return Err(Fail::NotVisible);
    }
    Ok((loaded, names, Over { case, found, ended }))
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let (loaded, people, over) = over(&mut look, req).await?;
    let frame = req.frame();
    let t = &frame.t;
    let all = over.staying().into_iter().chain(over.offered()).chain(over.ended.iter().map(|e| e.recipient));
    let named = names(&mut look, all.collect()).await?;
    let wrong = form.has_problems();
    let anew = form.found().any(|(_, key, _)| key.starts_with("ended.anew"));
    let page = CarryPage {
        anew: anew.then(|| link::case_consent_renew(over.case, over.found.id)),
        here: format!("{}/carry", link::case_consent(over.case, over.found.id)),
        version: over.found.version,
        x: terms::row(&frame, &loaded, &over.found, (&people, &[]), &viewer),
        stay: over.staying().into_iter().map(&named).collect(),
        gone: over.ended.iter().map(|e| (named(e.recipient), frame.day(&e.due.day))).collect(),
        successors: over
            .offered()
            .into_iter()
            .map(|r| Choice::new(&form, "successor", value(r), named(r)))
            .collect(),
        given_by: GivenBy::ALL
            .iter()
            .map(|g| Choice::new(&form, "given_by", g.code(), t.code("given_by", g)))
            .collect(),
        givers: household::nameable(t, &loaded.members)
            .into_iter()
            .map(|(id, name)| Choice::new(&form, "giver", id, name))
            .collect(),
        relations: coded::<GiverRelation>(t, &form, "relation", "giver_relation"),
        forms: ConsentForm::ALL
            .iter()
            .map(|f| Choice::new(&form, "form", f.code(), t.code("consent_form", f)))
            .collect(),
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// GET /cases/{id}/consents/{consent}/carry.
pub(crate) async fn form(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Write).await?;
    let today = req.t().short_day(req.now().day());
    render(&req, look, Form::filled(vec![("confirmed_on", today)])).await
}

/// Notes beside its field why the person cannot have been asked on that day; days as the reader writes them.
fn confirmed_problem(req: &Req, form: &mut Form, why: engine::Refusal) {
    let t = req.t();
    let shown = |text: String| Day::parse_iso(&text).map_or(text, |day| t.full_day(day));
    let args = why.args.into_iter().map(|(name, text)| (name, shown(text))).collect();
    form.problem_with("confirmed_on", why.key, args);
}

/// POST /cases/{id}/consents/{consent}/carry.
pub(crate) async fn carry(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (loaded, _, over) = over(&mut look, &req).await?;
    let mut form = req.form();
    let today = req.now().day();
    let offered = over.offered();
    let chosen: Vec<Recipient> =
        offered.iter().copied().filter(|r| form.chose("successor", value(*r))).collect();
    if chosen.is_empty() {
        form.problem("successor", "agreement.no_successor");
    }
    let on = form.past_day("confirmed_on", Need::Required);
    let since = over.asked_from(&chosen);
    if let Some(on) = on
        && let Err(refusal) = rules::asked_again(on, since, today)
    {
        confirmed_problem(&req, &mut form, refusal);
    }
    let given_by = form.code::<GivenBy>("given_by", Need::Required);
    let way = form.code::<ConsentForm>("form", Need::Required);
    let witness = form.line("witness", Need::Optional, 100);
    let who = consent::stand_in_from(&mut form, given_by, Some(over.found.person), &called(&loaded.members));
    if let Some(way) = way
        && let Err(refusal) = consent::heard(way, &witness, today, over.found.until)
    {
        form.problem("witness", refusal.key);
    }
    let (Some(on), Some(given_by), Some(way), false) = (on, given_by, way, form.has_problems()) else {
        return render(&req, look, form).await;
    };
    let mut recipients = over.staying();
    recipients.extend(chosen);
    let draft = Draft {
        person: over.found.person,
        given_by,
        giver: who.person,
        given_by_name: who.name,
        relation: who.relation,
        evidence: who.evidence,
        form: way,
        witness,
        categories: over.found.categories.bits(),
        purposes: over.found.purposes.iter().filter_map(|p| Purpose::parse(p)).collect(),
        from: today,
        until: over.found.until,
        recipients,
        fields: Vec::new(),
        case: over.case,
        address: false,
    };
    let carry = Carry { draft, confirmed_on: on, known: since.1 };
    match acts::carry(&req, over.found.id, &carry, &offered).await {
        Ok((to, receipt)) => {
            look.close().await?;
            Ok(Answer::to(&to, "consent_carried", receipt))
        }
        Err(Fail::Refused(refusal)) => {
            if refusal.key.starts_with("agreement.asked_before") {
                confirmed_problem(&req, &mut form, refusal);
            } else if let Some(key) = rules::ask_anew(refusal.key) {
                form.problem("successor", key);
            } else {
                let field = consent::field_in(&form, refusal.key).unwrap_or("successor");
                form.problem_with(field, refusal.key, refusal.args);
            }
            render(&req, look, form).await
        }
        Err(other) => Err(other),
    }
}
