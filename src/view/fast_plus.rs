//! The FAST+ pane: four cards in the language of FAST, with their parts by role and field.

use super::fast::{Card, Maker, Note, PartRow};
use super::header;
use super::number::Number;
use super::text;
use crate::app::State;
use crate::board::{Figure, Part};
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Unit, Value};

/// The FAST+ pane.
#[derive(Debug, Clone, PartialEq)]
pub struct FastPlusModel {
    /// Capital, Conversion, Connection, CLV.
    pub cards: Vec<PlusCard>,
}

/// A card with the headings of its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct PlusCard {
    /// The figure.
    pub card: Card,
    /// Heading of the names: role or field.
    pub heading: String,
    /// Headings of the numbers behind each part.
    pub behind: Vec<String>,
}

/// The pane for a state.
pub fn model(state: &State) -> Option<FastPlusModel> {
    let (board, brand) = header::board(state)?;
    let maker = Maker {
        language: state.language,
        board,
        brand,
        currency: header::dataset(state).map_or("", |d| d.currency.as_str()),
        state,
    };
    Some(FastPlusModel {
        cards: vec![
            maker.capital(),
            maker.conversion(),
            maker.connection(),
            maker.value(),
        ],
    })
}

impl Maker<'_> {
    fn capital(&self) -> PlusCard {
        let mut card = self.plus("fast_plus.capital", "Capital");
        card.parts = self.rows(self.roles_by_rank(), "fast_plus.capital");
        self.with_headings(card, ("角色", "role"), &[])
    }

    fn conversion(&self) -> PlusCard {
        let mut card = self.plus("fast_plus.conversion", "Conversion");
        card.parts = self.ladder();
        self.with_headings(card, ("等级 角色", "level, role"), &[("期初", "before")])
    }

    /// The roles as steps of the ladder that "deeper" climbs: people now and before.
    fn ladder(&self) -> Vec<PartRow> {
        let mut roles = Role::ALL.map(|r| {
            let name = format!("{} {}", r.level(), text::role(self.language, r));
            (Part::Role(r), name)
        });
        roles.reverse();
        let found = roles.iter().filter_map(|(part, name)| {
            let figure = self.brand.get("fast_plus.capital", *part)?;
            Some((name.as_str(), figure))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|(_, f)| f.now.get().unwrap_or(0.0) == 0.0);
        let longest = longest(&found);
        let step = |(name, figure): (&str, &Figure)| PartRow {
            change: self.difference(figure.delta(), Unit::People),
            behind: vec![self.number(figure.against, Unit::People)],
            ..self.row(name, figure, longest)
        };
        found.into_iter().map(step).collect()
    }

    fn connection(&self) -> PlusCard {
        let mut card = self.plus("fast_plus.connection", "Connection");
        let fields = Field::ALL.map(|f| (Part::Field(f), text::field(self.language, f)));
        card.parts = self.rows(fields, "fast_plus.connection");
        self.with_headings(
            card,
            ("场域", "field"),
            &[("新增", "new"), ("访客", "visitors")],
        )
    }

    fn value(&self) -> PlusCard {
        let mut card = self.plus("fast_plus.clv", "CLV");
        card.parts = self.rows(self.roles_by_rank(), "fast_plus.clv");
        self.with_headings(card, ("角色", "role"), &[("人数", "people")])
    }

    /// Roles, the strongest relation first.
    fn roles_by_rank(&self) -> [(Part, &'static str); 8] {
        let mut roles = Role::ALL.map(|r| (Part::Role(r), text::role(self.language, r)));
        roles.reverse();
        roles
    }

    /// The card of a figure, with its formula in words.
    fn plus(&self, id: &str, letter: &str) -> Card {
        let mut card = self.card(id, letter);
        if let Some(metric) = crate::metrics::metric(id) {
            card.notes.push(Note {
                text: text::of(self.language, &metric.formula).to_owned(),
                warn: false,
            });
        }
        card
    }

    fn with_headings(&self, card: Card, name: (&str, &str), behind: &[(&str, &str)]) -> PlusCard {
        PlusCard {
            card,
            heading: self.say(name.0, name.1).to_owned(),
            behind: behind
                .iter()
                .map(|(zh, en)| self.say(zh, en).to_owned())
                .collect(),
        }
    }

    /// Rows of the parts that the board has, in the order given; what is empty or missing last.
    fn rows<const N: usize>(&self, parts: [(Part, &'static str); N], id: &str) -> Vec<PartRow> {
        let mut found: Vec<(&'static str, &Figure)> = parts
            .into_iter()
            .filter_map(|(part, name)| Some((name, self.brand.get(id, part)?)))
            .collect();
        found.sort_by_key(|(_, f)| f.now.get().unwrap_or(0.0) == 0.0);
        let longest = longest(&found);
        found
            .into_iter()
            .map(|(name, f)| self.row(name, f, longest))
            .collect()
    }

    fn row(&self, name: &str, figure: &Figure, longest: f64) -> PartRow {
        let length = figure
            .now
            .get()
            .filter(|_| longest > 0.0)
            .map(|x| x / longest);
        PartRow {
            name: name.to_owned(),
            value: self.number(figure.now, figure.unit()),
            change: self.row_change(figure),
            length,
            behind: self.behind(figure),
        }
    }

    fn row_change(&self, figure: &Figure) -> Number {
        match figure.unit() {
            Unit::Ratio => self.difference(figure.delta(), Unit::Ratio),
            _ => Number::change(figure.change(), self.language),
        }
    }

    fn behind(&self, figure: &Figure) -> Vec<Number> {
        let people = |v: Option<Value>| v.map(|v| self.number(v, Unit::People));
        let list = match figure.metric.id {
            "fast_plus.connection" => vec![people(figure.numerator), people(figure.denominator)],
            "fast_plus.clv" => vec![people(figure.denominator)],
            _ => Vec::new(),
        };
        list.into_iter().flatten().collect()
    }
}

/// The largest value, which fills its bar.
fn longest(found: &[(&str, &Figure)]) -> f64 {
    found
        .iter()
        .filter_map(|(_, f)| f.now.get())
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture::{Situation, state};

    #[test]
    fn capital_without_a_total_is_a_range_over_its_roles() {
        let cards = model(&state(Situation::Normal)).unwrap().cards;
        let capital = &cards[0].card;
        assert_eq!(capital.value.unwrap().exact(), "273,305–662,557");
        assert_eq!(capital.parts.len(), 6);
        let member = &capital.parts[0];
        assert_eq!((member.name.as_str(), member.length), ("会员", Some(1.0)));
    }

    #[test]
    fn connection_shows_what_stands_behind_each_field() {
        let cards = model(&state(Situation::Normal)).unwrap().cards;
        let shop = &cards[2].card.parts[0];
        let behind: Vec<String> = shop.behind.iter().map(Number::exact).collect();
        assert_eq!(
            (shop.name.as_str(), behind.as_slice()),
            ("店铺", &["7,459".to_owned(), "173,466".to_owned()][..])
        );
    }

    #[test]
    fn conversion_shows_the_ladder_with_people_before() {
        let cards = model(&state(Situation::Normal)).unwrap().cards;
        let ladder = &cards[1].card.parts;
        let names: Vec<&str> = ladder.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names[..3], ["5 会员", "4 专属客服", "4 店铺群聊"]);
        let member = &ladder[0];
        let (now, before) = (member.value.value, member.behind[0].value);
        assert_eq!(member.change.value, now.minus(before));
        assert_eq!(cards[1].behind, ["期初"]);
    }
}
