"""DuckDB: raw events, and tables prepared for one as-of."""

import tempfile
from pathlib import Path

from .asked import (
    A,
    ACTIONS,
    AGAINST,
    AWARE,
    Answer,
    BAD_REVIEW,
    Board,
    FAN,
    FIRST_DAY,
    FOREVER,
    KINDS,
    LAST_DAY,
    MEMBER,
    MEMORY_GB,
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
    """DuckDB in memory."""

    def __init__(self, folder, log, about):
        import duckdb

        self.about, self.log = about, log
        self.con = duckdb.connect()
        self.run(f"SET threads={THREADS}")
        self.run("SET preserve_insertion_order=false")
        self.run(f"SET memory_limit='{MEMORY_GB}GB'")
        self.spill = tempfile.TemporaryDirectory(prefix="duckdb-", dir=Path(folder).parent)
        self.run(f"SET temp_directory='{self.spill.name}'")
        self.load(folder)
        self.attributes(consumers_file(folder))

    def run(self, sql, args=None):
        return self.con.execute(sql, args)

    def rows(self, sql):
        return self.con.execute(sql).fetchall()

    def source(self, folder):
        """The log as text columns of canonical names; what the log lacks is NULL."""
        if self.log["header"]:
            read = f"read_csv('{folder}/events.csv', header=true, all_varchar=true, null_padding=true)"
        else:
            names = [f"c{k}" for k in range(self.log["width"])]
            types = ", ".join(f"'{n}': 'VARCHAR'" for n in names)
            read = f"read_csv('{folder}/events.csv', header=false, columns={{{types}}}, null_padding=true)"
        cells = []
        for name in "consumer time action brand category channel amount order score".split():
            at = self.log["columns"].get(name)
            cell = "NULL" if at is None else f'"{at}"' if isinstance(at, str) else f"c{at}"
            cells.append(f'{cell} AS "{name}"')
        return f"(SELECT {', '.join(cells)} FROM {read})"

    def load(self, folder):
        log, source = self.log, self.source(folder)
        self.run(f"""CREATE TABLE places AS SELECT DISTINCT brand, category, channel FROM {source}""")
        for column in ("category", "channel"):
            self.run(f"""CREATE TABLE {column}s AS SELECT {column} AS name, row_number() OVER (ORDER BY {column}) AS k
                FROM (SELECT DISTINCT {column} FROM places WHERE {column} IS NOT NULL)""")
        self.run("""CREATE TABLE venues AS SELECT p.*, coalesce(a.k, 0)::USMALLINT AS cat, coalesce(b.k, 0)::USMALLINT AS chan
            FROM places p LEFT JOIN categorys a ON a.name = p.category LEFT JOIN channels b ON b.name = p.channel""")
        numbered = "demo" == log.get("name")
        if numbered:
            who = "substr(s.consumer, 2)::INTEGER"
            join = ""
        else:
            self.run(f"""CREATE TABLE ids AS SELECT consumer, row_number() OVER ()::INTEGER AS id
                FROM (SELECT DISTINCT consumer FROM {source})""")
            who, join = "ids.id", "JOIN ids ON ids.consumer = s.consumer"
        stamp = {
            "local": "s.time::TIMESTAMP",
            "date": "s.time::TIMESTAMP",
            "unix": "make_timestamp((TRY_CAST(s.time AS BIGINT) + 28800) * 1000000)",
            "utc": "TRY_CAST(replace(s.time, ' UTC', '') AS TIMESTAMP) + INTERVAL 8 HOUR",
        }[log["time"]]
        actions = log.get("actions") or {n: n for n in ACTIONS}
        cases = " ".join(f"WHEN '{raw}' THEN {A[name]}" for raw, name in actions.items())
        kind = f"CASE s.action {cases} END"
        kind = f"CASE WHEN s.action = 'review' AND s.score::DOUBLE < 4 THEN {BAD_REVIEW} ELSE {kind} END"
        brand = "'all'" if log["columns"].get("brand") is None else "s.brand"
        brands = [b for b, _ in self.about["brands"]]
        which = " ".join(f"WHEN '{b}' THEN {k}" for k, b in enumerate(brands))
        self.run(f"""CREATE TABLE unsorted AS SELECT consumer, (epoch(t)::BIGINT // 86400)::INTEGER AS day,
                (epoch(t)::BIGINT % 86400)::INTEGER AS sec, kind, (CASE brand {which} END)::USMALLINT AS brand, cat, chan, fen, ord FROM (
            SELECT {who} AS consumer, {stamp} AS t, ({kind})::UTINYINT AS kind, {brand} AS brand,
                v.cat, v.chan, (round(s.amount::DECIMAL(18,2) * 100))::INTEGER AS fen,
                coalesce(TRY_CAST(substr(s."order", 2) AS INTEGER), -1) AS ord
            FROM {source} s JOIN venues v ON v.brand IS NOT DISTINCT FROM s.brand
                AND v.category IS NOT DISTINCT FROM s.category AND v.channel IS NOT DISTINCT FROM s.channel {join})
            WHERE kind IS NOT NULL AND brand IS NOT NULL AND epoch(t) // 86400 BETWEEN {FIRST_DAY} AND {LAST_DAY}""")
        self.d0, self.d1 = self.rows("SELECT min(day), max(day) FROM unsorted")[0]
        self.run(f"""CREATE TABLE events AS SELECT consumer, day, sec, kind, ((day - {self.d0}) * {KINDS} + kind)::INTEGER AS code,
                brand, cat, chan, fen, ord FROM unsorted ORDER BY consumer, day, sec, kind""")
        self.run("DROP TABLE unsorted")
        self.single = len(brands) == 1
        self.touch = {
            "category": {n: k for n, k in self.rows("SELECT name, k FROM categorys")},
            "channel": {n: k for n, k in self.rows("SELECT name, k FROM channels")},
        }

    def attributes(self, path):
        self.values = attribute_values(self.about) if path else {}
        if not path:
            self.run("CREATE TABLE attributes (consumer INTEGER)")
            return
        cells = ["substr(consumer, 2)::INTEGER AS consumer"]
        for name, values in self.values.items():
            tests = [
                f"CASE WHEN list_contains(string_split({name}, '|'), '{v}') THEN {1 << k} ELSE 0 END"
                for k, v in enumerate(values)
            ]
            cells.append(f"({' | '.join(tests)})::INTEGER AS {name}")
        self.run(f"""CREATE TABLE attributes AS SELECT {', '.join(cells)}
            FROM read_csv('{path}', header=true, all_varchar=true) ORDER BY consumer""")

    def in_scope(self, scope):
        tests = []
        for dimension, negated, values in scope:
            tests.append(self.touched(dimension, values, negated))
        return " AND ".join(tests) or "true"

    def touched(self, dimension, values, negated=False):
        column = {"category": "cat", "channel": "chan"}[dimension]
        ids = [str(self.touch[dimension][v]) for v in values if v in self.touch[dimension]]
        test = f"{column} IN ({', '.join(ids)})" if ids else "false"
        return f"NOT ({test})" if negated else test

    def table(self, name, columns, rows):
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
        lists = [list(c) for c in zip(*rows)]
        marks = ", ".join("unnest(?)" for _ in lists)
        self.run(f"INSERT INTO {name} SELECT {marks}", lists)

    def masks(self, ask, days):
        """Tables `u` (mask of sample days up to a day) and `m` (masks by day and action)."""
        masks = Masks(days, self.d0, self.d1)
        self.table("u", "day INTEGER, m BIGINT", list(enumerate(masks.until, masks.first)))
        spans = [ask.a_days, ask.i_days, ask.p_days, ask.l_days, ask.t_days, ask.o_days]
        days = range(self.d0, self.d1 + 1)
        rows = [(d, *(masks.window(d, n) for n in spans)) for d in days]
        self.table("d", "day INTEGER, a BIGINT, i BIGINT, p BIGINT, l BIGINT, t BIGINT, o BIGINT", rows)
        member = lambda kinds: f"kind IN ({', '.join(map(str, sorted(kinds)))})" if kinds else "false"
        roles = " ".join(f"WHEN {k} THEN {1 << r}" for k, r in ROLE_OF.items())
        cell = lambda kinds, c: f"CASE WHEN {member(kinds)} THEN {c} ELSE 0 END AS {c}"
        self.run(f"""CREATE OR REPLACE TEMP TABLE m AS SELECT ((day - {self.d0}) * {KINDS} + kind)::INTEGER AS code,
            {cell(AWARE, 'a')}, {cell(ask.interest(), 'i')}, {cell({A['order']}, 'p')}, {cell(ask.praise(), 'l')},
            {cell(ask.t_actions, 't')}, o, (CASE WHEN day <= {ask.as_of} THEN CASE kind {roles} ELSE 0 END ELSE 0 END)::UTINYINT AS r
            FROM d, (SELECT unnest(range({KINDS})) AS kind)""")
        return masks

    def repeated(self, masks, rows, n, days, distinct=True):
        """Masks of the days on which the last n of some days lie inside a window. Pairs of days need
        no distinct days, only different ones."""
        apart = "since < w.day" if distinct and n == 2 else "true"
        if distinct and n != 2:
            rows = f"SELECT DISTINCT * FROM ({rows})"
        return f"""SELECT consumer, bit_or(e.m & ~b.m) AS m FROM (
                SELECT consumer, day, lag(day, {n - 1}) OVER (PARTITION BY consumer ORDER BY day) AS since FROM ({rows})) w
            JOIN u e ON e.day = least(w.since + {days} - 1, {masks.last}) JOIN u b ON b.day = w.day - 1
            WHERE {apart} AND w.since + {days} - 1 >= w.day GROUP BY consumer"""

    def spans(self, masks, events, start, end):
        """Masks of the days between an action and the one that undoes it."""
        order = "(PARTITION BY consumer ORDER BY day, sec, kind)"
        return f"""SELECT consumer, bit_or(e.m & ~b.m) AS m FROM (
                SELECT consumer, day, kind, coalesce(lead(day) OVER {order} - 1, {masks.last}) AS until FROM (
                    SELECT consumer, day, sec, kind, lag(kind) OVER {order} AS past FROM {events} AND kind IN ({start}, {end}))
                WHERE kind = {start} AND (past IS NULL OR past = {end}) OR kind = {end} AND past = {start}) w
            JOIN u e ON e.day = w.until JOIN u b ON b.day = w.day - 1
            WHERE kind = {start} AND until >= w.day GROUP BY consumer"""

    def one_date(self, ask):
        """O, A, I, P, L and members on one day from raw events, under the default definitions, and
        nothing else: one pass, first and last purchase day and browse day instead of windows."""
        one = OneDate(ask, self.d0, self.d1)
        self.table("m1", "code INTEGER, f UTINYINT, ordered INTEGER, browsed INTEGER, span UTINYINT", one.codes)
        o = f"CASE WHEN NOT ({self.touched('category', [ask.category])}) THEN f & {~one.NEAR & 255} ELSE f END"
        key = "(day::BIGINT * 86400 + sec) * 32 + kind"
        return list(self.rows(f"""WITH folded AS (SELECT consumer, bit_or({o}) AS f, min(ordered) < max(ordered) AS again,
                min(browsed) < max(browsed) AS keen, max(CASE WHEN span = 1 THEN {key} END) & 31 = {A['join_member']} AS member,
                max(CASE WHEN span = 2 THEN {key} END) & 31 = {A['follow']} AS fan FROM events JOIN m1 USING (code) GROUP BY consumer),
            state AS (SELECT coalesce(member, false) AS member, CASE WHEN f & {one.PRAISE} > 0 OR again THEN 5 WHEN f & {one.ORDER} > 0 THEN 4
                WHEN f & {one.ACTIVE} > 0 OR keen OR member OR fan THEN 3 WHEN f & {one.AWARE} > 0 THEN 2 WHEN f & {one.NEAR} > 0 THEN 1 ELSE 0 END AS s FROM folded)
            SELECT {', '.join(f"count(*) FILTER (s = {k})" for k in range(1, 6))}, count(*) FILTER (member) FROM state""")[0])

    def one_board(self, ask):
        """The whole board of one date from raw events, under the default definitions: in the same way,
        but relations, which few have, apart."""
        one = Board(ask, self.d0, self.d1)
        self.table("m3", "code INTEGER, f INTEGER, ordered INTEGER, edge INTEGER, browsed INTEGER, span UTINYINT", one.codes)
        f = f"CASE WHEN NOT ({self.touched('category', [ask.category])}) THEN f & {~one.all_near()} ELSE f END"
        key = "(day::BIGINT * 86400 + sec) * 32 + kind"
        last = lambda span, day, kind: f"coalesce(max(CASE WHEN span = {span} AND day <= {day} THEN {key} END) & 31 = {kind}, false)"
        each = list(enumerate(one.dates))
        held = ", ".join(f"{last(1, d, A['join_member'])} AS member{k}, {last(2, d, A['follow'])} AS fan{k}" for k, d in each)
        ties = ", ".join(f"coalesce({n}{k}, false) AS {n}{k}" for n in ("member", "fan") for k, _ in each)
        again = lambda k: f"bit_count(edge & {one.order_bits[k]}) + orders > 1"
        keen = lambda k: f"bit_count(browsed & {one.browse_bits[k]}) > 1"
        on = lambda k, flag: f"f & {flag << k * one.FLAGS} > 0"
        states = ", ".join(f"""(CASE WHEN {on(k, one.PRAISE)} OR {again(k)} THEN 5 WHEN {on(k, one.ORDER)} THEN 4
            WHEN {on(k, one.ACTIVE)} OR {keen(k)} OR member{k} OR fan{k} THEN 3 WHEN {on(k, one.AWARE)} THEN 2
            WHEN {on(k, one.NEAR)} THEN 1 ELSE 0 END)::UTINYINT AS s{k}""" for k, _ in each)
        both = lambda test: "(" + " + ".join(f"({test(k)})::UTINYINT * {1 << k}" for k in range(2)) + ")::UTINYINT"
        crowd = "coalesce(crowd, 0)" if "crowd" in self.values else "0"
        counted = self.rows(f"""WITH folded AS (SELECT consumer, bit_or({f}) AS f, bit_or(edge) AS edge, bit_or(browsed) AS browsed,
                CASE WHEN min(ordered) IS NULL THEN 0 WHEN min(ordered) < max(ordered) THEN 2 ELSE 1 END AS orders
                FROM events JOIN m3 USING (code) GROUP BY consumer),
            ties AS (SELECT consumer, {held} FROM events JOIN m3 USING (code) WHERE span > 0 GROUP BY consumer),
            state AS (SELECT consumer, {states}, {both(lambda k: f"member{k}")} AS m, {both(lambda k: f"member{k} AND {on(k, one.LIVELY)}")} AS t FROM (SELECT folded.*, {ties} FROM folded LEFT JOIN ties USING (consumer)))
            SELECT {crowd} AS c, s0, s1, s2, m, t, count(*) FROM state LEFT JOIN attributes USING (consumer) GROUP BY ALL""")
        sales = self.sales(ask, 0, "attributes") if "crowd" in self.values else []
        return Answer(ask, self.about).board(*one.groups(counted), sales)

    def lives(self, ask, days, name, touches=()):
        """A table with the masks of every consumer of the brand."""
        masks = self.masks(ask, days)
        brand = [b for b, _ in self.about["brands"]].index(ask.brand)
        own = "true" if self.single else f"brand = {brand}"
        scope = self.in_scope(ask.scope)
        events = f"events WHERE {own} AND {scope}"
        orders = f"SELECT consumer, day FROM {events} AND kind = {A['order']}"
        if ask.by_order:
            orders = f"""SELECT consumer, min(day) AS day FROM {events} AND kind = {A['order']} AND ord >= 0 GROUP BY consumer, ord
                UNION ALL SELECT consumer, day FROM {events} AND kind = {A['order']} AND ord < 0"""
        browses = f"SELECT consumer, day FROM {events} AND kind = {A['browse']}"
        category = self.touched("category", [dict(map(tuple, self.about["brands"]))[ask.brand]]) if ask.category else "false"
        inside = self.single and ask.category
        o = f"bit_or(CASE WHEN {category} THEN o ELSE 0 END)" if inside else "0"
        flags = "".join(f", bool_or(day <= {ask.as_of} AND {t}) AS c{k}" for k, t in enumerate(touches))
        if ask.scope:
            seen = "".join(f", s.c{k}" for k in range(len(touches)))
            base = f"""SELECT b.*{seen} FROM (SELECT consumer, bit_or(a) AS a, bit_or(i) AS i, bit_or(p) AS p, bit_or(l) AS l,
                bit_or(t) AS t, 0 AS o, bit_or(r) AS r, min(day) AS first FROM events JOIN m USING (code) WHERE {own} AND {scope}
                GROUP BY consumer) b JOIN (SELECT consumer{flags} FROM events WHERE {own} GROUP BY consumer) s USING (consumer)"""
        else:
            base = f"""SELECT consumer, bit_or(a) AS a, bit_or(i) AS i, bit_or(p) AS p, bit_or(l) AS l, bit_or(t) AS t, {o} AS o,
                bit_or(r) AS r, min(day) AS first{flags} FROM events JOIN m USING (code) WHERE {own} GROUP BY consumer"""
        if ask.category and not self.single:
            none = "".join(f", coalesce(c{k}, false) AS c{k}" for k in range(len(touches)))
            base = f"""SELECT consumer, coalesce(a, 0) AS a, coalesce(i, 0) AS i, coalesce(p, 0) AS p, coalesce(l, 0) AS l,
                coalesce(t, 0) AS t, coalesce(x.o, 0) AS o, coalesce(r, 0) AS r, coalesce(first, {FOREVER}) AS first{none}
                FROM ({base}) FULL JOIN (SELECT consumer, bit_or(o) AS o FROM events JOIN m USING (code)
                WHERE {category} GROUP BY consumer) x USING (consumer)"""
        held = "(members | fans)" if ask.member_is_i else "0"
        counted = " | ".join(f"{r}s" for r in ask.s_roles)
        extra = "".join(f", c{k}" for k in range(len(touches)))
        self.run(f"""CREATE OR REPLACE TEMP TABLE {name} AS
            WITH loyal AS ({self.repeated(masks, orders, ask.l_min, ask.l_days, not ask.by_order)}),
            keen AS ({self.repeated(masks, browses, ask.browse_days, ask.i_days)}),
            member AS ({self.spans(masks, events, A['join_member'], A['leave_member'])}),
            fan AS ({self.spans(masks, events, A['follow'], A['unfollow'])}),
            raw AS (SELECT base.consumer, base.a, base.p, base.t, base.o, base.r, base.first{extra},
                base.i | coalesce(keen.m, 0) AS i, base.l | coalesce(loyal.m, 0) AS l,
                coalesce(member.m, 0) AS members, coalesce(fan.m, 0) AS fans
                FROM ({base}) base LEFT JOIN loyal USING (consumer) LEFT JOIN keen USING (consumer)
                LEFT JOIN member USING (consumer) LEFT JOIN fan USING (consumer)),
            ranked AS (SELECT *, p & ~l AS p2, (i | {held}) & ~(l | p) AS i2, a & ~(l | p | i | {held}) AS a2,
                o & ~(l | p | i | {held} | a) AS o2, {counted} AS s FROM raw)
            SELECT consumer, l, p2 AS p, i2 AS i, a2 AS a, o2 AS o, s AS members, t & s AS active, first{extra},
                (r | ((members >> {NOW} & 1) << {MEMBER}) | ((fans >> {NOW} & 1) << {FAN}))::UTINYINT AS roles FROM ranked""")

    def filters(self, ask, touch):
        """The conditions on a table with masks; `touch` gives the test of a touch condition."""
        tests, k = [], 0
        for dimension, negated, values in ask.where:
            if dimension in self.values:
                test = f"({dimension} & {bits(self.values[dimension], values)}) <> 0"
            elif dimension == "role":
                test = f"(roles & {bits(ROLES, values)}) <> 0"
            elif dimension in ("channel", "category"):
                test, k = touch(dimension, values, k), k + 1
            else:
                test = "false"
            tests.append(f"NOT ({test})" if negated else test)
        return " AND ".join(tests) or "true"

    def from_raw(self, asks):
        """All numbers from raw events, for questions that differ in their conditions only."""
        touches = [self.touched(d, v) for ask in asks for d, _, v in ask.where if d in ("channel", "category")]
        ask = asks[0]
        self.lives(ask, ask.days(), "lived", touches)
        starts = ask.starts()
        joined = ""
        if starts:
            self.lives(ask, starts, "lived_start")
            joined = "JOIN (SELECT consumer, a AS za, i AS zi, p AS zp, l AS zl FROM lived_start) z USING (consumer)"
        found, k = [], 0
        for ask in asks:
            found.append(self.kept(ask, joined, k))
            k += sum(d in ("channel", "category") for d, _, _ in ask.where)
        return found

    def kept(self, ask, joined, first_touch):
        """All numbers of the consumers that the conditions keep."""
        starts = bool(joined)
        brand = [b for b, _ in self.about["brands"]].index(ask.brand)
        names = "".join(f", coalesce({n}, 0) AS {n}" for n in self.values)
        more = ", za, zi, zp, zl" if starts else ""
        keep = self.filters(ask, lambda d, v, k: f"coalesce(c{first_touch + k}, false)")
        self.run(f"""CREATE OR REPLACE TEMP TABLE kept AS SELECT y.*{names}{more} FROM lived y
            LEFT JOIN attributes USING (consumer) {joined} WHERE {keep}""")
        state = lambda bit: (
            f"(CASE WHEN l >> {bit} & 1 = 1 THEN 5 WHEN p >> {bit} & 1 = 1 THEN 4 WHEN i >> {bit} & 1 = 1 THEN 3 "
            f"WHEN a >> {bit} & 1 = 1 THEN 2 WHEN o >> {bit} & 1 = 1 THEN 1 ELSE 0 END)::UTINYINT"
        )
        two = lambda mask: f"({mask} >> {NOW} & 3)::UTINYINT"
        groups = self.rows(f"""SELECT {state(NOW)}, {state(AGAINST)}, {state(START_NOW)}, {state(START_AGAINST)},
            {two('members')}, {two('active')}, first <= {ask.as_of}, count(*) FROM kept GROUP BY ALL""")
        crowds, sales = [], []
        if "crowd" in self.values:
            asset = lambda bit: f"((a | i | p | l) >> {bit} & 1)::UTINYINT"
            crowds = self.rows(f"SELECT crowd, {asset(NOW)}, {asset(AGAINST)}, count(*) FROM kept GROUP BY ALL")
            sales = self.sales(ask, brand)
        return Answer(ask, self.about).of(groups, crowds, sales, self.weekly(starts))

    def sales(self, ask, brand, kept="kept"):
        side = lambda day: f"day BETWEEN {day - ask.period_days + 1} AND {day}"
        cells = ", ".join(
            f"count(*) FILTER ({side(d)}) AS n{k}, sum(fen) FILTER ({side(d)}) AS f{k}, count(*) FILTER ({side(d)} AND fen IS NULL) AS z{k}"
            for k, d in enumerate((ask.as_of, ask.against))
        )
        total = ", ".join(f"count(*) FILTER (n{k} > 0), coalesce(sum(f{k}), 0)::BIGINT, sum(z{k})::BIGINT" for k in range(2))
        own = "true" if self.single else f"brand = {brand}"
        return self.rows(f"""SELECT crowd, {total} FROM (SELECT consumer, {cells} FROM events
            WHERE {own} AND {self.in_scope(ask.scope)} AND kind = {A['order']} AND ({side(ask.as_of)} OR {side(ask.against)})
            GROUP BY consumer) JOIN {kept} USING (consumer) GROUP BY crowd""")

    def weekly(self, starts):
        """People per week end by mask: a count of every byte of the masks gives eight weeks."""
        deeper = "((za & (i | p | l)) | (zi & (p | l)) | (zp & l))" if starts else "((a & ((i | p | l) >> 1)) | (i & ((p | l) >> 1)) | (p & (l >> 1)))"
        masks = {k: k for k in "aipl"} | {"members": "members", "active": "active", "deepened": deeper}
        if starts:
            masks |= {"start": "(za | zi | zp | zl)", "start_aip": "(za | zi | zp)"}
        found = {name: [] for name in masks}
        pieces = [
            f"SELECT {j} AS j, {k} AS k, (({m}) >> {k} & 255)::UTINYINT AS b, count(*) AS n FROM kept GROUP BY ALL"
            for j, m in enumerate(masks.values())
            for k in range(0, WEEKS, 8)
        ]
        bits = ", ".join(f"coalesce(sum(n) FILTER (b >> {k} & 1 = 1), 0)::BIGINT" for k in range(8))
        for j, _, *counts in self.rows(f"SELECT j, k, {bits} FROM ({' UNION ALL '.join(pieces)}) GROUP BY j, k ORDER BY j, k"):
            found[list(masks)[j]] += counts
        found = {name: v or [0] * (WEEKS + 2) for name, v in found.items()}
        return finish_weeks(found, shifted=not starts)


class Prepared:
    """Wide weekly states and changes in DuckDB, made once for one as-of."""

    def __init__(self, duck, ask, _plain):
        self.duck, self.ask = duck, ask
        duck.lives(ask, ask.days(), "lived")
        state = lambda b: (
            f"CASE WHEN l >> {b} & 1 = 1 THEN 5 WHEN p >> {b} & 1 = 1 THEN 4 WHEN i >> {b} & 1 = 1 THEN 3 "
            f"WHEN a >> {b} & 1 = 1 THEN 2 WHEN o >> {b} & 1 = 1 THEN 1 WHEN first <= {ask.days()[b]} THEN 6 ELSE 0 END"
        )
        weeks = ", ".join(
            f"(({state(b)}) * 4 + (members >> {b} & 1) * 2 + (active >> {b} & 1))::UTINYINT AS s{b}" for b in range(WEEKS)
        )
        small = {n: "UTINYINT" if len(v) <= 8 else "USMALLINT" for n, v in duck.values.items()}
        names = "".join(f", coalesce({n}, 0)::{t} AS {n}" for n, t in small.items())
        own = "true" if duck.single else f"brand = {[b for b, _ in duck.about['brands']].index(ask.brand)}"
        width = lambda d, few: few if len(duck.touch[d]) < 16 else "UINTEGER" if len(duck.touch[d]) < 32 else "BIGINT"
        keys = ", ".join([*small, "pair"])
        crowd = "crowd" if "crowd" in duck.values else "0"
        pair = f"({crowd}::INTEGER * 1024 + s{NOW - 1}::INTEGER * 32 + s{NOW})::UINTEGER AS pair"
        duck.run(f"""CREATE TABLE people AS SELECT *, {pair} FROM (SELECT consumer{names}, roles, coalesce(chans, 0)::{width('channel', 'USMALLINT')} AS chans,
                coalesce(cats, 0)::{width('category', 'USMALLINT')} AS cats, {weeks} FROM lived LEFT JOIN attributes USING (consumer)
            LEFT JOIN (SELECT consumer, bit_or(CASE WHEN chan > 0 THEN 1::BIGINT << chan ELSE 0 END) AS chans, bit_or(CASE WHEN cat > 0 THEN 1::BIGINT << cat ELSE 0 END) AS cats
                FROM events WHERE {own} AND day <= {ask.as_of} GROUP BY consumer) USING (consumer))
            ORDER BY {keys}""")
        self.keys = ", ".join([*small, "code"])
        self.masks = ", ".join([*small, "roles", "chans", "cats"])
        self.changes()
        side = lambda day: f"day BETWEEN {day - ask.period_days + 1} AND {day}"
        cells = ", ".join(
            f"count(*) FILTER ({side(d)}) AS n{k}, coalesce(sum(fen) FILTER ({side(d)}), 0)::BIGINT AS f{k}, count(*) FILTER ({side(d)} AND fen IS NULL) AS z{k}"
            for k, d in enumerate((ask.as_of, ask.against))
        )
        duck.run(f"""CREATE TABLE sales AS SELECT {self.masks}, n0, f0, z0, n1, f1, z1 FROM people JOIN (SELECT consumer, {cells} FROM events
            WHERE {own} AND kind = {A['order']} AND ({side(ask.as_of)} OR {side(ask.against)}) GROUP BY consumer) USING (consumer)""")
        for table in ("lived", "m", "d", "u"):
            duck.run(f"DROP TABLE IF EXISTS {table}")

    def changes(self):
        state = lambda w: f"(s{w}::INTEGER // 4 % 6)"
        parts = []
        for w in range(WEEKS):
            was = state(w - 1) if w else "0"
            bit = lambda week, b: f"(s{week} >> {b} & 1)" if week >= 0 else "0"
            parts.append((f"{was} * 6 + {state(w)}", f"{was} <> {state(w)}", w))
            for b, on, off in ((1, JOINED, LEFT), (0, WOKE, SLEPT)):
                parts.append((f"CASE WHEN {bit(w, b)} = 1 THEN {on} ELSE {off} END", f"{bit(w - 1, b)} <> {bit(w, b)}", w))
        selects = [
            f"SELECT ({w * CHANGES} + {what})::USMALLINT AS code, {self.masks} FROM people WHERE {test}" for what, test, w in parts
        ]
        self.duck.run(f"CREATE TABLE changes AS SELECT * FROM ({' UNION ALL '.join(selects)}) ORDER BY {self.keys}")

    def touch(self, dimension, values, _):
        column = {"category": "cats", "channel": "chans"}[dimension]
        known = self.duck.touch[dimension]
        return f"({column} & {sum(1 << known[v] for v in values if v in known)}) <> 0"

    def rows(self, ask):
        duck = self.duck
        keep = duck.filters(ask, self.touch)
        crowd = "crowd" if "crowd" in duck.values else "0::UTINYINT"
        pairs = duck.rows(f"SELECT pair, count(*) FROM people WHERE {keep} GROUP BY pair")
        codes = duck.rows(f"SELECT code, count(*) FROM changes WHERE {keep} GROUP BY code")
        total = ", ".join(f"count(*) FILTER (n{k} > 0), sum(f{k})::BIGINT, sum(z{k})::BIGINT" for k in range(2))
        sales = duck.rows(f"SELECT {crowd}, {total} FROM sales WHERE {keep} GROUP BY ALL")
        return pairs, codes, sales
