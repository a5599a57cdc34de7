//! 確認: what members say about the minutes, section by section, and what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Disclosed;
use askama::Template;
use engine::{Begun, Channel, Fail, Look};
use household::entry::{self, MOST_CHARACTERS};
use household::{Entry, ToldBy};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::code::Code;
use words::id::{CommandId, DeskId, EntryId, MeetingId, MinutesCommentId, MinutesSectionId, UserId};

use super::before;
use super::show::{self, Names, SectionView};
use crate::acts::{self, Say};
use crate::heard::{self, Heard};
use crate::reader::{self, Reader};
use crate::rules::{Taken, may_comment};
use crate::section;
use crate::sql::comment::{self, Stored};
use crate::sql::settings;

struct CommentView {
    id: MinutesCommentId,
    who: String,
    when: String,
    told: String,
    words: String,
    taken: String,
    answer: String,
    /// Its words cannot be read any more: it is its place alone.
    closed: bool,
    open: bool,
    may_answer: bool,
    command: CommandId,
}

struct Under {
    section: SectionView,
    comments: Vec<CommentView>,
    may_say: bool,
    command: CommandId,
}

#[derive(Template)]
#[template(path = "minutes_comments.html")]
struct CommentsPage {
    frame: Frame,
    form: Form,
    id: MeetingId,
    title: String,
    when: String,
    until: String,
    open: bool,
    sections: Vec<Under>,
    takens: Vec<Choice>,
    partners: Vec<Choice>,
    told: Vec<Choice>,
    behalf: bool,
    /// The promise to look is still open for this viewer.
    asked: bool,
    read: CommandId,
    max: usize,
    reasons: Vec<String>,
}

/// GET /sessions/{id}/minutes/comments
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

/// The words of comments and answers that this viewer may read.
async fn words_of(
    look: &mut Look,
    said: &[&Stored],
) -> Result<(BTreeMap<EntryId, String>, Vec<Disclosed<Entry>>), Fail> {
    let viewer = look.viewer().clone();
    let ids: Vec<EntryId> = said.iter().flat_map(|c| c.entry.into_iter().chain(c.answer_entry)).collect();
    if ids.is_empty() {
        return Ok((BTreeMap::new(), Vec::new()));
    }
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let shown: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    Ok((shown.iter().map(|e| (e.id, e.body.clone())).collect(), shown))
}

fn view(
    (frame, command): (&Frame, CommandId),
    names: &Names,
    heard: &Heard<'_>,
    texts: &BTreeMap<EntryId, String>,
    may: bool,
) -> CommentView {
    let (t, c) = (&frame.t, heard.said);
    let mut shown = CommentView {
        id: c.id,
        who: String::new(),
        when: String::new(),
        told: String::new(),
        words: String::new(),
        taken: c.taken.map(|x| t.code("minutes_taken", x)).unwrap_or_default(),
        answer: String::new(),
        closed: heard.closed,
        open: c.taken.is_none(),
        may_answer: may && c.taken.is_none(),
        command,
    };
    if heard.closed {
        return shown;
    }
    let words = |entry: Option<EntryId>, body: &str| match entry {
        Some(entry) => texts.get(&entry).cloned().unwrap_or_default(),
        None => body.to_owned(),
    };
    let who = c.user.map_or_else(|| c.name.clone(), |u| names.user(u));
    shown.who = t.fs("minutes.name_at", &[("name", who), ("desk", names.desk(c.desk))]);
    shown.when = frame.moment(&c.said_at);
    shown.told = if c.told_by.is_empty() { String::new() } else { t.code("told_by", &c.told_by) };
    shown.words = words(c.entry, &c.body);
    shown.answer = words(c.answer_entry, &c.answer);
    shown
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let frame = req.frame();
    let t = frame.t.clone();
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let r = reader::find(&mut look.conn(), &viewer, id, today).await?;
    let (read, mut reasons) = r.read(&mut look, r.which()).await?;
    let said = comment::of_meeting(&mut look.conn(), m, id).await?;
    let heard = heard::heard(&mut look, &r.o, &read, &said).await?;
    let open_ones: Vec<&Stored> = heard.iter().filter(|c| !c.closed).map(|c| c.said).collect();
    let (texts, shown) = words_of(&mut look, &open_ones).await?;
    reasons.of_all(&shown);
    let users: Vec<(DeskId, UserId)> = open_ones.iter().filter_map(|c| Some((c.desk, c.user?))).collect();
    let names = Names::load(&mut look, &r.o, &users).await?;
    let style = settings::style(&mut look.conn(), m, r.o.meeting.body).await?;
    let open = may_say_now(&r, today);
    let tasks =
        task::open_of_kinds(&mut look.conn(), m, viewer.desks(), &[task::TaskKind::CommentMinutes], &[], 200)
            .await?;
    let asked = tasks
        .iter()
        .any(|x| x.about.thing == Some(id.cast()) && x.assignee.is_none_or(|who| who == viewer.user));
    let sections = show::sections(&frame, &viewer, &r.o, &read, style)
        .into_iter()
        .map(|v| {
            let item = r.o.items.iter().find(|i| Some(i.id) == v.item);
            let of = |c: &&Heard<'_>| show::key(section::place_of(&c.of)) == v.key;
            let answers = section::may_write(&viewer, &r.o, item);
            Under {
                comments: heard
                    .iter()
                    .filter(of)
                    .map(|c| view((&frame, req.engine().new_id()), &names, c, &texts, answers))
                    .collect(),
                may_say: open && !v.id.is_empty() && item.is_none_or(|i| section::may_say(&viewer, &r.o, i)),
                command: req.engine().new_id(),
                section: v,
            }
        })
        .collect();
    let page = CommentsPage {
        id,
        title: r.o.meeting.title.clone(),
        when: session::span(&frame, &r.o.meeting),
        until: if r.former { r.minutes.review_until } else { r.minutes.comment_until }
            .map(|d| frame.day(&d))
            .unwrap_or_default(),
        open,
        sections,
        takens: Taken::ALL
            .iter()
            .map(|x| Choice::new(&form, "taken", x, t.code("minutes_taken", x)))
            .collect(),
        partners: partners(&form, &r, &names),
        told: ToldBy::ALL.iter().map(|w| Choice::new(&form, "told_by", w, t.code("told_by", w))).collect(),
        behalf: r.o.runs && open,
        asked,
        read: req.engine().new_id(),
        max: MOST_CHARACTERS,
        reasons: reasons.sentences(&t),
        frame,
        form,
    };
    let wrong = page.form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn may_say_now(r: &Reader, today: words::Day) -> bool {
    may_comment(r.minutes.state, r.minutes.comment_until, r.former, r.minutes.review_until, today).is_ok()
}

/// Desks of the session, for what a partner without a login told.
fn partners(form: &Form, r: &Reader, names: &Names) -> Vec<Choice> {
    let mut desks: Vec<DeskId> = r.o.invitees.iter().filter(|i| i.item.is_none()).map(|i| i.desk).collect();
    desks.sort_unstable();
    desks.dedup();
    desks.into_iter().map(|d| Choice::new(form, "desk", d, names.desk(d))).collect()
}

/// POST /sessions/{id}/minutes/comments
pub(crate) async fn say(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let to = link::minutes_comments(id);
    let again = |form: Form| async { render(&req, ctx.look(Channel::Page).await?, form).await };
    if form.ticked("nothing") {
        return match ctx.act(&req.envelope(), "minutes.read", &id).await? {
            Begun::Before(_) => Ok(Answer::to(&to, "minutes_looked", before())),
            Begun::New(mut act) => {
                acts::read_it(&mut act, id).await?;
                Ok(Answer::to(&to, "minutes_looked", act.commit("").await?))
            }
        };
    }
    let section: Option<MinutesSectionId> = form.id("section", Need::Required);
    let words = form.paragraph("words", Need::Required, MOST_CHARACTERS);
    let desk: Option<DeskId> = form.id("desk", Need::Optional);
    let name = form.line("name", Need::Optional, 60);
    let told =
        form.code::<ToldBy>("told_by", Need::Optional).map(|w| w.code().to_owned()).unwrap_or_default();
    let behalf = desk.map(|desk| (desk, name, told));
    let Some(section) = section.filter(|_| !form.has_problems()) else { return again(form).await };
    let said = Say { section, words, behalf };
    match ctx.act(&req.envelope(), "minutes.say", &(id, &said)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "minutes_said", before())),
        Begun::New(mut act) => match acts::say(&mut act, id, &said).await {
            Ok(()) => Ok(Answer::to(&to, "minutes_said", act.commit("").await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("words", refusal.key);
                again(form).await
            }
            Err(other) => Err(other),
        },
    }
}

/// POST /sessions/{id}/minutes/comments/{comment}
pub(crate) async fn answer(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: MeetingId = req.id("id")?;
    let comment: MinutesCommentId = req.id("comment")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let taken = form.code::<Taken>("taken", Need::Required);
    let words = form.paragraph("why", Need::Optional, 2_000);
    let again = |form: Form| async { render(&req, ctx.look(Channel::Page).await?, form).await };
    let Some(taken) = taken.filter(|_| !form.has_problems()) else { return again(form).await };
    let to = link::minutes_comments(id);
    match ctx.act(&req.envelope(), "minutes.answer", &(id, comment, taken, &words)).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "minutes_answered", before())),
        Begun::New(mut act) => match acts::answer(&mut act, (id, comment), (taken, &words)).await {
            Ok(()) => Ok(Answer::to(&to, "minutes_answered", act.commit("").await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem("why", refusal.key);
                again(form).await
            }
            Err(other) => Err(other),
        },
    }
}
