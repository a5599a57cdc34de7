//! `staff`: accounts with their appointments. Passwords are the account concept's.

use access::{Right, Role};
use engine::{Act, Fail};
use words::code::Code;
use words::id::{DeskId, MunicipalityId, PostId, UserId};

use crate::acts::NewUser;
use crate::import::resolve::Directory;
use crate::import::table::Line;
use crate::import::{Cells, Problem, Report};
use crate::rules::{Programme, Span};
use crate::sql::{find, write};

/// Beside these: `reading`, `programme`, `title`, `to`, `instrument`.
pub(crate) const COLUMNS: &[&str] = &["login", "name", "agency", "role", "from"];

struct Member<'a> {
    line: &'a Line,
    login: String,
    name: String,
    reading: String,
    agency: String,
    programme: Option<Programme>,
    role: Role,
    title: String,
    span: Span,
    instrument: String,
}

/// Whether a login can be typed on any keyboard and in any address bar.
pub(crate) fn login_fits(login: &str) -> bool {
    !login.is_empty()
        && login.len() <= 40
        && login.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn parse<'a>(lines: &'a [Line], problems: &mut Vec<Problem>) -> Vec<Member<'a>> {
    let mut members: Vec<Member<'a>> = Vec::new();
    for line in lines {
        let mut cells = Cells::new(line, problems);
        let (login, name) = (cells.required("login"), cells.required("name"));
        if !login.is_empty() && !login_fits(&login) {
            cells.problem("login", "import.login");
        }
        if members
            .iter()
            .any(|m| m.login == login && words::name::name_key(&m.name) != words::name::name_key(&name))
        {
            cells.problem("name", "import.other_name");
        }
        let agency = cells.required("agency");
        let programme = cells.code("programme", "programme");
        let role: Option<Role> = cells.required_code("role", "role");
        let (from, to) = (cells.required_day("from"), cells.day("to"));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            cells.problem("to", "import.span");
        }
        let (reading, title, instrument) =
            (cells.text("reading"), cells.text("title"), cells.text("instrument"));
        if let (Some(role), Some(from)) = (role, from) {
            let span = Span { from, to };
            members.push(Member {
                line,
                login,
                name,
                reading,
                agency,
                programme,
                role,
                title,
                span,
                instrument,
            });
        }
    }
    members
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    report: &mut Report,
) -> Result<(), Fail> {
    let members = parse(lines, &mut report.problems);
    let at = act.municipality();
    let directory = Directory::load(&mut act.facts()?, at).await?;
    for m in members {
        let desk = match directory.desk(&m.agency, m.programme.map(Code::code), m.span.from) {
            Ok(desk) => desk,
            Err((column, key)) => {
                Cells::new(m.line, &mut report.problems).problem(column, key);
                continue;
            }
        };
        if !report.problems.is_empty() {
            continue;
        }
        let user = user_for(act, right, at, &m.login, &m.name, &m.reading, report).await?;
        let post = post_for(act, right, (at, desk), m.role, &m.title, report).await?;
        let held = find::appointments_of(&mut act.facts()?, at, user).await?;
        if held.iter().any(|h| h.post == post && h.span == m.span) {
            continue;
        }
        if held.iter().any(|h| h.post == post && h.span.overlaps(m.span)) {
            Cells::new(m.line, &mut report.problems).problem("from", "register.appointed_twice");
            continue;
        }
        let id = act.new_id();
        write::appointment_add(&mut act.save(right)?, at, id, (user, post, None), m.span, &m.instrument)
            .await?;
        report.made("appointment");
    }
    Ok(())
}

/// The account with a login, made when there is none.
pub(crate) async fn user_for(
    act: &mut Act,
    right: &Right,
    at: MunicipalityId,
    login: &str,
    name: &str,
    reading: &str,
    report: &mut Report,
) -> Result<UserId, Fail> {
    if let Some(user) = find::login_find(&mut act.facts()?, at, login).await? {
        return Ok(user);
    }
    let id = act.new_id();
    let user = NewUser {
        login: login.to_owned(),
        name: name.to_owned(),
        reading: reading.to_owned(),
        demo_line: String::new(),
    };
    write::user_add(&mut act.save(right)?, at, id, &user).await?;
    report.made("user");
    Ok(id)
}

/// The post of a desk with a role and a title, made when there is none. Without a title the role's word is the title.
pub(crate) async fn post_for(
    act: &mut Act,
    right: &Right,
    (at, desk): (MunicipalityId, DeskId),
    role: Role,
    title: &str,
    report: &mut Report,
) -> Result<PostId, Fail> {
    let word = crate::views::word(&format!("role.{}", role.code()));
    let title = if title.is_empty() { &word } else { title };
    let posts = find::post_list(&mut act.facts()?, at).await?;
    if let Some(post) = posts.iter().find(|p| p.desk == desk && p.role == role && p.title == *title) {
        return Ok(post.id);
    }
    let id = act.new_id();
    write::post_add(&mut act.save(right)?, at, id, desk, role, title).await?;
    report.made("post");
    Ok(id)
}
