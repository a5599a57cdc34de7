//! Genogram and ecomap of a household, made of what was disclosed and of nothing else: who or what a viewer may not see
//! leaves neither a gap nor a count (disclosure rule 2). In words, too, for those who do not see drawings.

use std::collections::BTreeSet;
use std::fmt;

use access::{Category, Disclosed, Reader};
use engine::{Broken, Conn};
use kin::ecomap::{self, Ecomap, Node};
use kin::svg::{self, Died, Sample};
use kin::{Bond, Couple, Descent, Kind, Sex};
use site::{Frame, T, link};
use words::code::Code;
use words::id::{HouseholdId, MunicipalityId, PersonId};
use words::partial::PartialDate;

use crate::member::{age, age_alone};
use crate::tie::{self, Direction, Strength, Tie, TieKind};
use crate::{NewPerson, Person, Reasons, Told, learnt, person, rules};

/// A drawing, ready to stand in a page: everything in it is escaped by its writer ([`kin::svg`]).
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Svg {}

/// What a municipality has set about its drawings; regions differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// How somebody who died is shown.
    pub died: Died,
    /// Whether names stand below the symbols.
    pub no_names: bool,
    /// Whether ties to the first person stand below the symbols.
    pub no_relations: bool,
    /// Whether twins are drawn like other brothers and sisters.
    pub no_twins: bool,
}

/// The settings of drawings: 0 or 1 each.
pub const SETTINGS: [&str; 4] =
    ["genogram_filled", "genogram_no_names", "genogram_no_relations", "genogram_no_twins"];

impl Style {
    /// As the municipality has set it.
    pub async fn load(conn: &mut Conn<'_>, m: MunicipalityId) -> Result<Self, Broken> {
        let [filled, no_names, no_relations, no_twins] =
            register::numbers(conn, m, SETTINGS.map(|key| (key, 0))).await?;
        Ok(Self {
            died: if filled == 1 { Died::Fill } else { Died::Cross },
            no_names: no_names == 1,
            no_relations: no_relations == 1,
            no_twins: no_twins == 1,
        })
    }
}

/// Everybody and everything that was disclosed of one household's record.
#[derive(Default)]
pub struct Look {
    /// Present members.
    pub members: Vec<Disclosed<Person>>,
    /// Those who left.
    pub former: Vec<Disclosed<Person>>,
    /// Kin who are no members.
    pub kin: Vec<Disclosed<Person>>,
    /// Ties.
    pub ties: Vec<Disclosed<Tie>>,
    /// What was learnt of them since, and does not stand on their cards (decision 0045): they are here as they are known by it.
    pub told: Vec<Told>,
    /// Its bases.
    beside: Reasons,
    /// Who has died as the desk itself wrote, where the paper is for one of the household and says nothing of it: nobody is offered a paper who
    /// has died.
    given_none: BTreeSet<PersonId>,
    /// Settings.
    pub style: Style,
}

impl Look {
    /// Loads what this viewer is shown of a household, everybody as they know them ([`learnt::known`]).
    pub async fn load(look: &mut engine::Look, household: HouseholdId) -> Result<Self, Broken> {
        let viewer = look.viewer().clone();
        let sealed = person::members(&mut look.conn(), &viewer, household).await?;
        let members = look.disclose(sealed).await?;
        let mut family = Self::cards(look, household).await?;
        family.members = members;
        family.with_what_was_learnt(look).await?.offering(look).await
    }

    /// The same where the members are at hand already, as they are known.
    pub async fn around(
        look: &mut engine::Look,
        household: HouseholdId,
        members: Vec<Disclosed<Person>>,
    ) -> Result<Self, Broken> {
        let family = Self::cards(look, household).await?.with_what_was_learnt(look).await?;
        Self { members, ..family }.offering(look).await
    }

    /// Everything but the members, as it stands on cards.
    async fn cards(look: &mut engine::Look, household: HouseholdId) -> Result<Self, Broken> {
        let viewer = look.viewer().clone();
        let sealed = person::former_members(&mut look.conn(), &viewer, household).await?;
        let former = look.disclose(sealed).await?;
        let sealed = person::kin(&mut look.conn(), &viewer, household).await?;
        let kin = look.disclose(sealed).await?;
        let sealed = tie::of_household(&mut look.conn(), &viewer, household).await?;
        let ties = look.disclose(sealed).await?;
        let style = Style::load(&mut look.conn(), viewer.municipality).await?;
        Ok(Self { former, kin, ties, style, ..Self::default() })
    }

    async fn with_what_was_learnt(self, look: &mut engine::Look) -> Result<Self, Broken> {
        let mut beside = Reasons::default();
        let cards: Vec<_> = self.people().collect();
        let since = learnt::since(look, &cards, &mut beside).await?;
        Ok(Self {
            members: since.known(self.members),
            former: since.known(self.former),
            kin: since.known(self.kin),
            told: since.told,
            beside,
            ..self
        })
    }

    async fn offering(self, look: &mut engine::Look) -> Result<Self, Broken> {
        let given_none = given_none(look, self.people().map(|p| p.id)).await?;
        Ok(Self { given_none, ..self })
    }

    /// Everybody: members, former ones, kin.
    pub fn people(&self) -> impl Iterator<Item = &Disclosed<Person>> {
        self.members.iter().chain(&self.former).chain(&self.kin)
    }

    /// Whom a paper can be given to: members, those who left, and kin. On a paper for one of them kin are not listed: a tie that is
    /// kept from them may be all that brings somebody in. Nobody is given a paper who has died.
    pub fn given_paper(&self, given_to: Option<PersonId>) -> impl Iterator<Item = &Disclosed<Person>> {
        let kin = self.kin.iter().filter(move |p| given_to.is_none_or(|chosen| chosen == p.id));
        let living = |p: &&Disclosed<Person>| p.died.is_none() && !self.given_none.contains(&p.id);
        self.members.iter().chain(&self.former).chain(kin).filter(living)
    }

    /// Gathers the bases of everything in it.
    pub fn reasons(&self, reasons: &mut Reasons) {
        for people in [&self.members, &self.former, &self.kin] {
            reasons.of_all(people);
        }
        reasons.of_all(&self.ties);
        reasons.also(self.beside.clone());
    }

    /// Whether somebody new seems to be among these people already.
    pub(crate) fn has_already(&self, new: &NewPerson) -> bool {
        let known = self.people().map(|p| (p.known.name.as_str(), p.known.birth));
        rules::twice((&new.name, new.birth), known)
    }

    /// By which name somebody goes here.
    pub fn name(&self, t: &T, id: PersonId) -> String {
        self.people()
            .find(|p| p.id == id)
            .map_or_else(|| t.s("entry_view.someone").to_owned(), |p| name(t, p))
    }
}

/// To whom of these no paper is offered on a paper for one of the household: who has died as desks of this viewer wrote beside cards of others.
/// The paper says nothing of it; on every other one they are known to have died ([`learnt::known`]).
pub async fn given_none(
    look: &mut engine::Look,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeSet<PersonId>, Broken> {
    if !matches!(look.reader(), Reader::Member(_)) {
        return Ok(BTreeSet::new());
    }
    let viewer = look.viewer().clone();
    let (own, people) = (viewer.reading_desks(), people.into_iter().collect::<Vec<_>>());
    let dead = learnt::deaths_written_by(&mut look.conn(), viewer.municipality, &own, people).await?;
    Ok(dead.into_keys().collect())
}

/// A drawing with its legend and the same in words.
pub struct Figure {
    /// The drawing.
    pub svg: Svg,
    /// The same for a narrow screen, where it is drawn otherwise there.
    pub narrow: Option<Svg>,
    /// What its signs mean: never left out.
    pub legend: Svg,
    /// The same in words: a line and where it leads.
    pub says: Vec<(String, String)>,
    /// Each sign with its word.
    signs: Vec<paper::Sample>,
}

impl Figure {
    /// On paper: no links, nothing folded, its legend and its words always with it.
    pub fn drawing(&self, title: &str) -> paper::Drawing {
        let (width, height) = svg::size(&self.svg.0);
        paper::Drawing {
            title: title.to_owned(),
            svg: self.svg.0.clone(),
            style: svg::ON_PAPER.to_owned(),
            width,
            height,
            legend: self.signs.clone(),
            says: self.says.iter().map(|(line, _)| line.clone()).collect(),
        }
    }
}

/// The drawings of a household.
#[derive(Default)]
pub struct Figures {
    /// ジェノグラム; nothing when nobody is shown.
    pub genogram: Option<Figure>,
    /// エコマップ; nothing when no tie to the outside is shown.
    pub ecomap: Option<Figure>,
}

impl Figures {
    /// Draws. With `edit` symbols lead to what can be added to somebody, otherwise to their page; on paper nowhere.
    pub fn draw(frame: &Frame, look: &Look, edit: Option<HouseholdId>) -> Self {
        Self { genogram: genogram(frame, look, edit), ecomap: eco(frame, look) }
    }

    /// What of them there is, for paper, each with its heading. Where a sheltered person goes is on no paper (disclosure rule 4), which can
    /// leave nothing of the ecomap: the paper says that it has none, in the same words as where none was ever drawn, so that they
    /// tell nothing.
    pub fn on_paper(&self, t: &T) -> Vec<paper::Block> {
        let drawn = [(&self.genogram, "kin.genogram"), (&self.ecomap, "kin.ecomap")];
        let mut blocks: Vec<paper::Block> = drawn
            .into_iter()
            .filter_map(|(figure, key)| {
                let title = t.s(key);
                let drawing = figure.as_ref()?.drawing(title);
                Some(paper::Block::drawn(title, drawing))
            })
            .collect();
        if self.ecomap.is_none() {
            blocks.push(paper::Block::small(t.s("kin.no_ecomap")));
        }
        blocks
    }
}

/// The name somebody goes by, their tie to the first person otherwise.
fn name(t: &T, p: &Person) -> String {
    match (p.called(), p.known.relation.as_str()) {
        ("", "") => t.s("entry_view.someone").to_owned(),
        ("", relation) => relation.to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// A form for a gender in somebody's own words: square and circle for the usual words of man and woman only.
pub(crate) fn sex(gender: &str) -> Sex {
    // Otoko, dansei, danshi, otoko no ko; onna, josei, joshi, onna no ko.
    const MALE: [&str; 6] =
        ["\u{7537}", "\u{7537}\u{6027}", "\u{7537}\u{5b50}", "\u{7537}\u{306e}\u{5b50}", "male", "m"];
    const FEMALE: [&str; 6] =
        ["\u{5973}", "\u{5973}\u{6027}", "\u{5973}\u{5b50}", "\u{5973}\u{306e}\u{5b50}", "female", "f"];
    let folded = words::fold::fold(gender).to_lowercase();
    let is = |list: &[&str]| list.iter().any(|word| words::fold::fold(word) == folded);
    if folded.is_empty() {
        Sex::Unknown
    } else if is(&MALE) {
        Sex::Male
    } else if is(&FEMALE) {
        Sex::Female
    } else {
        Sex::Other
    }
}

/// Lines below a symbol: two at most. What is cut says so, and a bracket that was opened is closed.
fn label(text: &str) -> Vec<String> {
    const OPENS: [char; 2] = ['(', '\u{ff08}'];
    const CLOSES: [char; 2] = [')', '\u{ff09}'];
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= kin::LABEL_CHARS {
        return vec![text.to_owned()];
    }
    // A name breaks between family and given name, a tie before its bracket.
    let breaks = |c: &char| c.is_whitespace() || OPENS.contains(c);
    let at = chars.iter().position(breaks).filter(|at| (1..=kin::LABEL_CHARS).contains(at));
    let at = at.unwrap_or(kin::LABEL_CHARS);
    let rest: String = chars[at..].iter().collect();
    let rest: Vec<char> = rest.trim().chars().collect();
    let mut second: String = rest.iter().collect();
    if rest.len() > kin::LABEL_CHARS {
        let closing = rest.last().filter(|c| CLOSES.contains(c) && rest.iter().any(|o| OPENS.contains(o)));
        let room = kin::LABEL_CHARS - 1 - usize::from(closing.is_some());
        second = rest.iter().take(room).chain(&['\u{2026}']).chain(closing).collect();
    }
    vec![chars[..at].iter().collect(), second]
}

fn born(birth: Option<PartialDate>) -> Option<i64> {
    birth.map(|b| {
        let day = b.says_from();
        i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
    })
}

fn kind(tie: &Tie, ended: bool) -> Option<Kind> {
    Some(match tie.known.kind {
        TieKind::Parent => Kind::Descent(Descent::Birth),
        TieKind::AdoptiveParent => Kind::Descent(Descent::Adoptive),
        TieKind::StepParent => Kind::Descent(Descent::Step),
        TieKind::FosterParent => Kind::Descent(Descent::Foster),
        // A marriage or a life together that ended and became nothing else.
        TieKind::Spouse | TieKind::Partner | TieKind::Separated if ended => Kind::Couple(Couple::Divorced),
        TieKind::Spouse => Kind::Couple(Couple::Married),
        TieKind::Partner => Kind::Couple(Couple::Cohabiting),
        TieKind::Separated => Kind::Couple(Couple::Separated),
        TieKind::Divorced => Kind::Couple(Couple::Divorced),
        TieKind::Sibling => Kind::Siblings,
        TieKind::Caring => Kind::Bond(Bond::Caring),
        TieKind::Guardian => Kind::Bond(Bond::Guardian),
        TieKind::Close => Kind::Bond(Bond::Close),
        TieKind::Distant => Kind::Bond(Bond::Distant),
        TieKind::Conflict => Kind::Bond(Bond::Conflict),
        TieKind::Violence => Kind::Bond(Bond::Violence),
        TieKind::KeyPerson | TieKind::Outside => return None,
    })
}

/// A tie in words, with its days.
pub(crate) fn says(t: &T, look: &Look, tie: &Tie) -> String {
    let name = |id: Option<PersonId>| id.map_or_else(|| t.s("tie.whole").to_owned(), |id| look.name(t, id));
    let mut sentence = match &tie.known.outside {
        Some(o) => t.fs(
            "tie.says_outside",
            &[
                ("a", name(tie.known.a)),
                ("b", o.name.clone()),
                ("strength", t.code("tie_strength", o.strength)),
                ("direction", o.direction.map(|d| t.code("tie_direction_says", d)).unwrap_or_default()),
            ],
        ),
        None => t.fs(
            &format!("tie_says.{}", tie.known.kind.code()),
            &[("a", name(tie.known.a)), ("b", name(tie.known.b))],
        ),
    };
    let day = |d: PartialDate| t.partial_date(d);
    // A marriage and a divorce have a day; everything else has a beginning.
    let (since, from_until) = match tie.known.kind {
        TieKind::Spouse => ("tie.married", "tie.married_until"),
        TieKind::Divorced => ("tie.divorced", "tie.divorced_until"),
        _ => ("tie.since", "tie.from_until"),
    };
    match (tie.known.from, tie.known.until) {
        (Some(from), Some(until)) => {
            sentence.push_str(&t.fs(from_until, &[("from", day(from)), ("until", day(until))]));
        }
        (Some(from), None) => sentence.push_str(&t.f(since, "from", day(from))),
        (None, Some(until)) => sentence.push_str(&t.f("tie.until", "until", day(until))),
        (None, None) => {}
    }
    sentence
}

fn genogram(frame: &Frame, look: &Look, edit: Option<HouseholdId>) -> Option<Figure> {
    let (t, today) = (&frame.t, frame.now.day());
    let tied: BTreeSet<PersonId> = look
        .ties
        .iter()
        .filter(|tie| tie.known.outside.is_none())
        .flat_map(|tie| [tie.known.a, tie.known.b])
        .flatten()
        .collect();
    let outside = look.former.iter().chain(&look.kin).filter(|p| tied.contains(&p.id));
    let people: Vec<&Disclosed<Person>> = look.members.iter().chain(outside).collect();
    if people.is_empty() {
        return None;
    }
    // Hon'nin: who was recorded as such, otherwise the first whose place in the household is shown.
    let placed = |p: &&&Disclosed<Person>| p.shown().has(Category::Household);
    let index = people.iter().position(|p| placed(&p) && p.known.relation == "\u{672c}\u{4eba}");
    let index = index.or_else(|| people.iter().position(|p| placed(&p) && p.joined.is_some()));
    let key = |p: &Person| {
        look.ties
            .iter()
            .any(|tie| tie.known.kind == TieKind::KeyPerson && tie.known.a == Some(p.id) && tie.lasts(today))
    };
    let mut family = kin::Family::default();
    for (i, p) in people.iter().enumerate() {
        let (sex, died) = (sex(&p.known.gender), p.died);
        let age = age(t, p.known.birth, died, today);
        let mut lines = if look.style.no_names { Vec::new() } else { label(&name(t, p)) };
        if !look.style.no_relations && !p.known.relation.is_empty() && p.known.relation != name(t, p) {
            lines.extend(label(&p.known.relation));
        }
        let person = kin::Person {
            label: lines,
            age: age_alone(p.known.birth, died, today),
            sex,
            born: born(p.known.birth),
            birth_day: born(p.known.birth.filter(|b| !look.style.no_twins && b.whole_day().is_some())),
            died: died.is_some(),
            index: index == Some(i),
            key: key(p),
            home: p.known.lives_together && p.joined.is_some() && p.left.is_none() && died.is_none(),
            href: edit
                .map_or_else(|| link::person(p.id), |h| format!("{}?who={}#who", link::household(h), p.id)),
            title: String::new(),
        };
        let mut facts = vec![name(t, p)];
        facts.extend(Some(p.known.relation.clone()).filter(|r| !r.is_empty()));
        facts.extend(Some(age).filter(|a| !a.is_empty()));
        facts.push(t.code("kin_sex", svg::Sample::Sex(sex).code()));
        for (on, key) in [
            (person.index && p.known.relation != t.s("kin.index"), "kin.index"),
            (person.key, "kin.key"),
            (person.died, "kin.died"),
        ] {
            facts.extend(on.then(|| t.s(key).to_owned()));
        }
        family.people.push(kin::Person { title: t.join(&facts), ..person });
    }
    let at = |id: Option<PersonId>| id.and_then(|id| people.iter().position(|p| p.id == id));
    let mut ties: Vec<&Disclosed<Tie>> = look.ties.iter().filter(|tie| tie.known.outside.is_none()).collect();
    // Of several that make one couple the last one counts: what lasts, then what began later.
    ties.sort_by_key(|tie| (tie.lasts(today), tie.known.from.map(PartialDate::earliest), tie.recorded_at));
    let mut words = Vec::new();
    for tie in ties {
        let sentence = says(t, look, tie);
        words.push((sentence.clone(), link::tie(tie.id)));
        let (Some(a), Some(b)) = (at(tie.known.a), at(tie.known.b)) else { continue };
        let ended = !tie.lasts(today);
        let both_alive = !family.people[a].died && !family.people[b].died;
        match kind(tie, ended && both_alive) {
            Some(Kind::Bond(_)) if ended => {}
            Some(kind) => family.ties.push(kin::Tie { kind, a, b, href: link::tie(tie.id), title: sentence }),
            None => {}
        }
    }
    let drawing = kin::genogram(&family);
    let mut says: Vec<(String, String)> = family
        .people
        .iter()
        .zip(&people)
        .map(|(drawn, p)| (drawn.title.clone(), link::person(p.id)))
        .collect();
    let home: Vec<String> =
        family.people.iter().zip(&people).filter(|(drawn, _)| drawn.home).map(|(_, p)| name(t, p)).collect();
    if home.len() > 1 {
        says.push((t.f("kin.home_says", "names", t.join(&home)), String::new()));
    }
    let names: Vec<String> = people.iter().map(|p| name(t, p)).collect();
    says.extend(twins(t, &family, &names));
    says.extend(words);
    let (title, description) = (t.s("kin.genogram"), t.s("kin.genogram_is"));
    let around = svg::Frame { id: "genogram", title, description, died: look.style.died };
    Some(Figure {
        svg: Svg(svg::genogram(&family, &drawing, &around)),
        narrow: None,
        legend: legend(t, &svg::used(&family, &drawing), look.style.died),
        signs: signs(t, &svg::used(&family, &drawing), look.style.died),
        says,
    })
}

/// Twins, and more who were born at once, in words.
fn twins(t: &T, family: &kin::Family, names: &[String]) -> Vec<(String, String)> {
    let line = |together: Vec<usize>| {
        let key = if together.len() == 2 { "kin.twins_says" } else { "kin.multiple_says" };
        let names: Vec<String> = together.iter().filter_map(|at| names.get(*at)).cloned().collect();
        (t.f(key, "names", t.join(&names)), String::new())
    };
    kin::twins(family).into_iter().map(line).collect()
}

fn legend(t: &T, used: &[Sample], died: Died) -> Svg {
    Svg(svg::legend(used, died, |sample| t.code("kin_sign", sample.code())))
}

fn signs(t: &T, used: &[Sample], died: Died) -> Vec<paper::Sample> {
    let sign = |s: &Sample| paper::Sample { svg: svg::sign(*s, died), words: t.code("kin_sign", s.code()) };
    used.iter().map(sign).collect()
}

fn eco(frame: &Frame, look: &Look) -> Option<Figure> {
    let (t, today) = (&frame.t, frame.now.day());
    let mut map = Ecomap::default();
    let mut words = Vec::new();
    for tie in &look.ties {
        let Some(o) = &tie.known.outside else { continue };
        let sentence = says(t, look, tie);
        words.push((sentence.clone(), link::tie(tie.id)));
        if !tie.lasts(today) {
            continue;
        }
        let mut lines = wrapped(&o.name);
        lines.extend(tie.known.a.map(|a| t.f("kin.of", "name", look.name(t, a))));
        map.nodes.push(Node {
            label: lines,
            strength: match o.strength {
                Strength::Strong => ecomap::Strength::Strong,
                Strength::Plain => ecomap::Strength::Plain,
                Strength::Weak => ecomap::Strength::Weak,
                Strength::Stressful => ecomap::Strength::Stressful,
            },
            to: matches!(o.direction, Some(Direction::To | Direction::Both)),
            from: matches!(o.direction, Some(Direction::From | Direction::Both)),
            class: o.kind.code(),
            href: link::tie(tie.id),
            title: sentence,
        });
    }
    if words.is_empty() {
        return None;
    }
    map.middle.push(t.s("kin.middle").to_owned());
    for p in look.members.iter().filter(|p| p.known.lives_together && !p.is_gone()).take(8) {
        map.middle.push(name(t, p));
    }
    let (title, description) = (t.s("kin.ecomap"), t.s("kin.ecomap_is"));
    let around = svg::Frame { id: "ecomap", title, description, died: look.style.died };
    Some(Figure {
        svg: Svg(ecomap::write(&map, &around)),
        narrow: Some(Svg(ecomap::write_tall(&map, &svg::Frame { id: "ecomap-narrow", ..around }))),
        legend: legend(t, &ecomap::used(&map), look.style.died),
        signs: signs(t, &ecomap::used(&map), look.style.died),
        says: words,
    })
}

/// Lines of a box of the ecomap.
fn wrapped(text: &str) -> Vec<String> {
    const LINE: usize = 10;
    let chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<String> = chars.chunks(LINE).take(3).map(|c| c.iter().collect()).collect();
    if chars.len() > LINE * 3
        && let Some(last) = lines.last_mut()
    {
        last.pop();
        last.push('\u{2026}');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_for_a_gender_in_own_words() {
        for (gender, form) in [
            ("男", Sex::Male),
            ("男性", Sex::Male),
            ("女の子", Sex::Female),
            ("女", Sex::Female),
            ("Female", Sex::Female),
            ("ノンバイナリー", Sex::Other),
            ("男でも女でもない", Sex::Other),
            ("", Sex::Unknown),
        ] {
            assert_eq!(sex(gender), form, "{gender}");
        }
    }

    #[test]
    fn long_names_take_two_lines() {
        assert_eq!(label("青木 ハル"), ["青木 ハル"]);
        assert_eq!(label("勘解由小路 龍之介太郎"), ["勘解由小路", "龍之介太郎"]);
        assert_eq!(
            label("あいうえおかきくけこさしすせそたちつてと"),
            ["あいうえおかきく", "けこさしすせそ…"]
        );
        assert_eq!(label("長男（夫の連れ子）"), ["長男", "（夫の連れ子）"]);
        assert_eq!(label("長男（前の夫とのあいだの子）"), ["長男", "（前の夫との…）"]);
        assert_eq!(wrapped("バックアップふじさわ社協"), ["バックアップふじさわ", "社協"]);
    }
}
