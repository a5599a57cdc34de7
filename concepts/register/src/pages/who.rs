//! "Who is responsible for this district and this matter?": by matter and district, by name in
//! any spelling, and as a table in which a gap is seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use askama::Template;
use engine::{Channel, Fail};
use site::{Answer, Frame, Req, T, link};
use words::Day;
use words::code::Code;
use words::id::{AgencyId, AreaId, DeskId};

use super::{opening_words, receipt};
use crate::rules::{Matter, NameKind};
use crate::sql::pages::{self, KeyRow, Responsible};
use crate::{AreaInfo, DeskInfo};

/// Names further apart than this are not offered as "did you mean".
const ALIKE: f64 = 0.5;
/// Most agencies shown for a word.
const MOST: usize = 20;

/// A choice of a list.
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// A desk as it is looked up.
struct Card {
    name: String,
    href: String,
    phone: String,
    opening: String,
    contact: String,
    confirmed: String,
    consultable: String,
    login: bool,
}

/// Who is responsible for one matter in one place.
struct Duty {
    matter: String,
    place: String,
    cards: Vec<Card>,
}

/// An agency found by a word.
struct Found {
    name: String,
    href: String,
    /// The other name it was found by.
    by: String,
    cards: Vec<Card>,
}

/// A row of the table: matter, and for each district its desks; an empty cell is a gap.
struct Row {
    matter: String,
    cells: Vec<Vec<(String, String)>>,
}

impl Row {
    /// How many districts a cell spans: a row that is the same everywhere is written once.
    fn span(&self) -> usize {
        if self.cells.windows(2).all(|pair| pair[0] == pair[1]) { self.cells.len() } else { 1 }
    }
}

#[derive(Template)]
#[template(path = "who.html")]
struct WhoPage {
    frame: Frame,
    q: String,
    systems: Vec<(String, Vec<Choice>)>,
    matters: Vec<Choice>,
    gaps_only: bool,
    asked: bool,
    found: Vec<Found>,
    alike: bool,
    duties: Vec<Duty>,
    columns: Vec<String>,
    rows: Vec<Row>,
    gaps: usize,
    /// Where an administrator adds and checks them.
    manage: Option<String>,
}

/// The register on a day, as this page reads it.
struct Today {
    on: Day,
    desks: Vec<DeskInfo>,
    responsible: Vec<Responsible>,
}

impl Today {
    fn of(&self, matter: Matter, area: Option<AreaId>) -> impl Iterator<Item = (&Responsible, &DeskInfo)> {
        self.responsible
            .iter()
            .filter(move |r| r.matter == matter && (r.area.is_none() || area.is_none() || r.area == area))
            .filter_map(|r| Some((r, self.desks.iter().find(|d| d.id == r.desk)?)))
    }

    fn card(&self, t: &T, desk: &DeskInfo, responsible: Option<&Responsible>) -> Card {
        Card {
            name: desk.name.clone(),
            href: link::agency(desk.agency),
            phone: desk.phone.clone(),
            opening: opening_words(t, &desk.opening),
            contact: responsible.map_or_else(String::new, |r| r.contact.clone()),
            confirmed: responsible
                .and_then(|r| r.confirmed)
                .map_or_else(String::new, |day| t.f("who.confirmed", "day", t.day(day, self.on))),
            consultable: t.code("consultable", &desk.consultable_by),
            login: desk.has_login,
        }
    }

    fn duty(&self, t: &T, matter: Matter, area: Option<&AreaInfo>) -> Duty {
        let mut seen = HashSet::new();
        let cards = self
            .of(matter, area.map(|a| a.id))
            .filter(|(r, _)| seen.insert((r.desk, r.contact.clone())))
            .map(|(r, d)| self.card(t, d, Some(r)))
            .collect();
        Duty {
            matter: t.code("matter", matter),
            place: area.map_or_else(|| t.s("who.whole_town").to_owned(), |a| a.name.clone()),
            cards,
        }
    }
}

/// The agencies a word finds: those whose name, reading, alias or slip holds it; when there are none, those whose
/// name is most alike. Each with the name it was found by.
fn find<'a>(keys: &'a [KeyRow], typed: &str) -> (Vec<(AgencyId, &'a KeyRow)>, bool) {
    let (key, reading) = (words::name::name_key(typed), words::name::reading_key(typed));
    if key.is_empty() {
        return (Vec::new(), false);
    }
    let mut seen = HashSet::new();
    let holds = |row: &&KeyRow| match row.kind {
        NameKind::Reading => !reading.is_empty() && row.key.contains(&reading),
        NameKind::Official | NameKind::Alias | NameKind::Slip => row.key.contains(&key),
    };
    // The official name first, so that an agency is not said to be found by another name when its own fits.
    let mut hits: Vec<&KeyRow> = keys.iter().filter(holds).collect();
    hits.sort_by_key(|row| (row.kind, row.key.len()));
    let found: Vec<_> = hits.into_iter().filter(|r| seen.insert(r.agency)).map(|r| (r.agency, r)).collect();
    if !found.is_empty() {
        return (found, false);
    }
    let mut close: Vec<(f64, &KeyRow)> =
        keys.iter().map(|row| (alike(&key, &row.key), row)).filter(|(much, _)| *much >= ALIKE).collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    (close.into_iter().filter(|(_, r)| seen.insert(r.agency)).map(|(_, r)| (r.agency, r)).collect(), true)
}

/// How alike two keys are: the part of their pairs of characters they share (Dice), 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "names have few characters")]
fn alike(a: &str, b: &str) -> f64 {
    let pairs = |s: &str| s.chars().zip(s.chars().skip(1)).collect::<Vec<_>>();
    let (a, mut b) = (pairs(a), pairs(b));
    let all = a.len() + b.len();
    let shared =
        a.iter().filter(|p| b.iter().position(|q| q == *p).map(|i| b.swap_remove(i)).is_some()).count();
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}

/// `GET /who`
pub(super) async fn get(req: Arc<Req>) -> Result<Answer, Fail> {
    let ctx = req.ctx()?;
    let (at, on) = (ctx.viewer.municipality, ctx.now.day());
    let mut look = ctx.look(Channel::List).await?;
    let mut conn = look.conn();
    let areas = crate::areas(&mut conn, at, "").await?;
    let today = Today {
        on,
        desks: crate::desks(&mut conn, at, on).await?,
        responsible: pages::responsibility_list(&mut conn, at, on).await?,
    };
    let frame = req.frame();
    let t = frame.t.clone();
    let query = req.query();
    let q = words::input::optional_line(query.get("q").unwrap_or_default(), 60)
        .ok()
        .flatten()
        .unwrap_or_default();
    let matter = query.get("matter").and_then(Matter::parse);
    let area = query
        .get("area")
        .and_then(|v| v.parse::<AreaId>().ok())
        .and_then(|id| areas.iter().find(|a| a.id == id));
    let gaps_only = query.get("gaps").is_some_and(|v| !v.is_empty());

    let (mut found, mut is_alike) = (Vec::new(), false);
    if !q.is_empty() {
        let keys = pages::key_list(&mut conn, at, on).await?;
        let (hits, close) = find(&keys, &q);
        is_alike = close;
        let ids: Vec<AgencyId> = hits.iter().take(MOST).map(|(id, _)| *id).collect();
        let names = pages::agency_names(&mut conn, at, ids, on).await?;
        for (agency, by) in hits.into_iter().take(MOST) {
            let name = names.get(&agency).cloned().unwrap_or_default();
            let desks = today.desks.iter().filter(|d| d.agency == agency);
            found.push(Found {
                href: link::agency(agency),
                by: if by.name == name || by.kind == NameKind::Reading {
                    String::new()
                } else {
                    by.name.clone()
                },
                cards: desks.map(|d| today.card(&t, d, None)).collect(),
                name,
            });
        }
    }

    let duties = match (matter, area) {
        (None, None) => Vec::new(),
        (Some(matter), _) => vec![today.duty(&t, matter, area)],
        (None, Some(area)) => Matter::ALL.iter().map(|m| today.duty(&t, *m, Some(area))).collect(),
    };

    // The table takes one system of areas: the chosen area's, otherwise the first.
    let system = area.or(areas.first()).map_or("", |a| a.system.as_str());
    let columns: Vec<&AreaInfo> = areas.iter().filter(|a| a.system == system).collect();
    let mut gaps = 0;
    let mut rows = Vec::new();
    for matter in Matter::ALL {
        let cells: Vec<Vec<(String, String)>> = columns.iter().map(|a| cell(&today, *matter, a.id)).collect();
        let open = cells.iter().filter(|c| c.is_empty()).count();
        gaps += open;
        if !gaps_only || open > 0 {
            rows.push(Row { matter: t.code("matter", *matter), cells });
        }
    }

    let mut systems: Vec<(String, Vec<Choice>)> = Vec::new();
    for a in &areas {
        let choice = Choice {
            value: a.id.to_string(),
            word: a.name.clone(),
            chosen: area.is_some_and(|c| c.id == a.id),
        };
        match systems.iter_mut().find(|(system, _)| *system == a.system) {
            Some((_, choices)) => choices.push(choice),
            None => systems.push((a.system.clone(), vec![choice])),
        }
    }
    let matters = Matter::ALL
        .iter()
        .map(|m| Choice { value: m.to_string(), word: t.code("matter", m), chosen: matter == Some(*m) })
        .collect();
    let page = WhoPage {
        asked: !q.is_empty() || matter.is_some() || area.is_some(),
        columns: columns.iter().map(|a| a.name.clone()).collect(),
        frame,
        q,
        systems,
        matters,
        gaps_only,
        found,
        alike: is_alike,
        duties,
        rows,
        gaps,
        manage: manage(&ctx.viewer, matter, area.map(|a| a.id)),
    };
    Answer::page(page.render(), receipt())
}

/// Where an administrator adds and checks responsibilities, with what was just looked for filled in.
fn manage(viewer: &access::Viewer, matter: Option<Matter>, area: Option<AreaId>) -> Option<String> {
    let part = |id: Option<String>| id.unwrap_or_default();
    viewer.has_role(&[access::Role::Administrator]).then(|| {
        let (matter, area) = (part(matter.map(|m| m.to_string())), part(area.map(|a| a.to_string())));
        format!("/admin/responsibilities?matter={matter}&area={area}")
    })
}

/// The desks of one cell, each once.
fn cell(today: &Today, matter: Matter, area: AreaId) -> Vec<(String, String)> {
    let mut desks: HashMap<DeskId, (String, String)> = HashMap::new();
    for (_, desk) in today.of(matter, Some(area)) {
        desks.insert(desk.id, (desk.name.clone(), link::agency(desk.agency)));
    }
    let mut cell: Vec<(String, String)> = desks.into_values().collect();
    cell.sort();
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u128, kind: NameKind, name: &str) -> KeyRow {
        let fold = if kind == NameKind::Reading { words::name::reading_key } else { words::name::name_key };
        KeyRow {
            agency: words::Id::new(uuid::Uuid::from_u128(n)),
            kind,
            name: name.to_owned(),
            key: fold(name),
        }
    }

    #[test]
    fn a_name_is_found_in_any_spelling() {
        let keys = [
            key(1, NameKind::Official, "福祉総合相談支援センター"),
            key(1, NameKind::Slip, "福祉総合相談支援センタ"),
            key(2, NameKind::Official, "バックアップふじさわ社協"),
            key(2, NameKind::Alias, "CSW"),
            key(2, NameKind::Reading, "バックアップフジサワシャキョウ"),
            key(3, NameKind::Official, "お口の相談窓口"),
        ];
        let first = |typed: &str| {
            find(&keys, typed).0.first().map(|(id, row)| (id.uuid().as_u128(), row.name.as_str()))
        };
        assert_eq!(first("ﾊﾞｯｸｱｯﾌﾟ"), Some((2, "バックアップふじさわ社協")));
        assert_eq!(first("ｃｓｗ"), Some((2, "CSW")));
        assert_eq!(first("ふじさわしゃきょう").map(|f| f.0), Some(2));
        let (close, alike) = find(&keys, "福祉総合支援相談センター");
        assert!(alike);
        assert_eq!(close[0].0.uuid().as_u128(), 1);
        assert_eq!(first("水道局"), None);
        assert_eq!(first(""), None);
    }
}
