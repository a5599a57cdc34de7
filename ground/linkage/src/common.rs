//! How common a family name is where no other records are at hand to count among: the commonest ones of the country, in the
//! order in which they are commonly listed. A name that is not here is taken to be rare.

use std::collections::HashMap;
use std::sync::LazyLock;

const FAMILIES: &str = "
    佐藤さとう 鈴木すずき 高橋たかはし 田中たなか 伊藤いとう 渡辺わたなべ 山本やまもと 中村なかむら 小林こばやし 加藤かとう 吉田よしだ
    山田やまだ 佐佐木ささき 山口やまぐち 松本まつもと 井上いのうえ 木村きむら 林はやし 斎藤さいとう 清水しみず 山崎やまざき 森もり
    池田いけだ 橋本はしもと 阿部あべ 石川いしかわ 山下やました 中島なかじま 石井いしい 小川おがわ 前田まえだ 岡田おかだ 長谷川はせがわ
    藤田ふじた 後藤ごとう 近藤こんどう 村上むらかみ 遠藤えんどう 青木あおき 坂本さかもと 福田ふくだ 太田おおた 西村にしむら 藤井ふじい
    金子かねこ 岡本おかもと 藤原ふじわら 三浦みうら 中野なかの 中川なかがわ 原田はらだ 松田まつだ 竹内たけうち 小野おの 田村たむら
    中山なかやま 和田わだ 石田いしだ 森田もりた 上田うえだ 原はら 柴田しばた 酒井さかい 工藤くどう 横山よこやま 宮崎みやざき
    宮本みやもと 内田うちだ 高木たかぎ 安藤あんどう 谷口たにぐち 大野おおの 丸山まるやま 今井いまい 高田たかだ 藤本ふじもと 武田たけだ
    村田むらた 上野うえの 杉山すぎやま 増田ますだ 菅原すがわら 平野ひらの 小島こじま 千葉ちば 久保くぼ 松井まつい 岩崎いわさき
    桜井さくらい 野口のぐち 松尾まつお 野村のむら 木下きのした 菊地きくち 佐野さの 大西おおにし 杉本すぎもと 新井あらい
";

/// Bits of a name that is not listed: about one in two thousand.
const RARE: f32 = 11.0;

/// Bits by the keys of written forms and of readings. The first is borne by about 15 of 1,000 people, the others fall off with
/// their place.
static BITS: LazyLock<HashMap<String, f32>> = LazyLock::new(|| {
    let mut bits = HashMap::new();
    for (place, name) in (0_u16..).zip(FAMILIES.split_whitespace()) {
        let kana = name.find(words::fold::is_kana).unwrap_or(name.len());
        let weight = 6.1 + (f32::from(place) / 9.0 + 1.0).log2();
        bits.entry(words::name::name_key(&name[..kana])).or_insert(weight);
        bits.entry(words::name::reading_key(&name[kana..])).or_insert(weight);
    }
    bits
});

/// How many bits it says that two people have this family name, given by its key.
pub(crate) fn family_bits(key: &str) -> f32 {
    BITS.get(key).copied().unwrap_or(RARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_name_says_more() {
        let of = |name| family_bits(&words::name::name_key(name));
        assert!(of("佐藤") < of("髙橋") && of("髙橋") < of("新井") && of("新井") < of("勅使河原"));
        assert!(family_bits("さとう") < RARE && of("佐々木") < RARE);
    }
}
