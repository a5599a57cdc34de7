//! What must hold for any two records.

use linkage::{Features, Known, Model, OtherName, Scale, Sex, lookup_keys};
use proptest::prelude::*;
use words::partial::PartialDate;

#[derive(Clone, Debug)]
struct Any {
    name: String,
    reading: String,
    other: String,
    birth: String,
    sex: u8,
    phone: String,
    address: String,
}

impl Any {
    fn features(&self) -> Features {
        let others = [OtherName { name: &self.other, reading: "" }];
        Features::of(&Known {
            name: &self.name,
            reading: &self.reading,
            others: &others,
            birth: PartialDate::parse_iso(&self.birth),
            sex: [Sex::Unknown, Sex::Woman, Sex::Man][usize::from(self.sex)],
            phone: &self.phone,
            address: &self.address,
        })
    }
}

/// Few values, so that records agree often.
fn any() -> impl Strategy<Value = Any> {
    (
        "(佐藤|髙橋|高橋|渡辺|さとう|)( |　|)(花子|華子|健|はなこ|)",
        "(サトウ|タカハシ|ワタナベ|)( |)(ハナコ|ハナユ|ケン|)",
        "(渡邊|佐藤 花子|)",
        "(|1958|1958-05|1958-05-12|1958-12-05|1970-05-12|1958-05-13)",
        0u8..3,
        "(|090-1234-5678|09012345678|090-1234-5679|なし)",
        "(|ひかり市緑町3丁目12-5|緑町3-12-5|緑町3-12-5 101|緑町3-12|本町)",
    )
        .prop_map(|(name, reading, other, birth, sex, phone, address)| Any {
            name,
            reading,
            other,
            birth,
            sex,
            phone,
            address,
        })
}

/// Names with a space: a given name taken for a family name says less than one known for what it is.
fn whole() -> impl Strategy<Value = Any> {
    let names = (
        "(佐藤|髙橋|高橋|渡辺|さとう) (花子|華子|健|はなこ)",
        "(|サトウ ハナコ|タカハシ ケン|ワタナベ ハナユ)",
    );
    (any(), names).prop_map(|(any, (name, reading))| Any { name, reading, ..any })
}

proptest! {
    #[test]
    fn which_comes_first_changes_nothing(a in any(), b in any()) {
        let (model, a, b) = (Model::default(), a.features(), b.features());
        prop_assert_eq!(model.score(&a, &b, Scale::of(1_000)), model.score(&b, &a, Scale::of(1_000)));
    }

    #[test]
    fn the_lines_add_up(a in any(), b in any()) {
        let score = Model::default().score(&a.features(), &b.features(), Scale::of(60_000));
        let sum: f32 = score.lines.iter().map(|line| line.weight).sum();
        prop_assert!((sum - score.total).abs() < 1e-3);
        prop_assert!((0.0..=1.0).contains(&score.probability()));
    }

    #[test]
    fn nobody_is_more_alike_than_oneself(a in whole(), b in whole()) {
        let (model, a, b) = (Model::default(), a.features(), b.features());
        let scale = Scale::of(60_000);
        prop_assert!(model.score(&a, &a, scale).total >= model.score(&a, &b, scale).total - 1e-3);
    }

    #[test]
    fn keys_depend_on_the_record_alone(a in any()) {
        let keys = lookup_keys(&a.features());
        prop_assert_eq!(&keys, &lookup_keys(&a.features()));
        prop_assert!(keys.is_sorted() && !keys.contains(&0));
    }

    #[test]
    fn no_text_breaks_it(name in ".*", reading in ".*", phone in ".*", address in ".*") {
        let known = Known { name: &name, reading: &reading, phone: &phone, address: &address, ..Known::default() };
        let features = Features::of(&known);
        let _ = (lookup_keys(&features), Model::default().score(&features, &features, Scale::of(2)));
    }
}
