//! Writing in the table of articles: a new wording is a new row with its own days, an old one never changes. And what is
//! known of the articles that come with the program.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use access::{Right, System};
use engine::{Act, Broken, Channel, Conn, Engine, Fail, Origin, Refusal};
use words::Day;
use words::code::Code;
use words::id::{DeskId, MunicipalityId};

use crate::rules::{self, Added, Between, Scope, Span, Way};
use crate::sql;
use crate::views::{self, LegalBasis};

/// The articles a sharing act can rest on, as of the specification's list; verified only where its text was seen. Its last three columns
/// say between whom each lets something be told, of which conference it is, if it is of one, and whether it is one of notices of abuse.
pub(crate) const ARTICLES: &str = include_str!("../data/legal_bases.csv");

static SCOPES: LazyLock<HashMap<String, Scope>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(ARTICLES.as_bytes());
    let of = |row: csv::StringRecord| Some((row.get(0)?.to_owned(), Scope::parse(row.get(6)?)?));
    reader.records().filter_map(|row| of(row.ok()?)).collect()
});

static POSITIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(ARTICLES.as_bytes());
    let of = |row: csv::StringRecord| Some((row.get(0)?.to_owned(), row.get(7)?.to_owned()));
    reader.records().filter_map(|row| of(row.ok()?)).filter(|(_, position)| !position.is_empty()).collect()
});

static NOTICES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(ARTICLES.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.filter(|row| row.get(8) == Some("yes")).filter_map(|row| Some(row.get(0)?.to_owned())).collect()
});

/// Between whom an article lets something be told. It goes with the code, whatever the wording in force is called: a renumbered
/// article keeps it. Of an article that a municipality added nothing is known, and nothing is ruled out.
pub fn scope_of(code: &str) -> Scope {
    SCOPES.get(code).copied().unwrap_or(Scope::Any)
}

/// The legal position of the conference whose own article this is (支援会議: 社会福祉法106条の6): its members ask each other and others for
/// what that conference needs, and it is a ground for nothing else. Like the scope it goes with the code.
pub fn position_of(code: &str) -> Option<&'static str> {
    POSITIONS.get(code).map(String::as_str)
}

/// Whether what rests on this article is a notice (通告・通報) of abuse or violence: whom it may be about is not told of it by us. Like the
/// scope it goes with the code.
pub fn is_notice(code: &str) -> bool {
    NOTICES.contains(code)
}

/// The two bodies something is told between: those of the desks, or of whoever holds the desks' work by now. Absent where the register does
/// not know of what kind one of them is: then no article is ruled out but a consent.
pub async fn between(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    desks: (DeskId, DeskId),
    today: Day,
) -> Result<Option<Between>, Broken> {
    let bodies = views::bodies(conn, m, desks, today).await?;
    Ok(bodies.map(|(from, to)| Between { from, to }))
}

/// Refuses an article under which nothing can be told this way between the bodies of these desks. Forms check it already; a command does
/// not have to come from a form.
pub async fn fits_between(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    article: &str,
    way: Way,
    (desks, today): ((DeskId, DeskId), Day),
) -> Result<(), Fail> {
    let between = between(conn, m, desks, today).await?;
    match rules::ground(scope_of(article), way, between) {
        Some(key) => Err(Refusal::new(key).into()),
        None => Ok(()),
    }
}

/// The articles that come along, as rows of the table.
fn shipped() -> Result<Vec<LegalBasis>, Broken> {
    let broken = |what: String| Broken::Outside(format!("legal bases: {what}"));
    let mut reader = csv::Reader::from_reader(ARTICLES.as_bytes());
    let read = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|e| broken(e.to_string()))?;
        let cell = |i: usize| record.get(i).unwrap_or_default().to_owned();
        let from = Day::parse_iso(&cell(4)).ok_or_else(|| broken(cell(0)))?;
        Ok(LegalBasis {
            code: cell(0),
            name: cell(1),
            note: cell(2),
            verified: cell(3) == "yes",
            acts: cell(5).split(' ').filter_map(Code::parse).collect(),
            span: Span { from, to: None },
        })
    };
    reader.records().map(read).collect()
}

/// The shipped articles that a municipality does not have: those whose code stands nowhere in its table. One that stands there is the
/// town's, whatever became of it: ended, worded anew or held against its source.
fn missing(shipped: Vec<LegalBasis>, known: &[LegalBasis]) -> Vec<LegalBasis> {
    shipped.into_iter().filter(|b| !known.iter().any(|k| k.code == b.code)).collect()
}

/// Loads the articles that come along; how many were added. Loading them again changes nothing.
pub async fn seed_legal_bases(act: &mut Act, right: &Right, m: MunicipalityId) -> Result<usize, Fail> {
    let known = sql::law::all(&mut act.facts()?, m).await?;
    let new = missing(shipped()?, &known);
    let command = act.command();
    for basis in &new {
        sql::law::add(&mut act.save(right)?, m, basis, Some(command)).await?;
    }
    Ok(new.len())
}

/// Brings a town that was installed before them the articles that came with a newer program; how many. Done by the program in its own
/// name: nobody of the town is said to have written them. Doing it again changes nothing.
pub async fn keep_legal_bases(engine: &Engine, m: MunicipalityId) -> Result<usize, Fail> {
    // Almost always nothing is missing, and a look keeps nobody waiting who writes.
    let mut look = engine.nobody_in(m).look(Channel::Page).await?;
    let known = sql::law::all(&mut look.conn(), m).await?;
    look.close().await?;
    if missing(shipped()?, &known).is_empty() {
        return Ok(0);
    }
    let mut act = engine
        .system_act(System::Import, m, Origin::Job, "register.legal_bases", &engine.now().iso())
        .await?;
    let added = seed_legal_bases(&mut act, &Right::system(System::Import), m).await?;
    if added > 0 {
        act.commit("").await?;
    }
    Ok(added)
}

/// Whether a code is an article's already. One whose every wording was taken back is free again.
pub(crate) fn is_there(known: &[LegalBasis], code: &str) -> bool {
    known.iter().any(|b| b.code == code && !b.span.is_empty())
}

/// Adds an article, or, said to be so (`again`), a new wording of one: the wording in force until then ends the day before. Who adds an
/// article under a code that is there has not seen what stands under it.
pub(crate) async fn add(act: &mut Act, right: &Right, new: &LegalBasis, again: bool) -> Result<(), Fail> {
    let (m, command) = (act.municipality(), act.command());
    let known = sql::law::all(&mut act.facts()?, m).await?;
    if !again && is_there(&known, &new.code) {
        return Err(Refusal::new("law.code_there").into());
    }
    let spans: Vec<Span> = known.iter().filter(|b| b.code == new.code).map(|b| b.span).collect();
    let ends = rules::next_wording(&spans, new.span)?;
    let mut conn = act.save(right)?;
    if let Some(from) = ends {
        sql::law::end(&mut conn, m, &new.code, from, new.span.from.plus_days(-1)).await?;
    }
    // What was taken back gives way to what begins on its day; the commands of both stay.
    sql::law::give_way(&mut conn, m, &new.code, new.span.from).await?;
    let added = sql::law::add(&mut conn, m, new, Some(command)).await?;
    if added == 0 { Err(Refusal::new("law.there").into()) } else { Ok(()) }
}

/// Ends one wording: its last day. What was shared under it stays shared under it.
pub(crate) async fn end(act: &mut Act, right: &Right, code: &str, from: Day, last: Day) -> Result<(), Fail> {
    let m = act.municipality();
    if last < from {
        return Err(Refusal::new("register.span").into());
    }
    let ended = sql::law::end(&mut act.save(right)?, m, code, from, last).await?;
    if ended == 0 { Err(Refusal::new("law.over").into()) } else { Ok(()) }
}

/// Takes a wording back that was a slip: it holds on no day, its words and who took it back stay, and the wording that gave way to it goes
/// on.
pub(crate) async fn take_back(act: &mut Act, right: &Right, code: &str, from: Day) -> Result<(), Fail> {
    let (m, today, command) = (act.municipality(), act.now().day(), act.command());
    let written = sql::law::written(&mut act.facts()?, m, today).await?;
    let of =
        written.iter().find(|w| w.code == code && w.from == from).ok_or(Refusal::new("law.has_begun"))?;
    let known = sql::law::all(&mut act.facts()?, m).await?;
    let of_code = || known.iter().filter(|b| b.code == code).map(|b| b.span);
    let span = of_code().find(|s| s.from == from).ok_or(Fail::NotVisible)?;
    let others: Vec<Span> = of_code().filter(|s| s.from != from).collect();
    rules::may_take_back(Added { span, on: of.at.day(), used: of.used }, &others, today)?;
    let mut conn = act.save(right)?;
    sql::law::goes_on(&mut conn, m, code, from.plus_days(-1)).await?;
    sql::law::take_back(&mut conn, m, (code, from), command).await?;
    Ok(())
}

/// Notes that one wording was held against its source, today, by whoever acts.
pub(crate) async fn verify(act: &mut Act, right: &Right, code: &str, from: Day) -> Result<(), Fail> {
    let (m, today) = (act.municipality(), act.now().day());
    let by = act.viewer().map(|v| v.user);
    let done = sql::law::verify(&mut act.save(right)?, m, code, from, today, by).await?;
    if done == 0 { Err(Fail::Stale) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_article_whose_code_is_not_there_is_brought() {
        let all = shipped().unwrap();
        assert_eq!(missing(all.clone(), &[]).len(), all.len());
        assert!(missing(all.clone(), &all).is_empty());
        // Ended long ago, under another name: it is the town's.
        let ended = LegalBasis {
            name: "old".to_owned(),
            span: Span { from: all[0].span.from, to: Some(all[0].span.from) },
            ..all[0].clone()
        };
        let left = missing(all.clone(), &[ended]);
        assert_eq!(left.len() + 1, all.len());
        assert!(!left.iter().any(|b| b.code == all[0].code));
    }

    #[test]
    fn every_article_that_comes_along_says_between_whom_it_holds() {
        let mut reader = csv::Reader::from_reader(ARTICLES.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), SCOPES.len());
        for row in rows {
            assert_eq!(Scope::parse(&row[6]), Some(scope_of(&row[0])), "{row:?}");
        }
        assert_eq!(scope_of("pipa_69_2_1"), Scope::Consent);
        assert_eq!(scope_of("pipa_69_2_2"), Scope::PublicInside);
        assert_eq!(scope_of("pipa_27_1_2"), Scope::Private);
        assert_eq!(scope_of("swa_106_6"), Scope::Any);
        assert_eq!(position_of("swa_106_6"), Some("support_conference"));
        assert_eq!(position_of("needy_9"), Some("needy_support"));
        assert_eq!((position_of("pipa_69_1"), position_of("ours")), (None, None));
        assert!(is_notice("child_abuse_6") && is_notice("dv_6"));
        assert!(!is_notice("pipa_69_1") && !is_notice("child_25_3") && !is_notice("ours"));
        assert_eq!(scope_of("our_own_ordinance"), Scope::Any);
    }
}
