//! Structures ↔ bytes, for the cache: little-endian numbers, lists with their length before them.
//!
//! There is no I/O here. What is read is never trusted: a length that the bytes cannot hold, a value
//! that does not exist or a missing byte gives `None`, and nothing is allocated for it.

/// Something that can be written as bytes and read back.
pub trait Pack: Sized {
    /// Appends the bytes.
    fn pack(&self, out: &mut Vec<u8>);

    /// Reads the bytes of one; `None` when they are not those of one.
    fn unpack(from: &mut Unpacker<'_>) -> Option<Self>;

    /// Appends the bytes of each, without their number.
    fn pack_all(list: &[Self], out: &mut Vec<u8>) {
        for item in list {
            item.pack(out);
        }
    }

    /// Reads so many.
    fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
        // Each takes a byte at least, so the length is checked before anything is allocated.
        let mut list = Vec::with_capacity(from.at_most(count)?);
        for _ in 0..count {
            list.push(Self::unpack(from)?);
        }
        Some(list)
    }
}

/// Bytes that are read from the first to the last.
#[derive(Debug, Clone)]
pub struct Unpacker<'a> {
    left: &'a [u8],
}

impl<'a> Unpacker<'a> {
    /// Begins with the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.left.split_at_checked(count)?;
        self.left = left;
        Some(taken)
    }

    /// Whether all bytes were read.
    pub fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// A number of items of a byte or more, if there are so many bytes.
    fn at_most(&self, count: usize) -> Option<usize> {
        (count <= self.left.len()).then_some(count)
    }
}

/// The bytes of one structure.
pub fn to_bytes(what: &impl Pack) -> Vec<u8> {
    let mut bytes = Vec::new();
    what.pack(&mut bytes);
    bytes
}

/// The structure that all of these bytes stand for.
pub fn of_bytes<T: Pack>(bytes: &[u8]) -> Option<T> {
    let mut from = Unpacker::new(bytes);
    let found = T::unpack(&mut from)?;
    from.is_done().then_some(found)
}

/// Appends numbers of `N` bytes each; it becomes one copy.
pub(super) fn pack_words<T, const N: usize>(
    list: &[T],
    out: &mut Vec<u8>,
    bytes: impl Fn(&T) -> [u8; N],
) {
    let start = out.len();
    out.resize(start + list.len() * N, 0);
    let (room, _) = out.get_mut(start..).unwrap_or(&mut []).as_chunks_mut::<N>();
    for (room, item) in room.iter_mut().zip(list) {
        *room = bytes(item);
    }
}

/// Reads so many numbers of `N` bytes each.
pub(super) fn unpack_words<T, const N: usize>(
    count: usize,
    from: &mut Unpacker<'_>,
    value: impl Fn([u8; N]) -> T,
) -> Option<Vec<T>> {
    let (words, _) = from.take(count.checked_mul(N)?)?.as_chunks::<N>();
    Some(words.iter().map(|word| value(*word)).collect())
}

/// Arrays up to this length are read item by item, without a list between.
const SHORT: usize = 16;

macro_rules! numbers {
    ($($number:ty: $bytes:literal),* $(,)?) => { $(
        impl Pack for $number {
            fn pack(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                let word = from.take($bytes)?.first_chunk::<$bytes>()?;
                Some(Self::from_le_bytes(*word))
            }

            fn pack_all(list: &[Self], out: &mut Vec<u8>) {
                pack_words(list, out, |n| n.to_le_bytes());
            }

            fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
                unpack_words::<_, $bytes>(count, from, Self::from_le_bytes)
            }
        }
    )* };
}

numbers!(u8: 1, u16: 2, u32: 4, u64: 8, i32: 4, i64: 8, f32: 4, f64: 8);

impl Pack for usize {
    fn pack(&self, out: &mut Vec<u8>) {
        (*self as u64).pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        u64::unpack(from)?.try_into().ok()
    }
}

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        match u8::unpack(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.is_some().pack(out);
        if let Some(item) = self {
            item.pack(out);
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let is_some = bool::unpack(from)?;
        if is_some {
            T::unpack(from).map(Some)
        } else {
            Some(None)
        }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        T::pack_all(self, out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let count = usize::unpack(from)?;
        T::unpack_list(count, from)
    }
}

impl<T: Pack> Pack for Box<[T]> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        T::pack_all(self, out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Vec::unpack(from).map(Vec::into_boxed_slice)
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        (**self).pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        T::unpack(from).map(Box::new)
    }
}

impl<T: Pack + Clone, const N: usize> Pack for [T; N] {
    fn pack(&self, out: &mut Vec<u8>) {
        T::pack_all(self, out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        if N > SHORT {
            return T::unpack_list(N, from)?.try_into().ok();
        }
        let all: [Option<T>; N] = std::array::from_fn(|_| T::unpack(from));
        let whole = all.iter().all(Option::is_some);
        whole.then(|| all.map(|item| item.unwrap_or_else(|| unreachable!())))
    }

    fn pack_all(list: &[Self], out: &mut Vec<u8>) {
        T::pack_all(list.as_flattened(), out);
    }

    fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
        let flat = T::unpack_list(count.checked_mul(N)?, from)?;
        Some(flat.as_chunks::<N>().0.to_vec())
    }
}

impl Pack for String {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let length = usize::unpack(from)?;
        let bytes = from.take(length)?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

macro_rules! tuples {
    ($(($($item:ident),*)),* $(,)?) => { $(
        impl<$($item: Pack),*> Pack for ($($item,)*) {
            fn pack(&self, out: &mut Vec<u8>) {
                #[expect(non_snake_case, reason = "the names of the types name the items")]
                let ($($item,)*) = self;
                $($item.pack(out);)*
            }

            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                Some(($($item::unpack(from)?,)*))
            }
        }
    )* };
}

tuples!((A, B), (A, B, C));

/// Packs a structure field by field. A field that is left out does not compile. Fields named behind
/// `elsewhere` are not packed and come back empty: they are kept in items of their own.
macro_rules! packed {
    ($name:ident { $($field:ident),* $(,)? } $(elsewhere { $($other:ident),* })?) => {
        impl $crate::facts::pack::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                let Self { $($field,)* $($($other: _,)*)? } = self;
                $($crate::facts::pack::Pack::pack($field, out);)*
            }

            fn unpack(from: &mut $crate::facts::pack::Unpacker<'_>) -> Option<Self> {
                $(let $field = $crate::facts::pack::Pack::unpack(from)?;)*
                Some(Self { $($field,)* $($($other: Default::default(),)*)? })
            }
        }
    };
}

/// Packs an enum without fields as a byte, by the order given here. A variant that is left out does
/// not compile.
macro_rules! packed_enum {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::facts::pack::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                let all = [$(Self::$variant),*];
                match self {
                    $(Self::$variant)|* => {}
                }
                let at = all.iter().position(|v| v == self);
                out.push(at.map_or(u8::MAX, |at| at as u8));
            }

            fn unpack(from: &mut $crate::facts::pack::Unpacker<'_>) -> Option<Self> {
                let all = [$(Self::$variant),*];
                let at = <u8 as $crate::facts::pack::Pack>::unpack(from)?;
                all.get(usize::from(at)).copied()
            }
        }
    };
}

pub(crate) use {packed, packed_enum};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Clone, Default)]
    struct All {
        numbers: Vec<u16>,
        wide: Vec<i64>,
        names: Vec<String>,
        pair: (u32, Option<f32>),
        rows: [[u16; 3]; 2],
        days: Vec<[[u16; 20]; 2]>,
        boxed: Box<[u64]>,
        lists: [Vec<u8>; 2],
        flag: bool,
    }

    packed!(All {
        numbers,
        wide,
        names,
        pair,
        rows,
        days,
        boxed,
        lists,
        flag
    });

    fn all() -> impl Strategy<Value = All> {
        let lists = any::<([u8; 3], bool)>();
        any::<(
            Vec<u16>,
            Vec<i64>,
            Vec<String>,
            (u32, Option<i16>),
            [[u16; 3]; 2],
            Vec<u64>,
        )>()
        .prop_flat_map(move |fields| (Just(fields), lists))
        .prop_map(
            |((numbers, wide, names, pair, rows, boxed), (list, flag))| All {
                numbers,
                wide,
                names,
                pair: (pair.0, pair.1.map(f32::from)),
                days: rows
                    .iter()
                    .map(|row| [[row[0]; 20], [row[2]; 20]])
                    .collect(),
                rows,
                boxed: boxed.into(),
                lists: [Vec::new(), list.to_vec()],
                flag,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_packed_comes_back(what in all()) {
            let bytes = to_bytes(&what);
            prop_assert_eq!(of_bytes::<All>(&bytes), Some(what));
            for end in 0..bytes.len() {
                prop_assert_eq!(of_bytes::<All>(&bytes[..end]), None);
            }
            let more = [bytes.as_slice(), &[0]].concat();
            prop_assert_eq!(of_bytes::<All>(&more), None);
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = of_bytes::<All>(&bytes);
            let _ = of_bytes::<Vec<Vec<String>>>(&bytes);
        }
    }

    #[test]
    fn a_length_that_cannot_be_allocates_nothing() {
        for length in [u64::MAX, 1 << 60, 9] {
            let bytes = [length.to_le_bytes(), [7; 8]].concat();
            assert_eq!(of_bytes::<Vec<u64>>(&bytes), None);
            assert_eq!(of_bytes::<Vec<String>>(&bytes), None);
            assert_eq!(of_bytes::<String>(&bytes), None);
        }
    }
}
