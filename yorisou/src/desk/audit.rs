//! 見た記録: for the privacy auditor. Who looked at which record, when, on which basis, through which channel; ids
//! and kinds only, never content. Looking here is logged as well, with what it was narrowed to.
//!
//! Names are sent in the body of a form, never in an address.

use std::sync::Arc;

use access::Basis;
use askama::Template;
use engine::search::Numbered;
use engine::{Broken, Channel, Fail, Look, Row, Statement, args};
use site::{Answer, Fields, Form, Frame, Need, Req};
use words::code::Code;
use words::id::{AccessId, CaseId, MunicipalityId, ThingId, UserId};
use words::{Day, Instant, name};

/// Rows per page.
const PAGE: i64 = 100;

/// What one page showed to one person for one reason: the log has a row for each record of it, and they carry one moment.
struct LogRow {
    moment: Instant,
    at: String,
    who: String,
    channel: String,
    why: String,
    /// Kind and id of each record.
    records: Vec<(String, String)>,
}

impl LogRow {
    /// Whether a row of the log is of the same page.
    fn is_of(&self, other: &Self) -> bool {
        (self.moment, &self.who, &self.channel, &self.why)
            == (other.moment, &other.who, &other.channel, &other.why)
    }
}

#[derive(Template)]
#[template(path = "desk_audit.html")]
struct AuditPage {
    frame: Frame,
    form: Form,
    rows: Vec<LogRow>,
    next: Option<String>,
}

/// What the log is narrowed to. The default is the whole of it.
#[derive(Default)]
struct Narrow {
    /// A login, a name or its beginning, or a reading, was typed: the people it means.
    people: Option<Vec<UserId>>,
    /// By case number: the case, and everything that belongs to it.
    case: OfCase,
    /// By the number of a record, or its end: the records it means. Nothing when it means none.
    records: Option<Vec<ThingId>>,
    from: Option<Day>,
    until: Option<Day>,
    before: Option<AccessId>,
}

/// The people a login or a name means: with or without the space between the names, in any spelling, or only its
/// beginning.
async fn named(look: &mut Look, at: MunicipalityId, typed: &str) -> Result<Vec<UserId>, Broken> {
    let (key, reading) = (name::name_key(typed), name::reading_key(typed));
    let sql = "SELECT id, login, name, reading FROM app_user WHERE municipality_id = $1 ORDER BY id";
    let mut people = Vec::new();
    for row in look.conn().all(sql, args![at]).await? {
        let of = |column| row.get::<String>(column);
        if of("login")? == typed
            || (!key.is_empty() && name::name_key(&of("name")?).starts_with(&key))
            || (!reading.is_empty() && name::reading_key(&of("reading")?).starts_with(&reading))
        {
            people.push(row.get("id")?);
        }
    }
    Ok(people)
}

/// The case that is sought.
#[derive(Default)]
enum OfCase {
    /// No number was typed.
    #[default]
    Any,
    /// A number was typed; nothing when no case has it.
    Only(Option<CaseId>),
}

impl OfCase {
    const fn id(&self) -> Option<CaseId> {
        match self {
            Self::Any => None,
            Self::Only(id) => *id,
        }
    }
}

async fn case_of(look: &mut Look, at: MunicipalityId, typed: &str) -> Result<Option<CaseId>, Broken> {
    let Some((year, number)) = casefile::number_in(typed) else { return Ok(None) };
    let sql = "SELECT id FROM case_file WHERE municipality_id = $1 AND fiscal_year = $2 AND number = $3";
    look.conn().maybe(sql, args![at, year, number]).await?.map(|row| row.get("id")).transpose()
}

/// What was typed as the number of a record.
#[derive(Debug, PartialEq, Eq)]
enum Number {
    /// The whole of it.
    Whole(ThingId),
    /// Its end, as the pages and papers about who looked show it.
    End(String),
}

/// Fewest digits of the end of a number: as many as are shown.
const END: usize = 8;

/// Reads the number of a record, or its end, also with the words before it. Anything else is neither.
fn number_of(typed: &str) -> Option<Number> {
    let last = typed.split_whitespace().last()?;
    let folded = words::fold::fold(last);
    // What is shown has no hyphen in it: the number of a case (2026-00001) is no end.
    let whole_group = folded.rsplit('-').next().is_some_and(|group| group.len() >= END);
    let digits = folded.replace('-', "");
    let end = whole_group && digits.chars().all(|c| c.is_ascii_hexdigit());
    match last.parse() {
        Ok(id) => Some(Number::Whole(id)),
        Err(_) => end.then_some(Number::End(digits)),
    }
}

/// The people whose numbers end so: first among those of whom a copy of the log was asked for, as their numbers are what is shown.
async fn ending(look: &mut Look, at: MunicipalityId, end: &str) -> Result<Vec<ThingId>, Broken> {
    for among in [Numbered::Reported, Numbered::Person] {
        let found = engine::search::ending(&mut look.conn(), at, among, end).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// GET /audit: the newest rows; `record` and `before` are ids.
pub async fn audit(req: Arc<Req>) -> Result<Answer, Fail> {
    let of = |name: &str| (name.to_owned(), req.query().get(name).unwrap_or_default().to_owned());
    let fields = Fields::from_pairs(vec![of("record"), of("before")]);
    page(&req, Form::new(fields)).await
}

/// POST /audit: narrowed to a person, a case, a record, days.
pub async fn narrowed(req: Arc<Req>) -> Result<Answer, Fail> {
    page(&req, req.form()).await
}

async fn page(req: &Req, mut form: Form) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let frame = req.frame();
    let m = ctx.viewer.municipality;
    let mut look = ctx.look(Channel::List).await?;
    let narrow = narrow(&mut look, m, &mut form).await?;
    look.audit(sought(&narrow))?;
    let found = if form.has_problems() { Vec::new() } else { rows(&mut look, m, &narrow).await? };
    let full = found.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = match found.last().filter(|_| full) {
        Some(row) => Some(row.get::<AccessId>("id")?.to_string()),
        None => None,
    };
    let rows = lines(&frame, &found)?;
    let receipt = look.close().await?;
    let wrong = form.has_problems();
    let page = AuditPage { frame, form, rows, next };
    if wrong { Answer::again(page.render(), receipt) } else { Answer::page(page.render(), receipt) }
}

async fn narrow(look: &mut Look, m: MunicipalityId, form: &mut Form) -> Result<Narrow, Broken> {
    let (user, case) = (form.line("user", Need::Optional, 100), form.line("case", Need::Optional, 30));
    let (from, until) = (form.day("from", Need::Optional), form.day("until", Need::Optional));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        form.problem("until", "audit.until_before");
    }
    let typed = form.value("record").trim().to_owned();
    let records = match number_of(&typed) {
        _ if typed.is_empty() => None,
        Some(Number::Whole(id)) => Some(vec![id]),
        Some(Number::End(end)) => Some(ending(look, m, &end).await?),
        None => {
            form.problem("record", "audit.record_wrong");
            Some(Vec::new())
        }
    };
    Ok(Narrow {
        people: if user.is_empty() { None } else { Some(named(look, m, &user).await?) },
        case: if case.is_empty() { OfCase::Any } else { OfCase::Only(case_of(look, m, &case).await?) },
        records,
        from,
        until,
        before: form.value("before").parse().ok(),
    })
}

/// What the look at the log is logged with: ids, never what was typed. What kind of record it is stands in the rows
/// found; what was typed may be of none.
fn sought(narrow: &Narrow) -> Vec<(&'static str, ThingId)> {
    let people = narrow.people.iter().flatten().map(|id| ("app_user", id.cast()));
    let case = narrow.case.id().map(|id| ("case", id.cast()));
    let records = narrow.records.iter().flatten().map(|id| ("record", *id));
    people.chain(case).chain(records).collect()
}

async fn rows(look: &mut Look, m: MunicipalityId, narrow: &Narrow) -> Result<Vec<Row>, Broken> {
    let mut statement = Statement::new(
        "SELECT l.id, l.at, l.user_id, u.name, l.channel, l.action, l.record_kind, l.record_id, l.basis \
         FROM access_log l LEFT JOIN app_user u ON u.municipality_id = l.municipality_id AND u.id = l.user_id \
         WHERE l.municipality_id = ?",
        args![m],
    );
    // No record of that number, nobody of that name, no case of that number: nothing, not everything.
    if let Some(records) = &narrow.records {
        statement = statement.push_in(" AND l.record_id IN", records.iter().copied());
    }
    if let Some(people) = &narrow.people {
        statement = statement.push_in(" AND l.user_id IN", people.iter().copied());
    }
    if let OfCase::Only(case) = narrow.case {
        statement = statement.push(
            " AND l.record_id IN (SELECT c.id FROM case_file c WHERE c.municipality_id = ? AND c.id = ? \
             UNION ALL SELECT e.id FROM entry e WHERE e.municipality_id = ? AND e.case_id = ? \
             UNION ALL SELECT k.id FROM consultation k WHERE k.municipality_id = ? AND k.case_id = ? \
             UNION ALL SELECT r.id FROM referral r WHERE r.municipality_id = ? AND r.case_id = ? \
             UNION ALL SELECT p.person_id FROM case_file c JOIN household_member p \
             ON p.municipality_id = c.municipality_id AND p.household_id = c.household_id \
             WHERE c.municipality_id = ? AND c.id = ?)",
            args![m, case, m, case, m, case, m, case, m, case],
        );
    }
    if let Some(from) = narrow.from {
        statement = statement.push(" AND l.at >= ?", args![Instant::at(from, 0, 0)]);
    }
    if let Some(until) = narrow.until {
        statement = statement.push(" AND l.at < ?", args![Instant::at(until.plus_days(1), 0, 0)]);
    }
    if let Some(before) = narrow.before {
        statement = statement.push(" AND l.id < ?", args![before]);
    }
    look.conn().select(statement.push(" ORDER BY l.id DESC LIMIT ?", args![PAGE])).await
}

/// Where the word of a reason stands: a basis of a look, or what somebody did. Looks that need a right of their own are noted with it, too.
fn list(code: &str) -> &'static str {
    if Basis::parse(code).is_some() { "basis" } else { "audit_action" }
}

fn lines(frame: &Frame, rows: &[Row]) -> Result<Vec<LogRow>, Broken> {
    let mut lines: Vec<LogRow> = Vec::new();
    for row in rows {
        let bases: String = row.get("basis")?;
        let why = bases.split('+').map(|code| frame.t.code(list(code), code)).collect::<Vec<_>>();
        let moment: Instant = row.get("at")?;
        let line = LogRow {
            moment,
            at: frame.moment(&moment),
            who: row.get::<Option<String>>("name")?.unwrap_or_else(|| "—".to_owned()),
            channel: row.get("channel")?,
            why: why.join("、"),
            records: vec![(row.get("record_kind")?, row.get::<ThingId>("record_id")?.to_string())],
        };
        // Ten records of one page are one look: they stand together, each with its own way on.
        match lines.last_mut().filter(|last| last.is_of(&line)) {
            Some(last) => last.records.extend(line.records),
            None => lines.push(line),
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use access::{Action, RecordKind};
    use site::{Language, Texts};

    use super::*;

    #[test]
    fn a_number_is_whole_or_its_end_or_none() {
        let end = |text: &str| Some(Number::End(text.to_owned()));
        assert_eq!(number_of("16a3bf20"), end("16a3bf20"));
        assert_eq!(number_of(" １６Ａ３ＢＦ２０ "), end("16a3bf20"));
        assert_eq!(number_of("記録の番号の終わり 16a3bf20"), end("16a3bf20"));
        assert_eq!(number_of("16a3-16a3bf20"), end("16a316a3bf20"));
        for neither in ["", "zzz", "6a3bf20", "16a3bf2g", "2026-00001"] {
            assert_eq!(number_of(neither), None, "{neither}");
        }
        let whole = "01a20959-bcdb-7000-8000-0000000016a3";
        assert!(matches!(number_of(whole), Some(Number::Whole(_))));
    }

    #[test]
    fn whatever_can_stand_in_the_log_has_words() {
        for language in [Language::Japanese, Language::English] {
            let texts = Texts::read(language, crate::site::TEXTS).unwrap();
            let bases = Basis::ALL.iter().map(|b| b.code());
            let actions = Action::ALL.iter().map(|a| a.code());
            let why = bases.chain(actions).map(|code| format!("{}.{code}", list(code)));
            let kinds = RecordKind::ALL.iter().map(|k| format!("audit_kind.{k}"));
            let ways = Channel::ALL.iter().map(|c| format!("audit_channel.{c}"));
            let missing: Vec<String> = why.chain(kinds).chain(ways).filter(|key| !texts.has(key)).collect();
            assert_eq!(missing, [""; 0], "{language:?}");
        }
    }
}
