//! Open tasks go from one desk to another, or to somebody there.

use access::Right;
use engine::{Act, Fail, args};
use words::code::Code;
use words::id::{CaseId, DeskId, TaskId, UserId};

use crate::TaskKind;

/// Passes the open tasks of one kind that one desk holds for a case to another desk.
pub async fn pass_on(
    act: &mut Act,
    right: &Right,
    case: CaseId,
    kind: TaskKind,
    from: DeskId,
    to: DeskId,
) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE task SET desk_id = $5, assignee_id = NULL, version = version + 1 WHERE municipality_id = $1 \
             AND case_id = $2 AND kind = $3 AND desk_id = $4 AND state = 'open'",
            args![municipality, case, kind.code(), from, to],
        )
        .await?;
    Ok(())
}

/// One task goes to another desk, to nobody in particular there.
pub async fn hand_to(act: &mut Act, right: &Right, id: TaskId, to: DeskId) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE task SET desk_id = $3, assignee_id = NULL, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'open'",
            args![municipality, id, to],
        )
        .await?;
    Ok(())
}

/// Names the person in charge, as part of another act. What somebody asks for is a [`crate::change`].
pub async fn assign(act: &mut Act, right: &Right, id: TaskId, to: Option<UserId>) -> Result<(), Fail> {
    let municipality = act.municipality();
    act.save(right)?
        .exec(
            "UPDATE task SET assignee_id = $3, version = version + 1 \
             WHERE municipality_id = $1 AND id = $2 AND state = 'open'",
            args![municipality, id, to],
        )
        .await?;
    Ok(())
}
