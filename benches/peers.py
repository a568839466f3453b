#!/usr/bin/env python3
"""The same questions to fastdeck, DuckDB and Polars, on the same data, in one run.

    python3 benches/peers.py --scale small              agreement on 200,000 consumers (CI)
    python3 benches/peers.py --consumers 1000000        times, memory and ratios, tables prepared
    python3 benches/peers.py --consumers 1000000 --raw  also everything from raw events
    python3 benches/peers.py --consumers 1000000 --random 500   agreement on random questions
    python3 benches/peers.py --data FILE --profile NAME agreement on a real log
    python3 benches/peers.py --data DIR                 agreement on the known logs under a folder
    python3 benches/peers.py --ingest --consumers N     reading the log alone

Needs Python 3.11, cargo, and PyPI once: the two engines go into a virtual environment under
target/ (`pip install duckdb==2.0.0 polars==2.1.0`). Each engine is a process of its own that reads
questions and writes answers, one JSON document a line, so that CPU time (user + system) and peak
memory are its own. Questions go round in turn; nobody is asked the same question twice, so no
engine can answer from memory. An answer counts only if it equals the others in every number.

What the peers get (the best layout found for them):
* prepared: a table of people with one byte per week end (state, member, active), bit masks of
  attributes, roles and touches; a table of sales; and for the history a table of changes with the
  same masks beside each change, so that nothing is joined when a question comes. Both tables are
  sorted for Polars by what is grouped (its sorted groups are 3 to 5 times as quick; DuckDB gains
  nothing from that order and has them by attributes). `--layout plain` leaves that out.
* raw: events as small integers, sorted by consumer. One pass folds every event into a 64-bit mask
  of sample days by a lookup of its day and action; only orders, browse days and memberships need
  windows.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ["duckdb==2.0.0", "polars==2.1.0"]
THREADS = 2
MEMORY_GB = 9
EPOCH = date(1970, 1, 1)

ACTIONS = (
    "exposure click view_content browse search_brand search favorite cart interact sample order "
    "refund review share join_member leave_member follow unfollow benefit points live_follow "
    "group_join service_contact mini_program subscribe"
).split()
A = {name: i for i, name in enumerate(ACTIONS)}
BAD_REVIEW = len(ACTIONS)  # a review with a score below 4
KINDS = 32  # actions, rounded up
AWARE = {A[n] for n in "exposure click view_content browse search".split()}
INTEREST = {
    A[n]
    for n in (
        "search_brand favorite cart interact sample share review benefit points live_follow "
        "group_join service_contact mini_program subscribe"
    ).split()
} | {BAD_REVIEW}
ROLES = "subscriber mini_program fan live_follower group_member service member koc".split()
FAN, MEMBER = ROLES.index("fan"), ROLES.index("member")
ROLE_OF = {
    A["subscribe"]: 0,
    A["mini_program"]: 1,
    A["live_follow"]: 3,
    A["group_join"]: 4,
    A["service_contact"]: 5,
}
STATES = "noaipl"
WEEKS = 54
NOW, AGAINST, START_NOW, START_AGAINST = 53, 54, 55, 56
FOREVER = 1 << 30

DEFAULTS = {
    "aipl.a_days": "15",
    "aipl.i_days": "15",
    "aipl.p_days": "913",
    "aipl.l_days": "365",
    "aipl.l_min_purchase_days": "2",
    "aipl.l_count": "day",
    "aipl.l_review": "auto",
    "aipl.member_is_i": "true",
    "aipl.browse_days_for_i": "2",
    "aipl.o_days": "30",
    "fast.a_denominator": "aipl_start",
    "fast.a_period": "week",
    "fast.s_roles": "member",
    "fast.t_days": "180",
    "fast.t_behaviours": "cart,fav,benefit,points,interact,buy",
    "crowd.period_days": "7",
}


def day_of(text):
    return (date.fromisoformat(text) - EPOCH).days


def text_of(day):
    return (EPOCH + timedelta(days=day)).isoformat()


def conditions(text):
    """`crowd=a,b; channel!=c` as (dimension, negated, values)."""
    found = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        left, right = part.split("=", 1)
        negated = left.endswith("!")
        found.append((left.rstrip("!").strip(), negated, [v.strip() for v in right.split(",")]))
    return found


# ---------------------------------------------------------------- what a question means


class Ask:
    """A question with its days, windows and conditions spelt out."""

    def __init__(self, question, about):
        d = {**DEFAULTS, **question.get("set", {})}
        number = lambda key: int(d[key])
        self.as_of, self.against = day_of(question["as_of"]), day_of(question["against"])
        self.where = conditions(question.get("where", ""))
        self.scope = [c for c in conditions(question.get("scope", "")) if c[0] in ("channel", "category")]
        self.a_days, self.i_days = number("aipl.a_days"), number("aipl.i_days")
        self.p_days = number("aipl.p_days") or FOREVER
        self.l_days, self.l_min = number("aipl.l_days"), number("aipl.l_min_purchase_days")
        self.by_order, self.l_review = d["aipl.l_count"] == "order", d["aipl.l_review"] != "off"
        self.member_is_i = d["aipl.member_is_i"] == "true"
        self.browse_days, self.o_days = number("aipl.browse_days_for_i"), number("aipl.o_days")
        self.denominator = d["fast.a_denominator"]
        self.s_roles = d["fast.s_roles"].split(",")
        self.t_days, self.period_days = number("fast.t_days"), number("crowd.period_days")
        names = {"fav": "favorite", "buy": "order"}
        self.t_actions = {A[names.get(w, w)] for w in d["fast.t_behaviours"].split(",")}
        length = self.as_of - self.against
        self.deepening = {"week": 7, "day": 1, "custom": length}[d["fast.a_period"]]
        self.brand = question.get("brand") or about["brands"][0][0]
        category = dict(map(tuple, about["brands"]))[self.brand]
        known = category in about["dimensions"].get("category", [])
        self.category = category if known and not question.get("scope") else None

    def weeks(self):
        return [self.as_of - 7 * (NOW - bit) for bit in range(WEEKS)]

    def days(self):
        """Sample days by bit: week ends, comparison, starts of the two deepening periods."""
        return self.weeks() + [
            self.against,
            self.as_of - self.deepening,
            self.against - self.deepening,
        ]

    def starts(self):
        """Starts of the deepening periods of all weeks; None when they are week ends."""
        return None if self.deepening == 7 else [d - self.deepening for d in self.weeks()]

    def interest(self):
        joins = set() if self.member_is_i else {A["join_member"], A["follow"]}
        return INTEREST | joins

    def praise(self):
        return {A["share"], A["review"]} if self.l_review else set()


class Masks:
    """Bit masks of sample days: `until[day - first]`, and windows from each day on."""

    def __init__(self, days, first, last):
        self.first = min(first, min(days)) - 1
        self.last = max(last, max(days)) + 1
        self.until = [
            sum(1 << bit for bit, d in enumerate(days) if d <= day)
            for day in range(self.first, self.last + 1)
        ]

    def window(self, day, n):
        end = min(day + n - 1, self.last)
        if end < day:
            return 0
        return self.until[end - self.first] & ~self.until[max(day - 1, self.first) - self.first]

    def folded(self, ask, days):
        """For every day and action: the masks a, i, p, l, t; and per day the one of o."""
        rows = []
        interest, praise = ask.interest(), ask.praise()
        for day in days:
            a, i, p = (self.window(day, n) for n in (ask.a_days, ask.i_days, ask.p_days))
            l, t = self.window(day, ask.l_days), self.window(day, ask.t_days)
            for kind in range(KINDS):
                rows.append((
                    a if kind in AWARE else 0,
                    i if kind in interest else 0,
                    p if kind == A["order"] else 0,
                    l if kind in praise else 0,
                    t if kind in ask.t_actions else 0,
                ))
        return rows


class OneDate:
    """What each day and action means for one date: flags, purchase and browse days inside their
    windows, and 1 or 2 for what begins or ends a membership or a fellowship. Codes that mean
    nothing are left out."""

    AWARE, ACTIVE, ORDER, PRAISE, NEAR = 1, 2, 4, 8, 16

    def __init__(self, ask, first, last):
        assert (ask.l_min, ask.browse_days, ask.member_is_i, ask.by_order) == (2, 2, True, False)
        interest, praise, order, browse = ask.interest(), ask.praise(), A["order"], A["browse"]
        spans = {A["join_member"]: 1, A["leave_member"]: 1, A["follow"]: 2, A["unfollow"]: 2}
        self.codes = []
        for day in range(first, min(last, ask.as_of) + 1):
            age = ask.as_of - day
            for kind in range(BAD_REVIEW + 1):
                flags = (
                    self.AWARE * (kind in AWARE and age < ask.a_days)
                    | self.ACTIVE * (kind in interest and age < ask.i_days)
                    | self.ORDER * (kind == order and age < ask.p_days)
                    | self.PRAISE * (kind in praise and age < ask.l_days)
                    | self.NEAR * (ask.category is not None and age < ask.o_days)
                )
                ordered = day if kind == order and age < ask.l_days else None
                browsed = day if kind == browse and age < ask.i_days else None
                span = spans.get(kind, 0)
                if flags or span:
                    self.codes.append(((day - first) * KINDS + kind, flags, ordered, browsed, span))


def ratio(a, b):
    return a / b if b else None


class Answer:
    """Numbers in the shape in which fastdeck gives them, from groups that an engine counted."""

    def __init__(self, ask, about):
        self.ask, self.about = ask, about
        self.knows_o = ask.category is not None

    def of(self, groups, crowds, sales, history):
        """groups: (state now, against, start now, start against, member bits, active bits, seen,
        people); crowds: (mask, asset now, asset against, people); sales: (mask, buyers, fen,
        unpriced, the same against); history: 53 values by name."""
        ask = self.ask
        stock = [[0, 0] for _ in STATES]
        flow = [[0] * 6 for _ in STATES]
        deep = [[0, 0, 0, 0] for _ in range(2)]
        s = [[0, 0], [0, 0]]
        for now, against, start, start_against, members, active, seen, n in groups:
            stock[now][0] += n
            stock[against][1] += n
            if now or against or seen:
                flow[against][now] += n
            for side, (a, b) in enumerate([(start, now), (start_against, against)]):
                deep[side][0] += n if 2 <= a < b else 0
                deep[side][1] += n if a >= 2 else 0
                deep[side][2] += n if 2 <= a < 5 else 0
                deep[side][3] += n if b >= 2 else 0
            for side in range(2):
                s[0][side] += n * (members >> side & 1)
                s[1][side] += n * (active >> side & 1)
        which = {"aipl_start": 1, "aip_start": 2, "aipl_end": 3}[ask.denominator]
        rate = [ratio(d[0], d[which]) for d in deep]
        asset = [sum(stock[k][side] for k in range(2, 6)) for side in range(2)]
        told = self.about["has_members"]
        if not self.knows_o:
            stock[1] = [None, None]
            for k in range(6):
                flow[1][k] = flow[k][1] = None
        return {
            "stock": stock[1:],
            "flow": flow,
            "fast.f": asset,
            "fast.a": [*rate, deep[0][0], deep[0][which]],
            "fast.s": s[0] if told else [None, None],
            "fast.t": [*(ratio(a, m) for a, m in zip(s[1], s[0])), s[1][0], s[0][0]]
            if told
            else [None] * 4,
            "crowds": self.crowds(crowds, sales),
            "history": self.history(history),
        }

    def crowds(self, crowds, sales):
        ids = self.about["crowds"]
        if "crowd" not in self.about["dimensions"] or not ids:
            none = [[None, None]] * 3
            return {**{i: none for i in ids}, "*": none}
        counted = sum(1 << k for k in self.about["counted_crowds"])
        masks = [(i, 1 << k) for k, i in enumerate(ids)] + [("*", counted)]
        found = {}
        for name, bit in masks:
            consumers = [sum(r[side] * r[3] for r in crowds if r[0] & bit) for side in (1, 2)]
            own = [r for r in sales if r[0] & bit]
            total = [sum(r[k] for r in own) for k in range(1, 7)]
            gmv = [None if total[k + 2] else total[k + 1] / 100 for k in (0, 3)]
            found[name] = [consumers, [total[0], total[3]], gmv]
        return found

    def history(self, h):
        weeks = self.ask.weeks()[1:]
        first = day_of(self.about["days"][0])
        told = lambda values: [None if d < first else v for d, v in zip(weeks, values)]
        over = lambda a, b: told([ratio(x, y) for x, y in zip(a, b)])
        base = {"aipl_start": "start", "aip_start": "start_aip", "aipl_end": "asset"}
        found = {
            "fast.f": told(h["asset"]),
            "fast.a": over(h["deepened"], h[base[self.ask.denominator]]),
            "fast.s": told(h["members"]),
            "fast.t": over(h["active"], h["members"]),
        }
        if not self.about["has_members"]:
            found["fast.s"] = found["fast.t"] = None
        return {**found, **{f"aipl.{k}": told(h[k]) for k in "aipl"}}


def same(ours, theirs, path=""):
    """The first places where two answers differ; 5 and 5.0 are the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.keys() != theirs.keys():
            return [f"{path}: keys {sorted(ours)} / {sorted(theirs)}"]
        return [x for k in ours for x in same(ours[k], theirs[k], f"{path}.{k}")]
    if isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            return [f"{path}: {len(ours)} / {len(theirs)} values"]
        return [x for k, (a, b) in enumerate(zip(ours, theirs)) for x in same(a, b, f"{path}[{k}]")]
    return [] if ours == theirs else [f"{path}: {ours} / {theirs}"]


def count_values(value):
    if isinstance(value, dict):
        return sum(map(count_values, value.values()))
    return sum(map(count_values, value)) if isinstance(value, list) else 1


# ---------------------------------------------------------------- logs


LOGS = {
    # columns by position: consumer, time, action, brand, category, channel, amount, order, score
    "demo": dict(header=True, time="local", columns=dict(
        consumer="consumer", time="time", action="action", brand="brand", category="category",
        channel="channel", amount="amount", order="order", score="review_score")),
    "userbehavior": dict(header=False, width=5, time="unix", columns=dict(
        consumer=0, category=2, action=3, time=4),
        actions=dict(pv="browse", fav="favorite", cart="cart", buy="order")),
    "rees46": dict(header=True, time="utc", columns=dict(
        consumer="user_id", time="event_time", action="event_type", brand="brand",
        category="category_id", amount="price"),
        actions=dict(view="browse", cart="cart", purchase="order")),
    "tmall2014": dict(header=True, time="date", columns=dict(
        consumer="user_id", time="visit_datetime", action="type", brand="brand_id"),
        actions={"0": "browse", "1": "order", "2": "favorite", "3": "cart"}),
}


# Real logs by the end of their path, for `--data DIR` without a profile.
KNOWN_LOGS = {
    "tmall2014_148users/events.csv.gz": "tmall2014",
    "taobao_43users/UserBehavior.csv": "userbehavior",
    "taobao_morning/UserBehavior.csv.gz": "userbehavior",
    "rees46_head6000/2019-Oct.csv.gz": "rees46",
}
# Days that a log may have; others are no dates of a shop.
FIRST_DAY, LAST_DAY = 10957, 47846


def attribute_values(about):
    """Values of the attributes of consumers by name; their positions are bits."""
    others = {"channel", "category", "shop", "item", "role"}
    found = {k: v for k, v in about["dimensions"].items() if k not in others}
    if "crowd" in found:
        found["crowd"] = about["crowds"]
    return found


def bits(values, wanted):
    return sum(1 << k for k, v in enumerate(values) if v in wanted)


def consumers_file(folder):
    path = Path(folder) / "consumers.csv"
    return path if path.exists() else None


# ---------------------------------------------------------------- DuckDB


class Duck:
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

    def sales(self, ask, brand):
        side = lambda day: f"day BETWEEN {day - ask.period_days + 1} AND {day}"
        cells = ", ".join(
            f"count(*) FILTER ({side(d)}) AS n{k}, sum(fen) FILTER ({side(d)}) AS f{k}, count(*) FILTER ({side(d)} AND fen IS NULL) AS z{k}"
            for k, d in enumerate((ask.as_of, ask.against))
        )
        total = ", ".join(f"count(*) FILTER (n{k} > 0), coalesce(sum(f{k}), 0)::BIGINT, sum(z{k})::BIGINT" for k in range(2))
        own = "true" if self.single else f"brand = {brand}"
        return self.rows(f"""SELECT crowd, {total} FROM (SELECT consumer, {cells} FROM events
            WHERE {own} AND {self.in_scope(ask.scope)} AND kind = {A['order']} AND ({side(ask.as_of)} OR {side(ask.against)})
            GROUP BY consumer) JOIN kept USING (consumer) GROUP BY crowd""")

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


def finish_weeks(h, shifted):
    """53 weeks from counts by bit 0 to 53; where periods are weeks, a start is the week before."""
    h["asset"] = [sum(x) for x in zip(*(h[k] for k in "aipl"))]
    if shifted:
        aip = [sum(x) for x in zip(*(h[k] for k in "aip"))]
        h["start"], h["start_aip"] = [0, *h["asset"]], [0, *aip]
        h["deepened"] = [0, *h["deepened"]]
    return {k: v[1:WEEKS] for k, v in h.items()}


# Codes of the table of changes: week × 40 + what changed.
CHANGES = 40
JOINED, LEFT, WOKE, SLEPT = 36, 37, 38, 39


def weeks_of_changes(counts, people):
    """History from counts by code of change."""
    by = lambda w, x: counts.get(w * CHANGES + x, 0)
    now, members, active = [0] * 6, 0, 0
    h = {k: [] for k in ("a", "i", "p", "l", "members", "active", "deepened")}
    for w in range(WEEKS):
        deepened = 0
        for start in range(6):
            for end in range(6):
                n = by(w, start * 6 + end)
                now[start] -= n
                now[end] += n
                deepened += n if w and 2 <= start < end else 0
        members += by(w, JOINED) - by(w, LEFT)
        active += by(w, WOKE) - by(w, SLEPT)
        for k, state in enumerate("aipl"):
            h[state].append(now[k + 2])
        for key, n in (("members", members), ("active", active), ("deepened", deepened)):
            h[key].append(n)
    h["deepened"] = h["deepened"][1:]
    return finish_weeks(h, shifted=True)


def prepared_answer(ask, about, pairs, codes, sales):
    """From (crowds << 10 | week before << 5 | week, people), counts of changes, and sales."""
    pairs = [(k >> 10, k >> 5 & 31, k & 31, n) for k, n in pairs]
    counts = dict(codes)
    groups, crowds = {}, {}
    for crowd, before, now, n in pairs:
        key = (now, before)
        groups[key] = groups.get(key, 0) + n
        a = lambda s: int(2 <= s // 4 <= 5)
        key = (crowd, a(now), a(before))
        crowds[key] = crowds.get(key, 0) + n
    state = lambda s: s // 4 % 6
    both = lambda now, before, bit: (now >> bit & 1) | (before >> bit & 1) << 1
    rows = [
        (state(now), state(before), state(before), 0, both(now, before, 1), both(now, before, 0), now // 4 == 6, n)
        for (now, before), n in groups.items()
    ]
    found = Answer(ask, about).of(rows, [(*k, n) for k, n in crowds.items()], sales, weeks_of_changes(counts, None))
    found["fast.a"][1] = found["history"]["fast.a"][-2]
    return found


class DuckPrepared:
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


# ---------------------------------------------------------------- Polars


class Polars:
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


class PolarsPrepared:
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


# ---------------------------------------------------------------- an engine as a process


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def report(self):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"wall_ms": wall * 1e3, "cpu_ms": cpu * 1e3, "peak_mb": peak_mb()}


def work(engine, folder, log_name):
    """Answers questions from stdin; the first line tells what there is to ask about."""
    about = json.loads(sys.stdin.readline())
    log = {**LOGS[log_name], "name": log_name}
    watch = Watch()
    peer = {"duckdb": Duck, "polars": Polars}[engine](folder, log, about)
    print(json.dumps(watch.report()), flush=True)
    prepared = None
    for line in sys.stdin:
        question = json.loads(line)
        wheres = question.get("batch", [question.get("where", "")])
        asks = [Ask({**question, "where": w}, about) for w in wheres]
        watch = Watch()
        if question.get("one_date"):
            numbers = [peer.one_date(asks[0])]
        elif question.get("prepare"):
            prepared = {"duckdb": DuckPrepared, "polars": PolarsPrepared}[engine](peer, asks[0], question["layout"] == "plain")
            numbers = []
        elif question.get("prepared"):
            rows = prepared.rows(asks[0])
        else:
            numbers = peer.from_raw(asks)
        report = watch.report()
        if question.get("prepared"):
            numbers = [prepared_answer(asks[0], about, *rows)]
        print(json.dumps({**report, "numbers": numbers}), flush=True)


class Peer:
    """An engine as a process: a line in, a line out."""

    def __init__(self, name, command, first_line=None, env=None):
        self.name = name
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)
        self.hello = self.ask(first_line) if first_line else self.line()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"peers: {self.name} ended before it answered (exit {self.process.wait()})")
        return json.loads(line)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.line()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


# ---------------------------------------------------------------- questions


def slices(about, rng):
    """The slices of the table, each with other values whenever it is drawn."""
    d = about["dimensions"]
    some = lambda name, n: f"{name}={','.join(rng.sample(d[name], n))}"
    roles = ROLES[:-1]
    role = lambda n: f"role={','.join(rng.sample(roles, n))}"
    return {
        "none": "",
        "crowd, tier, role": "; ".join([some("crowd", 4), some("city_tier", 2), role(3)]),
        "3 touchpoints": some("channel", 3),
        "4 categories": some("category", 4),
        "five dimensions": "; ".join([some("crowd", 5), some("city_tier", 3), role(4), some("channel", 3), some("category", 4)]),
        "2 touchpoints + 2 categories": "; ".join([some("channel", 2), some("category", 2)]),
    }


def random_where(about, rng):
    """Up to four conditions, one in three negated; sometimes a value that nobody has."""
    names = [n for n in about["dimensions"] if n not in ("shop", "item")]
    parts = []
    for name in rng.sample(names, min(len(names), rng.choice([0, 1, 1, 2, 2, 3, 4]))):
        values = about["dimensions"][name]
        chosen = rng.sample(values, min(len(values), rng.randint(1, 4))) or ["nobody"]
        if rng.random() < 0.05:
            chosen.append("nobody")
        parts.append(f"{name}{'!=' if rng.random() < 0.33 else '='}{','.join(chosen)}")
    return "; ".join(parts)


def random_definitions(rng):
    pick, found = rng.choice, {}
    choices = {
        "aipl.a_days": lambda: str(pick([1, 3, 7, 14, 30, 90])),
        "aipl.i_days": lambda: str(pick([1, 7, 20, 30, 60])),
        "aipl.p_days": lambda: str(pick([0, 90, 365, 730])),
        "aipl.l_days": lambda: str(pick([30, 90, 180, 730])),
        "aipl.l_min_purchase_days": lambda: str(pick([1, 2, 3, 4])),
        "aipl.l_count": lambda: "order",
        "aipl.l_review": lambda: pick(["off", "on"]),
        "aipl.member_is_i": lambda: "false",
        "aipl.browse_days_for_i": lambda: str(pick([1, 3, 4])),
        "aipl.o_days": lambda: str(pick([7, 15, 60, 180])),
        "fast.a_denominator": lambda: pick(["aip_start", "aipl_end"]),
        "fast.a_period": lambda: pick(["day", "custom"]),
        "fast.s_roles": lambda: pick(["fan", "member,fan"]),
        "fast.t_days": lambda: str(pick([7, 30, 90, 365])),
        "fast.t_behaviours": lambda: ",".join(rng.sample("cart fav benefit points interact buy".split(), rng.randint(1, 5))),
        "crowd.period_days": lambda: str(pick([1, 30, 90])),
    }
    for key in rng.sample(sorted(choices), pick([0, 0, 1, 2, 3, 5])):
        found[key] = choices[key]()
    return found


def random_question(about, rng, wheres):
    """A date, a comparison, definitions, now and then a scope, and some slices of these."""
    first, last = (day_of(t) for t in about["days"])
    as_of = max(first, day_of(about["as_of"]) - pick_back(rng, min(420, last - first)))
    against = as_of - rng.choice([1, 7, 7, 7, 30, 90, 365, rng.randint(1, 400)])
    question = {
        "as_of": text_of(as_of),
        "against": text_of(against),
        "set": random_definitions(rng),
        "brand": rng.choice([b for b, _ in about["brands"]][:60]),
        "batch": [random_where(about, rng) for _ in range(wheres)],
    }
    touch = [n for n in ("channel", "category") if about["dimensions"].get(n)]
    if touch and rng.random() < 0.25:
        name = rng.choice(touch)
        values = about["dimensions"][name]
        chosen = rng.sample(values, min(len(values), rng.randint(1, 3)))
        question["scope"] = f"{name}{'!=' if rng.random() < 0.3 else '='}{','.join(chosen)}"
    return question


def pick_back(rng, most):
    return rng.choice([0, 7, 14, rng.randint(0, most), rng.randint(0, most)])


# ---------------------------------------------------------------- the runs


class Run:
    """Three engines that have read the same log."""

    def __init__(self, facts, folder, log_name, ours=None):
        self.ours = Peer("fastdeck", [facts, "answer", str(ours or folder)])
        self.about = self.ours.hello["about"]
        self.peers = [
            Peer(engine, [str(python()), __file__, "--work", engine, str(folder), "--log", log_name], self.about)
            for engine in ("duckdb", "polars")
        ]
        self.all = [self.ours, *self.peers]
        self.compared, self.wrong = 0, []

    def loads(self):
        a = self.about
        print(f"{a['consumers']:,} consumers, {a['events']:,} events, {len(a['brands'])} brand(s), last day {a['as_of']}")
        for peer in self.all:
            h = peer.hello
            print(f"  {peer.name:9} ready after {h['wall_ms'] / 1e3:7.1f} s, {h['cpu_ms'] / 1e3:7.1f} s CPU, peak {h['peak_mb']:7.0f} MB")

    def compare(self, question, ours, theirs, name):
        self.compared += count_values(ours)
        differ = same(ours, theirs)
        if differ:
            self.wrong.append((name, question))
            print(f"DIFFERENT {name}: {json.dumps(question, ensure_ascii=False)}\n  " + "\n  ".join(differ[:6]))

    def agree(self, question):
        """Asks a batch of all three and compares every number."""
        ours = []
        for where in question["batch"]:
            ours.append(self.ours.ask({**question, "where": where})["numbers"])
        for peer in self.peers:
            for where, a, b in zip(question["batch"], ours, peer.ask(question)["numbers"]):
                self.compare({**question, "batch": [where]}, a, b, peer.name)

    def agree_at_random(self, count, per_batch, seed):
        rng = random.Random(seed)
        asked, start = 0, time.time()
        while asked < count:
            question = random_question(self.about, rng, min(per_batch, count - asked))
            self.agree(question)
            asked += len(question["batch"])
            if asked % 50 < per_batch:
                print(f"  {asked} of {count} questions, {self.compared:,} comparisons, {time.time() - start:.0f} s", flush=True)

    def base(self):
        as_of = self.about["as_of"]
        return {"as_of": as_of, "against": text_of(day_of(as_of) - 7)}

    def prepare(self, layout):
        for peer in self.peers:
            done = peer.ask({**self.base(), "prepare": True, "layout": layout})
            print(f"  {peer.name:9} prepared in {done['wall_ms'] / 1e3:.1f} s, {done['cpu_ms'] / 1e3:.1f} s CPU, peak {done['peak_mb']:.0f} MB")

    def times(self, rounds, make):
        """Asks everyone the questions of each round in turn: rows of CPU and wall by name."""
        found = {}
        for turn in range(rounds + 1):
            for name, question in make(turn).items():
                order = self.all[turn % 3 :] + self.all[: turn % 3]
                replies = {peer.name: peer.ask(question) for peer in order}
                ours = replies["fastdeck"]["numbers"]
                if question.get("one_date"):
                    ours = [now for now, _ in [*ours["stock"], ours["fast.s"]]]
                for peer in self.peers:
                    self.compare(question, ours, replies[peer.name]["numbers"][0], peer.name)
                if turn:
                    cells = found.setdefault(name, {})
                    for who, reply in [*replies.items(), ("board", replies["fastdeck"]["board"])]:
                        cells.setdefault(who, []).append((reply["cpu_ms"], reply["wall_ms"]))
        return found

    def memory(self):
        """What fastdeck holds, per consumer."""
        held = self.ours.ask({"only": "memory"})
        people = held.pop("consumers") or 1
        parts = ", ".join(f"{name} {size / people:.1f}" for name, size in held.items())
        print(f"\nfastdeck holds bytes per consumer: {parts}, together {sum(held.values()) / people:.1f}")

    def end(self):
        for peer in self.all:
            peer.end()
        questions = len(self.wrong)
        print(f"{self.compared:,} comparisons of a number, {questions} question(s) with a difference")
        return 1 if questions else 0


def table(title, found, board=True):
    """Counting alone is compared; what a screen needs besides is in a column of its own."""
    print(f"\n{title} (median CPU ms, wall ms in brackets)\n")
    heads = ["question", "DuckDB", "Polars", "fastdeck", *(["with all figures"] if board else []), "CPU ratio to the better", "wall ratio"]
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for name, by in found.items():
        cpu, wall = ({w: statistics.median(x[k] for x in v) for w, v in by.items()} for k in (0, 1))
        cells = [f"{cpu[w]:,.2f} ({wall[w]:,.2f})" for w in ("duckdb", "polars", "fastdeck", *(["board"] if board else []))]
        cells += [f"{min(m['duckdb'], m['polars']) / max(m['fastdeck'], 1e-6):,.1f}×" for m in (cpu, wall)]
        print(f"| {name} | {' | '.join(cells)} |")


def measure(run, args):
    base, rounds, raw_rounds = run.base(), args.rounds, args.raw_rounds if args.raw else 0
    print("\nPreparing the tables of the peers")
    run.prepare(args.layout)
    rng = random.Random(args.seed)
    prepared = lambda turn: {n: {**base, "where": w, "prepared": True} for n, w in slices(run.about, rng).items()}
    table("Prepared tables", run.times(rounds, prepared))
    if raw_rounds:
        scopes = rng.sample(run.about["dimensions"]["category"], raw_rounds + 1)
        dates = lambda turn: {k: text_of(day_of(d) - 17 - 30 * turn) for k, d in base.items()}
        raw = lambda turn: {
            "history, scope of a category": {**base, "scope": f"category={scopes[turn]}"},
            "history, changed window": {**base, "set": {"aipl.i_days": str(16 + turn), "aipl.l_days": str(300 + turn)}},
            "one date": {**dates(turn), "one_date": True},
        }
        table("From raw events", run.times(raw_rounds, raw), board=False)


# ---------------------------------------------------------------- surroundings


def python():
    return ROOT / "target" / "peers-venv" / "bin" / "python"


def wheels():
    """The peers in a virtual environment of their own."""
    want = {w.split("==")[0]: w.split("==")[1] for w in WHEELS}
    test = f"import importlib.metadata as m; exit(any(m.version(n) != v for n, v in {want!r}.items()))"
    there = python().exists() and not subprocess.run([python(), "-c", test], stderr=subprocess.DEVNULL).returncode
    if there:
        return
    if not python().exists():
        subprocess.run([sys.executable, "-m", "venv", python().parent.parent], check=True)
    install = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WHEELS]
    if subprocess.run(install).returncode:
        sys.exit(f"peers: PyPI could not be reached, or has no {' '.join(WHEELS)} for this machine: nothing was compared")


def facts(release):
    """Builds benches/facts.rs and gives the path of the program."""
    command = ["cargo", "bench", "--no-run"] if release else ["cargo", "build"]
    command += ["--quiet", "--bench", "facts", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode:
        sys.exit("peers: benches/facts.rs does not build")
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    programs = [m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "facts"]
    return programs[-1]


def log_of(program, consumers, folder):
    """A generated log of so many consumers; one of the same generator is used again."""
    sources = sorted((ROOT / "src" / "data" / "demo").glob("*.rs"))
    version = hashlib.sha256(b"".join(p.read_bytes() for p in sources)).hexdigest()[:8]
    folder = Path(folder or ROOT / "target" / f"peers-{consumers}-{version}")
    if not (folder / "dataset.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([program, "write", folder, str(consumers)], stdout=subprocess.PIPE, text=True, check=True)
        report = json.loads(done.stdout)
        print(f"wrote {folder} in {report['wall_ms'] / 1e3:.1f} s, peak {report['peak_mb']:.0f} MB")
    return folder


def real_logs(path, profile):
    """Folders with a manifest and the plain log, for the logs under a path."""
    path = Path(path)
    known = {path / end: p for end, p in KNOWN_LOGS.items()}
    if profile:
        inside = [f for end in ("*.csv", "*.csv.gz") for f in sorted(path.glob(end))]
        known = {f: profile for f in (inside if path.is_dir() else [path])}
    found = {f: p for f, p in known.items() if f.is_file()}
    if not found:
        sys.exit(f"peers: no log under {path}: name a CSV file and its --profile")
    for file, name in found.items():
        folder = Path(tempfile.mkdtemp(prefix="peers-"))
        opened = gzip.open(file) if file.suffix == ".gz" else file.open("rb")
        with opened as source, (folder / "events.csv").open("wb") as target:
            shutil.copyfileobj(source, target)
        brand = "" if LOGS[name]["columns"].get("brand") else 'constants = { brand = "all" }\n'
        header = "true" if LOGS[name]["header"] else "false"
        (folder / "dataset.toml").write_text(
            f'format = 1\nname = "{name}"\n[[table]]\nkind = "events"\nfile = "events.csv"\n'
            f'profile = "{name}"\nheader = {header}\n{brand}'
        )
        yield file, name, folder


def agree_on_real_logs(program, args):
    status = 0
    for file, name, folder in real_logs(args.data, args.profile):
        print(f"\n{file.parent.name}/{file.name} as {name}")
        run = Run(program, folder, name)
        run.loads()
        run.agree_at_random(args.random or 60, 6, args.seed)
        status |= run.end()
        shutil.rmtree(folder)
    return status


COLUMNS = {
    "consumer": ("VARCHAR", "String"),
    "time": ("TIMESTAMP", "Datetime"),
    "action": ("VARCHAR", "String"),
    "brand": ("VARCHAR", "String"),
    "category": ("VARCHAR", "String"),
    "channel": ("VARCHAR", "String"),
    "item": ("VARCHAR", "String"),
    "amount": ("DOUBLE", "Float64"),
    "quantity": ("INTEGER", "Int32"),
    "order": ("VARCHAR", "String"),
    "review_score": ("DOUBLE", "Float64"),
}


def read(engine, path):
    """Reads a generated log into memory with given types, and does nothing with it."""
    if engine == "duckdb":
        import duckdb

        con = duckdb.connect()
        con.execute(f"SET threads={THREADS}")
        con.execute("SET preserve_insertion_order=false")
        types = ", ".join(f"'{n}': '{t[0]}'" for n, t in COLUMNS.items())
        watch = Watch()
        con.execute(f"CREATE TABLE log AS SELECT * FROM read_csv('{path}', header=true, columns={{{types}}}, quote='\"', escape='\"')")
        report = watch.report()
        rows = con.execute("SELECT count(*) FROM log").fetchone()[0]
    else:
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars

        schema = {n: getattr(polars, t[1]) for n, t in COLUMNS.items()}
        watch = Watch()
        frame = polars.scan_csv(path, schema=schema, quote_char='"').collect()
        report, rows = watch.report(), frame.height
    print(json.dumps({**report, "peak_mb": peak_mb(), "events": rows}))


def ingest(program, folder, rounds):
    """Times of reading the log alone, each time in a new process."""
    alone = Path(tempfile.mkdtemp(prefix="ingest-", dir=Path(folder).parent))
    os.link(Path(folder) / "events.csv", alone / "events.csv")
    table = '[[table]]\nkind = "events"\nfile = "events.csv"\n'
    (alone / "dataset.toml").write_text(f'format = 1\nname = "log"\n{table}')
    log = alone / "events.csv"
    commands = {e: [str(python()), __file__, "--read", e, str(log)] for e in ("duckdb", "polars")}
    commands["fastdeck"] = [program, "load", str(alone)]
    found = {name: [] for name in commands}
    with log.open("rb") as whole:  # into the page cache, for everyone
        while whole.read(1 << 24):
            pass
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    shutil.rmtree(alone)
    if len({r["events"] for rows in found.values() for r in rows}) != 1:
        sys.exit(f"peers: the engines read different numbers of rows: {found}")
    print(f"\nReading {found['fastdeck'][0]['events']:,} rows (medians of {rounds})\n")
    print("| engine | CPU s | wall s | million rows per CPU s | peak MB |\n|---|---|---|---|---|")
    for name, rows in found.items():
        cpu, wall, peak = (statistics.median(r[k] for r in rows) for k in ("cpu_ms", "wall_ms", "peak_mb"))
        print(f"| {name} | {cpu / 1e3:.2f} | {wall / 1e3:.2f} | {rows[0]['events'] / cpu / 1e3:.2f} | {peak:,.0f} |")
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", choices=["small"], help="small: agreement on 200,000 consumers")
    parser.add_argument("--consumers", type=int, default=200_000)
    parser.add_argument("--folder", help="where the generated log is or goes (default: under target/)")
    parser.add_argument("--random", type=int, metavar="N", help="agreement on N random questions")
    parser.add_argument("--data", metavar="PATH", help="a real log (CSV, gzip allowed), or a folder of known ones")
    parser.add_argument("--profile", choices=sorted(LOGS), help="how the columns of --data are read")
    parser.add_argument("--raw", action="store_true", help="also time everything from raw events")
    parser.add_argument("--ingest", action="store_true", help="time reading the log alone")
    parser.add_argument("--layout", choices=["best", "plain"], default="best", help="plain: tables in the order of consumers")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--raw-rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--work", nargs=2, metavar=("ENGINE", "DIR"), help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--log", default="demo", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    args = arguments()
    if args.work:
        return work(*args.work, args.log)
    if args.read:
        return read(*args.read)
    wheels()
    program = facts(release=args.scale != "small")
    if args.data:
        return agree_on_real_logs(program, args)
    folder = log_of(program, args.consumers, args.folder)
    if args.ingest:
        return ingest(program, folder, args.rounds)
    run = Run(program, folder, "demo")
    run.loads()
    if args.scale == "small":
        run.prepare(args.layout)
        rng = random.Random(args.seed)
        run.times(1, lambda turn: {n: {**run.base(), "where": w, "prepared": True} for n, w in slices(run.about, rng).items()})
        run.agree_at_random(args.random or 40, 8, args.seed)
    elif args.random:
        run.agree_at_random(args.random, 5, args.seed)
    else:
        measure(run, args)
        run.memory()
    return run.end()


if __name__ == "__main__":
    sys.exit(main())
