//! The categories that every fact and text carries (disclosure rule 3).

use words::{code::Code, codes};

codes! {
    /// What a fact or a text is about. All categories of a text must be granted before it is shown.
    pub enum Category {
        /// 基本: name, reading, birth date, gender as told, how to address.
        Basic = "basic",
        /// 連絡先・住所.
        Contact = "contact",
        /// 世帯・家族関係.
        Household = "household",
        /// 健康・病気.
        Health = "health",
        /// 障がい.
        Disability = "disability",
        /// お金・くらし向き.
        Money = "money",
        /// 仕事・学校.
        WorkSchool = "work_school",
        /// 犯罪歴・犯罪被害.
        Crime = "crime",
        /// 暴力・虐待.
        Violence = "violence",
        /// 通報者: who told; never printed.
        Informant = "informant",
        /// 支援の経過.
        Support = "support",
        /// 支援プラン.
        Plan = "plan",
        /// 支援者の見立て・意見.
        Opinion = "opinion",
    }
}

/// A set of categories. The default is empty, and the empty set grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Categories(u16);

impl Categories {
    /// No category.
    pub const NONE: Self = Self(0);

    /// Every category: what untagged text carries, and what the own record grants.
    pub fn all() -> Self {
        Category::ALL.iter().copied().collect()
    }

    /// The stored form: one bit per category, in the order of [`Category::ALL`].
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Reads the stored form; bits that name no category are dropped.
    pub fn from_bits(bits: i64) -> Self {
        Self(u16::try_from(bits & Self::all().bits()).unwrap_or(0))
    }

    /// With one more category.
    #[must_use]
    pub fn with(self, category: Category) -> Self {
        Self(self.0 | (1 << (category as u16)))
    }

    /// Without one category.
    #[must_use]
    pub fn without(self, category: Category) -> Self {
        Self(self.0 & !(1 << (category as u16)))
    }

    /// Whether the category is in the set.
    pub fn has(self, category: Category) -> bool {
        self.0 & (1 << (category as u16)) != 0
    }

    /// In either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether every category of `self` is in `other`.
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The categories, in display order.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |c| self.has(*c))
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<I: IntoIterator<Item = Category>>(iter: I) -> Self {
        iter.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_round_trip_and_unknown_bits_grant_nothing() {
        for c in Category::ALL {
            let set = Categories::NONE.with(*c);
            assert_eq!(Categories::from_bits(set.bits()), set);
            assert!(set.within(Categories::all()));
        }
        assert_eq!(Categories::from_bits(1 << 14), Categories::NONE);
        assert_eq!(Categories::from_bits(-1), Categories::all());
    }
}
