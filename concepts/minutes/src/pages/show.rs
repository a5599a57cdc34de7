//! Minutes ready to be shown: sections with their lines, who was there. Every page and paper of minutes is put together here.

use std::collections::{BTreeSet, HashMap};

use access::Viewer;
use engine::{Fail, Look};
use session::{Attendance, BodyMember, Invitee, Item, Opened, Title};
use site::{Frame, T};
use words::code::Code as _;
use words::id::{AgendaItemId, DeskId, UserId};

use crate::hints::Present;
use crate::lines::{Kind, Shown, Style, parse, shown};
use crate::records::{OfItem, Records};
use crate::section::{Place, Section};
use crate::sql::stood::{Came, Stood};
use crate::stood::{self, Seen};

/// One line of minutes.
pub(crate) struct LineView {
    pub kind: &'static str,
    pub heading: String,
    pub mark: &'static str,
    pub who: String,
    pub words: String,
    pub take_back: bool,
}

impl LineView {
    fn new(t: &T, s: Shown) -> Self {
        let who = if s.who_key.is_empty() { s.who } else { t.s(s.who_key).to_owned() };
        Self {
            kind: s.kind.code(),
            heading: if s.heading.is_empty() { String::new() } else { t.s(s.heading).to_owned() },
            mark: s.mark,
            who,
            words: s.words,
            take_back: s.take_back,
        }
    }
}

/// One section of minutes.
pub(crate) struct SectionView {
    /// What stands in an address for it: `opening`, an item's id, `closing`.
    pub key: String,
    /// Its id, once something was written that may be read.
    pub id: String,
    /// Place on the agenda; zero for opening and end.
    pub n: usize,
    pub title: String,
    pub position: String,
    pub state: String,
    pub general: bool,
    /// It may be read, written or not.
    pub readable: bool,
    pub writable: bool,
    pub written: String,
    pub lines: Vec<LineView>,
    /// What was recorded under it: decisions, homework.
    pub records: OfItem,
    /// The item alone.
    pub item: Option<AgendaItemId>,
}

impl SectionView {
    /// Whether somebody typed something in it.
    pub fn has_words(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether something stands in it, typed or recorded.
    pub fn has_anything(&self) -> bool {
        self.has_words() || !self.records.is_empty()
    }

    /// Lines that may be told at one's own desk.
    pub fn take_back(&self) -> usize {
        self.lines.iter().filter(|l| l.take_back).count() + self.records.take_back()
    }
}

/// What stands in an address for a place.
pub(crate) fn key(place: Place) -> String {
    match place {
        Place::Opening => "opening".to_owned(),
        Place::Item(id) => id.to_string(),
        Place::Closing => "closing".to_owned(),
    }
}

/// The place an address names.
pub(crate) fn place(text: &str) -> Option<Place> {
    match text {
        "opening" => Some(Place::Opening),
        "closing" => Some(Place::Closing),
        id => id.parse().ok().map(Place::Item),
    }
}

/// Sections as this viewer reads them.
pub(crate) fn sections(
    frame: &Frame,
    viewer: &Viewer,
    o: &Opened,
    sections: &[Section],
    style: Style,
) -> Vec<SectionView> {
    let t = &frame.t;
    sections
        .iter()
        .map(|s| {
            let item = match s.place {
                Place::Item(id) => o.items.iter().find(|i| i.id == id),
                _ => None,
            };
            let lines = shown(&parse(s.text.as_deref().unwrap_or_default()), style);
            SectionView {
                key: key(s.place),
                id: s.id.map(|id| id.to_string()).unwrap_or_default(),
                n: item.map_or(0, |i| o.number(i.id)),
                title: title(t, viewer, o, s.place, item),
                position: item.filter(|i| o.senses(viewer, i)).map(|i| o.position(i)).unwrap_or_default(),
                state: item.map(|i| t.code("session_item", i.state)).unwrap_or_default(),
                general: item.is_none_or(Item::general),
                readable: s.readable,
                writable: s.writable,
                written: s.written.map(|(at, _)| frame.moment(&at)).unwrap_or_default(),
                lines: lines.into_iter().map(|l| LineView::new(t, l)).collect(),
                records: OfItem::default(),
                item: item.map(|i| i.id),
            }
        })
        .collect()
}

fn title(t: &T, viewer: &Viewer, o: &Opened, place: Place, item: Option<&Item>) -> String {
    match (place, item) {
        (Place::Opening, _) => t.s("minutes.opening").to_owned(),
        (Place::Closing, _) => t.s("minutes.closing").to_owned(),
        (_, Some(item)) => o.what(t, viewer, item),
        _ => String::new(),
    }
}

/// Puts what was recorded under each item.
pub(crate) fn add_records(sections: &mut [SectionView], mut records: Records, style: Style) {
    for s in sections {
        s.records = s.item.and_then(|id| records.remove(&id)).unwrap_or_default();
        for opinion in s.records.opinions.iter_mut().flat_map(|o| &mut o.said) {
            opinion.above = style == Style::Speakers;
        }
    }
}

/// What was decided, by the lines with ⇒ and by what was recorded.
pub(crate) fn decisions(sections: &[SectionView]) -> Vec<(String, String)> {
    sections
        .iter()
        .flat_map(|s| {
            let typed = s.lines.iter().filter(|l| l.kind == Kind::Decision.code()).map(|l| &l.words);
            let recorded = s.records.decided.iter().map(|d| &d.head);
            recorded.chain(typed).map(|words| (s.title.clone(), words.clone()))
        })
        .collect()
}

/// Names a page of minutes shows: of desks and of people who work there.
pub(crate) struct Names {
    desks: HashMap<DeskId, String>,
    users: HashMap<UserId, String>,
    /// Who sat in the body on the day of the session.
    pub members: Vec<BodyMember>,
}

impl Names {
    pub async fn load(look: &mut Look, o: &Opened, more: &[(DeskId, UserId)]) -> Result<Self, Fail> {
        let (m, today) = (look.viewer().municipality, look.now().day());
        let desks: BTreeSet<DeskId> = o
            .invitees
            .iter()
            .map(|i| i.desk)
            .chain([o.meeting.desk])
            .chain(more.iter().map(|x| x.0))
            .collect();
        let users = o.invitees.iter().filter_map(|i| i.user).chain(more.iter().map(|x| x.1));
        Ok(Self {
            users: register::user_names(&mut look.conn(), m, users).await?,
            members: stood::members(&mut look.conn(), m, o).await?,
            desks: register::desk_names(&mut look.conn(), m, desks, today).await?,
        })
    }

    pub fn desk(&self, id: DeskId) -> String {
        self.desks.get(&id).cloned().unwrap_or_default()
    }

    pub fn user(&self, id: UserId) -> String {
        self.users.get(&id).cloned().unwrap_or_default()
    }

    pub fn guest(&self, i: &Invitee) -> String {
        i.user.and_then(|u| self.users.get(&u)).cloned().unwrap_or_else(|| i.name.clone())
    }
}

/// How far a list of those who were there goes.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// The page, as its viewer may know the items.
    Page,
    /// Paper, with these sections.
    Paper(&'a [SectionView]),
    /// Everybody, with these sections.
    Public(&'a [SectionView]),
}

impl Reach<'_> {
    /// Whether whoever came to an item is named here: those of an item whose words are left out are left out with them.
    fn takes(self, item: AgendaItemId) -> bool {
        match self {
            Self::Page => true,
            Self::Paper(sections) | Self::Public(sections) => {
                sections.iter().any(|s| s.item == Some(item) && (s.readable || s.has_anything()))
            }
        }
    }
}

/// A speaker as the public version names them: their office or the desk they came from; a name is left out, and the title behind it
/// stays.
pub(crate) fn public_speaker(o: &Opened, names: &Names, speaker: &str) -> String {
    let bare = crate::hints::name_in(speaker);
    let desk = |id: DeskId| !bare.is_empty() && names.desk(id).contains(bare);
    if o.invitees.iter().any(|i| desk(i.desk)) || desk(o.meeting.desk) {
        return speaker.to_owned();
    }
    speaker.strip_prefix(bare).unwrap_or_default().to_owned()
}

/// Everybody of the session as the hints look at them. Those invited to an item that may not be known are not among them.
pub(crate) fn roster(viewer: &Viewer, o: &Opened, names: &Names) -> Vec<Present> {
    o.invitees
        .iter()
        .filter(|i| stood::known(viewer, o, i))
        .map(|i| Present {
            name: names.guest(i),
            desk: names.desk(i.desk),
            title: stood::title_of(&names.members, i),
            substitute: i.substitute.clone(),
            obligatory: i.obligatory,
            attendance: i.attendance,
        })
        .collect()
}

/// Somebody as a list of those who were there names them; the desk alone in public: a name typed by hand may be that of somebody whose
/// matter it was, and of the others the paper says which desks were there.
fn called(t: &T, names: &Names, i: &Invitee, title: Option<Title>, reach: Reach<'_>) -> String {
    let mark = match title {
        Some(Title::Chair) => "◎",
        Some(Title::ViceChair) => "○",
        _ => "",
    };
    let desk = names.desk(i.desk);
    let name = match reach {
        Reach::Public(_) => String::new(),
        _ if i.substitute.is_empty() => names.guest(i),
        _ => t.f("minutes.instead_of", "name", &i.substitute),
    };
    if name.is_empty() {
        return format!("{mark}{desk}");
    }
    t.fs("minutes.name_at", &[("name", format!("{mark}{name}")), ("desk", desk)])
}

/// The lines of one way of being there, each once. Whoever came to single items alone, to which.
fn lines(
    t: &T,
    o: &Opened,
    names: &Names,
    of: &[(&Invitee, Option<Title>)],
    reach: Reach<'_>,
) -> Vec<String> {
    let mut found: Vec<(String, Vec<usize>, bool)> = Vec::new();
    for (i, title) in of {
        let (line, n) = (called(t, names, i, *title, reach), i.item.map(|item| o.number(item)));
        match found.iter_mut().find(|x| x.0 == line) {
            Some((_, items, whole)) => {
                *whole |= n.is_none();
                items.extend(n);
            }
            None => found.push((line, n.into_iter().collect(), n.is_none())),
        }
    }
    let to = |(who, mut items, whole): (String, Vec<usize>, bool)| {
        if whole {
            return who;
        }
        items.sort_unstable();
        items.dedup();
        let n: Vec<String> = items.iter().map(usize::to_string).collect();
        t.fs("minutes.for_items", &[("who", who), ("n", n.join(t.s("site.comma")))])
    };
    found.into_iter().map(to).collect()
}

/// Who was there, by the way they were: the word of the way, and the names with the marks of 会長 and 副会長. At the end, once the session
/// was held, those of whom nothing was noted, so that nobody is missing unseen.
pub(crate) fn attendance(
    t: &T,
    viewer: &Viewer,
    (o, names): (&Opened, &Names),
    stood: &Stood,
    reach: Reach<'_>,
) -> Vec<(String, Vec<String>)> {
    let rows: Vec<(&Invitee, Came)> = o
        .invitees
        .iter()
        .filter(|i| stood::known(viewer, o, i) && i.item.is_none_or(|item| reach.takes(item)))
        .filter_map(|i| Some((i, *stood.came.get(&i.id)?)))
        .collect();
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for way in Attendance::ALL {
        let of: Vec<(&Invitee, Option<Title>)> =
            rows.iter().filter(|(_, came)| came.0 == Some(*way)).map(|(i, came)| (*i, came.1)).collect();
        if !of.is_empty() {
            found.push((t.code("session_attendance", way), lines(t, o, names, &of, reach)));
        }
    }
    // The family itself is on no paper (decision 0028).
    if matches!(reach, Reach::Page) {
        let own = o.items.iter().filter(|i| o.knows(viewer, i)).flat_map(|i| {
            stood.own.iter().filter(|x| x.0 == i.id).map(|(_, who, came)| {
                let (n, who) = (o.number(i.id).to_string(), t.code("session_own", who));
                t.fs("minutes.own_line", &[("n", n), ("who", who), ("came", t.code("session_came", came))])
            })
        });
        let own: Vec<String> = own.collect();
        if !own.is_empty() {
            found.push((t.s("session.own").to_owned(), own));
        }
    }
    if o.meeting.state == session::MeetingState::Held {
        let left = stood::not_noted(&rows).into_iter().map(|(i, came)| (i, came.1)).collect::<Vec<_>>();
        if !left.is_empty() {
            found.push((t.s("minutes.not_noted").to_owned(), lines(t, o, names, &left, reach)));
        }
    }
    found
}

/// The same, as these minutes say it, and what became of it afterwards, in words; empty mostly.
pub(crate) fn told(
    t: &T,
    viewer: &Viewer,
    of: (&Opened, &Names),
    seen: &Seen,
    reach: Reach<'_>,
) -> (Vec<(String, Vec<String>)>, String) {
    let said = attendance(t, viewer, of, &seen.said, reach);
    let other = |now: &Stood| attendance(t, viewer, of, now, reach) != said;
    let note = match reach {
        Reach::Public(_) => "",
        _ if seen.lost => "minutes.attendance_not_kept",
        _ if seen.now.as_ref().is_some_and(other) => "minutes.attendance_corrected",
        _ => "",
    };
    let note = if note.is_empty() { String::new() } else { t.s(note).to_owned() };
    (said, note)
}
