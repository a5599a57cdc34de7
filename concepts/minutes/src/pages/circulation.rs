//! 回覧: what goes round after a session. Whoever it goes to reads what they may know of it; the secretariat sees who has read it.

use std::collections::HashMap;
use std::sync::Arc;

use access::Viewer;
use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::ToldBy;
use site::paper::{Around, Kind};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CirculationId, CommandId, DeskId, MeetingId, UserId};

use super::before;
use super::show::{self, SectionView};
use crate::acts::circulation::{self as acts, Send, Step};
use crate::records;
use crate::rules::{Brought, What};
use crate::section::{self, Which};
use crate::sql::circulation::{self as sql, Reader, Round, Section};
use crate::sql::{self as all, settings};

/// A section in a round.
struct SectionLine {
    desk: DeskId,
    name: String,
    read: usize,
    all: usize,
    missing: Vec<String>,
    reported: String,
    brought: String,
    /// Nobody there can sign in.
    silent: bool,
    own: bool,
    /// Its fields.
    told_field: String,
    how_field: String,
    report: CommandId,
    bring: CommandId,
}

struct RoundView {
    id: CirculationId,
    href: String,
    what: String,
    words: String,
    due: String,
    sent: String,
    over: bool,
    version: i64,
    read: usize,
    all: usize,
    sections: Vec<SectionLine>,
    end: CommandId,
}

#[derive(Template)]
#[template(path = "minutes_circulation.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    title: String,
    runs: bool,
    held: bool,
    rounds: Vec<RoundView>,
    whats: Vec<Choice>,
    desks: Vec<Choice>,
    told: Vec<Choice>,
    hows: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "minutes_round.html")]
struct RoundPage {
    frame: Frame,
    id: CirculationId,
    title: String,
    when: String,
    what: String,
    words: String,
    from: String,
    due: String,
    sections: Vec<SectionView>,
    /// They are to read it and have not.
    unread: bool,
    read_at: String,
    /// Their own sections at which it was not told yet.
    report: Vec<(DeskId, String, CommandId)>,
    office: Option<String>,
    reasons: Vec<String>,
}

struct Names {
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
}

impl Names {
    async fn load(
        look: &mut Look,
        sections: &[Section],
        readers: &[Reader],
        more: &[DeskId],
    ) -> Result<Self, Fail> {
        let (m, today) = (look.viewer().municipality, look.now().day());
        let desks = sections.iter().map(|s| s.desk).chain(more.iter().copied());
        Ok(Self {
            desks: register::desk_names(&mut look.conn(), m, desks, today).await?,
            users: register::user_names(&mut look.conn(), m, readers.iter().map(|r| r.user)).await?,
        })
    }

    fn desk(&self, id: DeskId) -> String {
        self.desks.get(&id).cloned().unwrap_or_default()
    }
}

/// The field of a section: of several rounds and sections on one page each has its own.
fn field(what: &str, round: CirculationId, desk: DeskId) -> String {
    format!("{what}-{round}-{desk}")
}

/// What the form to send something round begins with.
fn fresh(req: &Req) -> Form {
    let due = req.t().short_day(req.now().day().plus_days(14));
    Form::filled(vec![("what", What::Minutes.code().to_owned()), ("due", due)])
}

fn round_view(
    req: &Req,
    (frame, viewer): (&Frame, &Viewer),
    (names, runs): (&Names, bool),
    round: &Round,
    (sections, readers): (&[Section], &[Reader]),
) -> RoundView {
    let t = &frame.t;
    let desks = viewer.desks();
    let lines: Vec<SectionLine> = sections
        .iter()
        .filter(|s| s.round == round.id && (runs || desks.contains(&s.desk)))
        .map(|s| {
            let of: Vec<&Reader> =
                readers.iter().filter(|r| r.round == round.id && r.desk == s.desk).collect();
            let told = if s.told_by.is_empty() { String::new() } else { t.code("told_by", &s.told_by) };
            let how = match s.brought_how.as_str() {
                "" => String::new(),
                how => t.code("circulation_how", how),
            };
            SectionLine {
                desk: s.desk,
                name: names.desk(s.desk),
                read: of.iter().filter(|r| r.read_at.is_some()).count(),
                all: of.len(),
                missing: of
                    .iter()
                    .filter(|r| r.read_at.is_none())
                    .filter_map(|r| names.users.get(&r.user).cloned())
                    .collect(),
                reported: s
                    .reported_at
                    .map(|at| format!("{} {told}", frame.day(&at.day())))
                    .unwrap_or_default(),
                brought: s
                    .brought_at
                    .map(|at| format!("{} {how}", frame.day(&at.day())).trim().to_owned())
                    .unwrap_or_default(),
                silent: s.task.is_some(),
                own: desks.contains(&s.desk),
                told_field: field("told", round.id, s.desk),
                how_field: field("how", round.id, s.desk),
                report: req.engine().new_id(),
                bring: req.engine().new_id(),
            }
        })
        .collect();
    RoundView {
        id: round.id,
        href: link::circulation(round.id),
        what: t.code("circulation_what", round.what),
        words: round.words.clone(),
        due: frame.day(&round.due),
        sent: frame.moment(&round.sent_at),
        over: round.ended_at.is_some(),
        version: round.version,
        read: lines.iter().map(|l| l.read).sum(),
        all: lines.iter().map(|l| l.all).sum(),
        sections: lines,
        end: req.engine().new_id(),
    }
}

/// GET /sessions/{id}/circulation
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render_list(&req, look, req.id("id")?, fresh(&req)).await
}

async fn render_list(req: &Req, mut look: Look, id: MeetingId, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let o = session::open(&mut look.conn(), &viewer, id, today).await?;
    let rounds = sql::of_meeting(&mut look.conn(), m, id).await?;
    let sections = sql::sections(&mut look.conn(), m, rounds.iter().map(|r| r.id)).await?;
    let readers = sql::readers(&mut look.conn(), m, rounds.iter().map(|r| r.id)).await?;
    let whole = |d: &DeskId| o.invitees.iter().any(|i| i.item.is_none() && i.desk == *d);
    // Who came to one item says something about it: only whoever runs the session sees these.
    let mut invited: Vec<DeskId> =
        o.invitees.iter().filter(|i| i.item.is_none() || o.runs).map(|i| i.desk).collect();
    invited.sort_unstable();
    invited.dedup();
    let names = Names::load(&mut look, &sections, &readers, &invited).await?;
    let fresh = form.fields().get("desks").is_none() && form.error(&t, "desks").is_none();
    let page = ListPage {
        id,
        title: o.meeting.title.clone(),
        runs: o.runs,
        held: o.meeting.state == session::MeetingState::Held,
        rounds: rounds
            .iter()
            .map(|r| round_view(req, (&frame, &viewer), (&names, o.runs), r, (&sections, &readers)))
            .filter(|r| o.runs || !r.sections.is_empty())
            .collect(),
        whats: What::ALL
            .iter()
            .map(|w| Choice::new(&form, "what", w, t.code("circulation_what", w)))
            .collect(),
        desks: invited
            .iter()
            .map(|d| {
                let name = names.desk(*d);
                let word = if whole(d) { name } else { t.f("circulation.one_item", "desk", name) };
                let mut choice = Choice::new(&form, "desks", d, word);
                choice.on |= fresh && whole(d);
                choice
            })
            .collect(),
        told: ToldBy::ALL.iter().map(|w| Choice::new(&form, "told_by", w, t.code("told_by", w))).collect(),
        hows: Brought::ALL
            .iter()
            .map(|w| Choice::new(&form, "how", w, t.code("circulation_how", w)))
            .collect(),
        frame,
        form,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /sessions/{id}/circulation
pub(crate) async fn send(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let what = form.code::<What>("what", Need::Required);
    let words = form.paragraph("words", Need::Optional, 2_000);
    let due = form.promised_day("due", Need::Required);
    let desks: Vec<DeskId> = form.ids("desks");
    if desks.is_empty() {
        form.problem("desks", "circulation.which_desks");
    }
    let again = |form: Form| async { render_list(&req, ctx.look(Channel::Page).await?, id, form).await };
    let Some((what, due)) = what.zip(due).filter(|_| !form.has_problems()) else { return again(form).await };
    let new = Send { what, words, due, desks };
    let to = link::meeting_circulation(id);
    match ctx.act(&req.envelope(), "circulation.send", &(id, &new)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "circulation_sent", before())),
        Begun::New(mut act) => {
            let round: CirculationId = act.new_id();
            match acts::send(&mut act, round, id, &new).await {
                Ok(()) => Ok(Answer::to(&to, "circulation_sent", act.commit(&round.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    let field = if refusal.key.ends_with("words") { "words" } else { "what" };
                    form.problem(field, refusal.key);
                    again(form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// GET /circulation/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, false).await
}

/// GET /circulation/{id}/print: for partners without a login, with a line to sign. It holds what is about nobody, whoever prints it; an
/// item about a case is its number.
pub(crate) async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Kind::of(&req).channel()).await?;
    render(&req, look, true).await
}

async fn render(req: &Req, mut look: Look, paper: bool) -> Result<Answer, Fail> {
    let id: CirculationId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let round = sql::by_id(&mut look.conn(), m, id).await?.ok_or(Fail::NotVisible)?;
    let o = session::open_unasked(&mut look.conn(), &viewer, round.meeting, today).await?;
    let sections = sql::sections(&mut look.conn(), m, [id]).await?;
    let readers = sql::readers(&mut look.conn(), m, [id]).await?;
    let desks = viewer.desks();
    let mine: Vec<&Reader> =
        readers.iter().filter(|r| r.user == viewer.user && desks.contains(&r.desk)).collect();
    // What went round once is not there to be looked up afterwards by those it went to and who never read it.
    let reads = mine.iter().any(|r| round.ended_at.is_none() || r.read_at.is_some());
    if !(o.runs || reads) {
        return Err(Fail::NotVisible);
    }
    let names = Names::load(&mut look, &sections, &readers, &[round.desk]).await?;
    let style = settings::style(&mut look.conn(), m, o.meeting.body).await?;
    let minutes = all::of_meeting(&mut look.conn(), m, round.meeting).await?;
    let (mut views, mut reasons) = (Vec::new(), Vec::new());
    if round.what == What::Minutes {
        // What is printed goes to partners nobody consented to: what is about a case is not even asked for.
        let which = if paper { Which::Public(minutes.edition) } else { Which::Edition(minutes.edition) };
        let (read, mut why) = section::read(&mut look, &o, which).await?;
        views = show::sections(&frame, &viewer, &o, &read, style);
        let (recorded, more) = records::read(&mut look, &frame, &o, Some(which)).await?;
        show::add_records(&mut views, recorded, style);
        why.also(more);
        reasons = why.sentences(&t);
        for v in views.iter_mut().filter(|v| paper && !v.general) {
            v.title = t.f("session.item_n", "n", v.n);
            v.readable = false;
        }
    }
    if paper {
        return on_paper(req, frame, look, (&round, &o, &names), &views).await;
    }
    let page = RoundPage {
        id,
        title: o.meeting.title.clone(),
        when: session::span(&frame, &o.meeting),
        what: t.code("circulation_what", round.what),
        words: round.words.clone(),
        from: names.desk(round.desk),
        due: frame.day(&round.due),
        sections: views,
        unread: mine.iter().any(|r| r.read_at.is_none()) && round.ended_at.is_none(),
        read_at: mine.iter().find_map(|r| r.read_at).map(|at| frame.moment(&at)).unwrap_or_default(),
        report: sections
            .iter()
            .filter(|s| s.reported_at.is_none() && desks.contains(&s.desk) && round.ended_at.is_none())
            .map(|s| (s.desk, names.desk(s.desk), req.engine().new_id()))
            .collect(),
        office: o.runs.then(|| link::meeting_circulation(round.meeting)),
        reasons,
        frame,
    };
    let receipt = look.close().await?;
    Answer::page(page.render(), receipt)
}

/// The same with lines to sign.
async fn on_paper(
    req: &Req,
    frame: Frame,
    look: Look,
    (round, o, names): (&Round, &session::Opened, &Names),
    sections: &[SectionView],
) -> Result<Answer, Fail> {
    let t = &frame.t;
    let sheet = super::paper::Round {
        frame: &frame,
        title: &o.meeting.title,
        what: &t.code("circulation_what", round.what),
        when: &session::span(&frame, &o.meeting),
        from: &names.desk(round.desk),
        due: &frame.day(&round.due),
        words: &round.words,
        sections,
    };
    let document = sheet.document();
    let around = Around {
        title: t.s("circulation.paper").to_owned(),
        lead: o.meeting.title.clone(),
        back: (link::circulation(round.id), t.s("session.back").to_owned()),
        file: format!("circulation-{}", round.sent_at.day()),
        ..Around::default()
    };
    Answer::paper(req, frame, document, around, look.close().await?)
}

/// POST /circulation/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CirculationId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let desk: Option<DeskId> = form.id("desk", Need::Optional);
    let told =
        form.code::<ToldBy>("told_by", Need::Optional).map(|w| w.code().to_owned()).unwrap_or_default();
    let how = form.code::<Brought>("how", Need::Optional);
    let (step, done) = match (req.param("step"), desk) {
        ("read", _) => (Step::Read, "circulation_read"),
        ("report", Some(desk)) => (Step::Report { desk, told_by: told }, "circulation_reported"),
        ("brought", Some(desk)) => (Step::Brought { desk, how }, "circulation_brought"),
        ("end", _) => (Step::End, "circulation_ended"),
        _ => return Err(Fail::NotVisible),
    };
    let back: Option<MeetingId> = form.id("back", Need::Optional);
    let to = back.map_or_else(|| link::circulation(id), link::meeting_circulation);
    match ctx.act(&req.envelope(), "circulation.step", &(id, &step)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, done, before())),
        Begun::New(mut act) => match acts::step(&mut act, id, &step).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit("").await?)),
            Err(Fail::Refused(refusal)) if back.is_some() && desk.is_some() => {
                drop(act);
                let (meeting, desk) = back.zip(desk).ok_or(Fail::NotVisible)?;
                let what = if matches!(step, Step::Brought { .. }) { "how" } else { "told" };
                let mut form = fresh(&req);
                form.problem(&field(what, id, desk), refusal.key);
                render_list(&req, ctx.look(Channel::Page).await?, meeting, form).await
            }
            Err(other) => Err(other),
        },
    }
}
