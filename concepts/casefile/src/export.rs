//! The list of cases as a file: the rows and columns of the page, no more.

use access::{Categories, RecordRef, Scope};
use engine::{Broken, Look};
use site::Fields;
use site::export::{Asked, Column, Round, Rounds, Shown};
use words::code::Code;

use crate::pages::{cursor, names};
use crate::rules::CaseState;
use crate::sql::{self, Filter, around};

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    ("", "casefile.number"),
    ("", "casefile.who"),
    ("accountable", "casefile.accountable"),
    ("next", "casefile.next"),
    ("state", "casefile.state"),
];

/// The filter of the page with this query.
pub(crate) fn filter(query: &Fields) -> Filter {
    Filter {
        state: query.get("state").map_or(Some(CaseState::Open), CaseState::parse),
        accountable_only: query.get("mine").is_some_and(|v| !v.is_empty()),
        ..Filter::default()
    }
}

/// How many lines the page would list.
pub async fn count(look: &mut Look, query: &Fields) -> Result<i64, Broken> {
    let viewer = look.viewer().clone();
    let scope = Scope::own_desks(&viewer);
    sql::count(&mut look.conn(), &viewer, &scope, &filter(query)).await
}

/// The next rows. Constant in statements, whatever the number.
pub async fn round(asked: Asked<'_>) -> Rounds {
    let Asked { look, t, query, after, most } = asked;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let filter = Filter { before: after.and_then(cursor), ..filter(query) };
    let cases = sql::list(&mut look.conn(), &viewer, &Scope::own_desks(&viewer), &filter, most).await?;
    let read = i64::try_from(cases.len()).unwrap_or(i64::MAX);
    let last = cases.last().filter(|_| read == most);
    let due = around::next_due(&mut look.conn(), &viewer, cases.iter().map(|c| c.id)).await?;
    let accountable = cases.iter().filter_map(|c| c.accountable);
    let desks = register::desk_names(&mut look.conn(), m, accountable, today).await?;
    let households = cases.iter().map(|c| c.household);
    let sealed = household::person::of_households(&mut look.conn(), &viewer, households).await?;
    let persons = look.disclose(sealed).await?;
    let names = names(&persons, today);
    let header = |c: &sql::CaseHeader| Shown { record: RecordRef::case(c.id), categories: Categories::NONE };
    Ok(Round {
        read,
        next: last.map(|c| format!("{}_{}", c.opened_at.millis(), c.id)),
        shown: cases.iter().map(header).chain(persons.iter().map(Shown::of)).collect(),
        rows: cases
            .iter()
            .map(|c| {
                let name = names.get(&c.household);
                vec![
                    c.number_text(),
                    name.map_or_else(
                        || t.s("casefile.not_disclosed").to_owned(),
                        |n| t.f("household_page.title_of", "name", n),
                    ),
                    c.accountable.and_then(|d| desks.get(&d)).cloned().unwrap_or_default(),
                    due.get(&c.id).map(|at| at.day().to_string()).unwrap_or_default(),
                    t.code("case_state", Code::code(c.state)),
                ]
            })
            .collect(),
    })
}
