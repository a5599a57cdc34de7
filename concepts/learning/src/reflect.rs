//! ふりかえり of a case.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, RecordKind, RecordRef};
use askama::Template;
use engine::{Begun, Channel, Fail, Look, Receipt, Refusal};
use household::entry::{self, About, MOST_CHARACTERS};
use household::{Field, Marks, MarksControl, NewEntry, Reasons, marks_from, nameable};
use serde::Serialize;
use site::{Answer, Choice, Form, Frame, Req, link};
use words::code::Code;
use words::id::{CaseId, EntryId, ThingId};

use crate::rules::{Cause, Part};
use crate::sql::{self, Reflection};

struct Shown {
    by: String,
    causes: Vec<String>,
    texts: Vec<(String, String)>,
    /// Where it is made into a case for the library, for its desk.
    share: Option<String>,
}

#[derive(Template)]
#[template(path = "learning_reflect.html")]
struct ReflectPage {
    frame: Frame,
    form: Form,
    case: CaseId,
    number: String,
    causes: Vec<Choice>,
    marks: MarksControl,
    may: bool,
    shown: Vec<Shown>,
    reasons: Vec<String>,
}

/// GET /cases/{id}/reflections
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let look = req.ctx()?.look(Channel::Page).await?;
    render(&req, look, Form::default()).await
}

async fn render(req: &Req, mut look: Look, form: Form) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let (m, today) = (look.viewer().municipality, look.now().day());
    let viewer = look.viewer().clone();
    let loaded = casefile::load(&mut look, case).await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let found = sql::of_case(&mut look.conn(), m, case).await?;
    let ids: BTreeSet<EntryId> = found.iter().flat_map(|r| r.texts.iter().map(|x| x.1)).collect();
    let (texts, disclosed) = entry::said_today(&mut look, ids).await?;
    let mut reasons = Reasons::default();
    reasons.of_all(&loaded.members);
    reasons.of_all(&disclosed);
    let names = register::user_names(&mut look.conn(), m, found.iter().filter_map(|r| r.author)).await?;
    let desks = register::desk_names(&mut look.conn(), m, found.iter().map(|r| r.desk), today).await?;
    let own = viewer.reading_desks();
    let shown = found
        .iter()
        // A reflection of which nothing may be read is not there.
        .filter(|r| r.texts.iter().any(|x| texts.contains_key(&x.1)))
        .map(|r| Shown {
            by: format!(
                "{} {} {}",
                frame.day(&r.at.day()),
                desks.get(&r.desk).cloned().unwrap_or_default(),
                r.author.and_then(|a| names.get(&a)).cloned().unwrap_or_default()
            ),
            causes: r.causes.iter().map(|c| t.code("lesson_cause", c)).collect(),
            texts: r
                .texts
                .iter()
                .filter_map(|(part, id)| Some((t.code("reflection_part", part), texts.get(id)?.clone())))
                .collect(),
            share: own.contains(&r.desk).then(|| format!("{}/share", link::reflection(r.id))),
        })
        .collect();
    let page = ReflectPage {
        case,
        number: loaded.header.number_text(),
        causes: Cause::ALL
            .iter()
            .map(|c| Choice::new(&form, "causes", c, t.code("lesson_cause", c)))
            .collect(),
        marks: MarksControl::new(&t, &form, "words", &nameable(&t, &loaded.members)),
        may: access::may(&viewer, Action::Reflect, &loaded.relation).is_ok(),
        shown,
        reasons: reasons.sentences(&t),
        frame,
        form: form.clone(),
    };
    let wrong = form.has_problems();
    let (html, receipt) = (page.render(), look.close().await?);
    if wrong { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

#[derive(Serialize)]
struct Body {
    case: CaseId,
    causes: Vec<Cause>,
    texts: Vec<(Part, String)>,
    marks: Marks,
}

/// POST /cases/{id}/reflections
pub(crate) async fn write(req: Arc<Req>) -> Result<Answer, Fail> {
    let case: CaseId = req.id("id")?;
    let ctx = req.ctx()?;
    let mut form = req.form();
    let causes = form.codes::<Cause>("causes");
    let mut texts = Vec::new();
    for part in Part::ALL {
        let words = form.paragraph(part.code(), site::Need::Optional, MOST_CHARACTERS);
        if !words.is_empty() {
            texts.push((*part, words));
        }
    }
    if texts.is_empty() && !form.has_problems() {
        form.problem(Part::Well.code(), "lesson.nothing");
    }
    let mut look = ctx.look(Channel::Write).await?;
    let loaded = casefile::load(&mut look, case).await?;
    let marks = marks_from(&mut form, "words", &nameable(&req.frame().t, &loaded.members));
    if form.has_problems() {
        return render(&req, look, form).await;
    }
    look.close().await?;
    let body = Body { case, causes, texts, marks };
    let back = link::case_reflections(case);
    match ctx.act(&req.envelope(), "reflection.write", &body).await? {
        Begun::Before(_) => {
            let receipt = Receipt::nothing_personal("the command was done before; nothing is shown");
            Ok(Answer::to(&back, "reflection_written", receipt))
        }
        Begun::New(mut act) => {
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let (header, relation) =
                casefile::relation(&mut act.facts()?, &viewer, case).await?.ok_or(Fail::NotVisible)?;
            let id: ThingId = act.new_id();
            let right =
                act.permit(Action::Reflect, &relation, RecordRef { kind: RecordKind::Lesson, id }).await?;
            let now = act.now();
            let entries = body
                .texts
                .iter()
                .map(|(_, words)| NewEntry {
                    field: Field::Reflection,
                    form: None,
                    household: Some(header.household),
                    marks: body.marks.clone(),
                    body: words.clone(),
                    occurred_at: now,
                    told: None,
                    about: About { case: Some(case), ..About::default() },
                    corrects: None,
                })
                .collect();
            let written = entry::write(&mut act, &right, entries).await?;
            household::findable::refresh(&mut act, &right, &[], &written).await?;
            let desk = right.seat().map(|s| s.desk).ok_or(Refusal::new("text.choose"))?;
            let new = Reflection {
                id,
                case,
                desk,
                author: Some(viewer.user),
                at: now,
                causes: body.causes.clone(),
                texts: body.texts.iter().map(|x| x.0).zip(written).collect(),
            };
            sql::reflect(&mut act, &right, &new).await?;
            Ok(Answer::to(&back, "reflection_written", act.commit(&id.to_string()).await?))
        }
    }
}
