//! Invented families: couples, children, remarriages, half-brothers and -sisters, three and four generations, in-laws,
//! strangers in one home. Always the same for one number.
#![allow(dead_code, reason = "shared by tests, the bench and the contact sheet, each of which uses a part")]

use kin::{Bond, Couple, Descent, Family, Kind, Person, Sex, Tie};

/// Chance that is always the same.
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1))
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (n.max(1) as u64)).unwrap_or(0)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const MEN: &[&str] =
    &["太郎", "健一", "一郎", "翔太", "大輔", "正", "実", "浩二", "蓮", "湊", "龍之介", "清"];
const WOMEN: &[&str] =
    &["花子", "ハル", "美咲", "陽子", "結衣", "さくら", "和子", "幸子", "凛", "葵", "久美子", "節子"];
const HOUSES: &[&str] = &["佐藤", "鈴木", "戸髙", "青木", "國分", "小笠原", "林", "長谷川"];

pub struct Maker {
    pub family: Family,
    dice: Dice,
    most: usize,
    house: usize,
}

impl Maker {
    pub fn person(&mut self, sex: Sex, year: i64) -> usize {
        let d = &mut self.dice;
        let names = if sex == Sex::Female { WOMEN } else { MEN };
        let name = format!("{} {}", HOUSES[self.house % HOUSES.len()], names[d.below(names.len())]);
        let died = year < 1955 && d.chance(60);
        let age = (2026 - year).max(0);
        self.family.people.push(Person {
            label: if d.chance(96) { vec![name] } else { Vec::new() },
            age: if d.chance(85) && !died { age.to_string() } else { String::new() },
            sex: if d.chance(4) { Sex::Unknown } else { sex },
            born: d.chance(90).then_some(year),
            birth_day: None,
            died,
            index: false,
            key: d.chance(6),
            home: !died && d.chance(45),
            href: format!("/persons/{}", self.family.people.len()),
            title: String::new(),
        });
        self.family.people.len() - 1
    }

    pub fn tie(&mut self, kind: Kind, a: usize, b: usize) {
        let href = format!("/ties/{}", self.family.ties.len());
        self.family.ties.push(Tie { kind, a, b, href, title: String::new() });
    }

    fn room(&self) -> bool {
        self.family.people.len() < self.most
    }

    fn partner(&mut self, p: usize, sex: Sex, year: i64) -> Option<usize> {
        self.room().then(|| {
            let other = if sex == Sex::Male { Sex::Female } else { Sex::Male };
            self.house += 1;
            let older = i64::try_from(self.dice.below(5)).unwrap_or(0);
            let q = self.person(other, year + 2 - older);
            let how = match self.dice.below(10) {
                0 | 1 => Couple::Divorced,
                2 => Couple::Separated,
                3 => Couple::Cohabiting,
                _ => Couple::Married,
            };
            self.tie(Kind::Couple(how), p, q);
            q
        })
    }

    /// Up to six ties of other kinds: most between those who are tied already, some across the family, some to people of no family.
    fn bonds(&mut self) {
        let family = self.family.ties.clone();
        for _ in 0..self.dice.below(7) {
            let kinds =
                [Bond::Close, Bond::Distant, Bond::Conflict, Bond::Violence, Bond::Caring, Bond::Guardian];
            let bond = Kind::Bond(kinds[self.dice.below(6)]);
            let n = self.family.people.len();
            let (a, b) = match self.dice.below(10) {
                0..=5 if !family.is_empty() => {
                    let tie = &family[self.dice.below(family.len())];
                    (tie.a, tie.b)
                }
                6 | 7 if self.room() => {
                    let known = self.dice.below(n);
                    self.house += 1;
                    let friend = self.person(Sex::Male, 1975);
                    self.family.people[friend].home = false;
                    (friend, known)
                }
                _ => (self.dice.below(n), self.dice.below(n)),
            };
            let (a, b) = if self.dice.chance(50) { (a, b) } else { (b, a) };
            if a != b {
                self.tie(bond, a, b);
            }
        }
    }

    fn descend(&mut self, p: usize, sex: Sex, year: i64, deep: usize) {
        if deep == 0 || !self.dice.chance(75) {
            return;
        }
        // One in four with a former partner, some with two or three of them.
        let marriages = match self.dice.below(100) {
            0..=2 => 4,
            3..=8 => 3,
            9..=24 => 2,
            _ => 1,
        };
        for _ in 0..marriages {
            let partner = if self.dice.chance(85) { self.partner(p, sex, year) } else { None };
            let children = self.dice.below(4);
            for n in 0..children {
                if !self.room() {
                    return;
                }
                let (child_sex, born) = (
                    if self.dice.chance(50) { Sex::Male } else { Sex::Female },
                    year + 24 + i64::try_from(n * 2 + self.dice.below(2)).unwrap_or(0),
                );
                let child = self.person(child_sex, born);
                let how = match self.dice.below(20) {
                    0 => Descent::Adoptive,
                    1 => Descent::Foster,
                    _ => Descent::Birth,
                };
                self.tie(Kind::Descent(how), p, child);
                if let Some(q) = partner {
                    let how = if self.dice.chance(92) { how } else { Descent::Step };
                    self.tie(Kind::Descent(how), q, child);
                }
                self.descend(child, child_sex, born, deep - 1);
            }
        }
    }
}

/// One family of at least two and at most 25 people.
pub fn family(seed: u64) -> Family {
    let mut dice = Dice::of(seed);
    for _ in 0..8 {
        dice.below(2);
    }
    let most = 2 + dice.below(24);
    let house = dice.below(8);
    let deep = 1 + dice.below(3);
    let mut m = Maker { family: Family::default(), dice, most, house };
    let year = 1950 + 10 * i64::try_from(3 - deep.min(3)).unwrap_or(0);
    let root = m.person(Sex::Male, year);
    m.descend(root, Sex::Male, year, deep);
    // The families somebody married into.
    for p in 0..m.family.people.len() {
        let born_here = m.family.ties.iter().any(|t| t.b == p && matches!(t.kind, Kind::Descent(_)));
        if born_here || p == root || !m.dice.chance(20) || !m.room() {
            continue;
        }
        m.house += 1;
        let year = m.family.people[p].born.unwrap_or(1970) - 26;
        let father = m.person(Sex::Male, year);
        m.tie(Kind::Descent(Descent::Birth), father, p);
        if let Some(mother) = m.partner(father, Sex::Male, year) {
            m.tie(Kind::Descent(Descent::Birth), mother, p);
            if m.room() && m.dice.chance(50) {
                let aunt = m.person(Sex::Female, year + 30);
                m.tie(Kind::Descent(Descent::Birth), father, aunt);
                m.tie(Kind::Descent(Descent::Birth), mother, aunt);
            }
        }
    }
    while m.family.people.len() < 2 || (m.room() && m.dice.chance(10)) {
        m.house += 1;
        let stranger = m.person(Sex::Female, 1980);
        if m.dice.chance(40) {
            m.tie(Kind::Siblings, 0, stranger);
        }
    }
    m.bonds();
    let n = m.family.people.len();
    let index = m.dice.below(n);
    m.family.people[index].index = true;
    m.family.people[index].home = true;
    // Far more often than in life.
    if seed.is_multiple_of(10) {
        twins(&mut m.family, if seed.is_multiple_of(20) { 2 } else { 3 });
    }
    m.family
}

/// The first so many children of every couple were born at once.
fn twins(family: &mut Family, most: usize) {
    let mut of: std::collections::BTreeMap<Vec<usize>, Vec<usize>> = std::collections::BTreeMap::new();
    for child in 0..family.people.len() {
        let births = family.ties.iter().filter(|t| t.kind == Kind::Descent(Descent::Birth) && t.b == child);
        of.entry(births.map(|t| t.a).collect()).or_default().push(child);
    }
    for (day, (_, children)) in (0_i64..).zip(of.into_iter().filter(|(parents, _)| parents.len() == 2)) {
        let born = family.people[children[0]].born;
        for child in children.into_iter().take(most) {
            let person = &mut family.people[child];
            (person.born, person.birth_day) = (born, Some(day));
        }
    }
}

/// Somebody with so many partners, former ones before the last, and children with each; the first two of them have a partner and a child
/// beside, who is a step-parent of theirs.
pub fn partners(count: usize, sex: Sex, names: bool) -> Family {
    let other = if sex == Sex::Male { Sex::Female } else { Sex::Male };
    let mut m = Maker { family: Family::default(), dice: Dice::of(7), most: 25, house: 0 };
    let add = |m: &mut Maker, name: String, sex| {
        let label = if names { vec![name] } else { Vec::new() };
        m.family.people.push(Person { label, sex, ..Person::default() });
        m.family.people.len() - 1
    };
    let born = |m: &mut Maker, parents: [usize; 2]| {
        let child = add(m, format!("子 {}", m.family.people.len()), Sex::Female);
        for parent in parents {
            m.tie(Kind::Descent(Descent::Birth), parent, child);
        }
        child
    };
    let root = add(&mut m, "齋藤 隆".to_owned(), sex);
    for n in 0..count {
        let how = if n + 1 == count { Couple::Married } else { Couple::Divorced };
        let partner = add(&mut m, format!("北 {n}"), other);
        m.tie(Kind::Couple(how), root, partner);
        let mut child = born(&mut m, [root, partner]);
        if n % 2 == 0 {
            child = born(&mut m, [root, partner]);
        }
        if n < 2 {
            let of_partner = add(&mut m, format!("森田 {n}"), sex);
            m.tie(Kind::Couple(Couple::Married), partner, of_partner);
            born(&mut m, [partner, of_partner]);
            m.tie(Kind::Descent(Descent::Step), of_partner, child);
        }
    }
    // The parents above, who parted too.
    let (father, mother) =
        (add(&mut m, "齋藤 正男".to_owned(), Sex::Male), add(&mut m, "齋藤 トシ".to_owned(), Sex::Female));
    m.tie(Kind::Couple(Couple::Divorced), father, mother);
    m.tie(Kind::Descent(Descent::Birth), father, root);
    m.tie(Kind::Descent(Descent::Birth), mother, root);
    // Of whom only the year of birth is known.
    let ages = ["10\u{ff5e}11", "78\u{ff5e}79", "", "9"];
    for (p, age) in m.family.people.iter_mut().zip(ages.iter().cycle()) {
        (*age).clone_into(&mut p.age);
    }
    let child = root + 2;
    m.family.people[child].sex = Sex::Unknown;
    m.family.people[child].index = count == 2;
    ages[0].clone_into(&mut m.family.people[child].age);
    m.family
}
