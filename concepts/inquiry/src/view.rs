//! One inquiry: what is asked, what was answered, and the steps that can be taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Categories, Category, Disclosed};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt};
use household::{Entry, EntryView, Person, Reasons, entry, person};
use register::{Articles, Way};
use site::flow::{Mark, Taken};
use site::{Answer, Choice, Form, Frame, Need, Req, T, link};
use words::calendar::OpeningDays;
use words::code::Code;
use words::id::{EntryId, InquiryId, PersonId};

use crate::acts::{self, StepBody};
use crate::law::Law;
pub(crate) use crate::part::{Part, part};
use crate::part::{asks, front, hides, sides};
use crate::print::{self, Refused, refused};
use crate::rules::{self, Reply, Side, State, Step};
use crate::send::{field_of, of_article};
use crate::sql::{self, Header};

/// What of an inquiry this viewer may see beyond its header.
pub(crate) struct Shared {
    pub members: Vec<Disclosed<Person>>,
    pub texts: Vec<(String, Disclosed<Entry>)>,
    pub reasons: Reasons,
    pub holds: bool,
}

impl Shared {
    /// The words of one of its texts; empty when they may not be seen.
    pub fn words(&self, role: &str) -> &str {
        self.texts.iter().find(|(r, _)| r == role).map_or("", |(_, e)| e.body.as_str())
    }
}

/// Discloses people and texts; a coordinator gets none, whatever else they may know.
pub(crate) async fn shared(look: &mut Look, r: &Header, part: Part) -> Result<Shared, Fail> {
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let mut reasons = Reasons::default();
    let about = sql::subjects(&mut look.conn(), m, [r.id]).await?.remove(&r.id).unwrap_or_default();
    let holds = acts::basis_holds(&mut look.conn(), m, r, &about, today).await?;
    if part == Part::Coordinator {
        return Ok(Shared { members: Vec::new(), texts: Vec::new(), reasons, holds });
    }
    // What it rested on is gone: the desk asked is told neither whom nor what it was about, whatever else it may know of them.
    let hidden = part == Part::Asked && !asks(&viewer, r) && hides(r.state, holds);
    let about = if hidden { Vec::new() } else { about };
    let sealed = person::by_ids(&mut look.conn(), &viewer, about).await?;
    let mut members = look.disclose(sealed).await?;
    reasons.of_all(&members);
    let mut roles: BTreeMap<EntryId, String> = sql::entries(&mut look.conn(), m, r.id).await?;
    roles.retain(|_, role| !hidden || !matches!(role.as_str(), "lead" | "questions"));
    let sealed = entry::by_ids(&mut look.conn(), &viewer, roles.keys().copied()).await?;
    let mut texts = look.disclose(sealed).await?;
    if look.channel() != Channel::Page && part == Part::Asker {
        (members, texts) = consent::as_given(look, (r.id.cast(), r.to), members, texts).await?;
    }
    if look.channel() == Channel::Print {
        // Untagged text counts as every category, who informed among them: it stays off paper too.
        texts.retain(|e| !e.categories.has(Category::Informant));
    }
    reasons.of_all(&texts);
    texts.sort_by_key(|e| (e.recorded_at, e.id));
    let texts = texts.into_iter().map(|e| (roles.get(&e.id).cloned().unwrap_or_default(), e)).collect();
    Ok(Shared { members, texts, reasons, holds })
}

/// A question, with its number and whether it is still open.
pub(crate) struct Question {
    pub number: i64,
    pub words: String,
    pub open: bool,
}

/// The questions as far as they may be read; otherwise their numbers.
pub(crate) fn questions(t: &T, r: &Header, text: &str) -> Vec<Question> {
    let lines: Vec<&str> = text.lines().collect();
    let open = r.open_numbers();
    (1..=r.questions)
        .map(|number| {
            let line = usize::try_from(number - 1).ok().and_then(|at| lines.get(at)).copied();
            Question {
                number,
                words: line.map_or_else(|| t.f("inquiry.question_n", "n", number), str::to_owned),
                open: open.contains(&number) && r.state != State::Answered,
            }
        })
        .collect()
}

/// A person, as far as disclosed.
pub(crate) struct Member {
    pub name: String,
    pub reading: String,
    pub birth: String,
    pub contact: String,
}

pub(crate) fn member(t: &T, p: &Person) -> Member {
    let contact = [p.known.address.as_str(), p.known.phone.as_str()];
    Member {
        name: p.called().to_owned(),
        reading: p.known.reading.clone(),
        birth: p.known.birth.map(|d| t.partial_date(d)).unwrap_or_default(),
        contact: contact.into_iter().filter(|x| !x.is_empty()).collect::<Vec<_>>().join("　"),
    }
}

/// A step that can be taken.
struct Offer {
    code: &'static str,
    word: String,
    help: String,
    reasons: Vec<Choice>,
    replies: bool,
    main: bool,
    /// Always open on the page; the others are folded until they are wanted.
    open: bool,
    /// What was just sent and came back with problems.
    chosen: bool,
    /// Keeps the ids of the forms apart; empty for the form that the list of problems points to.
    mark: String,
    /// A command of its own.
    command: words::id::CommandId,
}

#[derive(Template)]
#[template(path = "inquiry_page.html")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks, each on its own")]
struct InquiryPage {
    frame: Frame,
    form: Form,
    id: InquiryId,
    version: i64,
    stale: bool,
    /// What was typed for a step that can no longer be taken stays on the page.
    kept: String,
    number: String,
    origin: Option<(String, String)>,
    state: String,
    from: String,
    to: String,
    purpose: String,
    urgent: bool,
    sent: String,
    due: String,
    late: bool,
    days: i64,
    basis: String,
    /// What it rested on is gone.
    gone: bool,
    asker: bool,
    watch: bool,
    /// Whether it was a mistake: then there is no paper of it.
    void: bool,
    told: bool,
    flow: Vec<Mark>,
    taken: Vec<Taken>,
    members: Vec<Member>,
    lead: String,
    questions: Vec<Question>,
    answers: Vec<EntryView>,
    refused: Option<Refused>,
    part_reason: String,
    has_result: bool,
    raised: Option<String>,
    now: String,
    offers: Vec<Offer>,
    more: Vec<Offer>,
    categories: Vec<Choice>,
    /// Articles to ask under, when the ground is picked anew; and to answer under.
    articles: Articles,
    answers_under: Articles,
    /// The article it was asked under, where the answer can be handed over under it too; unless another is chosen.
    answer_article: String,
    /// Why the article it was asked under is not among them: the conference is closed. As the key of its sentence.
    answer_help: &'static str,
    laws: Vec<String>,
    /// Who of the household may have spoken in the person's place, and how they stand to them.
    givers: Vec<Choice>,
    relations: Vec<Choice>,
    reasons: Vec<String>,
}

/// GET /inquiries/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, Form::default(), None, false).await
}

/// The categories of an answer, those of the question chosen at first: a text without any counts as all of them, and the paper that goes
/// back would be empty. Words that tell who informed are marked so, and stay off the paper.
fn answer_categories(t: &T, form: &Form, asked: Categories) -> Vec<Choice> {
    let typed = form.fields().get("base_version").is_some();
    let choice = |c: &Category| {
        let mut choice = Choice::new(form, "words_cat", c.code(), t.code("category", c));
        choice.on |= !typed && asked.has(*c);
        choice
    };
    Category::ALL.iter().map(choice).collect()
}

async fn render(req: &Req, form: Form, chosen: Option<Step>, stale: bool) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (id, m, today): (InquiryId, _, _) = (req.id("id")?, ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let (r, relation) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let part = part(&ctx.viewer, &r, &relation).ok_or(Fail::NotVisible)?;
    let asks = asks(&ctx.viewer, &r);
    let shared = shared(&mut look, &r, part).await?;
    let sides = sides(part, asks);
    let part = front(part, asks, r.state, shared.holds);
    let (lead, asked_words) = (shared.words("lead").to_owned(), shared.words("questions").to_owned());
    let members = shared.members.iter().map(|p| member(&t, p)).collect();
    let (mut reasons, holds) = (shared.reasons, shared.holds);
    let answers: Vec<Disclosed<Entry>> = shared
        .texts
        .into_iter()
        .filter(|(role, _)| role != "lead" && role != "questions")
        .map(|(_, e)| e)
        .collect();
    let answers = EntryView::build(&mut look, &frame, answers).await?;
    let involved = [Some(r.from), Some(r.to), r.raised_desk].into_iter().flatten();
    let names = register::desk_names(&mut look.conn(), m, involved, today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let law = Law::load(&mut look.conn(), &ctx.viewer, &r, today).await?;
    let named = register::ArticleNames::load(&mut look.conn(), m).await?;
    let receiver = register::desk(&mut look.conn(), m, r.to, today).await?;
    let no_login = receiver.as_ref().is_some_and(|d| !d.has_login);
    let opening = receiver.map_or_else(OpeningDays::default, |d| d.opening);
    let told = part == Part::Asker && no_login;
    let origin = origin(&mut look, &r, part).await?;
    let asks_anew = part == Part::Asker && r.state.is_waiting() && !holds;
    let givers = stand_ins(&mut look, &t, &r, asks_anew, &mut reasons).await?;
    let (mut offers, mut more) = offers(&t, req, &r, (sides, told, holds), (&form, chosen));
    who_reads(&mut look, &t, &r, offers.iter_mut().chain(&mut more)).await?;
    let taken = taken(&mut look, &frame, &r).await?;
    let cats = answer_categories(&t, &form, r.categories);
    let wrong = form.has_problems() && !stale;
    let page = InquiryPage {
        id,
        version: r.version,
        stale,
        kept: kept(&form, stale || offers.iter().any(|o| o.chosen)),
        number: number(&t, &r),
        origin,
        state: t.code("inquiry_state", r.state),
        from: print::asked_by(&mut look, &t, r.from, name(r.from)).await?,
        to: name(r.to),
        purpose: t.code("inquiry_purpose", r.purpose),
        urgent: r.urgent,
        sent: frame.day(&r.sent_at.day()),
        due: due_words(&frame, &r),
        late: r.state.is_waiting() && r.due_at < ctx.now,
        days: rules::days_open(r.sent_at, r.ended_at.unwrap_or(ctx.now), &opening),
        basis: basis_words(&t, &r, &named),
        gone: !holds && r.state.is_waiting() && part != Part::Coordinator,
        asker: part == Part::Asker,
        watch: part == Part::Coordinator,
        void: r.state == State::EnteredInError,
        told,
        flow: flow(&t, &frame, &r),
        taken,
        members,
        questions: if part == Part::Coordinator { Vec::new() } else { questions(&t, &r, &asked_words) },
        lead,
        answers,
        refused: refused(&t, &r).filter(|_| part != Part::Coordinator),
        part_reason: if r.open.is_empty() { String::new() } else { t.code("inquiry_reason", &r.reason) },
        has_result: r.answered_at.is_some() && part != Part::Coordinator,
        raised: r.raised_at.map(|at| {
            let desk = r.raised_desk.map(name).unwrap_or_default();
            t.fs("inquiry.raised_to", &[("day", frame.day(&at.day())), ("desk", desk)])
        }),
        now: what_now(&t, &r, (part, told, holds), &due_words(&frame, &r)),
        offers,
        more,
        categories: cats,
        answer_article: law.to_answer_under(),
        answer_help: if law.is_over() { "inquiry.conference_over" } else { "" },
        laws: law.allowed(&t),
        givers: givers.into_iter().map(|(p, name)| Choice::new(&form, "giver", p, name)).collect(),
        relations: relations(&t, &form),
        articles: law.offered(&form, "article", Way::Ask),
        answers_under: law.offered(&form, "answer_article", Way::Answer),
        reasons: reasons.sentences(&t),
        frame,
        form,
    };
    let html = page.render();
    let receipt = look.close().await?;
    if stale {
        Answer::conflict(html, receipt)
    } else if wrong {
        Answer::again(html, receipt)
    } else {
        Answer::page(html, receipt)
    }
}

/// What was typed, where no form of the page shows it again.
fn kept(form: &Form, shown: bool) -> String {
    if shown { String::new() } else { form.value("words").to_owned() }
}

/// The number of its case; a word for a consultation that has none yet.
pub(crate) fn number(t: &T, r: &Header) -> String {
    match r.case_number {
        Some((year, number)) => casefile::number_text(year, number),
        None => t.s("inquiry.of_consultation").to_owned(),
    }
}

/// When the answer is due: with the time of day when it is urgent.
pub(crate) fn due_words(frame: &Frame, r: &Header) -> String {
    if r.urgent { frame.moment(&r.due_at) } else { frame.day(&r.due_at.day()) }
}

/// The page it was asked from, for whoever may open it.
async fn origin(look: &mut Look, r: &Header, part: Part) -> Result<Option<(String, String)>, Fail> {
    let viewer = look.viewer().clone();
    if let Some(case) = r.case {
        let open = casefile::relation(&mut look.conn(), &viewer, case).await?;
        return Ok(open.map(|(c, _)| (link::case(case), c.number_text())));
    }
    Ok(r.consultation.filter(|_| part == Part::Asker).map(|id| (link::consultation(id), String::new())))
}

/// What it rests on; an article under the name it had when it was sent.
pub(crate) fn basis_words(t: &T, r: &Header, named: &register::ArticleNames) -> String {
    if r.by_consent {
        return t.s("inquiry.by_consent").to_owned();
    }
    t.f("inquiry.by_law", "article", named.at(&r.article, r.sent_at.day()))
}

/// Who of the household may have spoken in the person's place, as far as disclosed to whoever asks; nobody where nothing is asked anew.
async fn stand_ins(
    look: &mut Look,
    t: &T,
    r: &Header,
    asks_anew: bool,
    reasons: &mut Reasons,
) -> Result<Vec<(PersonId, String)>, Fail> {
    if !asks_anew {
        return Ok(Vec::new());
    }
    let viewer = look.viewer().clone();
    let sealed = person::members(&mut look.conn(), &viewer, r.household).await?;
    let members = look.disclose(sealed).await?;
    reasons.of_all(&members);
    Ok(household::nameable(t, &members))
}

/// How somebody who speaks in the person's place can stand to them.
fn relations(t: &T, form: &Form) -> Vec<Choice> {
    let all = consent::GiverRelation::ALL.iter();
    all.map(|r| Choice::new(form, "relation", r.code(), t.code("giver_relation", r))).collect()
}

/// The steps taken, with who took them for which desk.
async fn taken(look: &mut Look, frame: &Frame, r: &Header) -> Result<Vec<Taken>, Fail> {
    let (viewer, today, t) = (look.viewer().clone(), look.now().day(), &frame.t);
    let m = viewer.municipality;
    let events = sql::events(&mut look.conn(), &viewer, r.id).await?;
    let people = register::user_names(&mut look.conn(), m, events.iter().filter_map(|e| e.user)).await?;
    let desks = register::desk_names(&mut look.conn(), m, events.iter().map(|e| e.desk), today).await?;
    let word = |list: &str, code: &str| if code.is_empty() { String::new() } else { t.code(list, code) };
    Ok(events
        .iter()
        .map(|e| Taken {
            word: t.code("inquiry_event", &e.step),
            when: frame.moment(&e.at),
            by: format!(
                "{} {}",
                desks.get(&e.desk).map_or("", String::as_str),
                e.user.and_then(|u| people.get(&u)).map_or("", String::as_str)
            ),
            reason: word("inquiry_reason", &e.reason),
            told: word("told_by", &e.told_by),
        })
        .collect())
}

fn flow(t: &T, frame: &Frame, r: &Header) -> Vec<Mark> {
    let mark = |class, key: &str, day: Option<words::Instant>| Mark {
        class,
        word: t.code("inquiry_flow", key),
        day: day.map(|at| frame.day(&at.day())).unwrap_or_default(),
    };
    let sent = mark("done", "sent", Some(r.sent_at));
    let state = Mark {
        class: "stopped",
        word: t.code("inquiry_state", r.state),
        day: r.ended_at.map(|at| frame.day(&at.day())).unwrap_or_default(),
    };
    match r.state {
        State::Sent => vec![sent, mark("now", "answer", None), mark("", "end", None)],
        State::PartlyAnswered => {
            vec![sent, mark("done", "part", r.answered_at), mark("now", "rest", None), mark("", "end", None)]
        }
        State::Raised => vec![sent, mark("done", "raised", r.raised_at), mark("now", "conference", None)],
        State::Answered => vec![sent, mark("done", "end", r.ended_at)],
        State::Refused | State::Withdrawn | State::EnteredInError => vec![sent, state],
    }
}

/// The first line of the page: what the reader's desk does now.
fn what_now(t: &T, r: &Header, (part, told, holds): (Part, bool, bool), due: &str) -> String {
    let key = match (part, r.state) {
        (Part::Coordinator, _) => "take_up",
        (Part::Asker, s) if s.is_waiting() && !holds => "rebase",
        (Part::Asked, s) if s.is_waiting() && !holds => "no_basis",
        (Part::Asked, State::Sent) => return t.f("inquiry_now.answer", "day", due),
        (Part::Asked, State::PartlyAnswered) => return t.f("inquiry_now.rest", "day", due),
        (Part::Asker, State::Sent) if told => "fetch",
        (Part::Asker, State::Sent | State::PartlyAnswered) => return t.f("inquiry_now.wait", "day", due),
        (Part::Asker, State::Refused) => "refused",
        (_, State::Raised) => "raised",
        (Part::Asker, State::Answered) => "read",
        _ => "over",
    };
    t.s(&format!("inquiry_now.{key}")).to_owned()
}

/// The steps this viewer can take: those to be seen at once, and those folded.
fn offers(
    t: &T,
    req: &Req,
    r: &Header,
    (sides, told, holds): (&[Side], bool, bool),
    (form, chosen): (&Form, Option<Step>),
) -> (Vec<Offer>, Vec<Offer>) {
    let mut steps: Vec<Step> =
        sides.iter().flat_map(|side| rules::open_steps(r.state, *side, holds)).collect();
    if told {
        // What the partner says is written down here; that its consent is gone does not unsay it.
        steps.splice(0..0, rules::open_steps(r.state, Side::Asked, true));
    }
    let offer = |step: Step| {
        let on = chosen == Some(step);
        let reasons = step.reasons().iter().map(|c| {
            let mut choice = Choice::new(form, "reason", c.code(), t.code("inquiry_reason", c));
            choice.on &= on;
            choice
        });
        Offer {
            code: step.code(),
            word: t.code("inquiry_step", step),
            help: t.code("inquiry_step_help", step),
            reasons: reasons.collect(),
            replies: step.replies(),
            main: matches!(step, Step::Answer | Step::Seen | Step::TakeUp | Step::Rebase),
            open: on
                || match step {
                    Step::Answer => r.state != State::Refused,
                    Step::Raise => r.state == State::Refused,
                    Step::Seen | Step::TakeUp | Step::Rebase => true,
                    _ => false,
                },
            chosen: on,
            mark: if on { String::new() } else { format!("-{}", step.code()) },
            command: req.engine().new_id(),
        }
    };
    steps.into_iter().map(offer).partition(|o| o.open)
}

/// Once the desk that asked has ended, an answer is read by whoever took over: it is said where it is written.
async fn who_reads<'o>(
    look: &mut Look,
    t: &T,
    r: &Header,
    offers: impl Iterator<Item = &'o mut Offer>,
) -> Result<(), Fail> {
    let (m, today) = (look.viewer().municipality, look.now().day());
    if let Some(heir) = register::taken_over_by(&mut look.conn(), m, r.from, today).await? {
        for offer in offers.filter(|o| o.code == Step::Answer.code()) {
            offer.help = t.f("inquiry.answer_to_heir", "heir", &heir.name);
        }
    }
    Ok(())
}

/// POST /inquiries/{id}/{step}
pub(crate) async fn step(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let id: InquiryId = req.id("id")?;
    let step = Step::parse(req.param("step")).ok_or(Fail::NotVisible)?;
    let mut look = ctx.look(Channel::Write).await?;
    let (r, relation) = sql::by_id(&mut look.conn(), &ctx.viewer, id).await?.ok_or(Fail::NotVisible)?;
    let part = part(&ctx.viewer, &r, &relation).ok_or(Fail::NotVisible)?;
    let m = ctx.viewer.municipality;
    let about = sql::subjects(&mut look.conn(), m, [id]).await?.remove(&id).unwrap_or_default();
    let receiver = register::desk(&mut look.conn(), m, r.to, ctx.now.day()).await?;
    let law = Law::load(&mut look.conn(), &ctx.viewer, &r, ctx.now.day()).await?;
    let asks_anew = step == Step::Rebase && asks(&ctx.viewer, &r);
    let members = stand_ins(&mut look, &req.t(), &r, asks_anew, &mut Reasons::default()).await?;
    look.close().await?;
    let told = part == Part::Asker && receiver.is_some_and(|d| !d.has_login) && step.replies();
    let mut form = req.form();
    let body = read(&mut form, &r, step, (&about, &members), told);
    if let Some((field, article, way)) = picked(&body, told)
        && let Some(key) = law.wrong(article, way)
    {
        form.problem(field, key);
    }
    if form.has_problems() {
        return render(&req, form, Some(step), false).await;
    }
    let here = link::inquiry(id);
    let done = match step {
        Step::Answer | Step::Part => "inquiry_answered",
        Step::Refuse => "inquiry_refused",
        Step::Raise => "inquiry_raised",
        Step::Withdraw => "inquiry_withdrawn",
        Step::Rebase => "inquiry_rebased",
        Step::Seen => "inquiry_checked",
        Step::Enough | Step::TakeUp | Step::Error => "inquiry_moved",
    };
    // Whoever has no more part in it afterwards goes on to the list.
    let to = if part == Part::Coordinator { format!("{}?list=raised", link::INQUIRIES) } else { here };
    match ctx.act(&req.envelope(), "inquiry.step", &body).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&to, done, receipt))
        }
        Begun::New(mut act) => match acts::step(&mut act, &body).await {
            Ok(()) => Ok(Answer::to(&to, done, act.commit(&id.to_string()).await?)),
            Err(Fail::Refused(refusal)) if beside(refusal.key) => {
                drop(act);
                let field = field_of_step(&form, step, refusal.key, !members.is_empty());
                form.problem_with(field, refusal.key, refusal.args);
                render(&req, form, Some(step), false).await
            }
            Err(Fail::Stale) => {
                // What was typed stays on the page beside what is true now.
                drop(act);
                render(&req, form, Some(step), true).await
            }
            Err(other) => Err(other),
        },
    }
}

/// The article of a step: its field, its code, and which way something is told under it. What a partner said on the telephone is
/// written down under none.
fn picked(body: &StepBody, told: bool) -> Option<(&'static str, &str, Way)> {
    match &body.basis {
        Some(consent::Basis::Law(article)) if !article.is_empty() => Some(("article", article, Way::Ask)),
        _ if told || !body.step.replies() || body.words.is_empty() || body.article.is_empty() => None,
        _ => Some(("answer_article", &body.article, Way::Answer)),
    }
}

/// Beside which field of a step a refusal stands: one that its form shows. The persons of an inquiry and what is asked about them are not
/// chosen anew; and where nobody can be picked, whoever spoke is known by name.
fn field_of_step(form: &Form, step: Step, key: &str, picks: bool) -> &'static str {
    const ASKED_ANEW: [&str; 8] =
        ["basis", "article", "given_by", "form", "given_by_name", "relation", "evidence", "until"];
    if step.replies() && of_article(key) {
        return "answer_article";
    }
    match field_of(form, key) {
        field if step != Step::Rebase || ASKED_ANEW.contains(&field) => field,
        "giver" if picks => "giver",
        "giver" => "given_by_name",
        _ => "basis",
    }
}

/// Whether a refusal has a field it belongs to.
fn beside(key: &str) -> bool {
    key.starts_with("consent.")
        || of_article(key)
        || matches!(
            key,
            "inquiry.told_by"
                | "inquiry.consent_does_not_carry"
                | "inquiry.basis_gone"
                | "inquiry.existing_not_enough"
        )
}

fn read(
    form: &mut Form,
    r: &Header,
    step: Step,
    (about, members): (&[PersonId], &[(PersonId, String)]),
    told: bool,
) -> StepBody {
    let need = |needed: bool| if needed { Need::Required } else { Need::Optional };
    let reason = form.line("reason", need(!step.reasons().is_empty()), 40);
    if !reason.is_empty() && !step.reasons().iter().any(|x| x.code() == reason) {
        form.problem("reason", "text.choose");
    }
    let words = form.paragraph("words", Need::Optional, entry::MOST_CHARACTERS);
    let categories: Categories = form.codes::<Category>("words_cat").into_iter().collect();
    let open: Vec<i64> = form.fields().all("open").filter_map(|n| n.parse().ok()).collect();
    let refusal_article = form.line("refusal_article", Need::Optional, 200);
    let decider =
        (form.line("decider_name", Need::Optional, 100), form.line("decider_post", Need::Optional, 100));
    let reply = Reply {
        step,
        words: &words,
        open: &open,
        questions: r.questions,
        article: &refusal_article,
        decider: (&decider.0, &decider.1),
    };
    for (field, key) in rules::check_reply(&reply) {
        form.problem(field, key);
    }
    let told_by = form.code::<household::ToldBy>("told_by", need(told));
    let basis = (step == Step::Rebase).then(|| {
        let until = form.day("until", Need::Optional);
        let asked = consent::Asked { persons: about, members, categories: r.categories, until };
        consent::basis_from(form, &asked)
    });
    StepBody {
        id: r.id,
        step,
        reason,
        categories: categories.bits(),
        open,
        refusal_article: if step == Step::Refuse { refusal_article } else { String::new() },
        decider: if step == Step::Refuse { decider } else { (String::new(), String::new()) },
        article: form.line("answer_article", Need::Optional, 100),
        told_by: told_by.map(|b| b.code().to_owned()).unwrap_or_default(),
        basis: basis.flatten(),
        words,
    }
}
