//! Storing what is owed.

use access::Right;
use engine::{Act, Fail, args};
use task::{About, NewTask, TaskKind};
use words::Instant;
use words::id::{CaseId, ConnectingSheetId, DeskId, FeedbackId, ReferralId, UserId};

/// What is owed to whom.
#[derive(Debug, Clone)]
pub struct Owed {
    /// For a referral.
    pub referral: Option<ReferralId>,
    /// For a connecting sheet.
    pub sheet: Option<ConnectingSheetId>,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The desk that owes it.
    pub from_desk: DeskId,
    /// The desk it is owed to.
    pub to_desk: DeskId,
    /// The one person there it is owed to.
    pub to_user: Option<UserId>,
    /// By when.
    pub due_at: Instant,
}

/// Notes that feedback is owed: a task of the desk that owes it, until it is given.
pub async fn owe(act: &mut Act, right: &Right, owed: &Owed) -> Result<FeedbackId, Fail> {
    let about = About { case: owed.case, referral: owed.referral, sheet: owed.sheet, ..About::default() };
    let new = NewTask {
        kind: TaskKind::GiveFeedback,
        desk: owed.from_desk,
        assignee: None,
        about,
        due_at: owed.due_at,
    };
    let task = task::add(act, right, &new).await?;
    let id: FeedbackId = act.new_id();
    let (municipality, command) = (act.municipality(), act.command());
    act.save(right)?
        .exec(
            "INSERT INTO feedback (municipality_id, id, referral_id, sheet_id, from_desk_id, to_desk_id, to_user_id, \
             task_id, command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                municipality,
                id,
                owed.referral,
                owed.sheet,
                owed.from_desk,
                owed.to_desk,
                owed.to_user,
                task,
                command,
            ],
        )
        .await?;
    Ok(id)
}
