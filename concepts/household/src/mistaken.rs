//! まちがいで書かれた人: somebody who was written into a household and never was of it. Having them leave would say that they had lived there.
//! They are kept as they were written down, with who said so, when and why, and are in no list, drawing or search; taken back, everything is
//! as it was.

use access::Right;
use engine::{Act, Broken, Conn, Fail, Refusal, args};
use words::code::Code;
use words::id::{HouseholdId, MunicipalityId, PersonId, ThingId, UserId};
use words::{Day, Instant, codes};

codes! {
    /// Why somebody does not belong into the record. A code: words about a household belong into its records.
    pub enum Wrong {
        /// この世帯の人ではない.
        NotOfIt = "not_of_it",
        /// 人ちがい.
        WrongPerson = "wrong_person",
        /// 同じ人を二度書いた.
        Twice = "twice",
        /// 書きまちがい.
        Slip = "slip",
    }
}

/// What rests on somebody and must be looked to first: the key of its sentence, and how many.
pub(crate) type Rests = Vec<(&'static str, i64)>;

/// Refuses as long as something rests on them: a promise, a right or a record would hang on nobody.
pub fn may_be_mistaken(rests: &[(&'static str, i64)]) -> Result<(), Refusal> {
    match rests.first() {
        Some((key, n)) => Err(Refusal::new(key).arg("n", n)),
        None => Ok(()),
    }
}

/// What rests on a person. Whether somebody else is there counts those whom the desks of the household and of the person wrote down: of others it need not
/// know (decision 0045). Who they said something for stays with them, as they are kept: a withdrawal is not undone. Texts about others as well stay as they are; those that have nobody else are counted.
pub(crate) async fn rests(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    (person, household): (PersonId, HouseholdId),
    today: Day,
) -> Result<Rests, Broken> {
    let row = conn
        .one(
            "SELECT (SELECT COUNT(*) FROM consent c WHERE c.municipality_id = $1 AND c.state = 'given' \
             AND (c.person_id = $2 OR c.giver_id = $2) AND (c.until_day IS NULL OR c.until_day >= $4)) AS consents, \
             (SELECT COUNT(*) FROM consent_request r WHERE r.municipality_id = $1 AND r.person_id = $2 \
             AND r.state = 'requested') AS requests, \
             (SELECT COUNT(*) FROM referral r WHERE r.municipality_id = $1 AND r.person_id = $2 \
             AND r.state IN ('draft', 'sent', 'accepted', 'in_progress', 'on_hold')) AS referrals, \
             (SELECT COUNT(*) FROM inquiry i JOIN inquiry_subject s ON s.municipality_id = i.municipality_id \
             AND s.inquiry_id = i.id WHERE i.municipality_id = $1 AND s.person_id = $2 \
             AND i.state IN ('draft', 'sent')) AS inquiries, \
             (SELECT COUNT(*) FROM consultation c WHERE c.municipality_id = $1 AND c.person_id = $2 \
             AND c.state <> 'entered_in_error' AND c.disposed_at IS NULL) \
             + (SELECT COUNT(*) FROM connecting_sheet c WHERE c.municipality_id = $1 AND c.person_id = $2 \
             AND c.state <> 'entered_in_error' AND c.disposed_at IS NULL) AS came, \
             (SELECT COUNT(*) FROM matter_person x JOIN matter w ON w.municipality_id = x.municipality_id \
             AND w.id = x.matter_id WHERE x.municipality_id = $1 AND x.person_id = $2 AND w.closed_at IS NULL) AS matters, \
             (SELECT COUNT(*) FROM same_pair p WHERE p.municipality_id = $1 AND p.state IN ('proposed', 'same') \
             AND (p.person_a = $2 OR p.person_b = $2)) AS pairs, \
             (SELECT COUNT(*) FROM shelter s WHERE s.municipality_id = $1 AND s.person_id = $2 \
             AND s.ended_at IS NULL) AS shelters, \
             (SELECT COUNT(*) FROM access_report a WHERE a.municipality_id = $1 AND a.person_id = $2 \
             AND a.ended_at IS NULL) AS reports, \
             (SELECT COUNT(*) FROM entry_subject s JOIN entry e ON e.municipality_id = s.municipality_id \
             AND e.id = s.entry_id WHERE s.municipality_id = $1 AND s.person_id = $2 AND e.state = 'valid' \
             AND e.disposed_at IS NULL AND NOT e.whole_household AND NOT EXISTS (SELECT 1 FROM entry_subject o \
             WHERE o.municipality_id = s.municipality_id AND o.entry_id = s.entry_id AND o.person_id <> $2)) AS texts, \
             (SELECT COUNT(*) FROM person p WHERE p.municipality_id = $1 AND p.household_id = $3 AND p.id <> $2 \
             AND p.desk_id IN (SELECT h.desk_id FROM household h WHERE h.municipality_id = $1 AND h.id = $3 \
             UNION SELECT o.desk_id FROM person o WHERE o.municipality_id = $1 AND o.id = $2) \
             AND p.disposed_at IS NULL AND p.in_error_id IS NULL) AS others",
            args![m, person, household, today],
        )
        .await?;
    let mut found: Rests = Vec::new();
    for (column, key) in [
        ("consents", "rests.consents"),
        ("requests", "rests.requests"),
        ("referrals", "rests.referrals"),
        ("inquiries", "rests.inquiries"),
        ("came", "rests.came"),
        ("matters", "rests.matters"),
        ("pairs", "rests.pairs"),
        ("shelters", "rests.shelters"),
        ("reports", "rests.reports"),
        ("texts", "rests.texts"),
    ] {
        let n: i64 = row.get(column)?;
        if n > 0 {
            found.push((key, n));
        }
    }
    if row.get::<i64>("others")? == 0 {
        found.push(("rests.alone", 1));
    }
    Ok(found)
}

/// One time that somebody was said to be there by mistake.
pub(crate) struct Said {
    pub reason: Wrong,
    pub author: Option<UserId>,
    pub at: Instant,
    /// Who took it back, and when.
    pub back: Option<(Option<UserId>, Instant)>,
}

/// What was said of a person, the latest first.
pub(crate) async fn said(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    person: PersonId,
) -> Result<Vec<Said>, Broken> {
    conn.all(
        "SELECT reason, author_id, recorded_at, taken_back_at, taken_back_by FROM person_error \
         WHERE municipality_id = $1 AND person_id = $2 ORDER BY recorded_at DESC, id DESC",
        args![m, person],
    )
    .await?
    .iter()
    .map(|row| {
        let by: Option<UserId> = row.get("taken_back_by")?;
        Ok(Said {
            reason: row.code("reason")?,
            author: row.get("author_id")?,
            at: row.get("recorded_at")?,
            back: row.get::<Option<Instant>>("taken_back_at")?.map(|at| (by, at)),
        })
    })
    .collect()
}

/// Takes somebody out as if they had never been in; what stood of their membership is kept.
pub(crate) async fn set(
    act: &mut Act,
    right: &Right,
    (person, household): (PersonId, HouseholdId),
    reason: Wrong,
) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let (id, author): (ThingId, _) = (act.new_id(), act.viewer().map(|v| v.user));
    let desk = right.seat().map(|s| s.desk).or(act.desk()).ok_or(Fail::NotVisible)?;
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO person_error (municipality_id, id, person_id, household_id, reason, desk_id, author_id, recorded_at, \
         command_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![m, id, person, household, reason.code(), desk, author, now, command],
    )
    .await?;
    conn.exec(
        "INSERT INTO person_error_member (municipality_id, error_id, household_id, relation, lives_together, valid_from, \
         valid_to, command_id) SELECT h.municipality_id, e.id, h.household_id, h.relation, h.lives_together, h.valid_from, \
         h.valid_to, h.command_id FROM household_member h JOIN person_error e ON e.municipality_id = h.municipality_id \
         AND e.id = $3 WHERE h.municipality_id = $1 AND h.person_id = $2",
        args![m, person, id],
    )
    .await?;
    conn.exec("DELETE FROM household_member WHERE municipality_id = $1 AND person_id = $2", args![m, person])
        .await?;
    conn.exec(
        "UPDATE person SET in_error_id = $3 WHERE municipality_id = $1 AND id = $2",
        args![m, person, id],
    )
    .await?;
    Ok(())
}

/// Takes that back: they are of the household as they were.
pub(crate) async fn take_back(act: &mut Act, right: &Right, person: PersonId) -> Result<(), Fail> {
    let (m, now, command) = (act.municipality(), act.now(), act.command());
    let by = act.viewer().map(|v| v.user);
    let mut conn = act.save(right)?;
    conn.exec(
        "INSERT INTO household_member (municipality_id, household_id, person_id, relation, lives_together, valid_from, \
         valid_to, command_id) SELECT k.municipality_id, k.household_id, p.id, k.relation, k.lives_together, k.valid_from, \
         k.valid_to, k.command_id FROM person p JOIN person_error_member k ON k.municipality_id = p.municipality_id \
         AND k.error_id = p.in_error_id WHERE p.municipality_id = $1 AND p.id = $2",
        args![m, person],
    )
    .await?;
    let changed = conn
        .exec(
            "UPDATE person_error SET taken_back_at = $3, taken_back_by = $4, taken_back_command_id = $5 \
             WHERE municipality_id = $1 AND person_id = $2 AND taken_back_at IS NULL",
            args![m, person, now, by, command],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::Stale);
    }
    conn.exec(
        "UPDATE person SET in_error_id = NULL WHERE municipality_id = $1 AND id = $2",
        args![m, person],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_something_rests_on_stays_and_it_is_said_what() {
        assert!(may_be_mistaken(&[]).is_ok());
        let refused = may_be_mistaken(&[("rests.consents", 2), ("rests.texts", 1)]).unwrap_err();
        assert_eq!(refused.key, "rests.consents");
        assert_eq!(refused.args, [("n", "2".to_owned())]);
    }
}
