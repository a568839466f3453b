//! The lives of the consumers, day by day: contact, interest, order, membership, review.
//!
//! Every pair of consumer and brand has a random stream of its own, so a larger world repeats the
//! smaller one and adds people. Nothing here knows how AIPL is counted.

use super::calendar::{FIRST, HISTORY_FROM, LAST, LOG_FROM, Phase, Season, season};
use super::plan::{Market, fine_category};
use super::rng::Rng;
use super::world::{AGES, BRANDS, Brand, CHANNELS, CROWDS, Crowd, NO_CROWD, PUBLIC, TIERS};
use crate::facts::Action;
use crate::metrics::Day;

/// A person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Consumer {
    /// Index into [`CROWDS`].
    pub(super) crowd: Option<usize>,
    /// A second crowd, in a rich market only.
    pub(super) other_crowd: Option<usize>,
    pub(super) tier: usize,
    pub(super) gender: usize,
    pub(super) age: usize,
    /// Chances in a million of a visit to a brand on an ordinary day.
    habit: u64,
    /// The first day on which the person shops in these categories.
    since: Day,
    /// Weights by category; 0 = never.
    taste: [u64; 3],
}

/// An event of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) consumer: u32,
    /// Index into [`BRANDS`].
    pub(super) brand: usize,
    pub(super) day: Day,
    pub(super) second: u32,
    pub(super) action: Action,
    /// Index into [`CHANNELS`].
    pub(super) channel: usize,
    /// See [`super::plan::category_id`].
    pub(super) category: usize,
    /// Index into the prices of the brand.
    pub(super) item: Option<usize>,
    /// What was paid or paid back.
    pub(super) sale: Option<Sale>,
    pub(super) score: Option<u8>,
}

/// The order an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) order: u32,
    pub(super) fen: u64,
    pub(super) quantity: u64,
}

/// Visits a day in a million: light, regular, heavy, devoted.
const HABITS: [u64; 4] = [1_350, 3_000, 7_000, 20_000];
const HABIT_WEIGHTS: [u64; 4] = [640, 270, 80, 10];
/// Weights by hour of the day.
const HOURS: [u64; 24] = [
    22, 10, 5, 3, 3, 5, 12, 24, 36, 44, 52, 50, 58, 54, 46, 44, 46, 48, 52, 66, 88, 98, 84, 50,
];

/// A person of a market, by number.
pub(super) fn person(id: u32, market: &Market) -> Consumer {
    let mut who = born(id);
    let mut wanted = BRANDS.iter().take(market.brands).map(|b| b.category);
    if !wanted.clone().any(|c| who.taste[c] > 0)
        && let Some(category) = wanted.nth(id as usize % market.brands)
    {
        who.taste[category] = 100;
    }
    if market.rich {
        who.other_crowd = other_crowd(id).filter(|c| who.crowd.is_some_and(|own| own != *c));
    }
    who
}

/// One in eight is drawn for a second crowd.
fn other_crowd(id: u32) -> Option<usize> {
    let mut rng = Rng::new(u64::from(id), 100);
    let drawn = rng.pick(&CROWDS.map(|c| c.weight));
    rng.chance(125_000).then_some(drawn)
}

fn born(id: u32) -> Consumer {
    let mut rng = Rng::new(u64::from(id), 0);
    let mut weights: Vec<u64> = CROWDS.iter().map(|c| c.weight).collect();
    weights.push(NO_CROWD.weight);
    let drawn = rng.pick(&weights);
    let crowd = (drawn < CROWDS.len()).then_some(drawn);
    let kind = kind(crowd);
    let first = rng.pick(&kind.taste);
    let mut taste = [0; 3];
    taste[first] = 100;
    if rng.chance(300_000) {
        taste[(first + 1 + rng.below(2) as usize) % 3] = 60;
    }
    let days = (LAST.0 - HISTORY_FROM.0) as u64;
    let late = if rng.chance(300_000) {
        rng.below(days)
    } else {
        0
    };
    Consumer {
        crowd,
        other_crowd: None,
        tier: rng.pick(&kind.tiers).min(TIERS.len() - 1),
        gender: usize::from(rng.below(100) >= kind.women),
        age: rng.pick(&kind.ages).min(AGES.len() - 1),
        habit: HABITS[rng.pick(&HABIT_WEIGHTS)] * rng.between(60, 140) / 100,
        since: HISTORY_FROM.plus(late as i32),
        taste,
    }
}

fn kind(crowd: Option<usize>) -> &'static Crowd {
    crowd.map_or(&NO_CROWD, |c| &CROWDS[c])
}

/// The seasons of all days of a life.
pub(super) fn seasons() -> Vec<Season> {
    (HISTORY_FROM.0..=LAST.0).map(|d| season(Day(d))).collect()
}

/// All events of a person, brand by brand, and how many orders are among them. Their ids count up
/// from 1, so that whoever joins lives can count on.
pub(super) fn live(
    id: u32,
    who: &Consumer,
    market: &Market,
    seasons: &[Season],
) -> (Vec<Event>, u32) {
    let mut ledger = Ledger::default();
    for (brand, spec) in BRANDS.iter().enumerate().take(market.brands) {
        if who.taste[spec.category] > 0 {
            Bond::new(id, who, brand, market, &mut ledger).live(seasons);
        }
    }
    if market.rich && ledger.events.is_empty() {
        let wanted = |b: &usize| who.taste[BRANDS[*b].category] > 0;
        let brand = (0..market.brands).find(wanted).unwrap_or(0);
        Bond::new(id, who, brand, market, &mut ledger).look_in(seasons);
    }
    (ledger.events, ledger.orders)
}

/// What has happened so far.
#[derive(Default)]
struct Ledger {
    events: Vec<Event>,
    /// Orders so far; their ids count up.
    orders: u32,
}

/// What an event is about besides person, place and time.
#[derive(Clone, Copy, Default)]
struct Subject {
    item: Option<usize>,
    /// Drawn where it is not given.
    category: Option<usize>,
    sale: Option<Sale>,
    score: Option<u8>,
}

/// What one consumer and one brand are to each other.
struct Bond<'a> {
    consumer: u32,
    brand: usize,
    spec: &'static Brand,
    kind: &'static Crowd,
    habit: u64,
    since: Day,
    rng: Rng,
    ledger: &'a mut Ledger,
    touched: Option<Day>,
    interested: Option<Day>,
    bought: u32,
    last_order: Option<Day>,
    member: bool,
    fan: bool,
    /// Which private fields the person has tied to, by channel.
    tied: [bool; CHANNELS.len()],
    /// A cart waits for the promotion.
    waiting: bool,
    /// What the consumer looks for, where goods have second-level categories.
    interest: Option<Interest>,
}

/// The second-level categories that a consumer likes, with a random stream of their own.
struct Interest {
    rng: Rng,
    liked: [usize; 2],
}

impl Interest {
    /// Weights of the second-level categories.
    const WEIGHTS: [u64; 15] = [
        210, 160, 125, 100, 82, 68, 56, 47, 39, 32, 26, 21, 15, 11, 8,
    ];

    fn new(consumer: u32, brand: usize) -> Self {
        let mut rng = Rng::new(u64::from(consumer), 200 + brand as u64);
        let liked = [rng.pick(&Self::WEIGHTS), rng.pick(&Self::WEIGHTS)];
        Self { rng, liked }
    }

    /// What an event is about: mostly what is liked, sometimes the category as a whole.
    fn next(&mut self, category: usize) -> usize {
        match self.rng.below(100) {
            0..=29 => category,
            30..=69 => fine_category(category, self.liked[0]),
            70..=84 => fine_category(category, self.liked[1]),
            _ => fine_category(category, self.rng.pick(&Self::WEIGHTS)),
        }
    }
}

/// Where and when a visit is.
#[derive(Clone, Copy)]
struct Visit {
    day: Day,
    second: u32,
    channel: usize,
    season: Season,
}

impl<'a> Bond<'a> {
    fn new(
        consumer: u32,
        who: &Consumer,
        brand: usize,
        market: &Market,
        ledger: &'a mut Ledger,
    ) -> Self {
        let spec = &BRANDS[brand];
        let habit = who.habit * who.taste[spec.category] / 100 * spec.reach / 100;
        Self {
            consumer,
            brand,
            spec,
            kind: kind(who.crowd),
            habit: habit * market.pull / 100,
            since: who.since,
            rng: Rng::new(u64::from(consumer), 1 + brand as u64),
            ledger,
            touched: None,
            interested: None,
            bought: 0,
            last_order: None,
            member: false,
            fan: false,
            tied: [false; CHANNELS.len()],
            waiting: false,
            interest: market.rich.then(|| Interest::new(consumer, brand)),
        }
    }

    fn live(&mut self, seasons: &[Season]) {
        for (i, &season) in seasons.iter().enumerate() {
            let day = HISTORY_FROM.plus(i as i32);
            if day < self.since {
                continue;
            }
            self.perhaps_leave(day);
            let buys = matches!(season.phase, Phase::Burst | Phase::Peak);
            if self.waiting && buys && self.rng.chance(150_000) {
                self.collect_the_cart(day, season);
            }
            let chances = self.visit_chances(day, season);
            if self.rng.chance(chances) {
                self.visit(day, season);
            }
        }
    }

    /// One visit on a day of the complete log.
    fn look_in(&mut self, seasons: &[Season]) {
        let first = (LOG_FROM.0 - HISTORY_FROM.0) as u64;
        let i = self
            .rng
            .between(first, (seasons.len() as u64).saturating_sub(1));
        if let Some(season) = seasons.get(i as usize) {
            self.visit(HISTORY_FROM.plus(i as i32), *season);
        }
    }

    fn visit_chances(&self, day: Day, season: Season) -> u64 {
        let years = (day.0 - FIRST.0).clamp(0, 1000) as u64;
        let growth = 36_500 + self.spec.growth * years;
        let mut chances = self.habit * season.traffic / 100 * growth / 36_500;
        if is_within(self.touched, day, 8) {
            let drawn = if self.bought > 0 { 28_000 } else { 64_000 };
            chances += drawn * (100 + season.interest) / 200;
        }
        if self.member {
            chances += 350 * self.spec.lively / 100;
        }
        // Goods run out after some weeks: buyers come back.
        if is_within(self.last_order, day, 90) && !is_within(self.last_order, day, 25) {
            chances += 8_000 * self.spec.repeat / 100;
        }
        chances.min(400_000)
    }

    fn perhaps_leave(&mut self, day: Day) {
        if self.member && self.rng.chance(120) {
            self.member = false;
            self.alone(day, Action::LeaveMember);
        }
        if self.fan && self.rng.chance(330) {
            self.fan = false;
            self.alone(day, Action::Unfollow);
        }
    }

    fn alone(&mut self, day: Day, action: Action) {
        let mut visit = Visit {
            day,
            second: self.second_of_day(),
            channel: PUBLIC,
            season: season(day),
        };
        self.act(&mut visit, action);
    }

    fn second_of_day(&mut self) -> u32 {
        let hour = self.rng.pick(&HOURS) as u64;
        let second = hour * 3600 + self.rng.below(3600);
        // A visit takes minutes; it must end on the same day.
        second.min(86_400 - 1_200) as u32
    }

    fn visit(&mut self, day: Day, season: Season) {
        let warm = is_within(self.touched, day, 15);
        let bound = self.member || self.fan || self.bought > 0;
        let mut visit = Visit {
            day,
            second: self.second_of_day(),
            channel: self.channel(warm, bound),
            season,
        };
        self.contact(&mut visit, warm || bound);
        self.private_life(&mut visit, warm || bound);
        let base = match (bound, warm) {
            (true, _) => 290_000,
            (false, true) => 480_000,
            (false, false) => 60_000,
        };
        if self
            .rng
            .chance(base * self.spec.deepen / 100 * season.interest / 100)
        {
            self.interest(&mut visit);
        }
        if self.decides(day, season) {
            self.order(&mut visit);
        }
        self.touched = Some(day);
    }

    fn channel(&mut self, warm: bool, bound: bool) -> usize {
        let weights: [u64; 12] = match (bound, warm) {
            (true, _) => [10, 8, 3, 5, 6, 6, 24, 8, 10, 5, 8, 7],
            (false, true) => [18, 14, 5, 12, 11, 10, 16, 1, 7, 2, 3, 1],
            (false, false) => [22, 24, 10, 15, 14, 9, 3, 0, 3, 0, 0, 0],
        };
        self.rng.pick(&weights)
    }

    fn contact(&mut self, visit: &mut Visit, known: bool) {
        const FIRST_CONTACT: [Action; 6] = [
            Action::Exposure,
            Action::Click,
            Action::ViewContent,
            Action::Browse,
            Action::Search,
            Action::SearchBrand,
        ];
        let private = visit.channel >= PUBLIC;
        let weights = match (known, private) {
            (true, true) => [4, 6, 16, 66, 0, 8],
            (true, false) => [22, 18, 20, 26, 8, 6],
            (false, true) => [14, 10, 26, 50, 0, 0],
            (false, false) => [56, 11, 17, 6, 9, 1],
        };
        let first = FIRST_CONTACT[self.rng.pick(&weights)];
        self.act(visit, first);
        let follows = if known { 200_000 } else { 45_000 };
        if first != Action::Browse && self.rng.chance(follows) {
            self.act(visit, Action::Browse);
        }
        if first == Action::SearchBrand {
            self.interested = Some(visit.day);
        }
    }

    /// What happens in the private fields besides shopping.
    fn private_life(&mut self, visit: &mut Visit, known: bool) {
        if visit.channel >= PUBLIC && known {
            self.tie(visit);
        }
        let lively = if self.member { 130_000 } else { 0 };
        if self.rng.chance(lively * self.spec.lively / 100) {
            let action =
                [Action::Benefit, Action::Points, Action::Interact][self.rng.pick(&[38, 34, 28])];
            self.act(visit, action);
        }
        let joins = if known { 8_000 } else { 2_400 };
        if !self.member && self.rng.chance(joins * self.spec.join / 100) {
            self.join(visit);
        }
    }

    fn tie(&mut self, visit: &mut Visit) {
        let action = match CHANNELS[visit.channel] {
            "group" => Action::GroupJoin,
            "live" => Action::LiveFollow,
            "service" => Action::ServiceContact,
            "mini_program" => Action::MiniProgram,
            "subscription" => Action::Subscribe,
            _ => Action::Follow,
        };
        let done = if action == Action::Follow {
            self.fan
        } else {
            self.tied[visit.channel]
        };
        let chances = if action == Action::Follow {
            42_000
        } else {
            105_000
        };
        if !done && self.rng.chance(chances * self.spec.join / 100) {
            self.tied[visit.channel] = true;
            self.fan |= action == Action::Follow;
            self.act(visit, action);
        }
    }

    fn join(&mut self, visit: &mut Visit) {
        self.member = true;
        self.act(visit, Action::JoinMember);
    }

    fn interest(&mut self, visit: &mut Visit) {
        const SIGNALS: [Action; 5] = [
            Action::Cart,
            Action::Favorite,
            Action::SearchBrand,
            Action::Interact,
            Action::Sample,
        ];
        let weights = if visit.season.phase == Phase::Presale {
            [60, 22, 8, 6, 4]
        } else {
            [42, 22, 14, 15, 7]
        };
        let signal = SIGNALS[self.rng.pick(&weights)];
        self.act(visit, signal);
        self.interested = Some(visit.day);
        self.waiting |= signal == Action::Cart && visit.season.phase == Phase::Presale;
    }

    /// Whether a visit ends in an order.
    fn decides(&mut self, day: Day, season: Season) -> bool {
        let base = match (is_within(self.interested, day, 15), self.bought > 0) {
            (true, true) => 210_000 * self.spec.repeat / 100,
            (true, false) => 36_000,
            (false, true) => 95_000 * self.spec.repeat / 100,
            (false, false) => 900,
        };
        let chances = base * self.spec.convert / 100 * self.kind.convert / 100 * season.order / 100;
        self.rng.chance(chances.min(600_000))
    }

    fn collect_the_cart(&mut self, day: Day, season: Season) {
        let mut visit = Visit {
            day,
            second: self.second_of_day(),
            channel: PUBLIC,
            season,
        };
        self.act(&mut visit, Action::Browse);
        if self
            .rng
            .chance(240_000 * self.spec.convert / 100 * self.kind.convert / 100)
        {
            self.order(&mut visit);
        }
        self.touched = Some(day);
        self.waiting = season.phase != Phase::Peak && self.waiting;
    }

    fn order(&mut self, visit: &mut Visit) {
        let item = self.item();
        let quantity = 1 + self.rng.pick(&[78, 17, 5]) as u64;
        self.ledger.orders += 1;
        let sale = Sale {
            order: self.ledger.orders,
            fen: self.spec.prices[item] * quantity * visit.season.price,
            quantity,
        };
        let subject = Subject {
            item: Some(item),
            category: Some(self.category()),
            sale: Some(sale),
            score: None,
        };
        self.emit(visit, Action::Order, subject);
        self.bought += 1;
        self.last_order = Some(visit.day);
        self.waiting = false;
        if !self.member && self.rng.chance(75_000 * self.spec.join / 100) {
            self.join(visit);
        }
        self.afterwards(*visit, subject);
    }

    /// A dearer item for a fuller basket: the better or worse of two draws.
    fn item(&mut self) -> usize {
        let (a, b) = (self.rng.below(8) as usize, self.rng.below(8) as usize);
        match self.kind.basket {
            0..=84 => a.min(b),
            85..=115 => a.min(b.max(2)),
            _ => (a + b).div_ceil(2),
        }
    }

    fn category(&mut self) -> usize {
        match &mut self.interest {
            Some(interest) => interest.next(self.spec.category),
            None => self.spec.category,
        }
    }

    /// Refund, review and share follow some days later.
    fn afterwards(&mut self, visit: Visit, subject: Subject) {
        let later = |rng: &mut Rng, from, to| Visit {
            day: visit.day.plus(rng.between(from, to) as i32),
            channel: PUBLIC,
            ..visit
        };
        if self.rng.chance(38_000) {
            let mut back = later(&mut self.rng, 1, 7);
            self.emit(&mut back, Action::Refund, subject);
        } else if self.rng.chance(85_000) {
            let mut after = later(&mut self.rng, 4, 18);
            let score = [Some(5), Some(4), Some(3), Some(2), Some(1), None]
                [self.rng.pick(&[56, 18, 9, 4, 4, 9])];
            let praise = Subject {
                sale: None,
                score,
                ..subject
            };
            self.emit(&mut after, Action::Review, praise);
        }
        if self.rng.chance(12_000) {
            let mut after = later(&mut self.rng, 1, 20);
            self.act(&mut after, Action::Share);
        }
    }

    fn act(&mut self, visit: &mut Visit, action: Action) {
        let about_goods = matches!(
            action,
            Action::Browse | Action::Favorite | Action::Cart | Action::Sample
        );
        let item = about_goods.then(|| self.item());
        let subject = Subject {
            item,
            ..Subject::default()
        };
        self.emit(visit, action, subject);
    }

    fn emit(&mut self, visit: &mut Visit, action: Action, subject: Subject) {
        let event = Event {
            consumer: self.consumer,
            brand: self.brand,
            day: visit.day,
            second: visit.second,
            action,
            channel: visit.channel,
            category: subject.category.unwrap_or_else(|| self.category()),
            item: subject.item,
            sale: subject.sale,
            score: subject.score,
        };
        visit.second += self.rng.between(6, 95) as u32;
        if visit.day <= LAST && is_kept(action, visit.day, self.member) {
            self.ledger.events.push(event);
        }
    }
}

/// Whether something happened in the `days` before this day, or on it.
fn is_within(since: Option<Day>, day: Day, days: i32) -> bool {
    since.is_some_and(|s| day.0 - s.0 < days)
}

/// The log is complete from [`LOG_FROM`]; before, it holds what lasts: orders and relations for two
/// years, praise for one, and what members did in the last half year.
fn is_kept(action: Action, day: Day, member: bool) -> bool {
    if day >= LOG_FROM {
        return true;
    }
    match action {
        Action::Order
        | Action::JoinMember
        | Action::LeaveMember
        | Action::Follow
        | Action::Unfollow
        | Action::LiveFollow
        | Action::GroupJoin
        | Action::ServiceContact
        | Action::MiniProgram
        | Action::Subscribe => true,
        Action::Review | Action::Share | Action::Refund => day > FIRST.plus(-366),
        Action::Cart | Action::Favorite | Action::Benefit | Action::Points | Action::Interact => {
            member && day > FIRST.plus(-181)
        }
        _ => false,
    }
}
