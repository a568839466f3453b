"""Polars: raw events, and tables prepared for one as-of."""

import os
from pathlib import Path

from .asked import (
    A,
    ACTIONS,
    AGAINST,
    Answer,
    BAD_REVIEW,
    Board,
    FAN,
    FIRST_DAY,
    FOREVER,
    KINDS,
    LAST_DAY,
    MEMBER,
    Masks,
    NOW,
    OneDate,
    ROLES,
    ROLE_OF,
    START_AGAINST,
    START_NOW,
    THREADS,
    WEEKS,
    attribute_values,
    bits,
    consumers_file,
)
from .weeks import (
    CHANGES,
    JOINED,
    LEFT,
    SLEPT,
    WOKE,
    finish_weeks,
)


class Engine:
    """Polars with all columns in memory."""

    def __init__(self, folder, log, about):
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars

        self.pl, self.about, self.log = polars, about, log
        self.load(folder)
        self.attributes(consumers_file(folder))

    def source(self, folder):
        pl, path = self.pl, Path(folder) / "events.csv"
        names = None if self.log["header"] else [f"c{k}" for k in range(self.log["width"])]
        scan = pl.scan_csv(path, has_header=self.log["header"], new_columns=names, infer_schema=False, truncate_ragged_lines=True)
        cells = []
        for name in "consumer time action brand category channel amount order score".split():
            at = self.log["columns"].get(name)
            at = f"c{at}" if isinstance(at, int) else at
            cells.append((pl.lit(None, dtype=pl.String) if at is None else pl.col(at)).alias(name))
        return scan.select(cells)

    def load(self, folder):
        pl, log = self.pl, self.log
        source = self.source(folder)
        if log["columns"].get("brand") is None:
            source = source.with_columns(brand=pl.lit("all"))
        places = source.select("category", "channel").unique().collect(engine="streaming")
        distinct = lambda c: sorted(places[c].drop_nulls().unique().to_list())
        self.touch = {c: {n: k for k, n in enumerate(distinct(c), 1)} for c in ("category", "channel")}
        number = lambda c: pl.col(c).replace_strict(self.touch[c], default=0, return_dtype=pl.UInt16) if self.touch[c] else pl.lit(0, dtype=pl.UInt16)
        brands = {b: k for k, (b, _) in enumerate(self.about["brands"])}
        actions = {raw: A[name] for raw, name in (log.get("actions") or {n: n for n in ACTIONS}).items()}
        local = pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S")
        stamp = {
            "local": lambda: local.dt.epoch("s"),
            "date": lambda: pl.col("time").str.to_date("%Y-%m-%d").cast(pl.Datetime).dt.epoch("s"),
            "unix": lambda: pl.col("time").cast(pl.Int64, strict=False) + 28800,
            "utc": lambda: pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC").dt.epoch("s") + 28800,
        }[log["time"]]()
        bad = (pl.col("action") == "review") & (pl.col("score").cast(pl.Float64) < 4)
        demo = log["name"] == "demo"
        who = pl.col("consumer").str.slice(1).cast(pl.Int32) if demo else pl.col("consumer")
        frame = source.select(
            consumer=who,
            stamp=stamp,
            kind=pl.when(bad).then(BAD_REVIEW).otherwise(pl.col("action").replace_strict(actions, default=None, return_dtype=pl.UInt8)).cast(pl.UInt8),
            brand=pl.col("brand").replace_strict(brands, default=None, return_dtype=pl.UInt16),
            cat=number("category"),
            chan=number("channel"),
            fen=(pl.col("amount").cast(pl.Float64) * 100).round().cast(pl.Int32),
            ord=pl.col("order").str.slice(1).cast(pl.Int32, strict=False).fill_null(-1),
        ).filter(pl.col("kind").is_not_null() & pl.col("brand").is_not_null())
        frame = frame.with_columns(
            day=(pl.col("stamp") // 86400).cast(pl.Int32), sec=(pl.col("stamp") % 86400).cast(pl.Int32)
        ).drop("stamp").filter(pl.col("day").is_between(FIRST_DAY, LAST_DAY)).collect(engine="streaming")
        if not demo:
            frame = frame.with_columns(pl.col("consumer").rank("dense").cast(pl.Int32))
        self.d0, self.d1 = frame["day"].min(), frame["day"].max()
        days = 1 << (self.d1 - self.d0 + 1).bit_length()
        day = pl.col("consumer").cast(pl.Int64) * days + (pl.col("day") - self.d0)
        frame = frame.sort((day * (1 << 17) + pl.col("sec")) * KINDS + pl.col("kind"))
        frame = frame.with_columns(pl.col("consumer").set_sorted())
        self.events = frame.with_columns(code=((pl.col("day") - self.d0) * KINDS + pl.col("kind")).cast(pl.Int32))
        self.single = len(brands) == 1

    def attributes(self, path):
        pl = self.pl
        self.values = attribute_values(self.about) if path else {}
        if not path:
            self.people = pl.DataFrame({"consumer": []}, schema={"consumer": pl.Int32})
            return
        masks = []
        for name, values in self.values.items():
            listed = pl.col(name).str.split("|")
            tests = [pl.when(listed.list.contains(v)).then(1 << k).otherwise(0) for k, v in enumerate(values)]
            masks.append(pl.sum_horizontal(tests).fill_null(0).cast(pl.Int32).alias(name))
        frame = pl.scan_csv(path, infer_schema=False)
        number = pl.col("consumer").str.slice(1).cast(pl.Int32)
        self.people = frame.select(number, *masks).collect().sort("consumer")

    def touched(self, dimension, values, negated=False):
        pl = self.pl
        column = {"category": "cat", "channel": "chan"}[dimension]
        ids = [self.touch[dimension][v] for v in values if v in self.touch[dimension]]
        test = pl.col(column).is_in(ids)
        return ~test if negated else test

    def own(self, ask):
        brand = [b for b, _ in self.about["brands"]].index(ask.brand)
        return self.events if self.single else self.events.filter(self.pl.col("brand") == brand)

    def scoped(self, frame, ask):
        for dimension, negated, values in ask.scope:
            frame = frame.filter(self.touched(dimension, values, negated))
        return frame

    def between(self, masks, first, last):
        """Mask of the sample days in a range of days."""
        pl = self.pl
        until = pl.lit(pl.Series(masks.until, dtype=pl.Int64))
        at = lambda day: until.gather(day - masks.first)
        return pl.when(last < first).then(0).otherwise(at(pl.min_horizontal(last, masks.last)) & ~at(first - 1)).cast(pl.Int64)

    def earlier(self, column, n):
        """The value n rows before of the same consumer; rows are sorted by consumer."""
        pl = self.pl
        same = pl.col("consumer") == pl.col("consumer").shift(n)
        return pl.when(same).then(pl.col(column).shift(n)) if n else pl.col(column)

    def days(self, events, kind):
        """Distinct days with an action; events are sorted by consumer and day."""
        pl = self.pl
        first = (pl.col("consumer") != pl.col("consumer").shift(1)) | (pl.col("day") != pl.col("day").shift(1))
        rows = events.lazy().filter(pl.col("kind") == kind).select("consumer", "day")
        return rows.filter(first.fill_null(True))

    def repeated(self, masks, rows, n, days):
        pl = self.pl
        since = self.earlier("day", n - 1)
        w = rows.with_columns(since=since).filter(pl.col("since").is_not_null())
        m = self.between(masks, pl.col("day"), pl.col("since") + (days - 1))
        return w.select("consumer", m=m).group_by("consumer").agg(pl.col("m").bitwise_or())

    def spans(self, masks, events, start, end):
        pl = self.pl
        rows = events.filter(pl.col("kind").is_in([start, end])).select("consumer", "day", "kind")
        past = rows.with_columns(past=self.earlier("kind", 1))
        begins = (pl.col("kind") == start) & (pl.col("past").is_null() | (pl.col("past") == end))
        ends = (pl.col("kind") == end) & (pl.col("past") == start)
        turns = past.filter(begins | ends)
        turns = turns.with_columns(until=self.earlier("day", -1).fill_null(masks.last + 1) - 1)
        spans = turns.filter(pl.col("kind") == start)
        m = self.between(masks, pl.col("day"), pl.col("until"))
        return spans.select("consumer", m=m).group_by("consumer").agg(pl.col("m").bitwise_or())

    def one_date(self, ask):
        """As in DuckDB."""
        pl, c = self.pl, self.pl.col
        one = OneDate(ask, self.d0, self.d1)
        table = {code: row for code, *row in one.codes}
        every = [table.get(k, (0, None, None, 0)) for k in range((self.d1 - self.d0 + 1) * KINDS)]
        lists = [pl.Series(v, dtype=t) for v, t in zip(zip(*every), (pl.UInt8, pl.Int32, pl.Int32, pl.UInt8))]
        f, ordered, browsed, span = (pl.lit(x).gather(c("code")) for x in lists)
        matters = pl.lit(pl.Series([k in table for k in range(len(every))])).gather(c("code"))
        near = self.touched("category", [ask.category])
        key = (c("day").cast(pl.Int64) * 86400 + c("sec")) * 32 + c("kind")
        rows = self.events.lazy().filter(matters).select(
            "consumer", f=pl.when(near).then(f).otherwise(f & pl.lit(~one.NEAR & 255, dtype=pl.UInt8)), ordered=ordered, browsed=browsed,
            member=pl.when(span == 1).then(key), fan=pl.when(span == 2).then(key),
        )
        folded = rows.group_by("consumer").agg(
            c("f").bitwise_or(), again=c("ordered").min() < c("ordered").max(), keen=c("browsed").min() < c("browsed").max(),
            member=c("member").max() % 32 == A["join_member"], fan=c("fan").max() % 32 == A["follow"],
        )
        on = lambda bit: (c("f") & pl.lit(bit, dtype=pl.UInt8)) != 0
        yes = lambda name: c(name).fill_null(False)
        state = pl.when(on(one.PRAISE) | yes("again")).then(5).when(on(one.ORDER)).then(4)
        state = state.when(on(one.ACTIVE) | yes("keen") | yes("member") | yes("fan")).then(3)
        state = state.when(on(one.AWARE)).then(2).when(on(one.NEAR)).then(1).otherwise(0).alias("s")
        counts = [(c("s") == k).sum().alias(f"s{k}") for k in range(1, 6)]
        return list(folded.select(state, member=yes("member")).select(*counts, c("member").sum()).collect().row(0))

    def one_board(self, ask):
        """As in DuckDB; relations, which few have, apart."""
        pl, c = self.pl, self.pl.col
        one = Board(ask, self.d0, self.d1)
        table = {code: row for code, *row in one.codes}
        every = [table.get(k, (0, None, 0, 0, 0)) for k in range((self.d1 - self.d0 + 1) * KINDS)]
        lists = [pl.Series(v, dtype=t) for v, t in zip(zip(*every), (pl.Int32, pl.Int32, pl.Int32, pl.Int32, pl.UInt8))]
        f, ordered, edge, browsed, span = (pl.lit(x).gather(c("code")) for x in lists)
        matters = pl.lit(pl.Series([k in table for k in range(len(every))])).gather(c("code"))
        near = self.touched("category", [ask.category])
        key = (c("day").cast(pl.Int64) * 86400 + c("sec")) * 32 + c("kind")
        each = list(enumerate(one.dates))
        last = lambda s, d: pl.when((span == s) & (c("day") <= d)).then(key)
        held = {f"{name}{k}": last(s, d) for k, d in each for s, name in ((1, "member"), (2, "fan"))}
        rows = self.events.lazy().filter(matters).select(
            "consumer", f=pl.when(near).then(f).otherwise(f & pl.lit(~one.all_near(), dtype=pl.Int32)),
            ordered=ordered, edge=edge, browsed=browsed,
        )
        kinds = {"member": A["join_member"], "fan": A["follow"]}
        holds = {n: (c(n).max() % 32 == kinds[n[:-1]]).fill_null(False) for n in held}
        folded = rows.group_by("consumer").agg(
            c("f", "edge", "browsed").bitwise_or(), least=c("ordered").min(), most=c("ordered").max(),
        )
        ties = self.events.lazy().filter(span > 0).select("consumer", **held).group_by("consumer").agg(**holds)
        folded = folded.join(ties, on="consumer", how="left").with_columns(c(*holds).fill_null(False))
        orders = c("least").is_not_null().cast(pl.UInt32) + (c("least") < c("most")).fill_null(False)
        bits = lambda column, mask: c(column) & pl.lit(mask, dtype=pl.Int32)
        on = lambda k, flag: bits("f", flag << k * one.FLAGS) != 0

        def state(k):
            again = bits("edge", one.order_bits[k]).bitwise_count_ones() + orders > 1
            keen = bits("browsed", one.browse_bits[k]).bitwise_count_ones() > 1
            found = pl.when(on(k, one.PRAISE) | again).then(5).when(on(k, one.ORDER)).then(4)
            found = found.when(on(k, one.ACTIVE) | keen | c(f"member{k}") | c(f"fan{k}")).then(3)
            return found.when(on(k, one.AWARE)).then(2).when(on(k, one.NEAR)).then(1).otherwise(0).cast(pl.UInt8).alias(f"s{k}")

        both = lambda test: test(0).cast(pl.UInt8) + test(1).cast(pl.UInt8) * 2
        member = lambda k: c(f"member{k}")
        states = folded.select("consumer", *[state(k) for k, _ in each], m=both(member), t=both(lambda k: member(k) & on(k, one.LIVELY)))
        states = states.join(self.people.lazy(), on="consumer", how="left") if "crowd" in self.values else states.with_columns(crowd=pl.lit(0))
        counted = states.group_by(c("crowd").fill_null(0), "s0", "s1", "s2", "m", "t").len().collect().rows()
        sales = self.sales(ask, self.people) if "crowd" in self.values else []
        return Answer(ask, self.about).board(*one.groups(counted), sales)

    def lives(self, ask, days, touches=()):
        """A table with the masks of every consumer of the brand."""
        pl = self.pl
        masks = Masks(days, self.d0, self.d1)
        span = range(self.d0, self.d1 + 1)
        table = list(zip(*masks.folded(ask, span)))
        roles = [1 << ROLE_OF[k] if k in ROLE_OF and d <= ask.as_of else 0 for d in span for k in range(KINDS)]
        code = pl.col("code")
        fold = {n: pl.lit(pl.Series(v, dtype=pl.Int64)).gather(code) for n, v in zip("aiplt", table)}
        fold["r"] = pl.lit(pl.Series(roles, dtype=pl.UInt8)).gather(code)
        in_category = None
        if ask.category:
            in_category = self.touched("category", [ask.category])
            o = pl.lit(pl.Series([masks.window(d, ask.o_days) for d in span], dtype=pl.Int64))
            o = pl.when(in_category).then(o.gather(pl.col("day") - self.d0)).otherwise(0)
        own = self.own(ask)
        events = self.scoped(own, ask)
        if in_category is not None and self.single:
            fold["o"] = o
        flags = {f"c{k}": (pl.col("day") <= ask.as_of) & t for k, t in enumerate(touches)}
        inside = {} if ask.scope else flags
        base = events.lazy().select("consumer", "day", **fold, **inside).group_by("consumer").agg(
            *[pl.col(c).bitwise_or() for c in fold], pl.col("day").min().alias("first"), *[pl.col(c).any() for c in inside]
        )
        if ask.scope and flags:
            seen = own.lazy().select("consumer", **flags).group_by("consumer").agg([pl.col(c).any() for c in flags])
            base = base.join(seen, on="consumer", how="left")
        if in_category is not None and not self.single:
            near = self.events.lazy().filter(in_category).select("consumer", o=o).group_by("consumer").agg(pl.col("o").bitwise_or())
            base = base.join(near, on="consumer", how="full", coalesce=True)
            base = base.with_columns(pl.col("a", "i", "p", "l", "t", "o", "r").fill_null(0), pl.col("first").fill_null(FOREVER), *[pl.col(c).fill_null(False) for c in flags])
        if ask.category is None:
            base = base.with_columns(o=pl.lit(0, dtype=pl.Int64))
        orders = self.days(events, A["order"])
        if ask.by_order:
            orders = events.lazy().filter(pl.col("kind") == A["order"]).select("consumer", "day", "ord")
            one = orders.filter(pl.col("ord") >= 0).group_by("consumer", "ord").agg(pl.col("day").min()).select("consumer", "day")
            orders = pl.concat([one, orders.filter(pl.col("ord") < 0).select("consumer", "day")]).sort("consumer", "day")
        browses = self.days(events, A["browse"])
        lazy = events.lazy()
        parts = {
            "loyal": self.repeated(masks, orders, ask.l_min, ask.l_days),
            "keen": self.repeated(masks, browses, ask.browse_days, ask.i_days),
            "member": self.spans(masks, lazy, A["join_member"], A["leave_member"]),
            "fan": self.spans(masks, lazy, A["follow"], A["unfollow"]),
        }
        for name, part in parts.items():
            base = base.join(part.rename({"m": name}), on="consumer", how="left")
        base = base.with_columns(pl.col(*parts).fill_null(0))
        c = pl.col
        held = (c("member") | c("fan")) if ask.member_is_i else pl.lit(0, dtype=pl.Int64)
        base = base.with_columns(l=c("l") | c("loyal"), i=c("i") | c("keen") | held)
        counted = [c(r) for r in ask.s_roles]
        s = counted[0] if len(counted) == 1 else counted[0] | counted[1]
        bit = lambda m: (c(m) & (1 << NOW)) != 0
        role = lambda m, r: pl.when(bit(m)).then(1 << r).otherwise(0).cast(pl.UInt8)
        base = base.with_columns(
            members=s,
            active=c("t") & s,
            p=c("p") & ~c("l"),
            i=c("i") & ~(c("l") | c("p")),
            a=c("a") & ~(c("l") | c("p") | c("i")),
            o=c("o") & ~(c("l") | c("p") | c("i") | c("a")),
            roles=c("r") | role("member", MEMBER) | role("fan", FAN),
        )
        keep = ["consumer", "l", "p", "i", "a", "o", "members", "active", "first", "roles", *flags]
        return base.select(keep)

    def filters(self, ask, touch):
        pl = self.pl
        keep, k = pl.lit(True), 0
        for dimension, negated, values in ask.where:
            if dimension in self.values:
                test = (pl.col(dimension) & bits(self.values[dimension], values)) != 0
            elif dimension == "role":
                test = (pl.col("roles") & pl.lit(bits(ROLES, values), dtype=pl.UInt8)) != 0
            elif dimension in ("channel", "category"):
                test, k = touch(dimension, values, k), k + 1
            else:
                test = pl.lit(False)
            keep = keep & (~test if negated else test)
        return keep

    def state(self, bit):
        pl = self.pl
        on = lambda m: (pl.col(m) & (1 << bit)) != 0
        found = pl.when(on("l")).then(5).when(on("p")).then(4).when(on("i")).then(3)
        return found.when(on("a")).then(2).when(on("o")).then(1).otherwise(0).cast(pl.UInt8)

    def from_raw(self, asks):
        """All numbers from raw events, for questions that differ in their conditions only."""
        c, ask = self.pl.col, asks[0]
        touches = [self.touched(d, v) for ask in asks for d, _, v in ask.where if d in ("channel", "category")]
        lived = self.lives(ask, ask.days(), touches)
        starts = ask.starts()
        if starts:
            other = self.lives(ask, starts).select("consumer", za="a", zi="i", zp="p", zl="l")
            lived = lived.join(other, on="consumer", how="left")
        lived = lived.join(self.people.lazy(), on="consumer", how="left")
        lived = lived.with_columns([c(n).fill_null(0) for n in self.values])
        if len(asks) > 1:
            lived = lived.collect().lazy()
        found, k = [], 0
        for ask in asks:
            keep = self.filters(ask, lambda d, v, n: c(f"c{k + n}").fill_null(False))
            found.append(self.numbers(ask, lived.filter(keep).collect(), starts))
            k += sum(d in ("channel", "category") for d, _, _ in ask.where)
        return found

    def numbers(self, ask, kept, starts):
        pl, c = self.pl, self.pl.col
        two = lambda m: (pl.when((c(m) & (1 << NOW)) != 0).then(1).otherwise(0) + pl.when((c(m) & (1 << AGAINST)) != 0).then(2).otherwise(0))
        keys = [self.state(b).alias(f"x{b}") for b in (NOW, AGAINST, START_NOW, START_AGAINST)]
        keys += [two("members").alias("m"), two("active").alias("t"), (c("first") <= ask.as_of).alias("seen")]
        groups = kept.lazy().group_by(keys).len().collect().rows()
        crowds, sales = [], []
        if "crowd" in self.values:
            asset = lambda b: ((c("a") | c("i") | c("p") | c("l")) & (1 << b)) != 0
            crowds = kept.lazy().group_by("crowd", asset(NOW).alias("x"), asset(AGAINST).alias("y")).len().collect().rows()
            sales = self.sales(ask, kept)
        return Answer(ask, self.about).of(groups, crowds, sales, self.weekly(kept, starts))

    def bought(self, ask):
        """Orders, fen and orders without an amount of everyone, in the two periods."""
        pl, c = self.pl, self.pl.col
        side = lambda d: c("day").is_between(d - ask.period_days + 1, d)
        sums = []
        for k, d in enumerate((ask.as_of, ask.against)):
            sums += [side(d).sum().alias(f"n{k}"), c("fen").cast(pl.Int64).filter(side(d)).sum().alias(f"f{k}"), (side(d) & c("fen").is_null()).sum().alias(f"z{k}")]
        orders = self.scoped(self.own(ask).lazy(), ask).filter((c("kind") == A["order"]) & (side(ask.as_of) | side(ask.against)))
        return orders.group_by("consumer").agg(sums)

    def totals(self):
        pl, c = self.pl, self.pl.col
        return [x for k in range(2) for x in ((c(f"n{k}") > 0).sum().alias(f"b{k}"), c(f"f{k}").sum(), c(f"z{k}").sum())]

    def sales(self, ask, kept):
        both = self.bought(ask).join(kept.lazy().select("consumer", "crowd"), on="consumer")
        return both.group_by("crowd").agg(self.totals()).collect().rows()

    def weekly(self, kept, starts):
        pl, c = self.pl, self.pl.col
        half = lambda m: c(m) // 2
        if starts:
            deeper = (c("za") & (c("i") | c("p") | c("l"))) | (c("zi") & (c("p") | c("l"))) | (c("zp") & c("l"))
        else:
            deeper = (c("a") & (half("i") | half("p") | half("l"))) | (c("i") & (half("p") | half("l"))) | (c("p") & half("l"))
        masks = {k: c(k) for k in ("a", "i", "p", "l", "members", "active")} | {"deepened": deeper}
        if starts:
            masks |= {"start": c("za") | c("zi") | c("zp") | c("zl"), "start_aip": c("za") | c("zi") | c("zp")}
        frame = kept.lazy().select(**masks)
        sums = [((c(n) & (1 << b)) != 0).sum().alias(f"{n}{b}") for n in masks for b in range(WEEKS)]
        row = frame.select(sums).collect().row(0)
        found = {n: list(row[j * WEEKS : (j + 1) * WEEKS]) for j, n in enumerate(masks)}
        return finish_weeks(found, shifted=not starts)


class Prepared:
    """Wide weekly states and changes in Polars, made once for one as-of."""

    def __init__(self, polars, ask, plain):
        self.peer, self.ask, self.plain = polars, ask, plain
        pl, c = polars.pl, polars.pl.col
        days = ask.days()
        lived = polars.lives(ask, days).join(polars.people.lazy(), on="consumer", how="left")
        flag = lambda m, b, n: pl.when((c(m) & (1 << b)) != 0).then(n).otherwise(0)
        seen = lambda b: pl.when((polars.state(b) == 0) & (c("first") <= days[b])).then(6).otherwise(polars.state(b))
        weeks = [(seen(b) * 4 + flag("members", b, 2) + flag("active", b, 1)).cast(pl.UInt8).alias(f"s{b}") for b in range(WEEKS)]
        small = [c(n).fill_null(0).cast(pl.UInt8 if len(v) <= 8 else pl.UInt16) for n, v in polars.values.items()]
        one = lambda column: pl.lit(pl.Series([0] + [1 << k for k in range(1, 63)], dtype=pl.Int64)).gather(c(column).clip(0, 62))
        touched = polars.own(ask).lazy().filter(c("day") <= ask.as_of)
        touched = touched.select("consumer", chans=one("chan"), cats=one("cat")).group_by("consumer").agg(c("chans", "cats").bitwise_or())
        width = lambda d: pl.UInt16 if len(polars.touch[d]) < 16 else pl.UInt32 if len(polars.touch[d]) < 32 else pl.Int64
        lived = lived.join(touched, on="consumer", how="left")
        crowd = c("crowd").fill_null(0) if "crowd" in polars.values else pl.lit(0)
        frame = lived.select(
            "consumer", "roles", *small, *weeks,
            chans=c("chans").fill_null(0).cast(width("channel")), cats=c("cats").fill_null(0).cast(width("category")),
            crowd_key=crowd,
        ).with_columns(pair=(c("crowd_key") * 1024 + c(f"s{NOW - 1}").cast(pl.Int32) * 32 + c(f"s{NOW}")).cast(pl.UInt32))
        order = [*polars.values, "consumer"] if plain else ["pair"]
        self.people = frame.drop("crowd_key").sort(order).collect()
        self.masks = [*polars.values, "roles", "chans", "cats"]
        self.changes = self.all_changes()
        sold = polars.bought(ask).collect()
        self.sales = self.people.select("consumer", *self.masks).join(sold, on="consumer").drop("consumer")
        if "crowd" not in polars.values:
            self.sales = self.sales.with_columns(crowd=pl.lit(0))

    def all_changes(self):
        pl, c = self.peer.pl, self.peer.pl.col
        state = lambda w: c(f"s{w}") // 4 % 6
        found = []
        for w in range(WEEKS):
            was = state(w - 1) if w else pl.lit(0, dtype=pl.UInt8)
            code = w * CHANGES + was.cast(pl.UInt16) * 6 + state(w)
            found.append(self.part(code, was != state(w)))
            for b, on, off in ((2, JOINED, LEFT), (1, WOKE, SLEPT)):
                bit = lambda week: (c(f"s{week}") & b) != 0 if week >= 0 else pl.lit(False)
                code = w * CHANGES + pl.when(bit(w)).then(on).otherwise(off)
                found.append(self.part(code, bit(w - 1) != bit(w)))
        return pl.concat(found) if self.plain else pl.concat(found).sort("code")

    def part(self, code, test):
        pl = self.peer.pl
        return self.people.lazy().filter(test).select(code.cast(pl.UInt16).alias("code"), *self.masks).collect()

    def touch(self, dimension, values, _):
        pl = self.peer.pl
        column = {"category": "cats", "channel": "chans"}[dimension]
        known = self.peer.touch[dimension]
        dtype = self.people.schema[column]
        return (pl.col(column) & pl.lit(sum(1 << known[v] for v in values if v in known), dtype=dtype)) != 0

    def rows(self, ask):
        pl, c, peer = self.peer.pl, self.peer.pl.col, self.peer
        keep = peer.filters(ask, self.touch)
        only = (lambda f: f.lazy().filter(keep)) if ask.where else (lambda f: f.lazy())
        pairs = only(self.people).group_by("pair").len()
        codes = only(self.changes).group_by("code").len()
        sales = only(self.sales).group_by("crowd").agg(peer.totals())
        pairs, codes, sales = pl.collect_all([pairs, codes, sales])
        return pairs.rows(), codes.rows(), sales.rows()
