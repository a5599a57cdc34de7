//! One choice for somebody who stands in the list more than once: as a fixed member, as a member of a matter, as a desk that has to come.
//! It counts for all of their rows unless a row says otherwise.

use words::id::{DeskId, InviteeId, UserId};

use super::{Attendance, Reply};

/// What a form says of one row: nothing is "as above".
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// The row.
    pub who: InviteeId,
    /// How they were there.
    pub how: Option<Attendance>,
    /// What stood there when the form was read.
    pub was: Option<Attendance>,
}

/// A row of the list as it stands now.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row.
    pub id: InviteeId,
    /// Whose it is.
    pub who: (DeskId, Option<UserId>, &'a str),
    /// What is noted now.
    pub now: Option<Attendance>,
    /// What they answered.
    pub reply: Option<Reply>,
    /// They only look on.
    pub observes: bool,
}

/// How somebody was there, and what stood there when it was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Noted {
    /// The row.
    pub who: InviteeId,
    /// How they were there.
    pub how: Attendance,
    /// What stood there.
    pub was: Option<Attendance>,
    /// Nobody said it of this row by itself: where it may not be, it is left out.
    pub along: bool,
}

/// What a form notes: what it says of each row, and along with the first row of somebody the rest of theirs. A row that was noted otherwise
/// meanwhile is not drawn along, and a page that is older draws nothing along.
pub fn spread(said: &[Said], rows: &[Row<'_>]) -> Vec<Noted> {
    let of = |id: InviteeId| rows.iter().find(|r| r.id == id);
    let alone = |s: &Said| Some(Noted { who: s.who, how: s.how?, was: s.was, along: false });
    let mut out: Vec<Noted> = said.iter().filter_map(alone).collect();
    let mut led: Vec<(DeskId, Option<UserId>, &str)> = Vec::new();
    for lead in said {
        let Some(row) = of(lead.who) else { continue };
        if led.contains(&row.who) {
            continue;
        }
        led.push(row.who);
        let Some(how) = lead.how.filter(|how| row.now == lead.was || row.now == Some(*how)) else { continue };
        let changed = lead.was != Some(how);
        for r in rows.iter().filter(|r| r.who == row.who && r.id != row.id) {
            let spoken = said.iter().find(|s| s.who == r.id);
            if spoken.is_some_and(|s| s.how.is_some()) {
                continue;
            }
            let emptied = spoken.is_some_and(|s| s.was.is_some() && s.was == r.now);
            let follows = r.now.is_none() || r.now == Some(how) || (changed && r.now == lead.was);
            if follows || emptied {
                out.push(Noted { who: r.id, how, was: r.now, along: true });
            } else if let Some(s) = spoken.filter(|_| changed) {
                out.push(Noted { who: r.id, how, was: s.was, along: true });
            }
        }
    }
    out
}

/// Everybody of whom nothing is noted or said yet was in the room: but not who only looks on, nor who said that they would not come or come
/// in another way, nor who is away by another of their rows.
pub fn everybody(noted: &[Noted], rows: &[Row<'_>]) -> Vec<Noted> {
    let said = |id: InviteeId| noted.iter().find(|n| n.who == id).map(|n| n.how);
    let away = |r: &Row<'_>| {
        let how = said(r.id).or(r.now);
        how.is_some_and(|how| !how.was_there()) || r.reply.is_some_and(|reply| reply != Reply::Attends)
    };
    rows.iter()
        .filter(|r| said(r.id).is_none() && r.now.is_none() && !r.observes)
        .filter(|r| !rows.iter().any(|x| x.who == r.who && away(x)))
        .map(|r| Noted { who: r.id, how: Attendance::Room, was: None, along: true })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use words::Id;

    fn id<K>(n: usize) -> Id<K> {
        Id::new(format!("00000000-0000-7000-8000-{n:012}").parse().unwrap())
    }

    fn row(n: usize, person: usize, now: Option<Attendance>) -> Row<'static> {
        Row { id: id(n), who: (id(1), Some(id(person)), ""), now, reply: None, observes: false }
    }

    fn said(n: usize, how: Option<Attendance>, was: Option<Attendance>) -> Said {
        Said { who: id(n), how, was }
    }

    fn told(found: &[Noted]) -> Vec<(InviteeId, Attendance, Option<Attendance>)> {
        found.iter().map(|n| (n.who, n.how, n.was)).collect()
    }

    const ROOM: Option<Attendance> = Some(Attendance::Room);
    const AWAY: Option<Attendance> = Some(Attendance::Absent);

    #[test]
    fn one_choice_counts_for_all_rows_of_somebody() {
        let rows = [row(1, 7, None), row(2, 7, None), row(3, 8, None)];
        let found = spread(&[said(1, ROOM, None), said(2, None, None), said(3, None, None)], &rows);
        assert_eq!(told(&found), [(id(1), Attendance::Room, None), (id(2), Attendance::Room, None)]);
        // A row that says otherwise keeps that.
        let found = spread(&[said(1, ROOM, None), said(2, AWAY, None)], &rows);
        assert_eq!(told(&found), [(id(1), Attendance::Room, None), (id(2), Attendance::Absent, None)]);
        // What is said of another row only says nothing of the first.
        let found = spread(&[said(1, None, None), said(2, AWAY, None)], &rows);
        assert_eq!(told(&found), [(id(2), Attendance::Absent, None)]);
    }

    #[test]
    fn what_another_noted_meanwhile_is_not_drawn_along() {
        // Somebody noted the second row otherwise; this page is older and changes nothing about them.
        let rows = [row(1, 7, ROOM), row(2, 7, AWAY)];
        let found = spread(&[said(1, ROOM, ROOM), said(2, None, None)], &rows);
        assert_eq!(told(&found), [(id(1), Attendance::Room, ROOM)]);
        // It changes the choice: that is compared with what stands there, and refused.
        let found = spread(&[said(1, Some(Attendance::Late), ROOM), said(2, None, None)], &rows);
        assert!(told(&found).contains(&(id(2), Attendance::Late, None)));
        // The whole page is older: it draws nothing along.
        let rows = [row(1, 7, AWAY), row(2, 7, AWAY)];
        let found = spread(&[said(1, ROOM, ROOM), said(2, None, ROOM)], &rows);
        assert_eq!(told(&found), [(id(1), Attendance::Room, ROOM)]);
        // The one that said otherwise was emptied: it is as the first again.
        let rows = [row(1, 7, ROOM), row(2, 7, AWAY)];
        let found = spread(&[said(1, ROOM, ROOM), said(2, None, AWAY)], &rows);
        assert!(told(&found).contains(&(id(2), Attendance::Room, AWAY)));
    }

    #[test]
    fn everybody_else_was_in_the_room() {
        let mut online = row(4, 9, None);
        online.reply = Some(Reply::Online);
        let mut comes = row(5, 10, None);
        comes.reply = Some(Reply::Attends);
        let mut looks = row(6, 11, None);
        looks.observes = true;
        let rows =
            [row(1, 7, AWAY), row(2, 7, None), row(3, 8, None), online, comes, looks, row(7, 12, None)];
        let noted = spread(&[said(7, AWAY, None)], &rows);
        let found = everybody(&noted, &rows);
        assert_eq!(found.iter().map(|n| n.who).collect::<Vec<_>>(), [id(3), id(5)]);
    }
}
