//! その後: the items of the sessions somebody sat in, and what became of them, as they may know it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::{Reasons, ToldBy, entry};
use site::{Answer, Form, Frame, Need, Req, link};
use task::TaskState;
use words::code::Code;
use words::id::{AgendaItemId, CommandId, EntryId, InviteeId, ItemQuestionId, MeetingId, ThingId};

use super::homework::{self, Owed};
use super::letter::{Letter, Told};
use super::{before, codes, sense, shown};
use crate::acts::after as acts;
use crate::acts::invite::answers as answers_for;
use crate::known::{Around, Depth, numbered};
use crate::rules::ItemState;
use crate::rules::after::{Ended, Facts, Status, decided_lines, status};
use crate::sql::after::{self as sql, Notice, Question};
use crate::sql::homework as owed;
use crate::sql::invitee::{self, Invitee};
use crate::sql::item::{self, Item};
use crate::sql::minuted;
use crate::views;

/// Days back.
const BACK: i64 = 366;
/// Longest answer.
const MOST: usize = 1_000;

/// An item, as the viewer may know it.
struct Line {
    id: AgendaItemId,
    n: usize,
    session: (String, String),
    day: String,
    what: String,
    status: String,
    code: &'static str,
    decided: Vec<(Option<String>, String)>,
    homework: Vec<Owed>,
    done: usize,
    all: usize,
    plan: bool,
    ended: String,
    /// What happened and was not read yet.
    news: Vec<String>,
    /// What was asked, and answered.
    answers: Vec<(String, String)>,
    /// The desk that was asked last by the viewer's and could not answer.
    in_vain: String,
    waits: String,
    ask: Option<CommandId>,
    /// Participants without a login: name, where the letter is, how they were told.
    letters: Vec<(String, String, String)>,
    /// There are such participants, and nothing of this item goes on paper.
    unwritten: bool,
}

#[derive(Template)]
#[template(path = "session_after.html")]
struct AfterPage {
    frame: Frame,
    form: Form,
    lines: Vec<Line>,
    news: usize,
    /// Whether somebody waits for it to be read.
    owed: bool,
    told: Vec<InviteeId>,
    read: CommandId,
    reasons: Vec<String>,
}

/// GET /sessions/after
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

/// Everything the page needs, in a constant number of statements.
struct Loaded {
    items: Vec<Item>,
    around: Around,
    meetings: BTreeMap<MeetingId, crate::sql::meeting::Meeting>,
    numbers: BTreeMap<AgendaItemId, usize>,
    invitees: Vec<Invitee>,
    notices: Vec<Notice>,
    questions: Vec<Question>,
    promises: Vec<owed::Homework>,
    decided: Vec<(AgendaItemId, decision::Line)>,
    plans: Vec<words::id::ThingId>,
    ended: BTreeMap<words::id::CaseId, (words::Instant, Ended)>,
    /// How many decisions the minutes of each item hold.
    minuted: BTreeMap<AgendaItemId, usize>,
}

async fn load(look: &mut Look) -> Result<Loaded, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let span = (today.plus_days(-BACK), today);
    let meetings = views::own_sessions(&mut look.conn(), &viewer, today, span).await?;
    let all = item::of_meetings(&mut look.conn(), m, meetings.iter().map(|k| k.id)).await?;
    let mut numbers: BTreeMap<AgendaItemId, usize> = BTreeMap::new();
    for k in &meetings {
        let of: Vec<Item> = all.iter().filter(|i| i.meeting == Some(k.id)).cloned().collect();
        numbers.extend(numbered(&of));
    }
    let around = Around::load(&mut look.conn(), &viewer, &all).await?;
    let over = |i: &Item| matches!(i.state, ItemState::Concluded | ItemState::CarriedOver);
    let items: Vec<Item> =
        all.into_iter().filter(|i| over(i) && around.depth(&viewer, i, false) == Depth::Case).collect();
    let ids: Vec<AgendaItemId> = items.iter().map(|i| i.id).collect();
    let decided = decision::of_items(&mut look.conn(), &viewer, ids.iter().copied()).await?;
    let used = decided.iter().filter_map(|(_, d)| d.used_by);
    let plans = sql::plans_in_force(&mut look.conn(), m, used).await?;
    let of_meetings: BTreeSet<MeetingId> = items.iter().filter_map(|i| i.meeting).collect();
    Ok(Loaded {
        invitees: invitee::of_meetings(&mut look.conn(), m, of_meetings).await?,
        notices: sql::notices(&mut look.conn(), m, ids.iter().copied()).await?,
        questions: sql::questions(&mut look.conn(), m, ids.iter().copied()).await?,
        promises: owed::of_items(&mut look.conn(), m, ids.iter().copied()).await?,
        ended: sql::ended_cases(&mut look.conn(), m, items.iter().filter_map(|i| i.case))
            .await?
            .into_iter()
            .collect(),
        minuted: minuted(look, (&meetings, &items)).await?,
        meetings: meetings.into_iter().map(|k| (k.id, k)).collect(),
        decided,
        plans,
        numbers,
        around,
        items,
    })
}

/// How many decisions the minutes of these items hold, as far as the viewer may read them now: whoever runs the session always, others once
/// the minutes go round.
async fn minuted(
    look: &mut Look,
    (meetings, items): (&[crate::sql::meeting::Meeting], &[Item]),
) -> Result<BTreeMap<AgendaItemId, usize>, Fail> {
    let viewer = look.viewer().clone();
    let runs = views::runs(&viewer);
    let mut texts =
        minuted::minutes_of(&mut look.conn(), viewer.municipality, items.iter().map(|i| i.id)).await?;
    texts.retain(|x| {
        let of = items.iter().find(|i| i.id == x.item).and_then(|i| i.meeting);
        x.round || meetings.iter().any(|k| Some(k.id) == of && runs.contains(&k.desk))
    });
    let sealed = entry::by_ids(&mut look.conn(), &viewer, texts.iter().filter_map(|x| x.entry)).await?;
    let open = look.disclose(sealed).await?;
    let words = |x: &minuted::Minuted| match x.entry {
        None => decided_lines(&x.body),
        Some(id) => open.iter().find(|e| e.id == id).map_or(0, |e| decided_lines(&e.body)),
    };
    Ok(texts.iter().map(|x| (x.item, words(x))).collect())
}

impl Loaded {
    /// How an item stands, from what the viewer may know of it.
    fn facts(&self, i: &Item, now: words::Instant) -> Facts {
        let promises = self.promises.iter().filter(|h| h.item == i.id);
        let decided: Vec<_> = self.decided.iter().filter(|(of, d)| *of == i.id && !d.void).collect();
        let mut f = Facts {
            decided: !decided.is_empty(),
            unused: decided.iter().any(|(_, d)| d.timing != decision::Timing::Other && d.used_by.is_none()),
            plan: decided.iter().any(|(_, d)| d.used_by.is_some_and(|p| self.plans.contains(&p))),
            ended: self.ended(i).map(|(_, how)| how),
            minuted: self.minuted.get(&i.id).copied().unwrap_or(0),
            ..Facts::default()
        };
        for h in promises {
            let open = acts::is_open(h.state);
            f.open += usize::from(open);
            f.late += usize::from(open && h.due_at < now);
            f.done += usize::from(h.state == TaskState::Done);
        }
        f
    }

    /// When and how its case ended, after the session.
    fn ended(&self, i: &Item) -> Option<(words::Instant, Ended)> {
        let after = i.meeting.and_then(|k| self.meetings.get(&k)).map(|k| k.starts)?;
        i.case.and_then(|c| self.ended.get(&c)).copied().filter(|(at, _)| *at > after)
    }
}

#[expect(clippy::too_many_lines, reason = "what is told of an item, field by field")]
async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let t = frame.t.clone();
    let (viewer, today, now) = (look.viewer().clone(), look.now().day(), look.now());
    let town = viewer.municipality;
    let l = load(&mut look).await?;
    let mut reasons = Reasons::default();
    let homework = homework::of_items(&mut look, &frame, (&l.items, &l.around), &mut reasons).await?;
    let answers = answers(&mut look, &l.questions, &mut reasons).await?;
    let runs = views::runs(&viewer);
    let own = viewer.desks();
    let desks = l.questions.iter().map(|q| q.to).chain(l.invitees.iter().map(|i| i.desk));
    let desks: BTreeSet<_> = desks.collect();
    let silent: BTreeSet<_> = register::desks_by_id(&mut look.conn(), town, desks.iter().copied(), today)
        .await?
        .into_iter()
        .filter(|d| !d.has_login)
        .map(|d| d.id)
        .collect();
    let names = register::desk_names(&mut look.conn(), town, desks, today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let mine: BTreeSet<InviteeId> =
        l.invitees.iter().filter(|i| answers_for(&viewer, i)).map(|i| i.id).collect();
    let works = viewer.has_role(site::WORKERS);
    let mut lines: Vec<(words::Instant, Line)> = Vec::new();
    for i in &l.items {
        let Some(k) = i.meeting.and_then(|k| l.meetings.get(&k)) else { continue };
        let facts = l.facts(i, now);
        let is: Status = status(facts);
        let of_item = |x: &&Notice| x.item == i.id;
        // Whoever is invited by name and as their desk is told of it once.
        let mut told: BTreeSet<(&str, ThingId)> = BTreeSet::new();
        let unread = l
            .notices
            .iter()
            .filter(of_item)
            .filter(|x| !x.read && mine.contains(&x.invitee))
            .filter(move |x| told.insert((x.what.code(), x.of)));
        let asked = l.questions.iter().filter(|q| q.item == i.id);
        let waiting = asked.clone().find(|q| q.open && own.contains(&q.desk));
        let leads = own.contains(&l.around.initiator(i).unwrap_or(k.desk));
        let n = l.numbers.get(&i.id).copied().unwrap_or(0);
        let secret = l.around.in_confidence(i);
        let partners = l.invitees.iter().filter(|g| {
            let of = Some(k.id) == i.meeting && g.meeting == k.id && g.item.is_none_or(|x| x == i.id);
            let there = g.attendance.is_some_and(crate::rules::Attendance::was_there);
            // Of a matter only its members hear anything.
            let members = l.around.matter(i).map(|s| &s.members);
            let sits = members.is_none_or(|all| all.iter().any(|k| k.desk == g.desk && k.name == g.name));
            of && there && sits && runs.contains(&k.desk) && (silent.contains(&g.desk) || !g.name.is_empty())
        });
        let told_how = |g: &Invitee| {
            let found = l.notices.iter().filter(of_item).find(|x| x.invitee == g.id && !x.told_by.is_empty());
            found.map(|x| t.code("session_told", &x.told_by)).unwrap_or_default()
        };
        let line = Line {
            id: i.id,
            n,
            session: (format!("{}#item-{}", link::meeting(k.id), i.id), k.title.clone()),
            day: frame.day(&k.starts.day()),
            what: super::bodies::what(&t, &l.around, &viewer, i, n),
            status: if is == Status::InMinutes {
                t.f("session.after_minuted", "n", facts.minuted)
            } else {
                t.code("session_after", is)
            },
            code: is.code(),
            decided: l
                .decided
                .iter()
                .filter(|(of, d)| *of == i.id && !d.void)
                .map(|(_, d)| (works.then(|| link::decision(d.id)), d.words(&frame)))
                .collect(),
            homework: homework.iter().filter(|(of, _)| *of == i.id).map(|(_, h)| h.clone()).collect(),
            done: facts.done,
            all: facts.done + facts.open,
            plan: facts.plan,
            ended: l
                .ended(i)
                .map(|(at, how)| {
                    let key = match how {
                        Ended::Closed => "session.after_ended",
                        Ended::Interrupted => "session.after_interrupted",
                    };
                    t.f(key, "day", frame.day(&at.day()))
                })
                .unwrap_or_default(),
            news: unread
                .map(|x| format!("{} {}", t.code("session_event", x.what), frame.day(&x.at.day())))
                .collect(),
            answers: asked
                .clone()
                .filter_map(|q| {
                    let words = answers.get(&q.id)?.clone();
                    let at = q.answered_at.map(|at| frame.day(&at.day())).unwrap_or_default();
                    Some((format!("{} {at}", name(q.to)), words))
                })
                .collect(),
            in_vain: asked
                .clone()
                .find(|q| own.contains(&q.desk))
                .filter(|q| q.in_vain())
                .map(|q| name(q.to))
                .unwrap_or_default(),
            waits: waiting.map(|q| t.f("session.asked", "desk", name(q.to))).unwrap_or_default(),
            ask: (waiting.is_none() && !leads).then(|| req.engine().new_id()),
            unwritten: secret && partners.clone().next().is_some(),
            letters: partners
                .filter(|_| !secret)
                .map(|g| {
                    let who = format!("{} {}", name(g.desk), g.name).trim().to_owned();
                    (who, format!("{}/{}/letter?who={}", link::AFTER, i.id, g.id), told_how(g))
                })
                .collect(),
        };
        lines.push((k.starts, line));
    }
    // What has news first, then the newest session.
    lines.sort_by_key(|(at, line)| (line.news.is_empty(), std::cmp::Reverse(*at), line.n));
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    let kinds = [task::TaskKind::ReadAfter];
    let waiting = task::open_of_kinds(&mut look.conn(), town, own.iter().copied(), &kinds, &[], 20).await?;
    let page = AfterPage {
        owed: waiting.iter().any(|x| x.assignee.is_none_or(|u| u == viewer.user)),
        news: lines.iter().map(|l| l.news.len()).sum(),
        lines,
        told: mine.into_iter().collect(),
        read: req.engine().new_id(),
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// The words of answers, as far as they are the viewer's to read.
async fn answers(
    look: &mut Look,
    questions: &[Question],
    reasons: &mut Reasons,
) -> Result<BTreeMap<ItemQuestionId, String>, Fail> {
    let viewer = look.viewer().clone();
    let ids: BTreeSet<EntryId> = questions.iter().filter_map(|q| q.entry).collect();
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let open = look.disclose(sealed).await?;
    reasons.of_all(&open);
    let words = |q: &Question| match q.entry {
        None => (!q.answer.is_empty()).then(|| q.answer.clone()),
        Some(id) => open.iter().find(|e| e.id == id).map(|e| e.body.clone()),
    };
    Ok(questions.iter().filter_map(|q| Some((q.id, words(q)?))).collect())
}

/// POST /sessions/after/{id}/ask
pub(crate) async fn ask(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AgendaItemId = req.id("id")?;
    let ctx = req.ctx()?;
    match ctx.act(&req.envelope(), "session.ask_after", &id).await? {
        Begun::Before(_) => Ok(Answer::to(link::AFTER, "session_asked", before())),
        Begun::New(mut act) => {
            let question = acts::ask(&mut act, id).await?;
            Ok(Answer::to(link::AFTER, "session_asked", act.commit(&question.to_string()).await?))
        }
    }
}

/// POST /sessions/after/read
pub(crate) async fn read(req: Arc<Req>) -> Result<Answer, Fail> {
    let form = req.form();
    let told: Vec<InviteeId> = form.ids("told");
    match req.ctx()?.act(&req.envelope(), "session.read_after", &told).await? {
        Begun::Before(_) => Ok(Answer::to(link::AFTER, "session_after_read", before())),
        Begun::New(mut act) => {
            acts::read(&mut act, &told).await?;
            Ok(Answer::to(link::AFTER, "session_after_read", act.commit("").await?))
        }
    }
}

#[derive(Template)]
#[template(path = "session_question.html")]
struct QuestionPage {
    frame: Frame,
    form: Form,
    id: ItemQuestionId,
    version: i64,
    session: (String, String),
    what: String,
    asker: String,
    asked: String,
    /// Whether the viewer may know the item, and so can say what became of it.
    known: bool,
    answered: bool,
    /// It ended without words.
    over: bool,
    answer: String,
    in_vain: CommandId,
    homework: Vec<Owed>,
    max: usize,
    reasons: Vec<String>,
}

/// GET /sessions/after/questions/{id}
pub(crate) async fn question(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    question_page(&req, look, Form::default()).await
}

async fn question_page(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: ItemQuestionId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let town = viewer.municipality;
    let q = sql::question_by_id(&mut look.conn(), town, id).await?.ok_or(Fail::NotVisible)?;
    let i = item::by_id(&mut look.conn(), town, q.item).await?.ok_or(Fail::NotVisible)?;
    let held = acts::held(&mut look.conn(), town, &q).await?;
    let around = Around::load(&mut look.conn(), &viewer, std::slice::from_ref(&i)).await?;
    if around.keeps_out(&viewer, &i) || !viewer.seats.iter().any(|s| s.holds(held)) {
        return Err(Fail::NotVisible);
    }
    let meeting = i.meeting.ok_or(Fail::NotVisible)?;
    let k = crate::sql::meeting::by_id(&mut look.conn(), town, meeting).await?.ok_or(Fail::NotVisible)?;
    let all = item::of_meetings(&mut look.conn(), town, [meeting]).await?;
    let known = around.depth(&viewer, &i, false) == Depth::Case;
    let mut reasons = Reasons::default();
    let homework =
        homework::of_items(&mut look, &frame, (std::slice::from_ref(&i), &around), &mut reasons).await?;
    let answer = answers(&mut look, std::slice::from_ref(&q), &mut reasons).await?;
    let names = register::desk_names(&mut look.conn(), town, [q.desk], today).await?;
    let users = register::user_names(&mut look.conn(), town, [q.user]).await?;
    let number = numbered(&all).get(&i.id).copied().unwrap_or(1);
    let page = QuestionPage {
        id,
        version: q.version,
        session: (link::meeting(k.id), k.title.clone()),
        what: super::bodies::what(&t, &around, &viewer, &i, number),
        asker: format!(
            "{} {}",
            names.get(&q.desk).map_or("", String::as_str),
            users.get(&q.user).map_or("", String::as_str)
        ),
        asked: frame.day(&q.asked_at.day()),
        known,
        answered: q.answered_at.is_some(),
        over: q.in_vain(),
        in_vain: req.engine().new_id(),
        answer: answer.get(&q.id).cloned().unwrap_or_default(),
        homework: homework.into_iter().map(|(_, h)| h).collect(),
        max: MOST,
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let receipt = look.close().await?;
    shown(page.render(), &form, receipt)
}

/// POST /sessions/after/questions/{id}
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: ItemQuestionId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let mut look = ctx.look(Channel::Write).await?;
    let q =
        sql::question_by_id(&mut look.conn(), ctx.viewer.municipality, id).await?.ok_or(Fail::NotVisible)?;
    let i = item::by_id(&mut look.conn(), ctx.viewer.municipality, q.item).await?.ok_or(Fail::NotVisible)?;
    let in_vain = form.ticked("in_vain");
    let need = if in_vain { Need::Optional } else { Need::Required };
    let words = form.paragraph("answer", need, MOST);
    if i.general() && !words.is_empty() {
        sense(&mut look, &mut form, "answer", &words).await?;
    }
    if form.has_problems() {
        return question_page(&req, look, form).await;
    }
    look.close().await?;
    let done = if in_vain { "session_in_vain" } else { "session_told" };
    match ctx.act(&req.envelope(), "session.tell_after", &(id, &words, in_vain)).await? {
        Begun::Before(_) => Ok(Answer::to(link::TODAY, done, before())),
        Begun::New(mut act) => {
            let ended = if in_vain {
                acts::in_vain(&mut act, id).await
            } else {
                acts::answer(&mut act, id, &words).await
            };
            match ended {
                Ok(()) => Ok(Answer::to(link::TODAY, done, act.commit(&id.to_string()).await?)),
                Err(Fail::Refused(refusal)) => {
                    drop(act);
                    form.problem("answer", refusal.key);
                    question_page(&req, ctx.look(Channel::Page).await?, form).await
                }
                Err(other) => Err(other),
            }
        }
    }
}

/// GET /sessions/after/{id}/letter?who=: for a participant without a login. Paper is left lying about: an item with somebody in it
/// stands on it as its number, and what came of it as figures. Of what was said in confidence there is no letter at all: they ask the
/// secretariat.
pub(crate) async fn letter(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(site::paper::Kind::of(&req).channel()).await?;
    let who = req.query().get("who").and_then(|v| v.parse().ok()).ok_or(Fail::NotVisible)?;
    letter_page(&req, look, who, &Form::default()).await
}

async fn letter_page(req: &Req, mut look: Look, who: InviteeId, form: &Form) -> Result<Answer, Fail> {
    let id: AgendaItemId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (today, now, town) = (look.now().day(), look.now(), look.viewer().municipality);
    let runs = views::runs(look.viewer());
    let l = load(&mut look).await?;
    let i = l.items.iter().find(|i| i.id == id && !l.around.in_confidence(i)).ok_or(Fail::NotVisible)?;
    let k = i.meeting.and_then(|k| l.meetings.get(&k)).ok_or(Fail::NotVisible)?;
    let guest = l
        .invitees
        .iter()
        .find(|guest| guest.id == who && guest.meeting == k.id && guest.item.is_none_or(|x| x == id))
        .filter(|guest| {
            let members = l.around.matter(i).map(|s| &s.members);
            members.is_none_or(|all| all.iter().any(|x| x.desk == guest.desk && x.name == guest.name))
        })
        .filter(|_| runs.contains(&k.desk))
        .ok_or(Fail::NotVisible)?;
    let names = register::desk_names(&mut look.conn(), town, [guest.desk, k.desk], today).await?;
    let name = |d| names.get(&d).cloned().unwrap_or_default();
    let facts = l.facts(i, now);
    let of: Vec<&Notice> = l.notices.iter().filter(|x| x.item == id && x.invitee == who).collect();
    let all = facts.done + facts.open;
    let count = t.fs("session.after_count", &[("done", facts.done.to_string()), ("all", all.to_string())]);
    let late = if facts.late > 0 { t.f("session.letter_late", "n", facts.late) } else { String::new() };
    let subject = if i.general() { i.subject.as_str() } else { t.s("session.a_case") };
    let letter = Letter {
        to: format!("{} {}", name(guest.desk), guest.name).trim().to_owned(),
        from: name(k.desk),
        session: t
            .fs("session.letter_session", &[("title", k.title.clone()), ("day", t.full_day(k.starts.day()))]),
        item: format!("{}. {subject}", l.numbers.get(&id).copied().unwrap_or(1)),
        status: t.code("session_after", status(facts)),
        homework: if all > 0 { format!("{count}\u{3000}{late}").trim().to_owned() } else { String::new() },
        news: of
            .iter()
            .map(|x| format!("{} {}", t.full_day(x.at.day()), t.code("session_event", x.what)))
            .collect(),
    };
    let told = of.iter().find(|x| !x.told_by.is_empty());
    let aside = Told {
        frame: &frame,
        form,
        id,
        who,
        told_by: told.map(|x| t.code("session_told", &x.told_by)).unwrap_or_default(),
        told: codes(&t, form, "told_by", "session_told", ToldBy::ALL),
    };
    let around = aside.around(format!("letter-{}", k.starts.day()))?;
    let document = letter.document(&frame);
    Answer::paper(req, frame, document, around, look.close().await?)
}

/// POST /sessions/after/{id}/told
pub(crate) async fn told(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: AgendaItemId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let who: Option<InviteeId> = form.id("who", Need::Required);
    let who = who.ok_or(Fail::NotVisible)?;
    let told: Option<ToldBy> = form.code("told_by", Need::Required);
    let Some(told) = told.filter(|_| !form.has_problems()) else {
        return letter_page(&req, ctx.look(Channel::Print).await?, who, &form).await;
    };
    match ctx.act(&req.envelope(), "session.after_told", &(id, who, told.code())).await? {
        Begun::Before(_) => Ok(Answer::to(link::AFTER, "session_after_told", before())),
        Begun::New(mut act) => {
            acts::told(&mut act, id, who, told.code()).await?;
            Ok(Answer::to(link::AFTER, "session_after_told", act.commit(&id.to_string()).await?))
        }
    }
}
