//! The list of consultations as a file: the rows and columns of the page, no more.

use std::collections::HashMap;

use access::{Scope, Sealed};
use engine::{Broken, Fail, Look};
use site::Fields;
use site::export::{Asked, Column, Round, Rounds, Shown};
use words::Instant;
use words::code::Code;
use words::id::ConsultationId;

use crate::facts::{ConsultationFacts, Header};
use crate::pages::cursor;
use crate::rules::{ConsultationState, Urgency};
use crate::sql::{self, Filter};

/// The columns of the file.
pub const COLUMNS: &[Column] = &[
    ("", "intake.col_who"),
    ("", "intake.col_urgency"),
    ("col_when", "intake.col_when"),
    ("topics_short", "intake.topics_short"),
    ("col_state", "intake.col_state"),
    ("received_by", "intake.received_by"),
    ("received_by", "intake.col_desk"),
    ("col_assignee", "intake.col_assignee"),
];

/// The filter of the page with this query.
pub(crate) fn filter(query: &Fields, me: words::id::UserId) -> Filter {
    let mine = query.get("mine").is_some_and(|v| !v.is_empty());
    Filter {
        state: query.get("state").and_then(ConsultationState::parse),
        author: mine.then_some(me),
        before: None,
    }
}

/// How many lines the page would list.
pub async fn count(look: &mut Look, query: &Fields) -> Result<i64, Broken> {
    let viewer = look.viewer().clone();
    let scope = Scope::own_desks(&viewer);
    sql::count(&mut look.conn(), &viewer, &scope, &filter(query, viewer.user)).await
}

/// The next rows. Constant in statements, whatever the number.
pub async fn round(asked: Asked<'_>) -> Rounds {
    let Asked { look, t, query, after, most } = asked;
    let viewer = look.viewer().clone();
    let (m, today) = (viewer.municipality, look.now().day());
    let scope = Scope::own_desks(&viewer);
    let filter = Filter { before: after.and_then(cursor), ..filter(query, viewer.user) };
    let loaded = sql::list(&mut look.conn(), &viewer, &scope, &filter, most).await?;
    let read = i64::try_from(loaded.len()).unwrap_or(i64::MAX);
    let last = loaded.last().map(|l| (l.header.occurred_at, l.header.id)).filter(|_| read == most);
    let headers: HashMap<ConsultationId, Header> =
        loaded.iter().map(|l| (l.header.id, l.header.clone())).collect();
    let facts = look.disclose(loaded.into_iter().map(|l| l.facts).collect()).await?;
    let sealed =
        household::person::by_ids(&mut look.conn(), &viewer, facts.iter().filter_map(|f| f.person)).await?;
    let people = look.disclose(sealed).await?;
    let open = task::of_consultations(&mut look.conn(), m, &scope, facts.iter().map(|f| f.id)).await?;
    let decides: HashMap<_, _> =
        open.iter().filter_map(|t| Some((t.about.consultation?, t.assignee?))).collect();
    let named = headers.values().filter_map(|h| h.author).chain(decides.values().copied());
    let staff = register::user_names(&mut look.conn(), m, named).await?;
    let desks = register::desk_names(&mut look.conn(), m, headers.values().map(|h| h.desk), today).await?;
    let names: HashMap<_, _> = people.iter().map(|p| (p.id, p.called())).collect();
    let mut round = Round {
        read,
        next: last.map(|(at, id)| format!("{}~{id}", at.millis())),
        shown: people.iter().map(Shown::of).chain(facts.iter().map(Shown::of)).collect(),
        rows: Vec::with_capacity(facts.len()),
    };
    for f in &facts {
        let Some(h) = headers.get(&f.id) else { continue };
        let nobody = if h.third_party { "intake.title_third_party" } else { "intake.nobody_named" };
        let called = f.person.and_then(|p| names.get(&p).copied()).filter(|n| !n.is_empty());
        let person = |id| staff.get(&id).cloned().unwrap_or_default();
        round.rows.push(vec![
            called.unwrap_or_else(|| t.s(nobody)).to_owned(),
            if h.urgency == Urgency::Urgent { t.s("intake.urgent_tag").to_owned() } else { String::new() },
            when(h.occurred_at),
            f.topics.iter().map(|m| t.code("matter", m)).collect::<Vec<_>>().join(", "),
            t.code("consultation_state", h.state),
            h.author.map(person).unwrap_or_default(),
            desks.get(&h.desk).cloned().unwrap_or_default(),
            decides.get(&h.id).copied().map(person).unwrap_or_default(),
        ]);
    }
    Ok(round)
}

/// `2026-11-20 14:05`, as every spreadsheet sorts it; at midnight the time of day was not noted.
fn when(at: Instant) -> String {
    let clock = site::show::clock(at);
    if clock == "0:00" { at.day().to_string() } else { format!("{} {clock}", at.day()) }
}

/// Some consultations, sealed: to ask whether they may still be seen.
pub async fn sealed(
    look: &mut Look,
    ids: Vec<ConsultationId>,
) -> Result<Vec<Sealed<ConsultationFacts>>, Fail> {
    let viewer = look.viewer().clone();
    let loaded = sql::by_ids(&mut look.conn(), &viewer, ids).await?;
    Ok(loaded.into_iter().map(|l| l.facts).collect())
}
