//! どの会議?: three questions, and what each kind of meeting is for, side by side.

use std::sync::Arc;

use askama::Template;
use conference::{Position, RestsOn};
use engine::{Channel, Fail};
use site::{Answer, Choice, Form, Frame, Req, link};

use words::code::Code;

use super::codes;
use crate::finder::{self, Purpose};
use crate::rules::Escalation;
use crate::sql::body;

struct Card {
    name: String,
    href: String,
    purpose: String,
    about: String,
    secretariat: String,
    grounds: Vec<(String, String, bool)>,
}

struct Found {
    position: String,
    consent: bool,
    article: String,
    bodies: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "session_guide.html")]
struct GuidePage {
    frame: Frame,
    form: Form,
    touch: Vec<Choice>,
    consent: Vec<Choice>,
    purposes: Vec<Choice>,
    asked: bool,
    issue: bool,
    /// Where a subject about nobody is brought up, for whoever may.
    general: Option<String>,
    /// Where issues are written, for whoever writes some.
    issues: Option<&'static str>,
    found: Vec<Found>,
    without: bool,
    cards: Vec<Card>,
    escalation: Vec<String>,
}

/// GET /sessions/guide?touch=&consent=&purpose=
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let t = frame.t.clone();
    let (m, today) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::Page).await?;
    let mut form = req.query_form();
    let purpose: Option<Purpose> = form.code("purpose", site::Need::Optional);
    if form.ticked("asked") {
        for question in ["touch", "consent", "purpose"] {
            form.must_choose(question);
        }
    }
    let (touch, consent) = (form.value("touch").to_owned(), form.value("consent").to_owned());
    let positions = conference::on(&mut look.conn(), m, Some(today)).await?;
    let mut bodies = body::all(&mut look.conn(), m).await?;
    bodies.retain(|b| b.stands(today));
    let names = register::desk_names(&mut look.conn(), m, bodies.iter().map(|b| b.desk), today).await?;
    let of = |p: &Position| -> Vec<(String, String)> {
        bodies
            .iter()
            .filter(|b| b.positions.contains(&p.code))
            .map(|b| (link::body(b.id), b.name.clone()))
            .collect()
    };
    let asked = purpose.is_some() && !touch.is_empty() && !consent.is_empty();
    let fits = purpose
        .filter(|_| asked)
        .map(|p| finder::positions(touch == "yes", consent == "yes", p))
        .unwrap_or_default();
    let found: Vec<Found> = fits
        .iter()
        .filter_map(|code| positions.iter().find(|p| p.code == *code))
        .map(|p| Found {
            position: p.name.clone(),
            consent: p.rests_on == RestsOn::Consent,
            article: p.article.clone(),
            bodies: of(p),
        })
        .collect();
    let yes_no = |field: &str| {
        ["yes", "no"].iter().map(|v| Choice::new(&form, field, v, t.code("session_yes", v))).collect()
    };
    let cards = bodies
        .iter()
        .map(|b| Card {
            name: b.name.clone(),
            href: link::body(b.id),
            purpose: b.purpose.clone(),
            about: b.about.clone(),
            secretariat: names.get(&b.desk).cloned().unwrap_or_default(),
            grounds: positions
                .iter()
                .filter(|p| b.positions.contains(&p.code))
                .map(|p| (p.name.clone(), p.article.clone(), p.rests_on == RestsOn::Consent))
                .collect(),
        })
        .collect();
    let page = GuidePage {
        touch: yes_no("touch"),
        consent: yes_no("consent"),
        purposes: codes(&t, &form, "purpose", "session_purpose", Purpose::ALL),
        asked,
        issue: asked && purpose == Some(Purpose::Issue),
        general: ctx.viewer.has_role(super::BRING).then(|| format!("{}/propose", link::MEETINGS)),
        issues: ctx.viewer.has_role(super::session::WRITES_ISSUES).then_some(link::ISSUES),
        without: asked && !found.is_empty() && (touch != "yes" || consent != "yes"),
        found,
        cards,
        escalation: Escalation::ALL.iter().map(|e| t.code("session_escalation", e)).collect(),
        form,
        frame,
    };
    look.close().await?;
    let receipt = engine::Receipt::nothing_personal(super::WHY);
    let wrong = page.form.has_problems();
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}
