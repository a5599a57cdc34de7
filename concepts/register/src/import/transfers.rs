//! `transfers`: the list of an April 1 (人事異動, R-217). Loaded ahead, it ends each old appointment on the day before
//! and begins the new one on the day. Nothing moves before, and what was done stays under the old appointment.

use access::{Right, Role};
use engine::{Act, Broken, Conn, Fail};
use words::Day;
use words::code::Code;
use words::id::{AppointmentId, DeskId, MunicipalityId, UserId};

use crate::import::resolve::Directory;
use crate::import::table::Line;
use crate::import::{Cells, Problem, Report, staff, table};
use crate::rules::{Programme, Span};
use crate::sql::{find, write};

/// Beside these: `from_programme`, `from_role`, `to_programme`, `to_role`, `to_title`, `reading`, `instrument`.
pub(crate) const COLUMNS: &[&str] = &["login", "name", "from_agency", "to_agency", "day"];

/// One end of a move as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the agency.
    pub agency: String,
    /// The programme, when the agency has several desks.
    pub programme: Option<Programme>,
    /// The role; on the side left it may be absent when the person has one there.
    pub role: Option<Role>,
}

/// One move as written. Without `from` someone comes, without `to` someone goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Line of the list.
    pub line: u64,
    /// Login.
    pub login: String,
    /// Name of the person.
    pub name: String,
    /// Reading, for someone new.
    pub reading: String,
    /// Where they leave.
    pub from: Option<Place>,
    /// Where they go.
    pub to: Option<Place>,
    /// Title of the new post; the role's word otherwise.
    pub title: String,
    /// First day at the new desk.
    pub day: Day,
    /// 辞令.
    pub instrument: String,
}

/// Reads the lines of a list. Every problem is found, not only the first.
pub fn parse(lines: &[Line], problems: &mut Vec<Problem>) -> Vec<Written> {
    let mut moves: Vec<Written> = Vec::new();
    for line in lines {
        let before = problems.len();
        let mut cells = Cells::new(line, problems);
        let (login, name) = (cells.required("login"), cells.required("name"));
        if !login.is_empty() && !staff::login_fits(&login) {
            cells.problem("login", "import.login");
        }
        let day = cells.required_day("day");
        let (reading, title) = (cells.text("reading"), cells.text("to_title"));
        let instrument = cells.text("instrument");
        let mut place = |agency: &str, programme: &str, role: &str| {
            let found = Place {
                agency: cells.text(agency),
                programme: cells.code(programme, "programme"),
                role: cells.code(role, "role"),
            };
            (!found.agency.is_empty()).then_some(found)
        };
        let from = place("from_agency", "from_programme", "from_role");
        let mut to = place("to_agency", "to_programme", "to_role");
        // Who keeps their role need not have it written twice.
        if let (Some(to), Some(from)) = (&mut to, &from) {
            to.role = to.role.or(from.role);
        }
        if from.is_none() && to.is_none() {
            cells.problem("to_agency", "import.no_place");
        }
        if moves.iter().any(|m| m.login == login && m.from == from && m.to == to) {
            cells.problem("login", "import.twice");
        }
        if let Some(day) = day
            && problems.len() == before
        {
            moves.push(Written { line: line.number, login, name, reading, from, to, title, day, instrument });
        }
    }
    moves
}

/// One move, resolved against the register.
#[derive(Debug, Clone)]
pub struct Move {
    /// As written.
    pub written: Written,
    /// The account; `None` for someone new.
    pub user: Option<UserId>,
    /// The appointment that ends on the day before, with its desk.
    pub ends: Option<(AppointmentId, DeskId)>,
    /// The desk and role that begin on the day.
    pub begins: Option<(DeskId, Role)>,
    /// Whether all of it is in the register already.
    pub done: bool,
}

/// Reads a list and resolves every move, without changing anything: the preview.
pub async fn plan(
    conn: &mut Conn<'_>,
    municipality: MunicipalityId,
    file: &[u8],
) -> Result<(Vec<Move>, Vec<Problem>), Broken> {
    match table::read(file, COLUMNS) {
        Ok(lines) => {
            let mut problems = Vec::new();
            let moves = resolve(conn, municipality, &lines, &mut problems).await?;
            problems.sort_by_key(|p| p.line);
            Ok((moves, problems))
        }
        Err(problems) => Ok((Vec::new(), problems)),
    }
}

async fn resolve(
    conn: &mut Conn<'_>,
    at: MunicipalityId,
    lines: &[Line],
    problems: &mut Vec<Problem>,
) -> Result<Vec<Move>, Broken> {
    let written = parse(lines, problems);
    let directory = Directory::load(conn, at).await?;
    let mut moves = Vec::new();
    for w in written {
        let before = problems.len();
        let mut wrong = |column: &str, key: &'static str, value: &str| {
            problems.push(Problem::new(w.line, column, key).value(value));
        };
        let user = find::login_find(conn, at, &w.login).await?;
        let held = match user {
            Some(user) => {
                let names = crate::sql::user_list(conn, at, [user]).await?;
                let same = names.values().any(|n| words::name::name_key(n) == words::name::name_key(&w.name));
                if !same {
                    // The wrong login with the right name would move somebody else.
                    wrong("name", "import.other_name", &w.name);
                }
                find::appointments_of(conn, at, user).await?
            }
            None if w.from.is_some() => {
                wrong("login", "import.no_login", &w.login);
                Vec::new()
            }
            None => Vec::new(),
        };
        let eve = w.day.plus_days(-1);
        let mut ends = None;
        if let Some(from) = &w.from {
            match directory.desk(&from.agency, from.programme.map(Code::code), eve) {
                Err((column, key)) => wrong(
                    if column == "agency" { "from_agency" } else { "from_programme" },
                    key,
                    &from.agency,
                ),
                Ok(desk) => {
                    let mut fits = held.iter().filter(|h| {
                        h.desk == desk && h.span.covers(eve) && from.role.is_none_or(|r| r == h.role)
                    });
                    match (fits.next(), fits.next()) {
                        (Some(held), None) => ends = Some((held.id, desk, held.role, held.span)),
                        (Some(_), Some(_)) => wrong("from_role", "import.which_role", &from.agency),
                        (None, _) if user.is_some() => wrong("from_agency", "import.not_there", &from.agency),
                        (None, _) => {}
                    }
                }
            }
        }
        let mut begins = None;
        if let Some(to) = &w.to {
            match directory.desk(&to.agency, to.programme.map(Code::code), w.day) {
                Err((column, key)) => {
                    wrong(if column == "agency" { "to_agency" } else { "to_programme" }, key, &to.agency);
                }
                Ok(desk) => match to.role.or(ends.map(|(_, _, role, _)| role)) {
                    Some(role) => begins = Some((desk, role)),
                    None => wrong("to_role", "import.required", ""),
                },
            }
        }
        let mut there = false;
        if let Some((desk, role)) = begins {
            let same = |h: &&find::Held| h.desk == desk && h.role == role;
            there = held.iter().filter(same).any(|h| h.span.from == w.day);
            let stays = |h: &&find::Held| h.span.covers(w.day) && ends.is_none_or(|(id, ..)| id != h.id);
            if !there && held.iter().filter(same).any(|h| stays(&h)) {
                wrong("to_agency", "register.appointed_twice", &w.name);
            }
        }
        let ended = ends.is_none_or(|(_, _, _, span)| span.to == Some(eve));
        if problems.len() == before {
            moves.push(Move {
                done: ended && (there || begins.is_none()),
                user,
                ends: ends.map(|(id, desk, ..)| (id, desk)),
                begins,
                written: w,
            });
        }
    }
    Ok(moves)
}

pub(crate) async fn load(
    act: &mut Act,
    right: &Right,
    lines: &[Line],
    report: &mut Report,
) -> Result<(), Fail> {
    let at = act.municipality();
    let moves = resolve(&mut act.facts()?, at, lines, &mut report.problems).await?;
    if !report.problems.is_empty() {
        report.problems.sort_by_key(|p| p.line);
        return Ok(());
    }
    for m in moves.into_iter().filter(|m| !m.done) {
        let w = &m.written;
        if let Some((appointment, _)) = m.ends {
            write::appointment_end(&mut act.save(right)?, at, appointment, w.day.plus_days(-1)).await?;
            report.made("ended");
        }
        if let Some((desk, role)) = m.begins {
            let user = staff::user_for(act, right, at, &w.login, &w.name, &w.reading, report).await?;
            let post = staff::post_for(act, right, (at, desk), role, &w.title, report).await?;
            let (id, span) = (act.new_id(), Span { from: w.day, to: None });
            write::appointment_add(&mut act.save(right)?, at, id, (user, post, None), span, &w.instrument)
                .await?;
            report.made("appointment");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Written>, Vec<Problem>) {
        let mut problems = Vec::new();
        let moves = parse(&table::read(text.as_bytes(), COLUMNS).unwrap(), &mut problems);
        (moves, problems)
    }

    #[test]
    fn a_list_in_the_words_of_a_town_hall() {
        let (moves, problems) = read(
            "ログイン名,氏名,旧所属,旧役割,新所属,新事業,新役割,発令日\n\
             hase,長谷 恵,高齢者支援課,相談支援サポーター,青少年課,包括的相談支援,,R9.4.1\n\
             kato,加藤 実,,,青少年課,,caseworker,2027-04-01\n",
        );
        assert_eq!(problems, []);
        assert_eq!(moves[0].day, Day::new(2027, 4, 1).unwrap());
        assert_eq!(moves[0].to.as_ref().unwrap().role, Some(Role::Caseworker));
        assert_eq!(moves[0].to.as_ref().unwrap().programme, Some(Programme::ComprehensiveConsultation));
        assert_eq!(moves[1].from, None);
    }

    #[test]
    fn every_problem_of_every_line() {
        let (moves, problems) = read(
            "login,name,from_agency,to_agency,to_role,day\n\
             ,長谷 恵,高齢者支援課,青少年課,,2027-02-30\n\
             kato,加藤 実,,,,2027-04-01\n\
             加藤,加藤 実,,青少年課,chief,2027-04-01\n",
        );
        assert_eq!(moves, []);
        let found: Vec<_> = problems.iter().map(|p| (p.line, p.column.as_str(), p.key)).collect();
        assert_eq!(
            found,
            [
                (2, "login", "import.required"),
                (2, "day", "import.day"),
                (3, "to_agency", "import.no_place"),
                (4, "login", "import.login"),
                (4, "to_role", "import.code"),
            ]
        );
    }
}
