//! 書面会議: what each said to an item in writing, and who has not answered, as pages and minutes ask about it.

use access::Viewer;
use engine::{Broken, Conn};
use site::T;
use words::Day;
use words::id::{AgendaItemId, DeskId, EntryId, InviteeId, MunicipalityId, UserId};

use crate::rules::{Approved, Vote, approved};
use crate::sql::invitee::{self as sql, Invitee, Written};
use crate::sql::item::Item;
use crate::views::Opened;

/// Somebody who was asked about an item in writing. Of a case their words are an entry: what they say is disclosed apart.
#[derive(Debug, Clone)]
pub struct Said {
    /// The item.
    pub item: AgendaItemId,
    /// Their invitation.
    pub invitee: InviteeId,
    /// Their desk.
    pub desk: DeskId,
    /// The person of it.
    pub user: Option<UserId>,
    /// Of a partner without a login.
    pub name: String,
    /// What they answered; none: nothing yet.
    pub answer: Option<Answered>,
}

/// What they answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// 承認, 異議, 意見あり, 保留.
    pub vote: Vote,
    /// Their words, of a general subject.
    pub words: String,
    /// The same as an entry, as it was first written.
    pub entry: Option<EntryId>,
    /// The day it came in.
    pub received: Day,
    /// It came in after the day set.
    pub late: bool,
    /// How it was told, when somebody else wrote it down; otherwise empty.
    pub told_by: String,
    /// Who wrote it down.
    pub by: Option<UserId>,
}

/// Everybody who was asked about one item, first those who answered.
pub(crate) fn of_item(o: &Opened, i: &Item, written: &[Written]) -> Vec<Said> {
    if !o.meeting.writing {
        return Vec::new();
    }
    let new = |who: &Invitee, answer: Option<Answered>| Said {
        item: i.id,
        invitee: who.id,
        desk: who.desk,
        user: who.user,
        name: who.name.clone(),
        answer,
    };
    let mut found: Vec<Said> = written
        .iter()
        .filter(|w| w.item == i.id)
        .filter_map(|w| {
            let who = o.invitees.iter().find(|x| x.id == w.invitee)?;
            Some(new(who, Some(answered(w, o.meeting.answer_by))))
        })
        .collect();
    for who in o.invitees.iter().filter(|x| i.takes_room() && o.around.votes(i, x)) {
        let known = found.iter().any(|s| (s.desk, s.user, s.name.as_str()) == who.who());
        if !known {
            found.push(new(who, None));
        }
    }
    found
}

fn answered(w: &Written, until: Day) -> Answered {
    Answered {
        vote: w.vote,
        words: if w.entry.is_some() { String::new() } else { w.comment.clone() },
        entry: w.entry,
        received: w.received,
        late: w.received > until,
        told_by: w.told_by.clone(),
        by: w.by,
    }
}

async fn of_items(
    conn: &mut Conn<'_>,
    m: MunicipalityId,
    o: &Opened,
    items: &[&Item],
) -> Result<Vec<Said>, Broken> {
    if !o.meeting.writing || items.is_empty() {
        return Ok(Vec::new());
    }
    let written = sql::written(conn, m, o.meeting.id).await?;
    Ok(items.iter().flat_map(|i| of_item(o, i, &written)).collect())
}

/// What was said in writing to the items of a session which the viewer may know. Of an item they may not know nothing is told, not even
/// who was asked.
pub async fn said(conn: &mut Conn<'_>, viewer: &Viewer, o: &Opened) -> Result<Vec<Said>, Broken> {
    let known: Vec<&Item> = o.items.iter().filter(|i| o.knows(viewer, i)).collect();
    of_items(conn, viewer.municipality, o, &known).await
}

/// The same of every item, whoever asks: for an approval that says what it was said of.
pub async fn standing(conn: &mut Conn<'_>, m: MunicipalityId, o: &Opened) -> Result<Vec<Said>, Broken> {
    let all: Vec<&Item> = o.items.iter().collect();
    of_items(conn, m, o, &all).await
}

/// How many of those asked approved, as a sentence; empty where nobody was asked.
pub fn outcome<'s>(t: &T, said: impl IntoIterator<Item = &'s Said>) -> String {
    let votes: Vec<Option<Vote>> = said.into_iter().map(|s| s.answer.as_ref().map(|a| a.vote)).collect();
    let (key, n) = match approved(&votes) {
        None => return String::new(),
        Some(Approved::All) => ("session.approved_all", votes.len()),
        Some(Approved::Some(n)) => ("session.approved_some", n),
        Some(Approved::Nobody) => ("session.approved_nobody", 0),
    };
    t.fs(key, &[("n", n.to_string()), ("of", votes.len().to_string())])
}
