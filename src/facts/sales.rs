//! What the consumers of a part bought in the sales periods.

use super::pack::packed;
use super::ranks::{Ranks, halves, whole};

/// What one consumer bought in the sales period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) position: u16,
    pub(super) orders: [u32; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// Orders, then the halves of fen, both of both periods; or [`LARGE`] and the halves of an index.
type Small = [u16; 6];

/// Marks a sale whose numbers do not fit.
const LARGE: u16 = u16::MAX;

/// The sales of the consumers who bought something. Few have numbers that need much room.
#[derive(Debug, Default)]
pub(super) struct Sold {
    buyers: Ranks,
    small: Vec<Small>,
    large: Vec<Sale>,
}

packed!(Sale {
    position,
    orders,
    unpriced,
    fen
});
packed!(Sold {
    buyers,
    small,
    large
});

/// A sale in little room, if it fits.
fn small(sale: &Sale) -> Option<Small> {
    let orders = |side: usize| u16::try_from(sale.orders[side]).ok();
    let fen = |side: usize| i32::try_from(sale.fen[side]).ok().map(halves);
    let [a, b] = [orders(0)?, orders(1)?];
    let [[c, d], [e, f]] = [fen(0)?, fen(1)?];
    (sale.unpriced == [0; 2] && a != LARGE).then_some([a, b, c, d, e, f])
}

impl Sold {
    /// Adds what the next consumer bought; they come in the order of their positions.
    pub(super) fn push(&mut self, sale: Sale) {
        self.buyers.push(sale.position.into());
        let small = small(&sale).unwrap_or_else(|| {
            self.large.push(sale);
            let [low, high] = halves(self.large.len() as i32 - 1);
            [LARGE, low, high, 0, 0, 0]
        });
        self.small.push(small);
    }

    /// What an entry tells of the consumer at a position.
    #[inline]
    fn entry(&self, entry: usize, position: usize) -> Sale {
        match self.small.get(entry) {
            Some([LARGE, low, high, ..]) => {
                let large = self.large.get(whole([*low, *high]) as usize);
                large.copied().unwrap_or_default()
            }
            Some([a, b, c, d, e, f]) => Sale {
                position: position as u16,
                orders: [*a, *b].map(u32::from),
                unpriced: [0; 2],
                fen: [[*c, *d], [*e, *f]].map(|fen| whole(fen).into()),
            },
            None => Sale::default(),
        }
    }

    /// What the consumer at a position bought, if anything.
    pub(super) fn of(&self, position: usize) -> Option<Sale> {
        let (has, entry) = self.buyers.find(position);
        has.then(|| self.entry(entry, position))
    }

    /// What each consumer bought.
    pub(super) fn each(&self) -> impl Iterator<Item = Sale> {
        let positions = self.buyers.positions().enumerate();
        positions.map(|(entry, position)| self.entry(entry, position))
    }

    /// Hands out what the marked consumers of the words from one on bought; their positions are not
    /// told.
    #[inline]
    pub(super) fn each_from(
        &self,
        word: usize,
        marked: impl Iterator<Item = u64>,
        mut on: impl FnMut(&Sale),
    ) {
        self.buyers
            .each_from(word, marked, |entry| on(&self.entry(entry, 0)));
    }

    /// Gives back memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.buyers.shrink();
        self.small.shrink_to_fit();
        self.large.shrink_to_fit();
    }

    /// Bytes that the sales hold.
    pub(super) fn bytes(&self) -> usize {
        self.buyers.bytes()
            + self.small.len() * size_of::<Small>()
            + self.large.len() * size_of::<Sale>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sales_come_back_as_they_were_however_large() {
        let sale = |position, orders, unpriced, fen| Sale {
            position,
            orders,
            unpriced,
            fen,
        };
        let most = i64::from(i32::MAX);
        let sales = [
            sale(3, [1, 0], [0; 2], [12_345, 0]),
            sale(64, [65_534, 65_535], [0; 2], [most, -most - 1]),
            sale(65, [65_535, 1], [0; 2], [5, 6]),
            sale(66, [1, 1], [0; 2], [most + 1, 7]),
            sale(130, [2, 2], [0, 1], [-5, 9]),
            sale(999, [1, 70_000], [0; 2], [-1, 1]),
        ];
        let mut sold = Sold::default();
        for sale in sales {
            sold.push(sale);
        }
        sold.shrink();
        assert_eq!(sold.large.len(), 4);
        assert!(sold.each().eq(sales));
        for sale in sales {
            assert_eq!(sold.of(sale.position.into()), Some(sale));
        }
        assert_eq!(sold.of(4), None);
        let mut fen = 0;
        sold.each_from(1, [0b101_u64; 20].into_iter(), |sale| fen += sale.fen[0]);
        assert_eq!(fen, most + (most + 1) - 5);
    }
}
