//! だれが何を知っているか: who has seen or received what under a consent, for the screen and on paper for the person; and the
//! withdrawal, before which they can be told (disclosure rule 5).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Action;
use askama::Template;
use casefile::CaseHead;
use consent::{Consent, ConsentForm, GivenBy, GiverRelation, Sight};
use engine::{Channel, Fail, Look, Receipt};
use paper::{Block, Document, Field, Fields, Style};
use site::paper::{Around, Kind, language};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Day;
use words::code::Code;
use words::id::{CaseId, ConsentId, DeskId};

use crate::acts::{self, TakenBack};
use crate::form::{called, coded};
use crate::one;
use crate::terms::{self, ConsentRow, ProvisionRow};

/// What one desk holds, in plain words.
struct HolderRow {
    name: String,
    /// What it saw: 「書かれた文 5件（11月3日から11月20日まで）」.
    seen: Vec<String>,
    /// What it was sent.
    received: Vec<String>,
}

/// The further consents of the same person, which a withdrawal does not end.
pub(crate) struct Others {
    /// Whose, and how many.
    pub title: String,
    pub rows: Vec<ConsentRow>,
}

/// What a withdrawal is about, in words that hold on the day: whom it names, what they see, what it does.
struct Said {
    to: String,
    what: String,
    effect: String,
}

impl Said {
    fn of(frame: &Frame, c: &Consent) -> Self {
        let (t, sight) = (&frame.t, c.sight(frame.now.day()));
        Self {
            to: t.code("consent_sight", sight),
            what: t.code("consent_sight_what", sight),
            effect: match sight {
                Sight::Now => t.s("case_withdraw.effect").to_owned(),
                Sight::ToCome => t.f("consent_withdraw.effect_to_come", "day", t.full_day(c.from)),
                Sight::Closed => t.s("consent_withdraw.effect_aside").to_owned(),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "agreement_withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    head: CaseHead,
    form: Form,
    x: ConsentRow,
    here: String,
    paper: String,
    holders: Vec<HolderRow>,
    provisions: Vec<ProvisionRow>,
    said: Said,
    others: Option<Others>,
    /// Sent from a page that was opened before it ended.
    stale: bool,
    told: Vec<(String, String, bool)>,
    ways: Vec<(String, String, bool)>,
    /// Who of the household may have spoken in the person's place, and how they stand to them.
    givers: Vec<Choice>,
    relations: Vec<Choice>,
}

/// Who holds what, for the person to take home.
struct Holders {
    whose: String,
    x: ConsentRow,
    rows: Vec<HolderRow>,
    provisions: Vec<ProvisionRow>,
    said: Said,
    others: Option<Others>,
    /// What was seen and sent after the person had said no, before anybody wrote it down.
    meanwhile: Vec<String>,
    /// Whom to ask, with the telephone.
    ask: String,
}

impl Holders {
    fn document(&self, frame: &Frame) -> Document {
        let t = &frame.t;
        let s = |key: &str| t.s(key).to_owned();
        let today = t.full_day(frame.now.day());
        let title = s("holders.paper_title");
        let mut document = Document::new(&title, language(t))
            .head([title.clone(), String::new(), today])
            .foot([format!("{} {}", frame.municipality, t.s("site.name")), s("holders.counted")])
            .with(Block::heading(1, &title))
            .with(Block::styled(Style::Strong, t.f("case_consents.whose", "name", &self.whose)))
            .with(Block::text(s("holders.leaves_out")))
            .with(Block::heading(2, s("holders.title")));
        if self.rows.is_empty() {
            document.push(Block::small(s("holders.nobody")));
        } else {
            let mut fields = Fields::new().label_mm(52);
            for h in &self.rows {
                fields.push(Field::new(&h.name, [h.received.clone(), h.seen.clone()].concat().join("\n")));
            }
            document.push(fields);
        }
        if !self.meanwhile.is_empty() {
            document.push(Block::together([
                Block::heading(2, s("consent_meanwhile.title")),
                Block::list(self.meanwhile.iter().cloned()),
            ]));
        }
        document.push(Block::together([
            Block::heading(2, &self.said.to),
            Block::list(self.x.recipients.iter().map(|r| format!("{} {}", r.name, r.since))),
            Block::text(&self.said.what),
            Block::list(self.x.categories.iter().cloned()),
        ]));
        if !self.provisions.is_empty() {
            let line = |p: &ProvisionRow| {
                let n = t.f("case_consents.records", "n", p.records);
                format!("{} {} {n} {}", p.desk, p.article, p.since)
            };
            document.push(Block::together([
                Block::heading(2, s("case_withdraw.stays")),
                Block::list(self.provisions.iter().map(line)),
            ]));
        }
        if let Some(others) = &self.others {
            let line = |x: &ConsentRow| {
                let to: Vec<String> = x.recipients.iter().map(|r| r.name.clone()).collect();
                t.fs("consent_withdraw.other", &[("to", t.join(&to)), ("state", x.state.clone())])
            };
            document.push(Block::together([
                Block::heading(2, &others.title),
                Block::text(s("consent_withdraw.others_paper")),
                Block::list(others.rows.iter().map(line)),
            ]));
        }
        document.push(Block::text(s("holders.after")));
        document.with(Fields::new().row(Field::new(s("holders.ask"), &self.ask)))
    }
}

/// Who holds what under a consent. For whoever may end it: a desk that is only named does not learn who else was told.
async fn held(
    look: &mut Look,
    frame: &Frame,
    loaded: &casefile::Loaded,
    c: &Consent,
) -> Result<Vec<HolderRow>, Fail> {
    let viewer = look.viewer().clone();
    let (m, today, t) = (viewer.municipality, look.now().day(), &frame.t);
    // The log names one consent of each look: of a text about several it can be the one of somebody else. It is never another one of the
    // same person, under which others look.
    let members = loaded.members.iter().map(|p| p.id).filter(|p| *p != c.person);
    let beside: Vec<ConsentId> =
        consent::of_persons(&mut look.conn(), m, members).await?.iter().map(|b| b.id).collect();
    let mut seen = consent::holders(&mut look.conn(), m, (c.id, c.person), &beside).await?;
    let received = consent::received(&mut look.conn(), m, c.id).await?;
    let desks = seen.iter().map(|s| s.desk).chain(received.iter().map(|r| r.desk));
    let infos = register::desks_by_id(&mut look.conn(), m, desks, today).await?;
    let agency = |desk: DeskId| infos.iter().find(|d| d.id == desk).map(|d| d.agency);
    // Whom this consent named once and names no more (an agency that joined its field later, and left) has looked under it all the same.
    let own: BTreeSet<DeskId> = seen.iter().filter(|s| s.own).map(|s| s.desk).collect();
    seen.retain(|s| own.contains(&s.desk) || c.ever_named(s.desk, agency(s.desk)));
    let names: BTreeMap<DeskId, String> = infos.iter().map(|d| (d.id, d.name.clone())).collect();
    let mut rows: BTreeMap<DeskId, HolderRow> = BTreeMap::new();
    for desk in seen.iter().map(|s| s.desk).chain(received.iter().map(|r| r.desk)) {
        let name = names.get(&desk).cloned().unwrap_or_default();
        rows.entry(desk).or_insert(HolderRow { name, seen: Vec::new(), received: Vec::new() });
    }
    for s in &seen {
        let args = [
            ("what", t.code("held_kind", &s.kind)),
            ("n", s.records.to_string()),
            ("first", frame.day(&s.first.day())),
            ("last", frame.day(&s.last.day())),
        ];
        if let Some(row) = rows.get_mut(&s.desk) {
            row.seen.push(t.fs("holders.seen", &args));
        }
    }
    for r in &received {
        let key = if r.there { "holders.received" } else { "holders.sent_only" };
        let args = [("what", t.code("held_sent", r.kind)), ("day", frame.day(&r.at.day()))];
        if let Some(row) = rows.get_mut(&r.desk) {
            row.received.push(t.fs(key, &args));
        }
    }
    Ok(rows.into_values().collect())
}

/// The further consents of the same person that go on when this one is withdrawn, as far as the viewer may know of them: that there are
/// more is not said to anybody else (disclosure rule 2).
pub(crate) async fn others(
    look: &mut Look,
    frame: &Frame,
    loaded: &mut casefile::Loaded,
    of: &Consent,
) -> Result<Option<Others>, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let known = terms::load_consents(look, loaded).await?;
    let more: Vec<Consent> = consent::remaining(of, &known, today).into_iter().cloned().collect();
    if more.is_empty() {
        return Ok(None);
    }
    let names = terms::names(look, loaded, &more, Vec::new()).await?;
    let title = [("name", names.person(frame, of.person)), ("n", more.len().to_string())];
    Ok(Some(Others {
        title: frame.t.fs("consent_withdraw.others", &title),
        rows: more.iter().map(|c| terms::row(frame, loaded, c, (&names, &[]), &viewer)).collect(),
    }))
}

/// GET /cases/{id}/consents/{consent}/holders: the same on paper, for the person.
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let (case, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let m = viewer.municipality;
    let mut look = ctx.look(Kind::of(&req).channel()).await?;
    // Whose consent it is must be known before the paper is made for them; nothing is disclosed until then.
    let found = consent::by_id(&mut look.conn(), m, wanted).await?.ok_or(Fail::NotVisible)?;
    look.for_member(found.person, None);
    let (mut loaded, found, names) = one::load(&mut look, case, wanted).await?;
    access::may(&viewer, Action::RecordWithdrawal, &terms::relation_of(&loaded.relation, &found))?;
    let frame = req.frame();
    let holders = held(&mut look, &frame, &loaded, &found).await?;
    let meanwhile = consent::meanwhile(&mut look, &frame, &found).await?;
    let others = others(&mut look, &frame, &mut loaded, &found).await?;
    let provided = terms::provided_about(&mut look, &loaded, found.person).await?;
    let desks = provided.iter().map(|p| p.desk).chain([found.desk]);
    let infos = register::desks_by_id(&mut look.conn(), m, desks, ctx.now.day()).await?;
    let mut names = names;
    names.desks.extend(infos.iter().map(|d| (d.id, d.name.clone())));
    let own = infos.iter().find(|d| d.id == found.desk);
    let (name, phone) = own.map(|d| (d.name.as_str(), d.phone.as_str())).unwrap_or_default();
    let holders = Holders {
        whose: names.person(&frame, found.person),
        x: terms::row(&frame, &loaded, &found, (&names, &[]), &viewer),
        provisions: terms::provision_rows(&frame, &provided, &names),
        rows: holders,
        said: Said::of(&frame, &found),
        others,
        meanwhile,
        ask: format!("{name} {phone}").trim().to_owned(),
    };
    let document = holders.document(&frame);
    let around = Around {
        title: document.title.clone(),
        lead: frame.t.s("holders.paper_lead").to_owned(),
        back: (link::case_consent(case, wanted), frame.t.s("agreement.back").to_owned()),
        file: format!("holders-{}", loaded.header.number_text()),
        ..Around::default()
    };
    Answer::paper(&req, frame, document, around, look.close().await?)
}

async fn withdraw_page(req: &Req, form: Form) -> Result<(WithdrawPage, Receipt), Fail> {
    let (case, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let ctx = req.ctx()?;
    let viewer = ctx.viewer.clone();
    let mut look = ctx.look(Channel::Page).await?;
    let (mut loaded, found, mut names) = one::load(&mut look, case, wanted).await?;
    access::may(&viewer, Action::RecordWithdrawal, &terms::relation_of(&loaded.relation, &found))?;
    let frame = req.frame();
    let holders = held(&mut look, &frame, &loaded, &found).await?;
    let provided = terms::provided_about(&mut look, &loaded, found.person).await?;
    let m = viewer.municipality;
    let more =
        register::desk_names(&mut look.conn(), m, provided.iter().map(|p| p.desk), ctx.now.day()).await?;
    names.desks.extend(more);
    let others = others(&mut look, &frame, &mut loaded, &found).await?;
    let page = WithdrawPage {
        x: terms::row(&frame, &loaded, &found, (&names, &[]), &viewer),
        here: format!("{}/withdraw", link::case_consent(case, wanted)),
        paper: format!("{}/holders", link::case_consent(case, wanted)),
        holders,
        provisions: terms::provision_rows(&frame, &provided, &names),
        said: Said::of(&frame, &found),
        others,
        stale: false,
        told: GivenBy::ALL
            .iter()
            .map(|g| (g.to_string(), frame.t.code("given_by", g), form.chose("told_by", g)))
            .collect(),
        ways: ConsentForm::ALL
            .iter()
            .map(|w| (w.to_string(), frame.t.code("consent_form", w), form.chose("way", w)))
            .collect(),
        givers: household::nameable(&frame.t, &loaded.members)
            .into_iter()
            .filter(|(id, _)| *id != found.person)
            .map(|(id, name)| Choice::new(&form, "giver", id, name))
            .collect(),
        relations: coded::<GiverRelation>(&frame.t, &form, "relation", "giver_relation"),
        head: CaseHead::new(&frame, &loaded, &viewer),
        form,
        frame,
    };
    Ok((page, look.close().await?))
}

/// GET /cases/{id}/consents/{consent}/withdraw.
pub(crate) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let today = Form::filled(vec![("said", req.t().short_day(req.now().day()))]);
    let (page, receipt) = withdraw_page(&req, today).await?;
    Answer::page(page.render(), receipt)
}

/// Reads a withdrawal; every problem at once. Who speaks in the person's place is asked as when a consent is given.
fn taken_back(
    form: &mut Form,
    (loaded, names): (&casefile::Loaded, &terms::Names),
    found: &Consent,
    today: Day,
) -> Option<TakenBack> {
    let told_by = form.code::<GivenBy>("told_by", Need::Required);
    let way = form.code::<ConsentForm>("way", Need::Required);
    let said = form.past_day("said", Need::Optional).unwrap_or(today);
    let who = consent::stand_in_from(form, told_by, Some(found.person), &called(&loaded.members));
    let died = names.dead.get(&found.person).copied();
    if let Err(refusal) = consent::said_in_life(consent::Life { birth: None, died }, said) {
        form.problem("said", refusal.key);
    }
    if form.has_problems() {
        return None;
    }
    Some(TakenBack { told_by: told_by?, way: way?, said, who })
}

/// Beside which field a refusal stands.
fn field_of(form: &Form, key: &str) -> &'static str {
    consent::field_in(form, key).unwrap_or("said")
}

/// POST /cases/{id}/consents/{consent}/withdraw.
pub(crate) async fn withdraw(req: Arc<Req>) -> Result<Answer, Fail> {
    let (id, wanted): (CaseId, ConsentId) = (req.id("id")?, req.id("consent")?);
    let mut look = req.ctx()?.look(Channel::Write).await?;
    let (mut loaded, found, names) = one::load(&mut look, id, wanted).await?;
    access::may(look.viewer(), Action::RecordWithdrawal, &terms::relation_of(&loaded.relation, &found))?;
    let further = others(&mut look, &req.frame(), &mut loaded, &found).await?.is_some();
    look.close().await?;
    let today = req.now().day();
    let mut form = req.form();
    let Some(taken) = taken_back(&mut form, (&loaded, &names), &found, today) else {
        let (page, receipt) = withdraw_page(&req, form).await?;
        return Answer::again(page.render(), receipt);
    };
    // Whoever looked in between is to be told, and what goes on is to be known: both stand on the page of the consent.
    let own_page = further || taken.said < today;
    let to = if own_page { link::case_consent(id, wanted) } else { link::case_consents(id) };
    let done = if further { "consent_withdrawn_others" } else { "consent_withdrawn" };
    match acts::withdraw(&req, id, wanted, &taken).await {
        Ok(receipt) => Ok(Answer::to(&to, done, receipt)),
        Err(Fail::Refused(refusal)) => {
            form.problem_with(field_of(&form, refusal.key), refusal.key, refusal.args);
            let (page, receipt) = withdraw_page(&req, form).await?;
            Answer::again(page.render(), receipt)
        }
        // From a second tab, or after somebody else: what is true now, whoever did it.
        Err(Fail::Stale) => {
            let (mut page, receipt) = withdraw_page(&req, Form::default()).await?;
            page.stale = true;
            Answer::conflict(page.render(), receipt)
        }
        Err(other) => Err(other),
    }
}
