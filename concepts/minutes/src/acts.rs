//! What happens to minutes as a whole: out for comment, approved, corrected, made public. One transaction each.

pub(crate) mod circulation;
mod leave;
pub(crate) mod material;

use access::{Action, Relation, Right};
use engine::{Act, Fail, Refusal};
use serde::Serialize;
use session::{Opened, promise};
use task::{TaskKind, TaskState};
use words::id::{BodyId, DeskId, MeetingId, MinutesCommentId, MinutesSectionId, UserId};
use words::{Day, Instant};

use conference::Keeping;

use crate::lines::Style;
use crate::rules::{self, How, State, Step as Move, Taken};
use crate::section::{self, keep, names_nobody, record};
use crate::sql::comment::{self, Stored};
use crate::sql::{self, Edition, Minutes, settings};

/// What the secretariat does with the minutes of a session.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Step {
    /// Out for comment, until a day.
    SendOut { until: Day },
    /// Back from it.
    TakeBack,
    /// Approved.
    Approve { how: How, on: Day, told_by: String, note: String, sure: bool },
    /// Opened again, to be corrected.
    Correct,
    /// The correction is not made.
    Leave,
    /// Former members look until this day; none: no longer.
    Review { until: Option<Day> },
    /// The public version goes out; whether whoever says so has looked that no name stands in it.
    Publish { meant: bool },
    /// It is taken back.
    Withdraw,
    /// How the minutes of this body are laid out.
    Style { style: Style },
}

struct Loaded {
    o: Opened,
    minutes: Minutes,
    right: Right,
}

async fn load(act: &mut Act, id: MeetingId) -> Result<Loaded, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let o = session::open_unasked(&mut act.facts()?, &viewer, id, today).await?;
    let mut relation = Relation::of_no_household();
    relation.accountable = Some(o.meeting.desk);
    let right = act.permit(Action::RunSession, &relation, record(id)).await?;
    session::is_kept(o.meeting.disposed_at.is_some())?;
    let minutes = sql::of_meeting(&mut act.facts()?, m, id).await?;
    Ok(Loaded { o, minutes, right })
}

/// Takes a step.
pub(crate) async fn step(act: &mut Act, id: MeetingId, step: &Step) -> Result<(), Fail> {
    let l = load(act, id).await?;
    let today = act.now().day();
    if let Step::Style { style } = step {
        let body: BodyId = l.o.meeting.body.ok_or(Refusal::new("minutes.no_body"))?;
        return settings::set_style(act, &l.right, body, *style).await;
    }
    act.check_version(l.minutes.version)?;
    let old = &l.minutes;
    match step {
        Step::SendOut { until } => {
            rules::was_held(l.o.meeting.state)?;
            rules::until(*until, today)?;
            let state = rules::next(old.state, Move::SendOut)?;
            let new = Minutes { state, comment_until: Some(*until), ..old.clone() };
            sql::set(act, &l.right, id, old, &new).await?;
            ask(act, &l, *until).await
        }
        Step::TakeBack => {
            let state = rules::next(old.state, Move::TakeBack)?;
            sql::set(act, &l.right, id, old, &Minutes { state, comment_until: None, ..old.clone() }).await?;
            end(act, &l.right, id, TaskKind::CommentMinutes, TaskState::Cancelled).await
        }
        Step::Approve { .. } => approve(act, id, &l, step).await,
        Step::Correct => {
            let state = rules::next(old.state, Move::Correct)?;
            sql::set(act, &l.right, id, old, &Minutes { state, ..old.clone() }).await?;
            let on = Instant::at(today.plus_days(14), 17, 0);
            promise(act, &l.right, TaskKind::WriteMinutes, id.cast(), (l.o.meeting.desk, None), on).await
        }
        Step::Leave => leave(act, id, &l).await,
        Step::Review { until } => {
            if let Some(day) = until {
                rules::until(*day, today)?;
            }
            sql::set(act, &l.right, id, old, &Minutes { review_until: *until, ..old.clone() }).await
        }
        Step::Publish { meant } => publish(act, id, &l, *meant).await,
        Step::Withdraw => sql::take_back(act, &l.right, id).await,
        Step::Style { .. } => Ok(()),
    }
}

/// Asks everybody who was invited to the whole session, once each; of partners without a login the secretariat.
async fn ask(act: &mut Act, l: &Loaded, until: Day) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let desks = l.o.invitees.iter().map(|i| i.desk);
    let login: Vec<DeskId> = register::desks_by_id(&mut act.facts()?, m, desks, today)
        .await?
        .into_iter()
        .filter(|d| d.has_login)
        .map(|d| d.id)
        .collect();
    let mut asked: Vec<(DeskId, Option<UserId>)> = Vec::new();
    for i in &l.o.invitees {
        let who = (i.desk, i.user);
        if i.name.is_empty() && login.contains(&i.desk) && !asked.contains(&who) {
            asked.push(who);
        }
    }
    let on = Instant::at(until, 17, 0);
    for who in asked {
        promise(act, &l.right, TaskKind::CommentMinutes, l.o.meeting.id.cast(), who, on).await?;
    }
    Ok(())
}

async fn end(
    act: &mut Act,
    right: &Right,
    id: MeetingId,
    kind: TaskKind,
    state: TaskState,
) -> Result<(), Fail> {
    task::end_of_thing(act, right, id.cast(), None, &[kind], state).await
}

async fn approve(act: &mut Act, id: MeetingId, l: &Loaded, step: &Step) -> Result<(), Fail> {
    let Step::Approve { how, on, told_by, note, sure } = step else { return Err(Fail::NotVisible) };
    let (m, now) = (act.municipality(), act.now());
    let state = rules::next(l.minutes.state, Move::Approve)?;
    let open = unanswered(act, m, l).await?;
    rules::may_approve(l.o.meeting.state, open, *on, l.o.meeting.starts.day(), now.day())?;
    names_nobody(act, note).await?;
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    if !sure && !hasty(&mut act.facts()?, &viewer, (&l.o, &l.minutes), now.day()).await?.is_empty() {
        return Err(Refusal::new("minutes.hasty_sure").into());
    }
    let edition = l.minutes.edition + 1;
    if edition > 1 && note.is_empty() {
        return Err(Refusal::new("minutes.what_corrected").into());
    }
    let new = Minutes { state, edition, comment_until: None, ..l.minutes.clone() };
    sql::set(act, &l.right, id, &l.minutes, &new).await?;
    let approved = Edition {
        n: edition,
        approved_on: *on,
        how: *how,
        told_by: told_by.clone(),
        note: note.clone(),
        recorded_at: now,
        desk: l.right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?,
        user: viewer.user,
        public_at: None,
        withdrawn_at: None,
    };
    sql::add_edition(act, &l.right, id, &approved).await?;
    crate::stood::keep(act, &l.right, &l.o, (id, edition)).await?;
    crate::records::keep(act, &l.right, &l.o, (id, edition)).await?;
    end(act, &l.right, id, TaskKind::CommentMinutes, TaskState::Cancelled).await?;
    end(act, &l.right, id, TaskKind::WriteMinutes, TaskState::Done).await
}

/// What speaks against approving these minutes now ([`rules::hasty`]).
pub(crate) async fn hasty(
    conn: &mut engine::Conn<'_>,
    viewer: &access::Viewer,
    (o, minutes): (&Opened, &Minutes),
    today: Day,
) -> Result<Vec<&'static str>, Fail> {
    if minutes.state == State::Approved {
        return Ok(Vec::new());
    }
    let (m, id) = (viewer.municipality, o.meeting.id);
    let asked = task::of_things(conn, m, [id.cast()], &[TaskKind::CommentMinutes]).await?;
    let read = asked.iter().filter(|t| t.state == TaskState::Done).count();
    let said = comment::of_meeting(conn, m, id).await?.len();
    let sections = sql::section::of_meeting(conn, m, id, None).await?;
    let closing = sections.iter().any(|s| s.part == rules::Part::Closing && !s.body.trim().is_empty());
    let noted = crate::stood::all_noted(viewer, o);
    Ok(rules::hasty((minutes.state, minutes.comment_until), today, read + said, (closing, noted)))
}

/// Comments that nobody has answered, of the sections whoever approves answers for: those of others hold them up for nothing. Those whose
/// words are closed are answered without words.
async fn unanswered(act: &mut Act, m: words::id::MunicipalityId, l: &Loaded) -> Result<usize, Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let id = l.o.meeting.id;
    let said = comment::of_meeting(&mut act.facts()?, m, id).await?;
    let sections = sql::section::of_meeting(&mut act.facts()?, m, id, None).await?;
    let theirs = |c: &&Stored| {
        sections.iter().find(|s| s.id == c.section).is_some_and(|s| {
            let item = l.o.items.iter().find(|i| Some(i.id) == s.item);
            (s.item.is_none() || item.is_some()) && section::may_write(&viewer, &l.o, item)
        })
    };
    Ok(said.iter().filter(|c| c.taken.is_none()).filter(theirs).count())
}

/// What was written since the approval is not thrown away: it stays as a version, and the approved words stand again as the next one.
async fn leave(act: &mut Act, id: MeetingId, l: &Loaded) -> Result<(), Fail> {
    let state = rules::next(l.minutes.state, Move::LeaveAsItWas)?;
    sql::set(act, &l.right, id, &l.minutes, &Minutes { state, ..l.minutes.clone() }).await?;
    leave::put_back(act, &l.o, &l.right, l.minutes.edition).await?;
    end(act, &l.right, id, TaskKind::WriteMinutes, TaskState::Cancelled).await
}

/// The public version holds what is about nobody, the list of materials too, looked through once more before it leaves.
async fn publish(act: &mut Act, id: MeetingId, l: &Loaded, meant: bool) -> Result<(), Fail> {
    rules::may_publish(l.minutes.edition)?;
    let m = act.municipality();
    let texts = sql::section::of_meeting(&mut act.facts()?, m, id, Some(l.minutes.edition)).await?;
    let materials = sql::material::of_meetings(&mut act.facts()?, m, [id]).await?;
    let listed = materials.iter().filter(|x| x.title_entry.is_none() && !x.withdrawn);
    let text: Vec<&str> = texts
        .iter()
        .filter(|s| s.entry.is_none())
        .map(|s| s.body.as_str())
        .chain(listed.flat_map(|x| [x.number.as_str(), x.title.as_str()]))
        .collect();
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let text = text.join("\n");
    let named = household::telling::named_in(&mut act.facts()?, &viewer, &text).await?;
    let named = act.disclose(named).await?;
    let known = household::telling::called(&named);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    match advice::sense(&text, &known) {
        advice::Sensed::Surely(_) => return Err(Refusal::new("minutes.public_somebody").into()),
        // 「皆さん」 is nobody: whoever has looked says so.
        advice::Sensed::Perhaps(_) if !meant => return Err(Refusal::new("minutes.public_perhaps").into()),
        _ => {}
    }
    sql::give_out(act, &l.right, (id, l.minutes.edition)).await
}

/// A comment as a form says it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Say {
    pub section: MinutesSectionId,
    pub words: String,
    /// Of a partner without a login: at which desk, who, and by which way it was told.
    pub behalf: Option<(DeskId, String, String)>,
}

/// Says something about a section: whoever was asked, a former member, or the secretariat for a partner.
pub(crate) async fn say(act: &mut Act, id: MeetingId, say: &Say) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, now) = (act.municipality(), act.now());
    let reader = crate::reader::find(&mut act.facts()?, &viewer, id, now.day()).await?;
    let (o, minutes) = (&reader.o, &reader.minutes);
    let until = (minutes.comment_until, minutes.review_until);
    rules::may_comment(minutes.state, until.0, reader.former, until.1, now.day())?;
    let stored = sql::section::of_meeting(&mut act.facts()?, m, id, None).await?;
    let section = stored.iter().find(|s| s.id == say.section).ok_or(Fail::NotVisible)?;
    let item = o.items.iter().find(|i| Some(i.id) == section.item);
    // An item that may not be known has no section to say something about.
    if (section.item.is_some() && item.is_none()) || item.is_some_and(|i| !section::may_say(&viewer, o, i)) {
        return Err(Fail::NotVisible);
    }
    let (right, desk, name, told_by) = if let Some((desk, name, told_by)) = &say.behalf {
        if told_by.is_empty() || name.is_empty() {
            return Err(Refusal::new("minutes.who_told").into());
        }
        if !o.invitees.iter().any(|i| i.desk == *desk) {
            return Err(Fail::NotVisible);
        }
        let right = section::writing(act, o, item).await?;
        (right, *desk, name.clone(), told_by.clone())
    } else {
        let mut relation =
            item.filter(|i| !i.general()).map_or_else(Relation::of_no_household, |i| o.relation(i));
        let own = o.invitees.iter().find(|i| viewer.desks().contains(&i.desk)).map(|i| i.desk);
        relation.receiver = own.or(viewer.desks().first().copied());
        let right = act.permit(Action::AnswerInvitation, &relation, record(id)).await?;
        let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
        (right, desk, String::new(), String::new())
    };
    let (body, entry) = match item.filter(|i| !i.general()) {
        None => {
            names_nobody(act, &say.words).await?;
            (say.words.clone(), None)
        }
        Some(item) => {
            let how = Keeping { minutes: false, corrects: None, former_stays: true };
            (String::new(), Some(keep(act, &right, (o, item), &say.words, how).await?))
        }
    };
    let new = Stored {
        id: act.new_id(),
        section: say.section,
        desk,
        user: Some(viewer.user).filter(|_| say.behalf.is_none()),
        name,
        told_by,
        body,
        entry,
        said_at: now,
        taken: None,
        answer: String::new(),
        answer_entry: None,
    };
    comment::insert(act, &right, id, &new).await
}

/// It was read, and nothing needs to be otherwise.
pub(crate) async fn read_it(act: &mut Act, id: MeetingId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let reader = crate::reader::find(&mut act.facts()?, &viewer, id, today).await?;
    let mut relation = Relation::of_no_household();
    let desks = viewer.desks();
    relation.receiver = reader.o.invitees.iter().find(|i| desks.contains(&i.desk)).map(|i| i.desk);
    let right = act.permit(Action::AnswerInvitation, &relation, record(id)).await?;
    let open =
        task::open_of_kinds(&mut act.facts()?, m, desks, &[TaskKind::CommentMinutes], &[], 200).await?;
    let mine = open
        .iter()
        .filter(|t| t.about.thing == Some(id.cast()) && t.assignee.is_none_or(|who| who == viewer.user));
    for task in mine.map(|t| t.id).collect::<Vec<_>>() {
        task::end(act, &right, task, TaskState::Done, "").await?;
    }
    Ok(())
}

/// Says what became of a comment.
pub(crate) async fn answer(
    act: &mut Act,
    (id, comment): (MeetingId, MinutesCommentId),
    (taken, words): (Taken, &str),
) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let (m, today) = (act.municipality(), act.now().day());
    let o = session::open_unasked(&mut act.facts()?, &viewer, id, today).await?;
    let said = comment::of_meeting(&mut act.facts()?, m, id).await?;
    let said = said.iter().find(|c| c.id == comment).ok_or(Fail::NotVisible)?;
    let sections = sql::section::of_meeting(&mut act.facts()?, m, id, None).await?;
    let section = sections.iter().find(|s| s.id == said.section).ok_or(Fail::NotVisible)?;
    let item = o.items.iter().find(|i| Some(i.id) == section.item);
    if section.item.is_some() && item.is_none() {
        return Err(Fail::NotVisible);
    }
    let right = section::writing(act, &o, item).await?;
    // Of words that cannot be read any more is said what became of them, and no word about it.
    let closed = match said.entry {
        Some(id) => section::words_of(act, id).await?.is_none(),
        None => false,
    };
    let words = if closed { "" } else { words };
    if taken != Taken::Yes && words.is_empty() && !closed {
        return Err(Refusal::new("minutes.why_not").into());
    }
    let (words, entry) = match item.filter(|i| !i.general()) {
        None => {
            names_nobody(act, words).await?;
            (words, None)
        }
        Some(_) if words.is_empty() => ("", None),
        Some(item) => {
            let how = Keeping { minutes: false, corrects: None, former_stays: true };
            ("", Some(keep(act, &right, (&o, item), words, how).await?))
        }
    };
    comment::answer(act, &right, comment, taken, (words, entry)).await
}

/// Sets the words that are written otherwise here.
pub(crate) async fn set_terms(act: &mut Act, terms: &[(String, String)]) -> Result<(), Fail> {
    let m = act.municipality();
    let right = act.permit(Action::Administer, &Relation::of_no_household(), record(m)).await?;
    settings::set_terms(act, &right, terms).await
}
