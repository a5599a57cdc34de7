//! Saying something of a pair: begin, load, permit, decide, save.

use access::{Action, RecordKind, RecordRef, Relation};
use engine::{Begun, Fail, Receipt};
use site::Req;
use words::id::{DeskId, ThingId};

use crate::rules::{Said, Step, next};
use crate::{sql, views};

/// What came of it: nothing is shown, the page is loaded anew.
pub(crate) async fn say(req: &Req, id: ThingId, step: Step) -> Result<Receipt, Fail> {
    let mut act = match req.ctx()?.act(&req.envelope(), "same.say", &(id, step)).await? {
        Begun::Before(_) => {
            return Ok(Receipt::nothing_personal("the command was done before; nothing is shown"));
        }
        Begun::New(act) => act,
    };
    let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
    let pair = sql::by_id(&mut act.facts()?, &viewer, id).await?.ok_or(Fail::NotVisible)?;
    let sealed = household::person::by_ids(&mut act.facts()?, &viewer, pair.persons).await?;
    let people = act.disclose(sealed).await?;
    let [a, b] = views::both(&pair, &people).ok_or(Fail::NotVisible)?;
    let households = [a.household, b.household];
    let wrote = [a.desk, b.desk];
    let cases = household::cases_of(&mut act.facts()?, &viewer, households).await?;
    let mut relation = Relation::within(cases.into_values().flatten());
    // One of the two desks that wrote: this viewer's own, where there is one.
    let own: Vec<DeskId> = viewer.seats.iter().map(|s| s.desk).collect();
    relation.author =
        wrote.iter().copied().find(|d| viewer.seats.iter().any(|s| s.holds(*d))).or(Some(wrote[0]));
    let record = RecordRef { kind: RecordKind::Person, id: pair.persons[0].cast() };
    let right = act.permit(Action::JudgeSamePerson, &relation, record).await?;
    act.check_version(pair.version)?;
    let to = next(pair.state, pair.said, step, (viewer.user, &own))?;
    let desk = right.seat().map(|s| s.desk).ok_or(Fail::NotVisible)?;
    sql::say(&mut act, &right, &pair, (step, to), Said { by: viewer.user, desk }).await?;
    Ok(act.commit(&id.to_string()).await?)
}
