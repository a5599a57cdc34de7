//! 会議に欠かせない課: which section of the municipality has to be there where something is decided, as the town chooses it.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation};
use askama::Template;
use engine::{Act, Begun, Channel, Fail, Look, Receipt, Refusal};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::id::DeskId;

use super::{before, shown};
use crate::sql::body;

/// The field and its problems.
const FIELD: &str = "desk";

#[derive(Template)]
#[template(path = "session_obliged.html")]
struct ObligedPage {
    frame: Frame,
    form: Form,
    /// The desks of the municipality, by agency.
    desks: Vec<(String, Vec<Choice>)>,
}

/// GET /admin/sessions
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let chosen = register::municipal_section(&mut look.conn(), m, today).await?;
    let form = Form::filled(vec![(FIELD, chosen.map(|d| d.to_string()).unwrap_or_default())]);
    render(&req, look, form).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let frame = req.frame();
    let (m, today) = (look.viewer().municipality, look.now().day());
    let kinds = body::desk_kinds(&mut look.conn(), m, today).await?;
    let mut desks = register::desks(&mut look.conn(), m, today).await?;
    desks.retain(|d| kinds.iter().any(|k| k.desk == d.id && k.municipal));
    look.close().await?;
    let page = ObligedPage {
        desks: register::desk_groups(&frame.t, &form, FIELD, &desks, &[]),
        frame,
        form: form.clone(),
    };
    shown(page.render(), &form, Receipt::nothing_personal("desks of the town"))
}

/// POST /admin/sessions
pub(crate) async fn set(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let desk: Option<DeskId> = form.id(FIELD, Need::Optional);
    if form.has_problems() {
        return render(&req, ctx.look(Channel::Page).await?, form).await;
    }
    let done = |receipt| Answer::to(link::MEETING_SETTINGS, "session_obliged", receipt);
    match ctx.act(&req.envelope(), "session.obliged", &desk).await? {
        Begun::Before(_) => Ok(done(before())),
        Begun::New(mut act) => match choose(&mut act, desk).await {
            Ok(()) => Ok(done(act.commit("").await?)),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem(FIELD, refusal.key);
                render(&req, ctx.look(Channel::Page).await?, form).await
            }
            Err(other) => Err(other),
        },
    }
}

/// Chooses it, or leaves it to the case, the body and the order of the desks again.
async fn choose(act: &mut Act, desk: Option<DeskId>) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let record = RecordRef { kind: RecordKind::Meeting, id: m.cast() };
    let right = act.permit(Action::Administer, &Relation::of_no_household(), record).await?;
    if let Some(desk) = desk {
        let kinds = body::desk_kinds(&mut act.facts()?, m, today).await?;
        if !kinds.iter().any(|k| k.desk == desk && k.municipal) {
            return Err(Refusal::new("session.obliged_municipal").into());
        }
    }
    let value = desk.map(|d| d.to_string()).unwrap_or_default();
    register::acts::set_setting(act, &right, register::acts::MUNICIPAL_SECTION, &value).await
}
