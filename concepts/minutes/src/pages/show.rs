//! Minutes ready to be shown: sections with their lines, who was there. Every page and paper of minutes is put together here.

use std::collections::{BTreeSet, HashMap};

use access::Viewer;
use engine::{Fail, Look};
use session::{Attendance, Invitee, Item, Opened, Title};
use site::{Frame, T};
use words::code::Code as _;
use words::id::{AgendaItemId, DeskId, UserId};

use crate::hints::Present;
use crate::lines::{Kind, Shown, Style, parse, shown};
use crate::records::{OfItem, Records};
use crate::section::{Place, Section};

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
    titles: Vec<(DeskId, Option<UserId>, String, Title)>,
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
        let users = register::user_names(&mut look.conn(), m, users).await?;
        let members = match o.meeting.body {
            Some(body) => session::members_on(&mut look.conn(), m, body, o.meeting.starts.day()).await?,
            None => Vec::new(),
        };
        Ok(Self {
            desks: register::desk_names(&mut look.conn(), m, desks, today).await?,
            users,
            titles: members.into_iter().map(|k| (k.desk, k.user, k.name, k.title)).collect(),
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

    fn title(&self, i: &Invitee) -> Option<Title> {
        let same = |k: &&(DeskId, Option<UserId>, String, Title)| {
            k.0 == i.desk && k.1 == i.user && (i.user.is_some() || k.2 == i.name)
        };
        self.titles.iter().find(same).map(|k| k.3)
    }
}

/// How far a list of those who were there goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The page, as its viewer may know the items.
    Page,
    /// Paper.
    Paper,
    /// Everybody.
    Public,
}

/// Whether an invitation may be known of: those to the whole session; those to an item by whoever may know it.
fn known(viewer: &Viewer, o: &Opened, i: &Invitee) -> bool {
    match i.item {
        None => true,
        Some(of) => o.items.iter().any(|x| x.id == of && o.knows(viewer, x)),
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
        .filter(|i| known(viewer, o, i))
        .map(|i| Present {
            name: names.guest(i),
            desk: names.desk(i.desk),
            title: names.title(i),
            substitute: i.substitute.clone(),
            obligatory: i.obligatory,
            attendance: i.attendance,
        })
        .collect()
}

/// Who was there, by the way they were: the word of the way, and the names with the marks of 会長 and 副会長. On paper and in
/// public, those invited to the whole session; in public their desks without any name: a name typed by hand may be that of somebody
/// whose matter it was, and of the others the paper says which desks were there.
pub(crate) fn attendance(
    t: &T,
    viewer: &Viewer,
    o: &Opened,
    names: &Names,
    reach: Reach,
) -> Vec<(String, Vec<String>)> {
    let paper = reach != Reach::Page;
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for way in Attendance::ALL {
        let mut who: Vec<String> = Vec::new();
        for i in o.invitees.iter().filter(|i| i.attendance == Some(*way)) {
            if !known(viewer, o, i) || (paper && i.item.is_some()) {
                continue;
            }
            let mark = match names.title(i) {
                Some(Title::Chair) => "◎",
                Some(Title::ViceChair) => "○",
                _ => "",
            };
            let (mut name, desk) = (names.guest(i), names.desk(i.desk));
            if reach == Reach::Public {
                name = String::new();
            }
            let name = if i.substitute.is_empty() || reach == Reach::Public {
                name
            } else {
                t.f("minutes.instead_of", "name", &i.substitute)
            };
            let line = if name.is_empty() {
                format!("{mark}{desk}")
            } else {
                t.fs("minutes.name_at", &[("name", format!("{mark}{name}")), ("desk", desk)])
            };
            if !who.contains(&line) {
                who.push(line);
            }
        }
        if !who.is_empty() {
            found.push((t.code("session_attendance", way), who));
        }
    }
    if !paper {
        let own = o.items.iter().flat_map(|i| {
            let n = o.number(i.id).to_string();
            o.own(t, viewer, i).into_iter().map(move |(who, came)| {
                t.fs("minutes.own_line", &[("n", n.clone()), ("who", who), ("came", came)])
            })
        });
        let own: Vec<String> = own.collect();
        if !own.is_empty() {
            found.push((t.s("session.own").to_owned(), own));
        }
    }
    found
}
