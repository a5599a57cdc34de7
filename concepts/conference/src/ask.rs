//! Asking for a confidential conference: where a household gives no consent, whoever carries its case asks the coordinator who opens matters.
//! Told are the number of the case and the desk that asks, as in the list of people without consent; no content (disclosure rules 9, 13).

use std::sync::Arc;

use access::{Action, RecordRef, Role, Viewer};
use casefile::CaseState;
use engine::{Act, Begun, Broken, Conn, Fail, Receipt, Refusal};
use site::{Answer, Req, link};
use task::{NewTask, TaskKind, TaskState};
use words::calendar::{self, OpeningDays};
use words::id::{CaseId, DeskId, MunicipalityId, TaskId, UserId};
use words::{Day, Instant};

use crate::sql;

/// Business days until a coordinator has answered.
const ANSWER: u32 = 3;

/// Who opens a matter about a case, for whoever has a part in it.
#[derive(Debug, Clone)]
pub struct Opener {
    /// The coordinator's desk.
    pub desk: DeskId,
    /// Its name.
    pub name: String,
    /// Whether a desk of the viewer's asked it, and it has not answered: that another one asked is nobody else's to know.
    pub asked: bool,
}

/// The coordinator's desk that would open a matter about a case; none where nobody coordinates. That the case is the viewer's to look at was
/// asked before.
pub async fn opener(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    (case, accountable): (CaseId, Option<DeskId>),
    on: Day,
) -> Result<Option<Opener>, Broken> {
    let m = viewer.municipality;
    let Some(desk) = opens(conn, m, accountable, on).await? else { return Ok(None) };
    let names = register::desk_names(conn, m, [desk], on).await?;
    let asked = own(conn, viewer, case, on).await?.iter().any(|(_, at)| *at == desk);
    Ok(Some(Opener { desk, name: names.get(&desk).cloned().unwrap_or_default(), asked }))
}

/// The coordinator's desk that opens a matter about a case of this accountable desk: that of its area.
pub(crate) async fn opens(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    accountable: Option<DeskId>,
    on: Day,
) -> Result<Option<DeskId>, Broken> {
    let area = register::desks_by_id(conn, m, accountable, on).await?.first().and_then(|d| d.area);
    register::coordinator_for(conn, m, area, &[], on).await
}

/// The questions of the viewer's desks that wait, with the desk each waits at.
async fn own(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
    on: Day,
) -> Result<Vec<(TaskId, DeskId)>, Broken> {
    let m = viewer.municipality;
    let mine = viewer.reading_desks();
    let mut found = Vec::new();
    for t in task::of_things(conn, m, [case.cast()], &[TaskKind::AskedMatter]).await? {
        if t.state != TaskState::Open {
            continue;
        }
        let Some((_, desk)) = sql::asker(conn, m, t.id).await? else { continue };
        if mine.contains(&register::heir(conn, m, desk, on).await?) {
            found.push((t.id, t.desk));
        }
    }
    Ok(found)
}

/// A question that waits at a desk where the viewer coordinates.
pub(crate) struct Question {
    /// Which of their desks was asked.
    pub desk: DeskId,
    /// Who asked, for which desk: as many as asked.
    pub askers: Vec<(UserId, DeskId)>,
}

/// The question whether a matter is opened about this case, for a coordinator it waits for.
pub(crate) async fn open_question(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    case: CaseId,
) -> Result<Option<Question>, Broken> {
    let m = viewer.municipality;
    let found = task::of_things(conn, m, [case.cast()], &[TaskKind::AskedMatter]).await?;
    let mine = |desk: DeskId| viewer.seats.iter().any(|s| s.role == Role::Coordinator && s.holds(desk));
    let mut question: Option<Question> = None;
    for waits in found.iter().filter(|t| t.state == TaskState::Open && mine(t.desk)) {
        let asker = sql::asker(conn, m, waits.id).await?;
        question.get_or_insert(Question { desk: waits.desk, askers: Vec::new() }).askers.extend(asker);
    }
    Ok(question)
}

/// POST /cases/{id}/ask-matter
pub(crate) async fn send(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: CaseId = req.id("id")?;
    let to = link::propose("case", id);
    match req.ctx()?.act(&req.envelope(), "matter.ask", &id).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&to, "matter_asked", receipt))
        }
        Begun::New(mut act) => {
            ask(&mut act, id).await?;
            Ok(Answer::to(&to, "matter_asked", act.commit(&id.to_string()).await?))
        }
    }
}

/// Asks: one question at a time.
async fn ask(act: &mut Act, id: CaseId) -> Result<(), Fail> {
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let today = act.now().day();
    let (case, relation) =
        casefile::relation(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let record = RecordRef::case(id);
    let right = act.permit(Action::ProposeItem, &relation, record).await?;
    if case.state != CaseState::Open {
        return Err(Refusal::conflict("conference.case_over").into());
    }
    let opener = opener(&mut act.facts()?, &viewer, (id, case.accountable), today).await?;
    let opener = opener.ok_or(Refusal::new("conference.nobody_coordinates"))?;
    if opener.asked {
        return Ok(());
    }
    // The desk that was asked has no coordinator any more: the question goes to the one that has.
    if let Some((waits, _)) = own(&mut act.facts()?, &viewer, id, today).await?.first() {
        return task::hand_to(act, &right, *waits, opener.desk).await;
    }
    let due = calendar::business_day_after(&OpeningDays::default(), today, ANSWER);
    let about = task::About { thing: Some(id.cast()), ..task::About::default() };
    let new = NewTask {
        kind: TaskKind::AskedMatter,
        desk: opener.desk,
        assignee: None,
        about,
        due_at: Instant::at(due, 17, 0),
    };
    task::add(act, &right, &new).await?;
    Ok(())
}
