//! スキルと経験: whom to ask, what nobody can, the own list, a senior's confirmation.

use std::sync::Arc;

use access::{Action, RecordKind, RecordRef, Relation, Role, Viewer};
use askama::Template;
use engine::{Begun, Channel, Conn, Fail, Receipt};
use site::{Answer, Form, Frame, Need, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{CommandId, DeskId, UserId};

use crate::skill::{Group, Level, Said, Skill, gaps, may_confirm};
use crate::skill_sql::{self as sql, Colleague, Kept};

/// What staff say of what they can is about no household.
const WHY: &str = "what staff say of their own experience; nobody's household";

/// Desks whose colleagues the viewer sees whole, because they work there or lead there; everybody for coordinators.
fn own_desks(viewer: &Viewer) -> Option<Vec<DeskId>> {
    (!viewer.has_role(&[Role::Coordinator])).then(|| viewer.reading_desks())
}

/// Whether the viewer leads where this colleague sits.
fn leads(viewer: &Viewer, desks: &[DeskId]) -> bool {
    viewer.has_role(&[Role::Coordinator])
        || viewer.seats.iter().any(|s| s.role == Role::AgencyLead && desks.iter().any(|d| s.holds(*d)))
}

struct Person {
    name: String,
    desk: String,
    href: Option<String>,
    confirmed: bool,
}

struct Line {
    skill: String,
    /// Nobody of the own desks.
    gap: bool,
    levels: Vec<(String, Vec<Person>)>,
}

#[derive(Template)]
#[template(path = "learning_skills.html")]
struct SkillsPage {
    frame: Frame,
    groups: Vec<(String, Vec<Line>)>,
    gaps: usize,
    /// The row of the viewer.
    mine: String,
}

/// Everybody with a seat today and what they said.
async fn staff(
    conn: &mut Conn<'_>,
    viewer: &Viewer,
    today: Day,
) -> Result<(Vec<Colleague>, Vec<Kept>), Fail> {
    let m = viewer.municipality;
    let people = sql::colleagues(conn, m, today).await?;
    let mut said = sql::all(conn, m).await?;
    said.retain(|k| people.iter().any(|p| p.user == k.user));
    Ok((people, said))
}

/// GET /skills
pub(crate) async fn list(req: Arc<Req>) -> Result<Answer, Fail> {
    let mut look = req.ctx()?.look(Channel::List).await?;
    let viewer = look.viewer().clone();
    let today = look.now().day();
    let frame = req.frame();
    let t = frame.t.clone();
    let (people, said) = staff(&mut look.conn(), &viewer, today).await?;
    let desks = people.iter().flat_map(|p| p.desks.iter().copied());
    let names = register::desk_names(&mut look.conn(), viewer.municipality, desks, today).await?;
    look.close().await?;
    let own = own_desks(&viewer);
    let is_own = |p: &Colleague| {
        p.user == viewer.user || own.as_ref().is_none_or(|own| p.desks.iter().any(|d| own.contains(d)))
    };
    let shown =
        |k: &&Kept| k.said.level == Level::Teaches || people.iter().any(|p| p.user == k.user && is_own(p));
    let of_own: Vec<Said> = said
        .iter()
        .filter(|k| people.iter().any(|p| p.user == k.user && is_own(p)))
        .map(|k| k.said)
        .collect();
    let missing = gaps(&of_own);
    let person = |k: &Kept| {
        let p = people.iter().find(|p| p.user == k.user)?;
        let at = p.desks.iter().filter_map(|d| names.get(d).cloned()).collect::<Vec<_>>();
        Some(Person {
            name: p.name.clone(),
            desk: t.join(&at),
            href: is_own(p).then(|| link::skills_of(p.user)),
            confirmed: k.said.confirmed,
        })
    };
    let line = |skill: &Skill| Line {
        skill: t.code("skill_name", skill),
        gap: missing.contains(skill),
        levels: [Level::Teaches, Level::Does, Level::Learning]
            .iter()
            .map(|level| {
                let at = said.iter().filter(|k| k.said.skill == *skill && k.said.level == *level);
                (t.code("skill_level", level), at.filter(shown).filter_map(person).collect::<Vec<_>>())
            })
            .filter(|(_, people)| !people.is_empty())
            .collect(),
    };
    let page = SkillsPage {
        groups: Group::ALL
            .iter()
            .map(|g| {
                (t.code("skill_group", g), Skill::ALL.iter().filter(|s| s.group() == *g).map(line).collect())
            })
            .collect(),
        gaps: missing.len(),
        mine: link::skills_of(viewer.user),
        frame,
    };
    Answer::page(page.render(), Receipt::nothing_personal(WHY))
}

/// A skill and the levels to choose from.
struct Row {
    field: &'static str,
    skill: String,
    chosen: String,
    confirmed: bool,
    levels: Vec<(&'static str, String, bool)>,
}

#[derive(Template)]
#[template(path = "learning_skill.html")]
struct SkillPage {
    frame: Frame,
    form: Form,
    href: String,
    name: String,
    mine: bool,
    groups: Vec<(String, Vec<Row>)>,
    may_confirm: bool,
    confirm: CommandId,
    version: i64,
}

/// A colleague of the own desks, or oneself; for everybody else there is no such page.
async fn colleague(conn: &mut Conn<'_>, viewer: &Viewer, id: UserId, today: Day) -> Result<Colleague, Fail> {
    let people = sql::colleagues(conn, viewer.municipality, today).await?;
    let found = people.into_iter().find(|p| p.user == id).ok_or(Fail::NotVisible)?;
    let own = own_desks(viewer);
    let sees = id == viewer.user
        || own.is_none_or(|own| found.desks.iter().any(|d| own.contains(d)))
        || leads(viewer, &found.desks);
    if sees { Ok(found) } else { Err(Fail::NotVisible) }
}

/// GET /skills/{id}
pub(crate) async fn show(req: Arc<Req>) -> Result<Answer, Fail> {
    render(&req, None).await
}

async fn render(req: &Req, typed: Option<Form>) -> Result<Answer, Fail> {
    let id: UserId = req.id("id")?;
    let mut look = req.ctx()?.look(Channel::Page).await?;
    let viewer = look.viewer().clone();
    let today = look.now().day();
    let found = colleague(&mut look.conn(), &viewer, id, today).await?;
    let said = sql::of(&mut look.conn(), viewer.municipality, id).await?;
    look.close().await?;
    let frame = req.frame();
    let t = frame.t.clone();
    let form = typed.unwrap_or_else(|| {
        Form::filled(said.iter().map(|k| (k.said.skill.code(), k.said.level.code().to_owned())).collect())
    });
    let row = |skill: &Skill| {
        let now = said.iter().find(|k| k.said.skill == *skill);
        Row {
            field: skill.code(),
            skill: t.code("skill_name", skill),
            chosen: now.map_or_else(String::new, |k| t.code("skill_level", k.said.level)),
            confirmed: now.is_some_and(|k| k.said.confirmed),
            levels: levels(&t, &form, *skill),
        }
    };
    let page = SkillPage {
        href: link::skills_of(id),
        name: found.name.clone(),
        mine: id == viewer.user,
        groups: Group::ALL
            .iter()
            .map(|g| {
                (t.code("skill_group", g), Skill::ALL.iter().filter(|s| s.group() == *g).map(row).collect())
            })
            .collect(),
        may_confirm: may_confirm(id, viewer.user, leads(&viewer, &found.desks)).is_ok()
            && said.iter().any(|k| k.said.level != Level::Learning && !k.said.confirmed),
        confirm: req.engine().new_id(),
        version: version(&said),
        frame,
        form: form.clone(),
    };
    let (html, receipt) = (page.render(), Receipt::nothing_personal(WHY));
    if form.has_problems() { Answer::again(html, receipt) } else { Answer::page(html, receipt) }
}

fn levels(t: &T, form: &Form, skill: Skill) -> Vec<(&'static str, String, bool)> {
    let none = form.value(skill.code()).is_empty();
    std::iter::once(("", t.s("skill.none").to_owned(), none))
        .chain(
            Level::ALL
                .iter()
                .map(|l| (l.code(), t.code("skill_level", l), form.chose(skill.code(), l.code()))),
        )
        .collect()
}

/// Changes whenever anything of the list does: two people who write one list at a time notice each other.
fn version(said: &[Kept]) -> i64 {
    said.iter()
        .map(|k| k.at.millis() % 1_000_000_007)
        .fold(i64::try_from(said.len()).unwrap_or(0), |sum, at| {
            sum.wrapping_mul(31).wrapping_add(at) % 1_000_000_007
        })
}

/// POST /skills/{id}: what somebody says of themself.
pub(crate) async fn say(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UserId = req.id("id")?;
    let ctx = req.ctx()?;
    if id != ctx.viewer.user {
        return Err(Fail::NotVisible);
    }
    let mut form = req.form();
    let said: Vec<(Skill, Option<Level>)> =
        Skill::ALL.iter().map(|s| (*s, form.code::<Level>(s.code(), Need::Optional))).collect();
    if form.has_problems() {
        return render(&req, Some(form)).await;
    }
    let to = link::skills_of(id);
    match ctx.act(&req.envelope(), "skill.say", &said).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "skills_said", Receipt::nothing_personal(WHY))),
        Begun::New(mut act) => {
            let m = act.municipality();
            let today = act.now().day();
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            colleague(&mut act.facts()?, &viewer, id, today).await?;
            let before = sql::of(&mut act.facts()?, m, id).await?;
            act.check_version(version(&before))?;
            let record = RecordRef { kind: RecordKind::Skill, id: id.cast() };
            let right = act.permit(Action::SaySkill, &Relation::of_no_household(), record).await?;
            for (skill, level) in said {
                let now = before.iter().find(|k| k.said.skill == skill).map(|k| k.said.level);
                if now != level {
                    sql::say(&mut act, &right, id, skill, level).await?;
                }
            }
            Ok(Answer::to(&to, "skills_said", act.commit(&id.to_string()).await?))
        }
    }
}

/// POST /skills/{id}/confirm: a senior says that it is so.
pub(crate) async fn confirm(req: Arc<Req>) -> Result<Answer, Fail> {
    let id: UserId = req.id("id")?;
    let to = link::skills_of(id);
    match req.ctx()?.act(&req.envelope(), "skill.confirm", &id).await? {
        Begun::Before(_) => Ok(Answer::to(&to, "skills_confirmed", Receipt::nothing_personal(WHY))),
        Begun::New(mut act) => {
            let m = act.municipality();
            let today = act.now().day();
            let viewer = act.viewer().cloned().ok_or(Fail::NotVisible)?;
            let found = colleague(&mut act.facts()?, &viewer, id, today).await?;
            may_confirm(id, viewer.user, leads(&viewer, &found.desks))?;
            let said = sql::of(&mut act.facts()?, m, id).await?;
            act.check_version(version(&said))?;
            let record = RecordRef { kind: RecordKind::Skill, id: id.cast() };
            let right = act.permit(Action::ConfirmSkill, &Relation::of_no_household(), record).await?;
            sql::confirm(&mut act, &right, id).await?;
            Ok(Answer::to(&to, "skills_confirmed", act.commit(&id.to_string()).await?))
        }
    }
}
