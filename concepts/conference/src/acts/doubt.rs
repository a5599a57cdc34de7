//! What becomes of a decision when the presence it rests on is corrected: it stands as it was, says that it waits for a word, and the
//! secretariat of its matter is asked for that word (R-045; domain section 2.2: no state is a trap).

use access::Right;
use engine::{Act, Broken, Conn, Fail};
use task::{About, NewTask, TaskKind, TaskState};
use words::id::{DecisionId, DeskId, MatterId, MeetingId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant, codes};

use super::{SOON, due};
use crate::rules::there::CorrectedWhy;
use crate::sql::{self, doubt as stored};

codes! {
    /// What was said of a decision whose presence was corrected.
    pub enum Answer {
        /// It stays: those who had to be there were.
        Confirmed = "confirmed",
        /// It stays: whoever was not there was told, and agrees.
        Heard = "heard",
        /// It stays: the support is over, and no conference is held about it any more.
        Over = "over",
        /// It was decided anew.
        Anew = "anew",
        /// It was taken back.
        Void = "void",
    }
}

/// Where presence was noted.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The matter.
    pub matter: Option<MatterId>,
    /// The session whose list it is; none for the list of the matter's office.
    pub meeting: Option<MeetingId>,
    /// The day.
    pub on: Day,
}

/// Somebody whose presence is corrected; how it was and is noted, as codes of that list.
#[derive(Debug, Clone, Copy)]
pub struct Corrected<'a> {
    /// The desk they speak for.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// The name of a partner without a login.
    pub name: &'a str,
    /// Before; empty when nothing was noted in this list.
    pub was: &'static str,
    /// Now.
    pub became: &'static str,
}

/// A correction, as it is kept.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Whether it is of the list of a session: then its codes are those of sessions.
    pub of_session: bool,
    /// The day.
    pub on: Day,
    /// The desk they speak for.
    pub desk: DeskId,
    /// The person.
    pub user: Option<UserId>,
    /// The name of a partner without a login.
    pub name: String,
    /// Before.
    pub was: String,
    /// Afterwards.
    pub became: String,
    /// Why.
    pub why: CorrectedWhy,
    /// When it was corrected.
    pub at: Instant,
    /// By whom.
    pub by: Option<UserId>,
}

/// A correction under a decision, and what was said of it.
#[derive(Debug, Clone)]
pub struct Doubt {
    /// The correction.
    pub correction: Correction,
    /// What was said; nothing yet.
    pub answer: Option<Answer>,
    /// The decision that was made in its place.
    pub anew: Option<DecisionId>,
    /// When it was said, and by whom.
    pub answered: Option<(Instant, UserId)>,
}

/// Keeps corrections with how it was noted before; each decision of that matter and day waits for a word, and its secretariat is asked for
/// it. What nobody gave a reason for is kept only where something was decided.
pub async fn correct(
    act: &mut Act,
    right: &Right,
    held: Held,
    who: &[Corrected<'_>],
    why: CorrectedWhy,
) -> Result<(), Fail> {
    let m = act.municipality();
    let decisions = match held.matter {
        Some(matter) => stored::decided(&mut act.facts()?, m, matter, held.on).await?,
        None => Vec::new(),
    };
    if who.is_empty() || (decisions.is_empty() && why == CorrectedWhy::Noted) {
        return Ok(());
    }
    for c in who {
        stored::keep(act, right, &held, (c, why), &decisions).await?;
    }
    match held.matter {
        Some(matter) => ask(act, right, matter, &decisions).await,
        None => Ok(()),
    }
}

/// The promise of the secretariat, or of whoever runs the matter in its place: once for each decision.
async fn ask(act: &mut Act, right: &Right, matter: MatterId, decisions: &[DecisionId]) -> Result<(), Fail> {
    let (m, now) = (act.municipality(), act.now());
    let kinds = [TaskKind::RecheckDecision];
    let things: Vec<ThingId> = decisions.iter().map(|d| d.cast()).collect();
    let asked = task::of_things(&mut act.facts()?, m, things, &kinds).await?;
    let Some(header) = sql::by_ids(&mut act.facts()?, m, [matter]).await?.into_iter().next() else {
        return Ok(());
    };
    let deputy = header.deputy.filter(|d| d.lasts);
    let desk = match deputy {
        Some(d) => d.desk,
        None => register::heir(&mut act.facts()?, m, header.secretariat, now.day()).await?,
    };
    for id in decisions {
        let thing = Some(id.cast());
        if asked.iter().any(|t| t.about.thing == thing && t.state == TaskState::Open) {
            continue;
        }
        let new = NewTask {
            kind: TaskKind::RecheckDecision,
            desk,
            assignee: deputy.map(|d| d.user),
            about: About { thing, ..About::default() },
            due_at: due(now, SOON),
        };
        task::add(act, right, &new).await?;
    }
    Ok(())
}

/// What was corrected under a decision, and what was said of it. Whoever asks may know of the decision.
pub async fn doubts(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    decision: DecisionId,
) -> Result<Vec<Doubt>, Broken> {
    stored::of_decision(conn, m, decision).await
}

/// What was corrected in the list of a session after it had led to something.
pub async fn corrections(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    meeting: MeetingId,
) -> Result<Vec<Correction>, Broken> {
    stored::of_meeting(conn, m, meeting).await
}

/// The word about a decision is given; false when none was waited for.
pub async fn settle_doubts(
    act: &mut Act,
    right: &Right,
    decision: DecisionId,
    (answer, anew): (Answer, Option<DecisionId>),
) -> Result<bool, Fail> {
    let answered = stored::answer(act, right, decision, (answer, anew)).await?;
    let state = if answer == Answer::Void { TaskState::Cancelled } else { TaskState::Done };
    task::end_of_thing(act, right, decision.cast(), None, &[TaskKind::RecheckDecision], state).await?;
    Ok(answered > 0)
}
