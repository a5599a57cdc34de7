//! One referral: the preview before acceptance, all that was shared after it, and the steps that can be taken.

use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Begun, Channel, Conn, Fail, Look, Receipt};
use household::{EntryView, MarksControl, Person, Reasons, entry, marks_from, nameable, person};
use site::flow::{Mark, Taken};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AreaId, DeskId, MunicipalityId, ReferralId, UserId};

use crate::acts::{self, StepBody};
use crate::carried::{self, Carried};
use crate::print;
use crate::rules::{self, Reason, Side, State, Step};
use crate::sql::{self, ReferralHeader};

/// How this viewer stands to a referral.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Receiver,
    Sender,
    Copy,
}

/// A step that can be taken.
struct Offer {
    code: &'static str,
    word: String,
    help: String,
    reasons: Vec<(&'static str, String)>,
    words: bool,
    /// The step most people came for: its button stands out.
    main: bool,
    /// Always open on the page; the others are folded until they are wanted.
    open: bool,
    /// What was just sent and came back with problems: its words and its sentences belong to this form alone.
    chosen: bool,
    /// Keeps the ids of the forms apart; empty for the form that the list of problems points to.
    mark: String,
}

/// A person, as far as disclosed.
pub(crate) struct Member {
    pub name: String,
    pub reading: String,
    pub birth: String,
    pub relation: String,
    pub contact: String,
}

#[derive(Template)]
#[template(path = "referral_page.html")]
struct ReferralPage {
    frame: Frame,
    form: Form,
    id: ReferralId,
    version: i64,
    number: String,
    case_href: Option<String>,
    kind: String,
    state: String,
    from: String,
    to: String,
    copy: String,
    need: String,
    urgency: String,
    urgent: bool,
    area: String,
    age: String,
    due: String,
    late: bool,
    preview_only: bool,
    copy_only: bool,
    flow: Vec<Mark>,
    taken: Vec<Taken>,
    members: Vec<Member>,
    entries: Vec<EntryView>,
    now: String,
    offers: Vec<Offer>,
    more: Vec<Offer>,
    accepted: bool,
    told: bool,
    staff: Vec<(UserId, String)>,
    marks: MarksControl,
    outcomes: Vec<(&'static str, String)>,
    articles: Vec<(String, String)>,
    basis: String,
    hand_back: Option<String>,
    reasons: Vec<String>,
}

/// GET /referrals/{id}
pub async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default(), None, Channel::Page).await
}

/// GET /referrals/{id}/print: the one-page summary. A subset of the page: who informed is never printed.
pub async fn print(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default(), None, site::paper::Kind::of(&req).channel()).await
}

fn part(viewer: &access::Viewer, r: &ReferralHeader) -> Option<Part> {
    let desks = viewer.reading_desks();
    if viewer.excluded_from.contains(&r.case) {
        return None;
    }
    if desks.contains(&r.to) {
        Some(Part::Receiver)
    } else if desks.contains(&r.from) {
        Some(Part::Sender)
    } else if r.copy.is_some_and(|c| desks.contains(&c)) {
        Some(Part::Copy)
    } else {
        None
    }
}

async fn render(req: &Req, form: Form, chosen: Option<Step>, channel: Channel) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let id: ReferralId = req.id("id")?;
    let (m, mut look) = (ctx.viewer.municipality, ctx.look(channel).await?);
    let r = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let part = part(&ctx.viewer, &r).ok_or(Fail::NotVisible)?;
    let on_paper = channel != Channel::Page;
    if part == Part::Copy && on_paper {
        return Err(Fail::NotVisible);
    }
    let Shared { members, entries, reasons } = shared(&mut look, &frame, &r, part).await?;
    let known = nameable(&t, &members);
    let mut conn = look.conn();
    let involved = [Some(r.from), Some(r.to), r.copy].into_iter().flatten();
    let names = register::desk_names(&mut conn, m, involved, ctx.now.day()).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let from = sender(&mut conn, &t, (m, ctx.now.day()), (r.from, name(r.from))).await?;
    let kept = part != Part::Sender && household::where_is_kept(&mut conn, &ctx.viewer, r.household).await?;
    let area = if kept { String::new() } else { area_name(&mut conn, m, r.area).await? };
    let (urgency, need) = (t.code("urgency", &r.urgency), t.code("matter", &r.need));
    let (number, today) = (casefile::number_text(r.case_number.0, r.case_number.1), ctx.now.day());
    let shown: Vec<Member> = members.iter().map(|p| member(&t, p, on_paper)).collect();
    let day = |at: Option<words::Instant>| at.map(|at| t.day(at.day(), today)).unwrap_or_default();
    let bases = register::legal_bases_for(&mut conn, m, today, register::Sharing::Feedback).await?;
    let named = register::ArticleNames::load(&mut conn, m).await?;
    let basis = basis_words(&t, &r, &named, today);
    if on_paper {
        let letter = print::Letter {
            back: link::referral(id),
            number,
            kind: t.code("referral_kind", r.kind.code()),
            from,
            to: name(r.to),
            need,
            urgency,
            sent: day(r.sent_at),
            due: day(r.answer_due_at),
            basis: if over(&r, &shown) { t.s("referral.basis_over").to_owned() } else { basis },
            members: shown,
            entries,
        };
        return letter.answer(req, frame, look.close().await?);
    }
    let no_login = register::desk(&mut conn, m, r.to, today).await?.is_some_and(|d| !d.has_login);
    let on_behalf = part == Part::Sender && no_login;
    let carried = carried::of(&mut look.conn(), &ctx.viewer, &r, today).await?;
    let steps = steps(&r, part, on_behalf, carried);
    let (offers, more): (Vec<_>, Vec<_>) =
        steps.into_iter().map(|s| offer(&t, s, chosen)).partition(|o| o.open);
    let mut conn = look.conn();
    let staff = register::staff_of(&mut conn, m, r.to, today).await?;
    let articles = articles(&mut conn, &r, (m, today), &bases, form.value("article")).await?;
    let taken = taken(&mut look, &frame, id).await?;
    let mut conn = look.conn();
    let in_case = casefile::relation(&mut conn, &ctx.viewer, r.case).await?.is_some();
    let back = part == Part::Receiver && r.kind == rules::Kind::HandOver && r.state.was_accepted();
    let wrong = form.has_problems();
    let page = ReferralPage {
        id,
        version: r.version,
        number,
        case_href: in_case.then(|| link::case(r.case)),
        kind: t.code("referral_kind", r.kind.code()),
        state: t.code("referral_state", r.state.code()),
        from,
        to: name(r.to),
        copy: r.copy.map(name).unwrap_or_default(),
        need,
        urgency,
        urgent: r.urgent() && part != Part::Copy,
        area,
        age: if r.age_band.is_empty() { String::new() } else { t.code("age_band", &r.age_band) },
        due: day(r.answer_due_at),
        late: r.state == State::Sent && r.answer_due_at.is_some_and(|d| d < ctx.now),
        preview_only: part == Part::Receiver && !r.state.was_accepted(),
        copy_only: part == Part::Copy,
        flow: flow(&t, &r, &day),
        taken,
        members: shown,
        entries,
        now: what_now(&t, r.state, part, (no_login, carried), &day(r.answer_due_at)),
        offers,
        more,
        accepted: r.state.was_accepted(),
        told: on_behalf,
        staff,
        marks: MarksControl::new(&t, &form, "words", &known),
        outcomes: OUTCOMES.iter().map(|o| (o.code(), t.code("feedback_outcome", o))).collect(),
        articles,
        basis: if carried.holds() { basis } else { t.s("referral.basis_over").to_owned() },
        hand_back: back.then(|| format!("{}?kind=hand_back&to={}", link::referral_new(r.case), r.from)),
        reasons: reasons.sentences(&t),
        frame,
        form,
    };
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// Who sent it; once that desk has ended, whom to ask now, and who sent it then.
async fn sender(
    conn: &mut Conn<'_>,
    t: &T,
    (m, today): (MunicipalityId, Day),
    (desk, name): (DeskId, String),
) -> Result<String, Fail> {
    let Some(heir) = register::taken_over_by(conn, m, desk, today).await? else { return Ok(name) };
    let phone = if heir.phone.is_empty() { String::new() } else { format!("\u{3000}{}", heir.phone) };
    Ok(t.fs("referral.from_then", &[("heir", format!("{}{phone}", heir.name)), ("desk", name)]))
}

/// What a completion can tell in one line.
const OUTCOMES: [feedback::Outcome; 4] = [
    feedback::Outcome::Supported,
    feedback::Outcome::Connected,
    feedback::Outcome::Settled,
    feedback::Outcome::Watching,
];

/// What of a referral this viewer may see beyond its header.
struct Shared {
    members: Vec<Disclosed<Person>>,
    entries: Vec<EntryView>,
    reasons: Reasons,
}

/// Discloses people and texts; a section in copy gets none, whatever else it may know.
async fn shared(look: &mut Look, frame: &Frame, r: &ReferralHeader, part: Part) -> Result<Shared, Fail> {
    let mut reasons = Reasons::default();
    if part == Part::Copy {
        return Ok(Shared { members: Vec::new(), entries: Vec::new(), reasons });
    }
    let viewer = look.viewer().clone();
    let sealed = person::members(&mut look.conn(), &viewer, r.household).await?;
    let mut members = look.disclose(sealed).await?;
    reasons.of_all(&members);
    let sealed = entry::of_referral(&mut look.conn(), &viewer, r.id).await?;
    let mut texts = look.disclose(sealed).await?;
    let handed = sql::provided_entries(&mut look.conn(), &viewer, r.id).await?;
    let sealed = entry::by_ids(&mut look.conn(), &viewer, handed).await?;
    for text in look.disclose(sealed).await? {
        if !texts.iter().any(|x| x.id == text.id) {
            texts.push(text);
        }
    }
    reasons.of_all(&texts);
    if look.channel() != Channel::Page && part == Part::Sender {
        (members, texts) = consent::as_given(look, (r.id.cast(), r.to), members, texts).await?;
    }
    let entries = EntryView::build(look, frame, texts).await?;
    Ok(Shared { members, entries, reasons })
}

fn member(t: &T, p: &Person, on_paper: bool) -> Member {
    // What is planned stands on no paper: it is other by the time somebody reads it.
    let moves = p.planned.as_ref().filter(|_| !on_paper).map(|what| household::moves(t, what));
    let moves = moves.unwrap_or_default();
    let contact = [p.known.address.as_str(), &moves, p.known.phone.as_str(), p.known.contact_wish.as_str()];
    Member {
        name: p.called().to_owned(),
        reading: p.known.reading.clone(),
        birth: p.known.birth.map(|d| t.partial_date(d)).unwrap_or_default(),
        relation: p.known.relation.clone(),
        contact: contact.into_iter().filter(|x| !x.is_empty()).collect::<Vec<_>>().join("　"),
    }
}

async fn area_name(conn: &mut Conn<'_>, m: MunicipalityId, id: Option<AreaId>) -> Result<String, Fail> {
    let Some(id) = id else { return Ok(String::new()) };
    let areas = register::areas(conn, m, "").await?;
    Ok(areas.into_iter().find(|a| a.id == id).map(|a| a.name).unwrap_or_default())
}

/// The steps taken, with who took them for which desk.
async fn taken(look: &mut Look, frame: &Frame, id: ReferralId) -> Result<Vec<Taken>, Fail> {
    let (viewer, today, t) = (look.viewer().clone(), look.now().day(), &frame.t);
    let mut conn = look.conn();
    let events = sql::events(&mut conn, &viewer, id).await?;
    let people =
        register::user_names(&mut conn, viewer.municipality, events.iter().filter_map(|e| e.user)).await?;
    let desks =
        register::desk_names(&mut conn, viewer.municipality, events.iter().map(|e| e.desk), today).await?;
    let word = |list: &str, code: &str| if code.is_empty() { String::new() } else { t.code(list, code) };
    Ok(events
        .iter()
        .map(|e| Taken {
            word: t.code("referral_state", &e.state),
            when: frame.moment(&e.at),
            by: format!(
                "{} {}",
                desks.get(&e.desk).map_or("", String::as_str),
                e.user.and_then(|u| people.get(&u)).map_or("", String::as_str)
            ),
            reason: word("referral_reason", &e.reason),
            told: word("told_by", &e.told_by),
        })
        .collect())
}

/// The steps this viewer can take; the sender also those of a partner without a login, on their behalf. What nothing carries any more is
/// not taken on.
fn steps(r: &ReferralHeader, part: Part, on_behalf: bool, carried: Carried) -> Vec<Step> {
    let mut steps = match part {
        Part::Receiver => rules::open_steps(r.kind, r.state, Side::Receiver),
        Part::Sender => rules::open_steps(r.kind, r.state, Side::Sender),
        Part::Copy => Vec::new(),
    };
    if on_behalf {
        for step in rules::open_steps(r.kind, r.state, Side::Receiver) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    steps.retain(|s| *s != Step::Receive || r.received_at.is_none());
    steps.retain(|s| *s != Step::Accept || carried.holds());
    steps
}

/// Of what rested on a consent, nothing is left where nobody is named any more.
fn over(r: &ReferralHeader, shown: &[Member]) -> bool {
    r.basis == "consent" && shown.is_empty()
}

fn basis_words(t: &site::T, r: &ReferralHeader, named: &register::ArticleNames, today: Day) -> String {
    // Under the name it had when it was sent.
    let article = named.at(&r.article, r.sent_at.map_or(today, words::Instant::day));
    match r.basis.as_str() {
        "consent" => t.s("referral.basis_consent").to_owned(),
        "lawful_provision" => t.f("referral.basis_law_with", "article", article),
        _ => t.s("referral.basis_preview").to_owned(),
    }
}

fn flow(t: &site::T, r: &ReferralHeader, day: &dyn Fn(Option<words::Instant>) -> String) -> Vec<Mark> {
    let word = |key: &str| t.s(&format!("referral_flow.{key}")).to_owned();
    let mark = |class, key: &str, day: String| Mark { class, word: word(key), day };
    let mut marks = vec![
        mark("done", "sent", day(r.sent_at)),
        mark(if r.received_at.is_some() { "done" } else { "" }, "received", day(r.received_at)),
    ];
    match r.state {
        State::Sent => marks.extend([mark("now", "answer", String::new()), mark("", "end", String::new())]),
        State::Accepted | State::InProgress | State::OnHold => {
            let (accepted, working) = if r.state == State::Accepted { ("now", "") } else { ("done", "now") };
            marks
                .extend([mark(accepted, "accepted", String::new()), mark(working, "working", String::new())]);
            marks.push(mark("", "end", String::new()));
        }
        State::Completed => {
            marks.extend([mark("done", "accepted", String::new()), mark("done", "end", day(r.ended_at))]);
        }
        _ => marks.push(Mark {
            class: "stopped",
            word: t.code("referral_state", r.state.code()),
            day: day(r.ended_at),
        }),
    }
    marks
}

/// The first line of the page: what the reader's desk does now.
fn what_now(
    t: &site::T,
    state: State,
    part: Part,
    (no_login, carried): (bool, Carried),
    due: &str,
) -> String {
    let works = matches!(state, State::Accepted | State::InProgress | State::OnHold);
    let key = match (part, state) {
        (Part::Copy, _) => return String::new(),
        (Part::Receiver, State::Sent) if carried == Carried::NotTheHeirs => "heir",
        (Part::Sender, State::Sent) if carried == Carried::NotTheHeirs => "heir_sent",
        (Part::Receiver, State::Sent) if !carried.holds() => "ask_sender",
        (Part::Sender, State::Sent) if !carried.holds() => "ask_again",
        (Part::Receiver, State::Sent) => return t.f("referral_now.answer", "day", due),
        (Part::Sender, State::Sent) if no_login => "ask",
        (Part::Sender, State::Sent) => return t.f("referral_now.wait", "day", due),
        (Part::Receiver, _) if works && carried == Carried::NotTheHeirs => "heir_gone",
        (Part::Sender, _) if works && carried == Carried::NotTheHeirs => "heir_gone_sent",
        (Part::Receiver, _) if works && !carried.holds() => "gone",
        (Part::Sender, _) if works && !carried.holds() => "gone_sent",
        (Part::Receiver, State::OnHold) => "held",
        (Part::Receiver, State::Accepted | State::InProgress) => "work",
        (Part::Sender, _) if works => "moving",
        (_, State::Completed) => "completed",
        (Part::Sender, State::Refused | State::Failed) => "next",
        _ => "over",
    };
    t.s(&format!("referral_now.{key}")).to_owned()
}

fn offer(t: &site::T, step: Step, chosen: Option<Step>) -> Offer {
    let reasons =
        step.reasons().iter().map(|r: &Reason| (r.code(), t.code("referral_reason", r.code()))).collect();
    Offer {
        code: step.code(),
        word: t.code("referral_step", step.code()),
        help: t.code("referral_step_help", step.code()),
        reasons,
        words: matches!(step, Step::Accept | Step::Refuse | Step::Fail | Step::Decline | Step::Complete),
        main: matches!(step, Step::Accept | Step::Complete),
        open: matches!(
            step,
            Step::Receive | Step::Accept | Step::Refuse | Step::Start | Step::Resume | Step::Complete
        ),
        chosen: chosen == Some(step),
        mark: if chosen == Some(step) { String::new() } else { format!("-{}", step.code()) },
    }
}

/// POST /referrals/{id}/{step}
pub async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: ReferralId = req.id("id")?;
    let step = Step::parse(req.param("step")).ok_or(Fail::NotVisible)?;
    let mut form = req.form();
    let reason =
        form.line("reason", if step.reasons().is_empty() { Need::Optional } else { Need::Required }, 40);
    if !reason.is_empty() && !step.reasons().iter().any(|r| r.code() == reason) {
        form.problem("reason", "text.choose");
    }
    let words = form.paragraph("words", Need::Optional, entry::MOST_CHARACTERS);
    let outcome = form.line("outcome", Need::Optional, 40);
    if step == Step::Complete && feedback::Outcome::parse(&outcome).is_none() {
        form.problem("outcome", "text.choose");
    }
    let basis = form
        .code::<feedback::GivenBasis>("basis", Need::Optional)
        .unwrap_or(feedback::GivenBasis::StatusOnly);
    let article = form.line("article", Need::Optional, 100);
    if step == Step::Complete && !words.is_empty() && basis == feedback::GivenBasis::StatusOnly {
        form.problem("basis", "feedback.words_need_basis");
    }
    if basis == feedback::GivenBasis::Article && article.is_empty() && !words.is_empty() {
        form.problem("article", "feedback.choose_article");
    }
    let told_by = form.code::<household::ToldBy>("told_by", Need::Optional).map(|b| b.code().to_owned());
    let assignee = form.id("assignee", Need::Optional);
    let promise = form.promised_day("promise", Need::Optional);
    if promise.is_some_and(|d| d < ctx.now.day()) {
        form.problem("promise", "task_page.due_past");
    }
    let known = known_persons(&req, id).await?;
    let marks = marks_from(&mut form, "words", &known);
    if form.has_problems() {
        return render(&req, form, Some(step), Channel::Page).await;
    }
    let body = StepBody {
        id,
        step,
        reason,
        outcome,
        words,
        marks,
        basis: basis.code().to_owned(),
        article,
        told_by: told_by.unwrap_or_default(),
        assignee,
        promise,
    };
    let here = link::referral(id);
    match ctx.act(&req.envelope(), "referral.step", &body).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&here, "referral_moved", receipt))
        }
        Begun::New(mut act) => match acts::step(&mut act, &body).await {
            Ok(_) => Ok(Answer::to(&here, "referral_moved", act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) if beside(refusal.key).is_some() => {
                drop(act);
                form.problem_with(beside(refusal.key).unwrap_or("basis"), refusal.key, refusal.args);
                render(&req, form, Some(step), Channel::Page).await
            }
            Err(Fail::Stale) => {
                // What was typed stays on the page beside what is true now.
                drop(act);
                form.problem("words", "referral.moved_meanwhile");
                render(&req, form, Some(step), Channel::Page).await
            }
            Err(other) => Err(other),
        },
    }
}

/// The articles under which what became of it goes back from the receiver: those that fit that way, and what was chosen.
async fn articles(
    conn: &mut Conn<'_>,
    r: &ReferralHeader,
    (m, today): (MunicipalityId, Day),
    bases: &[register::LegalBasis],
    chosen: &str,
) -> Result<Vec<(String, String)>, Fail> {
    let between = register::between(conn, m, (r.to, r.from), today).await?;
    let fits = |scope| register::ground(scope, register::Way::Tell, between).is_none();
    let sorted = register::sorted_articles(bases, chosen, fits, |_| false);
    Ok(sorted.fit.into_iter().chain(sorted.other).collect())
}

/// Beside which field of a step a refusal stands; `None` for one that is about none of them.
fn beside(key: &str) -> Option<&'static str> {
    match key {
        "referral.told_by" => Some("told_by"),
        // It is about the whole, and its form is gone with what carried it: the words that were typed stay.
        "referral.basis_gone" => Some("words"),
        key => feedback::field_of(key),
    }
}

async fn known_persons(req: &Req, id: ReferralId) -> Result<Vec<(words::id::PersonId, String)>, Fail> {
    let ctx = req.ctx()?;
    let mut look = ctx.look(Channel::Write).await?;
    let r = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    part(&ctx.viewer, &r).ok_or(Fail::NotVisible)?;
    let sealed = person::members(&mut look.conn(), &ctx.viewer, r.household).await?;
    let members = look.disclose(sealed).await?;
    look.close().await?;
    Ok(nameable(&req.t(), &members))
}
