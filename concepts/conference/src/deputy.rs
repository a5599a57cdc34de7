//! The page where a deputy is named: matters that nobody at their secretariat may run. The kind of conference, its secretariat and its day
//! (disclosure rule 13); neither number nor household, and no way further in.

use std::sync::Arc;

use access::Viewer;
use askama::Template;
use engine::{Begun, Broken, Channel, Conn, Fail, Look, Receipt};
use site::{Answer, Choice, Form, Frame, Need, Req, link};
use words::Instant;
use words::id::{AppointmentId, DeskId, MatterId};

use crate::acts::deputy::{self as acts, Wanted};
use crate::positions;

/// The field of the person.
const WHO: &str = "appointment";

struct Line {
    id: MatterId,
    name: String,
    secretariat: String,
    opened: String,
    /// Who runs it now.
    deputy: Option<String>,
    /// The people of the desk that was chosen for it.
    chosen: Option<Chosen>,
    /// No desk was chosen for it, and the form was sent.
    wrong: bool,
}

struct Chosen {
    desk: DeskId,
    name: String,
    places: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "conference_deputies.html")]
struct DeputiesPage {
    frame: Frame,
    form: Form,
    lines: Vec<Line>,
    desks: Vec<(String, Vec<Choice>)>,
}

/// How many matters wait for this viewer to name somebody.
pub async fn deputies_wanted(conn: &mut Conn<'_>, viewer: &Viewer, now: Instant) -> Result<usize, Broken> {
    Ok(acts::wanted(conn, viewer, now).await?.iter().filter(|w| w.open).count())
}

/// GET /deputies?matter=&desk=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::List).await?;
    let mut form = req.query_form();
    if req.query().get("desk") == Some("") {
        form.must_choose("desk");
    }
    render(&req, look, form).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let found = acts::wanted(&mut look.conn(), &ctx.viewer, ctx.now).await?;
    let all = if found.is_empty() { Vec::new() } else { register::desks(&mut look.conn(), m, today).await? };
    let (matter, desk): (Option<MatterId>, Option<DeskId>) =
        (form.value("matter").parse().ok(), form.value("desk").parse().ok());
    let desk = all.iter().find(|d| Some(d.id) == desk);
    let places = match desk {
        Some(desk) => register::places_of(&mut look.conn(), m, desk.id, today).await?,
        None => Vec::new(),
    };
    let names =
        register::desk_names(&mut look.conn(), m, found.iter().map(|w| w.header.secretariat), today).await?;
    let runs = found.iter().filter(|w| !w.open).filter_map(|w| w.header.deputy.map(|d| d.user));
    let users = register::user_names(&mut look.conn(), m, runs).await?;
    let positions = positions::on(&mut look.conn(), m, None).await?;
    let chosen = |w: &Wanted| {
        let desk = desk.filter(|_| matter == Some(w.header.id))?;
        let can = places.iter().filter(|p| p.role.reads_desk_records() && !w.kept_out.contains(&p.user));
        let word = |p: &register::Place| format!("{}（{}）", p.name, frame.t.code("role", p.role));
        let places = can.map(|p| (p.appointment.to_string(), word(p))).collect();
        Some(Chosen { desk: desk.id, name: desk.name.clone(), places })
    };
    let lines = found
        .iter()
        .map(|w| {
            let h = &w.header;
            let position = positions.iter().rfind(|p| p.code == h.position);
            Line {
                id: h.id,
                name: position.map(|p| p.name.clone()).unwrap_or_default(),
                secretariat: names.get(&h.secretariat).cloned().unwrap_or_default(),
                opened: frame.day(&h.opened_at.day()),
                deputy: h.deputy.filter(|_| !w.open).and_then(|d| users.get(&d.user).cloned()),
                chosen: chosen(w),
                wrong: matter == Some(h.id) && form.error(&frame.t, "desk").is_some(),
            }
        })
        .collect();
    let desks = register::desk_groups(&frame.t, &form, "desk", &all, &[]);
    let page = DeputiesPage { lines, desks, form: form.clone(), frame };
    let (html, receipt) = (page.render(), look.close().await?);
    if form.has_problems() { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

/// POST /deputies
pub(crate) async fn name(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let mut form = req.form();
    let (matter, desk): (Option<MatterId>, Option<DeskId>) =
        (form.id("matter", Need::Required), form.id("desk", Need::Required));
    form.must_choose(WHO);
    let who: Option<AppointmentId> = form.id(WHO, Need::Required);
    let said = matter.zip(desk).zip(who).filter(|_| !form.has_problems());
    let Some(((matter, desk), who)) = said else {
        return render(&req, ctx.look(Channel::List).await?, form).await;
    };
    let done = |receipt| Ok(Answer::to(link::DEPUTIES, "matter_deputy", receipt));
    match ctx.act(&req.envelope(), "matter.deputy", &(matter, desk, who)).await? {
        Begun::Before(_) => done(Receipt::nothing_personal("the command was done before; nothing is shown")),
        Begun::New(mut act) => match acts::name(&mut act, matter, (desk, who)).await {
            Ok(()) => done(act.commit(&matter.to_string()).await?),
            Err(Fail::Refused(refusal)) => {
                drop(act);
                form.problem(WHO, refusal.key);
                render(&req, ctx.look(Channel::List).await?, form).await
            }
            Err(other) => Err(other),
        },
    }
}
