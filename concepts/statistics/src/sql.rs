//! Counting: desks, states and dates, never who or what. A constant number of statements, whatever the number of rows.

use engine::{Broken, Conn, args};
use words::id::{DeskId, MunicipalityId};
use words::{Day, Instant};

use crate::period::Period;

/// One referral of the period, as far as figures need it.
pub(crate) struct Passed {
    pub from: DeskId,
    pub to: DeskId,
    pub state: String,
    pub reason: String,
    pub outcome: String,
    pub basis: String,
    pub sent: Day,
    pub received: Option<Day>,
    pub answered: Option<Day>,
    pub answer_due: Option<Instant>,
}

/// The referrals sent in the period.
pub(crate) async fn referrals(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    p: Period,
) -> Result<Vec<Passed>, Broken> {
    conn.all(
        "SELECT r.from_desk_id, r.to_desk_id, r.state, r.reason, r.outcome, r.basis, SUBSTR(r.sent_at, 1, 10) AS sent_on, \
         SUBSTR(r.received_at, 1, 10) AS received_on, r.answer_due_at, CASE WHEN r.state IN ('refused', \
         'declined_by_person') THEN SUBSTR(r.ended_at, 1, 10) ELSE (SELECT SUBSTR(MIN(e.happened_at), 1, 10) \
         FROM referral_event e WHERE e.municipality_id = r.municipality_id AND e.referral_id = r.id \
         AND e.state = 'accepted') END AS answered_on FROM referral r WHERE r.municipality_id = $1 \
         AND r.sent_at >= $2 AND r.sent_at < $3 AND r.state NOT IN ('draft', 'entered_in_error')",
        args![m, p.begin(), p.end()],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Passed {
            from: row.get("from_desk_id")?,
            to: row.get("to_desk_id")?,
            state: row.get("state")?,
            reason: row.get("reason")?,
            outcome: row.get("outcome")?,
            basis: row.get("basis")?,
            sent: row.get("sent_on")?,
            received: row.get("received_on")?,
            answered: row.get("answered_on")?,
            answer_due: row.get("answer_due_at")?,
        })
    })
    .collect()
}

/// A count by two desks (or one twice) and a state.
pub(crate) struct Tally {
    pub from: DeskId,
    pub to: DeskId,
    pub state: String,
    pub count: u64,
}

fn tally(row: &engine::Row) -> Result<Tally, Broken> {
    Ok(Tally {
        from: row.get("from_desk_id")?,
        to: row.get("to_desk_id")?,
        state: row.get("state")?,
        count: u64::try_from(row.get::<i64>("n")?).unwrap_or(0),
    })
}

/// Connecting sheets of the period, from the liaison's desk to the provider's.
pub(crate) async fn sheets(conn: &mut Conn<'_>, m: MunicipalityId, p: Period) -> Result<Vec<Tally>, Broken> {
    conn.all(
        "SELECT desk_id AS from_desk_id, provider_desk_id AS to_desk_id, state, COUNT(*) AS n FROM connecting_sheet \
         WHERE municipality_id = $1 AND occurred_at >= $2 AND occurred_at < $3 AND state <> 'entered_in_error' \
         GROUP BY desk_id, provider_desk_id, state",
        args![m, p.begin(), p.end()],
    )
    .await?
    .iter()
    .map(tally)
    .collect()
}

/// Consultations of the period by window and what was decided.
pub(crate) async fn consultations(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    p: Period,
) -> Result<Vec<Tally>, Broken> {
    conn.all(
        "SELECT desk_id AS from_desk_id, desk_id AS to_desk_id, state, COUNT(*) AS n FROM consultation \
         WHERE municipality_id = $1 AND occurred_at >= $2 AND occurred_at < $3 AND state <> 'entered_in_error' \
         GROUP BY desk_id, state",
        args![m, p.begin(), p.end()],
    )
    .await?
    .iter()
    .map(tally)
    .collect()
}

/// Single counts of the period: cases opened, cases ended, consents given, urgent triages begun.
pub(crate) async fn counters(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    p: Period,
) -> Result<Vec<(&'static str, u64)>, Broken> {
    let row = conn
        .one(
            "SELECT (SELECT COUNT(*) FROM case_file WHERE municipality_id = $1 AND opened_at >= $2 AND opened_at < $3) \
             AS opened, (SELECT COUNT(*) FROM case_file WHERE municipality_id = $1 AND ended_at >= $2 AND ended_at < $3) \
             AS ended, (SELECT COUNT(*) FROM consent WHERE municipality_id = $1 AND given_at >= $2 AND given_at < $3 \
             AND state <> 'entered_in_error') AS consents, (SELECT COUNT(*) FROM triage WHERE municipality_id = $1 \
             AND started_at >= $2 AND started_at < $3 AND state <> 'entered_in_error') AS triages",
            args![m, p.begin(), p.end()],
        )
        .await?;
    ["opened", "ended", "consents", "triages"]
        .into_iter()
        .map(|name| Ok((name, u64::try_from(row.get::<i64>(name)?).unwrap_or(0))))
        .collect()
}
