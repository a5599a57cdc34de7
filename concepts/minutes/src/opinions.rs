//! 書面会議: what was said in writing to an item stands under it by itself, with who said it, when it came in and who wrote it down for them
//! . An approval keeps who had been asked and with which text they had answered (decision 0032).

use std::collections::{BTreeMap, BTreeSet};

use access::{Disclosed, Right};
use engine::{Act, Fail, Look};
use household::{Entry, EntryState, Reasons, entry};
use session::Opened;
use session::in_writing::{self, Answered, Said};
use site::Frame;
use words::id::{AgendaItemId, EntryId, InviteeId, MeetingId, UserId};

use crate::records::Told;
use crate::sql::record::{self as sql, Asked};
use crate::vocabulary::OPINION;

/// What somebody said in writing.
pub(crate) struct Opinion {
    pub who: String,
    /// Their desk alone, as the public version names whoever speaks.
    desk: String,
    /// The day it came in alone.
    received: String,
    /// 承認, 異議, 意見あり, 保留.
    pub vote: String,
    pub words: Told,
    /// When it came in, and how and by whom it was written down for them.
    pub how: String,
    /// There are words, and they may not be read.
    pub hidden: bool,
    /// What became of it after the approval, in words; empty mostly.
    pub changed: String,
    /// Whoever speaks stands above what they say.
    pub above: bool,
    /// The mark of an opinion, where they stand behind it.
    pub mark: &'static str,
}

/// What was said in writing to one item.
pub(crate) struct Opinions {
    /// How many of those asked approved.
    pub outcome: String,
    pub said: Vec<Opinion>,
    /// Who has not answered.
    pub waits: String,
}

impl Opinions {
    /// As the public version has them, by the rule of spoken words: desks without names, and nothing of who wrote it down for whom or who
    /// is silent.
    pub fn in_public(self) -> Self {
        let bare = |o: Opinion| Opinion { who: o.desk.clone(), how: o.received.clone(), ..o };
        Self { said: self.said.into_iter().map(bare).collect(), waits: String::new(), ..self }
    }
}

/// By item.
pub(crate) type ByItem = BTreeMap<AgendaItemId, Opinions>;

/// Those an edition was said of, as they had answered then.
fn of_edition(said: &[Said], kept: &[Asked], (o, items): (&Opened, &[AgendaItemId])) -> Vec<Said> {
    let mut found = Vec::new();
    for k in kept.iter().filter(|k| items.contains(&k.item)) {
        let same = |s: &&Said| s.item == k.item && s.invitee == k.invitee;
        let answer = said.iter().find(same).and_then(|s| s.answer.clone()).filter(|_| k.answered);
        let Some(who) = o.invitees.iter().find(|i| i.id == k.invitee) else { continue };
        let (desk, user, name) = (who.desk, who.user, who.name.clone());
        found.push(Said { item: k.item, invitee: k.invitee, desk, user, name, answer });
    }
    found
}

/// Their words about a case, as they were first written.
fn first(s: &Said) -> Option<EntryId> {
    s.answer.as_ref().and_then(|a| a.entry)
}

/// What was said in writing to these items, for whoever reads these texts.
pub(crate) async fn read(
    look: &mut Look,
    frame: &Frame,
    (o, items): (&Opened, &[AgendaItemId]),
    edition: Option<i64>,
    reasons: &mut Reasons,
) -> Result<ByItem, Fail> {
    let (viewer, today) = (look.viewer().clone(), look.now().day());
    let m = viewer.municipality;
    let mut said = in_writing::said(&mut look.conn(), &viewer, o).await?;
    said.retain(|s| items.contains(&s.item));
    if said.is_empty() {
        return Ok(ByItem::new());
    }
    let firsts: Vec<EntryId> = said.iter().filter_map(first).collect();
    let latest = entry::latest(&mut look.conn(), m, firsts).await?;
    let now = |id: EntryId| latest.get(&id).copied().unwrap_or(id);
    // The text each stands with: of an edition as it was, otherwise as it is.
    let mut texts: BTreeMap<(AgendaItemId, InviteeId), EntryId> = BTreeMap::new();
    if let Some(n) = edition {
        let kept = sql::asked_of_edition(&mut look.conn(), m, (o.meeting.id, n)).await?;
        texts.extend(kept.iter().filter_map(|k| Some(((k.item, k.invitee), k.entry?))));
        said = of_edition(&said, &kept, (o, items));
    } else {
        texts.extend(said.iter().filter_map(|s| Some(((s.item, s.invitee), now(first(s)?)))));
    }
    let ids: BTreeSet<EntryId> =
        said.iter().filter_map(|s| texts.get(&(s.item, s.invitee)).copied()).collect();
    let sealed = entry::by_ids(&mut look.conn(), &viewer, ids).await?;
    let open: Vec<Disclosed<Entry>> = look.disclose(sealed).await?;
    reasons.of_all(&open);
    let desks: BTreeSet<_> = said.iter().map(|s| s.desk).collect();
    let desks = register::desk_names(&mut look.conn(), m, desks, today).await?;
    let users: Vec<UserId> =
        said.iter().flat_map(|s| [s.user, s.answer.as_ref().and_then(|a| a.by)]).flatten().collect();
    let users = register::user_names(&mut look.conn(), m, users).await?;
    let who = |s: &Said| {
        let person = s.user.and_then(|u| users.get(&u)).unwrap_or(&s.name);
        let desk = desks.get(&s.desk).map(String::as_str).unwrap_or_default();
        format!("{desk} {person}").trim().to_owned()
    };
    let t = &frame.t;
    let opinion = |s: &Said, a: &Answered| {
        let id = texts.get(&(s.item, s.invitee)).copied();
        let text = id.and_then(|id| open.iter().find(|e| e.id == id));
        let in_error = text.is_some_and(|e| e.state == EntryState::EnteredInError);
        // What was entered in error stands in no minutes that are written now.
        let words = match text {
            Some(_) if in_error && edition.is_none() => "",
            Some(e) => e.body.as_str(),
            None => a.words.as_str(),
        };
        let corrected = edition.is_some() && (in_error || first(s).is_some_and(|f| Some(now(f)) != id));
        let by = a.by.filter(|_| !a.told_by.is_empty()).and_then(|u| users.get(&u));
        let how = [
            t.f("session.received_on", "day", frame.day(&a.received)),
            if a.late { t.s("minutes.opinion_late").to_owned() } else { String::new() },
            if a.told_by.is_empty() { String::new() } else { t.code("told_by", &a.told_by) },
            by.map(|name| t.f("minutes.opinion_by", "who", name)).unwrap_or_default(),
        ];
        Opinion {
            who: who(s),
            desk: desks.get(&s.desk).cloned().unwrap_or_default(),
            received: t.f("session.received_on", "day", frame.day(&a.received)),
            vote: t.code("session_vote", a.vote),
            words: Told::new(String::new(), words),
            how: how.into_iter().filter(|x| !x.is_empty()).collect::<Vec<_>>().join(t.s("site.comma")),
            hidden: id.is_some() && text.is_none(),
            changed: if corrected { t.s("minutes.record_corrected").to_owned() } else { String::new() },
            above: false,
            mark: OPINION,
        }
    };
    let mut found = ByItem::new();
    for item in items {
        let of: Vec<&Said> = said.iter().filter(|s| s.item == *item).collect();
        if of.is_empty() {
            continue;
        }
        let silent: Vec<String> = of.iter().filter(|s| s.answer.is_none()).map(|s| who(s)).collect();
        let opinions = Opinions {
            outcome: in_writing::outcome(t, of.iter().copied()),
            said: of.iter().filter_map(|s| Some(opinion(s, s.answer.as_ref()?))).collect(),
            waits: silent.join(t.s("site.comma")),
        };
        found.insert(*item, opinions);
    }
    Ok(found)
}

/// Keeps who was asked in writing and what stands now of what they said, whoever approves. Ids, no words.
pub(crate) async fn keep(
    act: &mut Act,
    right: &Right,
    o: &Opened,
    (id, edition): (MeetingId, i64),
) -> Result<(), Fail> {
    let m = act.municipality();
    let said = in_writing::standing(&mut act.facts()?, m, o).await?;
    let firsts: BTreeSet<EntryId> = said.iter().filter_map(first).collect();
    let now = entry::standing(&mut act.facts()?, m, firsts).await?;
    let all: Vec<Asked> = said
        .iter()
        .map(|s| Asked {
            item: s.item,
            invitee: s.invitee,
            answered: s.answer.is_some(),
            // What was entered in error before stands in no edition.
            entry: s.answer.as_ref().and_then(|a| a.entry).and_then(|first| now.get(&first).copied()),
        })
        .collect();
    sql::keep_asked(act, right, (id, edition), &all).await
}
