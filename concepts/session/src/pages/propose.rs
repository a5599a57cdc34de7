//! Bringing a case, a matter or a general subject before a meeting.

use std::sync::Arc;

use access::{Relation, Viewer};
use askama::Template;
use conference::{RestsOn, Standing};
use engine::{Begun, Channel, Fail, Look};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{AgendaItemId, BodyId, CommandId, DeskId, ThingId, UserId};

use super::{before, codes, sense, shown};
use crate::acts::item::{self as acts, About, Proposal};
use crate::rules::{Escalation, Priority};
use crate::sql::body::{self, Body};
use crate::sql::item;

/// What it is about, found out for this viewer; the answer of absence for whoever has nothing to do with it.
struct Of {
    about: About,
    from: &'static str,
    id: String,
    number: String,
    back: Option<(String, String)>,
    /// Open matters the viewer may know.
    matters: Vec<Standing>,
    consented: bool,
    /// The desk offered as the one that takes the initiative.
    lead: Option<DeskId>,
    /// Desks offered as those that have to be there.
    concerned: Vec<DeskId>,
    /// What is missing to the consent, as far as the viewer may know of consents.
    lacking: Option<conference::Lacking>,
    /// The case, where the viewer has a part in it.
    case: Option<words::id::CaseId>,
}

impl Of {
    /// Where a consent to a conference is written down, with its secretariat and its purpose chosen.
    fn ask(&self, t: &site::T) -> Option<(String, String)> {
        let case = self.case.filter(|_| !self.consented)?;
        let desk = self.lacking.and_then(|l| l.to);
        Some((conference::consent_to_confer(case, desk), t.s("conference.whose_ask").to_owned()))
    }
}

async fn of(look: &mut Look, fields: &site::Fields) -> Result<Of, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    if let Some(id) = fields.get("matter") {
        let id = id.parse().map_err(|_| Fail::NotVisible)?;
        let found = conference::standings(&mut look.conn(), &viewer, [id]).await?.pop();
        let standing = found.filter(|s| s.known(&viewer) && s.open).ok_or(Fail::NotVisible)?;
        let consented = if standing.rests_on == RestsOn::Consent {
            conference::carried(&conference::whose(&mut look.conn(), m, id, today).await?)
        } else {
            conference::consented(&mut look.conn(), m, standing.household, today).await?
        };
        // Which desks have a part is known to whoever has one themselves; the accountable one and the initiator come anyway.
        let mut own = None;
        let concerned = match standing.case {
            Some(case) => match casefile::relation(&mut look.conn(), &viewer, case).await? {
                Some((_, relation)) if part(&viewer, &relation).is_ok() => {
                    own = Some(case);
                    item::concerned(&mut look.conn(), m, case).await?
                }
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        let number = standing.number.map(|(y, n)| casefile::number_text(y, n)).unwrap_or_default();
        let to = Some(standing.secretariat);
        return Ok(Of {
            lacking: lacking(look, own, (standing.household, to), consented).await?,
            case: own,
            about: About::Matter(id),
            from: "matter",
            id: id.to_string(),
            back: Some((link::matter(id), number.clone())),
            number,
            consented,
            lead: Some(standing.lead),
            concerned,
            matters: vec![standing],
        });
    }
    if let Some(id) = fields.get("case") {
        let id = id.parse().map_err(|_| Fail::NotVisible)?;
        let found = casefile::relation(&mut look.conn(), &viewer, id).await?;
        let (case, relation) = found.ok_or(Fail::NotVisible)?;
        part(&viewer, &relation)?;
        let mut matters = conference::open_of_case(&mut look.conn(), &viewer, id).await?;
        matters.retain(|s| s.known(&viewer));
        let consented = conference::consented(&mut look.conn(), m, case.household, today).await?;
        return Ok(Of {
            lacking: lacking(look, Some(id), (case.household, None), consented).await?,
            case: Some(id),
            about: About::Case(id),
            from: "case",
            id: id.to_string(),
            number: case.number_text(),
            back: Some((link::case(id), case.number_text())),
            consented,
            lead: case.accountable,
            concerned: item::concerned(&mut look.conn(), m, id).await?,
            matters,
        });
    }
    Ok(Of {
        about: About::General,
        from: "general",
        id: "1".to_owned(),
        number: String::new(),
        back: None,
        matters: Vec::new(),
        consented: false,
        lead: None,
        concerned: Vec::new(),
        lacking: None,
        case: None,
    })
}

/// What is missing to a consent that is not there, for whoever has a part in the case.
async fn lacking(
    look: &mut Look,
    case: Option<words::id::CaseId>,
    of: (words::id::HouseholdId, Option<DeskId>),
    consented: bool,
) -> Result<Option<conference::Lacking>, Fail> {
    let Some(case) = case.filter(|_| !consented) else { return Ok(None) };
    Ok(Some(conference::lacking(look, case, of).await?))
}

/// An urgent look reads; it brings nothing up.
fn part(viewer: &Viewer, relation: &Relation) -> Result<(), Fail> {
    let own = viewer.reading_desks();
    let has = own.iter().any(|d| relation.case_desks.contains(d) || relation.accountable == Some(*d));
    if has { Ok(()) } else { Err(Fail::NotVisible) }
}

/// A meeting that cannot be chosen now: its name, why, and where that is changed.
type Closed = (String, String, Option<(String, String)>);

#[derive(Template)]
#[template(path = "session_propose.html")]
struct ProposePage {
    frame: Frame,
    form: Form,
    from: &'static str,
    about: String,
    number: String,
    general: bool,
    back: Option<(String, String)>,
    /// Body and position in one choice: what is chosen is a meeting, not two lists.
    meetings: Vec<Choice>,
    /// Those that cannot be chosen now: name, why, and where that is changed.
    closed: Vec<Closed>,
    bodies: Vec<Choice>,
    desks: Vec<(String, Vec<Choice>)>,
    sections: Vec<(String, Vec<Choice>)>,
    /// Some of them are ticked to begin with.
    offered: bool,
    /// The names of those that are ticked.
    chosen: Vec<String>,
    /// What is missing to the consent, in a sentence, and where it is written down.
    lacking: String,
    ask: Option<(String, String)>,
    priorities: Vec<Choice>,
    reasons: Vec<Choice>,
    deciders: Vec<Choice>,
    consented: bool,
    /// Whom to ask for a conference that needs no consent, for whoever cannot open one.
    asks: Option<(String, bool, CommandId)>,
    /// Where the conference that needs no consent is opened.
    open_matter: Option<String>,
    /// The confidential conference, offered when the consent is not there.
    instead: Vec<(String, String)>,
}

/// GET /sessions/propose?case= | ?matter= | nothing
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let of = of(&mut look, req.query()).await?;
    let mut pairs = vec![
        ("priority", Priority::Normal.code().to_owned()),
        ("initiator", of.lead.map(|d| d.to_string()).unwrap_or_default()),
        ("decided_on", req.t().short_day(look.now().day())),
    ];
    pairs.extend(of.concerned.iter().map(|d| ("sections", d.to_string())));
    if let Some(lesson) = req.query().get("lesson").filter(|_| of.about == About::General) {
        let id: ThingId = lesson.parse().map_err(|_| Fail::NotVisible)?;
        let m = look.viewer().municipality;
        let title = learning::title_of(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
        pairs.push(("lesson", lesson.to_owned()));
        pairs.push(("subject", title));
    }
    for field in ["meeting", "body"] {
        if let Some(value) = req.query().get(field) {
            pairs.push((field, value.to_owned()));
        }
    }
    render(&req, look, of, Form::filled(pairs)).await
}

async fn render(req: &Req, mut look: Look, of: Of, form: Form) -> Result<Answer, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let frame = req.frame();
    let t = frame.t.clone();
    let positions = conference::on(&mut look.conn(), m, Some(today)).await?;
    let mut bodies: Vec<Body> = body::all(&mut look.conn(), m).await?;
    bodies.retain(|b| b.stands(today));
    let desks = register::desks(&mut look.conn(), m, today).await?;
    let offices: Vec<DeskId> = bodies.iter().map(|b| b.desk).collect();
    let deciders = acts::deciders(&mut look.conn(), &viewer, &offices, today).await?;
    let stuck = form.found().map(|(_, key, _)| key).next().unwrap_or_default();
    let mut meetings = Vec::new();
    let mut closed = Vec::new();
    let mut instead = Vec::new();
    let hub = viewer.has_role(&[access::Role::Coordinator]);
    let opens = (hub && of.from == "case").then(|| link::matter_new("case", &of.id));
    let ask = of.ask(&t);
    for b in &bodies {
        for p in positions.iter().filter(|p| b.positions.contains(&p.code)) {
            let value = format!("{}:{}", b.id, p.code);
            let there = of.matters.iter().any(|s| s.position == p.code);
            let key = match (p.rests_on, there, of.consented) {
                (RestsOn::Consent, _, true) => "session.consent_there",
                (RestsOn::Consent, _, false) => "session.consent_missing",
                (RestsOn::Secrecy, true, _) => "session.matter_there",
                (RestsOn::Secrecy, false, _) => "session.matter_missing",
            };
            let word = if b.name == p.name {
                b.name.clone()
            } else {
                t.fs("session.body_as", &[("body", b.name.clone()), ("position", p.name.clone())])
            };
            if stuck == "session.no_consent" && p.rests_on == RestsOn::Secrecy && there {
                let query = format!("{}&meeting={value}", link::propose(of.from, &of.id));
                instead.push((query, word.clone()));
            }
            let way = match key {
                "session.consent_missing" => Some(ask.clone()),
                "session.matter_missing" => {
                    Some(opens.clone().map(|href| (href, t.s("session.open_matter").to_owned())))
                }
                _ => None,
            };
            if let Some(way) = way {
                closed.push((word, t.s(key).to_owned(), way));
            } else {
                let choice = Choice::new(&form, "meeting", value, word);
                meetings.push(choice.with_help(t.s(key).to_owned()));
            }
        }
    }
    let asks = match of.about {
        About::Case(id) if !hub && !of.consented => {
            let of = (id, of.lead);
            let opener = conference::opener(&mut look.conn(), &viewer, of, today).await?;
            opener.map(|o| (o.name, o.asked, req.engine().new_id()))
        }
        _ => None,
    };
    let page = ProposePage {
        from: of.from,
        about: of.id.clone(),
        number: of.number,
        general: of.about == About::General,
        back: of.back,
        meetings,
        closed,
        lacking: of.lacking.filter(|_| !of.consented).map(|l| l.sentence(&t)).unwrap_or_default(),
        ask,
        chosen: sections_chosen(&desks, &form),
        bodies: bodies.iter().map(|b| Choice::new(&form, "body", b.id, b.name.clone())).collect(),
        sections: register::desk_groups(&t, &form, "sections", &desks, &[]),
        offered: !of.concerned.is_empty(),
        desks: register::desk_groups(&t, &form, "initiator", &desks, &[]),
        priorities: codes(
            &t,
            &form,
            "priority",
            "session_priority",
            &[Priority::Urgent, Priority::Normal, Priority::WhenRoom],
        ),
        reasons: codes(&t, &form, "escalation", "session_escalation", Escalation::ALL),
        deciders: deciders
            .into_iter()
            .map(|(id, name): (UserId, String)| Choice::new(&form, "decided_by", id, name))
            .collect(),
        consented: of.consented,
        asks,
        open_matter: opens,
        instead,
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// The names of the desks that are ticked, for a list that is folded.
fn sections_chosen(desks: &[register::DeskInfo], form: &Form) -> Vec<String> {
    let ticked: Vec<DeskId> = form.ids("sections");
    desks.iter().filter(|d| ticked.contains(&d.id)).map(|d| d.name.clone()).collect()
}

fn read(form: &mut Form, about: About) -> Option<Proposal> {
    let general = about == About::General;
    let (body, position) = if general {
        (form.id("body", Need::Required), String::new())
    } else {
        let chosen = form.line("meeting", Need::Required, 120);
        let parts = chosen.split_once(':');
        let body: Option<BodyId> = parts.and_then(|(b, _)| b.parse().ok());
        if body.is_none() && !form.has_problems() {
            form.problem("meeting", "text.choose");
        }
        (body, parts.map(|(_, p)| p.to_owned()).unwrap_or_default())
    };
    let need = if general { Need::Required } else { Need::Optional };
    let subject = form.line("subject", need, 120);
    let lesson = form.id("lesson", Need::Optional);
    let initiator = form.id("initiator", Need::Optional);
    let sections = form.ids("sections");
    let priority = form.code("priority", Need::Required);
    let escalation: Vec<Escalation> = form.codes("escalation");
    let need = if escalation.is_empty() { Need::Optional } else { Need::Required };
    let decided_by = form.id("decided_by", need);
    let decided_on = if escalation.is_empty() { None } else { form.past_day("decided_on", Need::Required) };
    let (Some(body), Some(priority)) = (body, priority) else { return None };
    Some(Proposal {
        body,
        about,
        subject,
        lesson,
        position,
        initiator,
        sections,
        priority,
        escalation,
        decided_by,
        decided_on,
    })
}

/// POST /sessions/propose
pub(crate) async fn send(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let of = of(&mut look, req.body()).await?;
    let proposal = read(&mut form, of.about);
    if let Some(p) = proposal.as_ref().filter(|p| !p.subject.is_empty()) {
        sense(&mut look, &mut form, "subject", &p.subject).await?;
    }
    let Some(proposal) = proposal.filter(|_| !form.has_problems()) else {
        return render(&req, look, of, form).await;
    };
    look.close().await?;
    match ctx.act(&req.envelope(), "session.propose", &proposal).await? {
        Begun::Before(to) => Ok(Answer::to(&link::agenda_item(to), "item_proposed", before())),
        Begun::New(mut act) => {
            let id: AgendaItemId = act.new_id();
            match acts::propose(&mut act, id, &proposal).await {
                Ok(()) => {
                    let receipt = act.commit(&id.to_string()).await?;
                    Ok(Answer::to(&link::agenda_item(id), "item_proposed", receipt))
                }
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    let field = match refusal.key {
                        "session.no_initiator" => "initiator",
                        "session.why_raised" => "escalation",
                        "session.who_decided" | "session.may_not_decide" => "decided_by",
                        "session.decided_later" => "decided_on",
                        _ if proposal.about == About::General => "subject",
                        _ => "meeting",
                    };
                    form.problem(field, refusal.key);
                    render(&req, ctx.look(Channel::Write).await?, of, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}
