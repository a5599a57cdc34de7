//! A consent ends without anybody here doing anything: it is withdrawn on another page, or its last day passes. Whoever
//! asked on it is told, as a task: pick another basis, or withdraw.

use access::{Right, System};
use engine::{Engine, Fail, Origin};
use task::{NewTask, TaskKind};
use words::id::MunicipalityId;

use crate::{acts, ask, sql};

/// Looks through the inquiries that wait on a consent. How many askers were told. Doing it again changes nothing.
pub async fn watch_bases(engine: &Engine, municipality: MunicipalityId) -> Result<usize, Fail> {
    let mut act = engine
        .system_act(
            System::InquiryBasis,
            municipality,
            Origin::Job,
            "inquiry.watch_bases",
            &engine.now().iso(),
        )
        .await?;
    let right = Right::system(System::InquiryBasis);
    let today = act.now().day();
    let waiting = sql::on_consent(&mut act.facts()?, municipality).await?;
    let persons = sql::subjects(&mut act.facts()?, municipality, waiting.iter().map(|r| r.id)).await?;
    let mut told = 0;
    for r in &waiting {
        let about_whom = persons.get(&r.id).map_or(&[][..], Vec::as_slice);
        if acts::basis_holds(&mut act.facts()?, municipality, r, about_whom, today).await? {
            continue;
        }
        let (about, guarded) = ask::promises(r.id, r.case, r.consultation);
        let desk = register::heir(&mut act.facts()?, municipality, r.from, today).await?;
        let due_at = acts::soon(act.now());
        let new = NewTask {
            kind: TaskKind::CheckInquiry,
            desk,
            assignee: r.from_user.filter(|_| desk == r.from),
            about,
            due_at,
        };
        task::add(&mut act, &right, &new).await?;
        sql::basis_gone(&mut act, &right, r.id).await?;
        ask::settle(&mut act, &right, guarded).await?;
        told += 1;
    }
    if told > 0 {
        act.commit("").await?;
    }
    Ok(told)
}
