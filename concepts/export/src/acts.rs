//! Asking for a file, having it made anew, throwing it away.

use access::{Action, RecordKind, RecordRef, Relation, Right, System};
use engine::{Act, Begun, Ctx, Envelope, Fail, Origin, Receipt, Refusal};
use serde::Serialize;
use words::code::Code;
use words::id::{AppointmentId, ExportId};

use crate::lists::List;
use crate::rules::{self, Format, MOST_WAITING, State, Step};
use crate::sql::{self, Export};
use crate::work::seated;

/// The appointments somebody holds now.
pub(crate) fn appointments(ctx: &Ctx) -> Vec<AppointmentId> {
    ctx.viewer.seats.iter().map(|s| s.appointment).collect()
}

/// Somebody acting under the appointment a file was asked under; the answer of absence when they hold it no longer.
pub(crate) fn under(ctx: &Ctx, export: &Export) -> Result<Ctx, Fail> {
    let viewer = seated(ctx.viewer.clone(), export.appointment).ok_or(Fail::NotVisible)?;
    Ok(Ctx { viewer, ..ctx.clone() })
}

async fn permit(act: &mut Act, id: ExportId) -> Result<Right, Fail> {
    let record = RecordRef { kind: RecordKind::Export, id: id.cast() };
    act.permit(Action::TakeOut, &Relation::of_no_household(), record).await
}

fn before() -> Receipt {
    Receipt::nothing_personal("a redirect to what was sent before")
}

/// Asks for a list as a file, whole and with every column: the way without a page.
pub async fn ask(ctx: &Ctx, envelope: &Envelope, list: &str, format: &str) -> Result<ExportId, Fail> {
    let list = List::at(list).ok_or(Fail::NotVisible)?;
    let format = Format::parse(format).ok_or(Fail::NotVisible)?;
    let new = Export::asked(ctx, list, format)?;
    Ok(send(ctx, envelope, new).await?.0)
}

/// Asks for a file. It is made by the job.
pub(crate) async fn send(ctx: &Ctx, envelope: &Envelope, new: Export) -> Result<(ExportId, Receipt), Fail> {
    #[derive(Serialize)]
    struct Body<'a>(&'a str, &'a str, &'a [String], String);
    let body = Body(new.list.path(), &new.query, &new.hidden, new.format.to_string());
    let mut act = match ctx.act(envelope, "export.ask", &body).await? {
        Begun::New(act) => act,
        Begun::Before(id) => return Ok((id.parse().map_err(|_| Fail::NotVisible)?, before())),
    };
    let right = permit(&mut act, new.id).await?;
    let (m, user) = (act.municipality(), ctx.viewer.user);
    let own = sql::of_user(&mut act.facts()?, m, user, &appointments(ctx)).await?;
    if own.iter().filter(|e| e.state.is_work()).count() >= MOST_WAITING {
        return Err(Refusal::new("download.too_many").arg("max", MOST_WAITING).into());
    }
    sql::add(&mut act, &right, &new).await?;
    let receipt = act.commit(&new.id.to_string()).await?;
    Ok((new.id, receipt))
}

/// Has a file made anew, or throws it away.
pub(crate) async fn step(
    ctx: &Ctx,
    envelope: &Envelope,
    export: &Export,
    step: Step,
) -> Result<Receipt, Fail> {
    let ctx = under(ctx, export)?;
    let kind = if step == Step::Again { "export.again" } else { "export.discard" };
    let Begun::New(mut act) = ctx.act(envelope, kind, &export.id).await? else { return Ok(before()) };
    let right = permit(&mut act, export.id).await?;
    let to = rules::step(export.state, step)?;
    sql::restart(&mut act, &right, export, to, "").await?;
    Ok(act.commit(&export.id.to_string()).await?)
}

/// Notes when a file was fetched last. Who fetched it stands in the access log.
pub(crate) async fn fetched(ctx: &Ctx, id: ExportId) -> Result<(), Fail> {
    let m = ctx.viewer.municipality;
    let mut act = ctx.engine.system_act(System::Export, m, Origin::Page, "export.fetched", &id).await?;
    sql::fetched(&mut act, &Right::system(System::Export), id).await?;
    act.commit("").await?;
    Ok(())
}

/// Forgets a file whose days are over.
pub(crate) async fn forget(act: &mut Act, id: ExportId) -> Result<(), Fail> {
    let m = act.municipality();
    let ready = sql::ready(&mut act.facts()?, m, id).await?.ok_or(Fail::Stale)?;
    sql::restart(act, &Right::system(System::Export), &ready, State::Gone, "download.over").await
}
