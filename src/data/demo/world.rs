//! The cast of the demo: six brands that do not exist, eight strategy crowds (`domain.md` §6.1),
//! twelve touchpoints. Factors are per cent of the average.

/// A fictional brand.
#[derive(Debug)]
pub(super) struct Brand {
    pub(super) id: &'static str,
    pub(super) name_zh: &'static str,
    pub(super) name_en: &'static str,
    /// Index into [`CATEGORIES`].
    pub(super) category: usize,
    pub(super) tier: &'static str,
    /// Prefix of item ids.
    pub(super) prefix: &'static str,
    /// How many people its contacts reach.
    pub(super) reach: u64,
    /// How well contacts become interest.
    pub(super) deepen: u64,
    /// How well interest becomes orders.
    pub(super) convert: u64,
    /// How readily people join and follow.
    pub(super) join: u64,
    /// How active members are.
    pub(super) lively: u64,
    /// How readily buyers buy again.
    pub(super) repeat: u64,
    /// Growth of reach, per cent a year.
    pub(super) growth: u64,
    /// Prices in yuan, cheapest first.
    pub(super) prices: [u64; 8],
}

/// Ids of the categories.
pub(super) const CATEGORIES: [&str; 3] = ["skincare", "pet_food", "kitchen"];

/// Second-level categories by category, the most wanted first.
pub(super) const FINE: [[&str; 15]; CATEGORIES.len()] = [
    [
        "serum",
        "cream",
        "mask",
        "cleanser",
        "toner",
        "sunscreen",
        "eye_care",
        "lotion",
        "makeup_remover",
        "essence_oil",
        "lip_care",
        "body_care",
        "hand_care",
        "exfoliator",
        "gift_set",
    ],
    [
        "dry_cat",
        "dry_dog",
        "wet_cat",
        "cat_treats",
        "dog_treats",
        "wet_dog",
        "freeze_dried",
        "kitten",
        "puppy",
        "nutrition",
        "dental",
        "goat_milk",
        "prescription",
        "bird_feed",
        "aquarium",
    ],
    [
        "wok",
        "soup_pot",
        "knife",
        "lunch_box",
        "kettle",
        "bowl",
        "chopsticks",
        "baking",
        "steamer",
        "cutting_board",
        "storage_jar",
        "grill",
        "scale",
        "tea_set",
        "apron",
    ],
];

/// The six brands, two in each category.
pub(super) const BRANDS: [Brand; 6] = [
    Brand {
        id: "jichuan",
        name_zh: "霁川",
        name_en: "Jichuan Skin",
        category: 0,
        tier: "head",
        prefix: "jc",
        reach: 120,
        deepen: 105,
        convert: 105,
        join: 150,
        lively: 175,
        repeat: 135,
        growth: 9,
        prices: [59, 99, 139, 189, 239, 299, 369, 499],
    },
    Brand {
        id: "zhimian",
        name_zh: "芷眠",
        name_en: "Zhimian Lab",
        category: 0,
        tier: "rising",
        prefix: "zm",
        reach: 95,
        deepen: 118,
        convert: 85,
        join: 75,
        lively: 85,
        repeat: 80,
        growth: 34,
        prices: [49, 79, 109, 129, 159, 199, 259, 329],
    },
    Brand {
        id: "tuanzhua",
        name_zh: "团爪",
        name_en: "Tuanzhua Pet",
        category: 1,
        tier: "head",
        prefix: "tz",
        reach: 105,
        deepen: 100,
        convert: 120,
        join: 115,
        lively: 120,
        repeat: 190,
        growth: 14,
        prices: [29, 45, 69, 89, 119, 159, 219, 289],
    },
    Brand {
        id: "luquan",
        name_zh: "麓犬记",
        name_en: "Luquan Tales",
        category: 1,
        tier: "mid",
        prefix: "lq",
        reach: 80,
        deepen: 52,
        convert: 95,
        join: 95,
        lively: 100,
        repeat: 120,
        growth: 6,
        prices: [35, 55, 79, 99, 139, 179, 239, 319],
    },
    Brand {
        id: "hezao",
        name_zh: "禾灶",
        name_en: "Hezao Kitchen",
        category: 2,
        tier: "head",
        prefix: "hz",
        reach: 125,
        deepen: 92,
        convert: 90,
        join: 85,
        lively: 70,
        repeat: 65,
        growth: 11,
        prices: [99, 159, 229, 299, 399, 549, 799, 1199],
    },
    Brand {
        id: "wenguo",
        name_zh: "温果小炉",
        name_en: "Wenguo Stove",
        category: 2,
        tier: "mid",
        prefix: "wg",
        reach: 70,
        deepen: 98,
        convert: 100,
        join: 125,
        lively: 110,
        repeat: 75,
        growth: 20,
        prices: [79, 129, 169, 219, 289, 359, 459, 699],
    },
];

/// A strategy crowd.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) id: &'static str,
    pub(super) name_zh: &'static str,
    pub(super) name_en: &'static str,
    /// People in the market at scale 1.
    pub(super) population: u64,
    pub(super) owner: &'static str,
    pub(super) rule: &'static str,
    /// Weight among the consumers of the log.
    pub(super) weight: u64,
    /// Weights by [`TIERS`].
    pub(super) tiers: [u64; 4],
    /// Per cent women.
    pub(super) women: u64,
    /// Weights by [`AGES`].
    pub(super) ages: [u64; 6],
    /// Weights by [`CATEGORIES`].
    pub(super) taste: [u64; 3],
    /// How well interest becomes orders.
    pub(super) convert: u64,
    /// How expensive the items it chooses are.
    pub(super) basket: u64,
}

/// The eight strategy crowds; exclusive.
pub(super) const CROWDS: [Crowd; 8] = [
    Crowd {
        id: "genz",
        name_zh: "Z世代",
        name_en: "GenZ",
        population: 3400,
        owner: "市场部 / Marketing",
        rule: "95后与00后，一至三线 / born after 1995, tier 1-3",
        weight: 17,
        tiers: [38, 36, 26, 0],
        women: 58,
        ages: [72, 28, 0, 0, 0, 0],
        taste: [48, 34, 18],
        convert: 78,
        basket: 75,
    },
    Crowd {
        id: "supermom",
        name_zh: "精致妈妈",
        name_en: "Supermoms",
        population: 2200,
        owner: "电商部 / E-commerce",
        rule: "一至三线，有孩家庭主购 / tier 1-3, shops for a family with children",
        weight: 16,
        tiers: [36, 40, 24, 0],
        women: 92,
        ages: [0, 22, 40, 28, 10, 0],
        taste: [46, 16, 38],
        convert: 152,
        basket: 122,
    },
    Crowd {
        id: "rookie_white_collar",
        name_zh: "新锐白领",
        name_en: "Rookie white collars",
        population: 3100,
        owner: "市场部 / Marketing",
        rule: "85后与90后，一至三线 / born after 1985, tier 1-3",
        weight: 17,
        tiers: [46, 36, 18, 0],
        women: 60,
        ages: [8, 46, 36, 10, 0, 0],
        taste: [42, 38, 20],
        convert: 112,
        basket: 110,
    },
    Crowd {
        id: "wealthy_middle",
        name_zh: "资深中产",
        name_en: "Wealthy middle class",
        population: 2000,
        owner: "电商部 / E-commerce",
        rule: "70后与80后，一至三线，中层以上 / born 1970-1989, tier 1-3, mid-level jobs and above",
        weight: 12,
        tiers: [48, 36, 16, 0],
        women: 54,
        ages: [0, 0, 18, 38, 40, 4],
        taste: [38, 24, 38],
        convert: 142,
        basket: 150,
    },
    Crowd {
        id: "town_youth",
        name_zh: "小镇青年",
        name_en: "Small-town youth",
        population: 4000,
        owner: "市场部 / Marketing",
        rule: "18-30岁，四线及以下 / aged 18-30, tier 4 and below",
        weight: 14,
        tiers: [0, 0, 0, 100],
        women: 52,
        ages: [52, 42, 6, 0, 0, 0],
        taste: [46, 28, 26],
        convert: 62,
        basket: 68,
    },
    Crowd {
        id: "town_mature",
        name_zh: "小镇中老年",
        name_en: "Small-town mature",
        population: 2600,
        owner: "渠道部 / Channels",
        rule: "36岁以上，四线及以下 / aged 36 and above, tier 4 and below",
        weight: 7,
        tiers: [0, 0, 0, 100],
        women: 56,
        ages: [0, 0, 0, 30, 44, 26],
        taste: [24, 16, 60],
        convert: 58,
        basket: 78,
    },
    Crowd {
        id: "urban_grey",
        name_zh: "都市银发",
        name_en: "Urban grey hairs",
        population: 1000,
        owner: "渠道部 / Channels",
        rule: "50岁以上，一至三线 / aged 50 and above, tier 1-3",
        weight: 5,
        tiers: [40, 36, 24, 0],
        women: 60,
        ages: [0, 0, 0, 0, 0, 100],
        taste: [30, 18, 52],
        convert: 84,
        basket: 105,
    },
    Crowd {
        id: "urban_blue",
        name_zh: "都市蓝领",
        name_en: "Urban blue collars",
        population: 1700,
        owner: "渠道部 / Channels",
        rule: "一至三线，服务业 / tier 1-3, works in services",
        weight: 8,
        tiers: [28, 38, 34, 0],
        women: 42,
        ages: [14, 28, 28, 20, 10, 0],
        taste: [30, 34, 36],
        convert: 80,
        basket: 80,
    },
];

/// Consumers in no crowd; only the weights and factors mean something.
pub(super) const NO_CROWD: Crowd = Crowd {
    id: "",
    name_zh: "",
    name_en: "",
    population: 0,
    owner: "",
    rule: "",
    weight: 17,
    tiers: [18, 26, 28, 28],
    women: 50,
    ages: [10, 18, 20, 20, 20, 12],
    taste: [34, 32, 34],
    convert: 70,
    basket: 92,
};

/// City tiers.
pub(super) const TIERS: [&str; 4] = ["tier1", "tier2", "tier3", "tier4"];
/// Genders.
pub(super) const GENDERS: [&str; 2] = ["female", "male"];
/// Age bands.
pub(super) const AGES: [&str; 6] = ["18-24", "25-29", "30-34", "35-39", "40-49", "50+"];

/// Touchpoints: six in public, then the six private fields in the order of
/// [`crate::metrics::fast_plus::Field::ALL`].
pub(super) const CHANNELS: [&str; 12] = [
    "search_ads",
    "feed_ads",
    "brand_show",
    "xiaohongshu",
    "douyin",
    "influencer",
    "shop",
    "group",
    "live",
    "service",
    "mini_program",
    "subscription",
];
/// How many of [`CHANNELS`] are public.
pub(super) const PUBLIC: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::fast_plus::Field;

    #[test]
    fn private_channels_are_the_fields() {
        let fields: Vec<&str> = Field::ALL.iter().map(|f| f.id()).collect();
        assert_eq!(&CHANNELS[PUBLIC..], &fields[..]);
    }

    #[test]
    fn the_world_is_twenty_thousand_people() {
        let people: u64 = CROWDS.iter().map(|c| c.population).sum();
        assert_eq!(people, 20_000);
    }
}
