"""What a question means: days, windows, conditions, and the shape of an answer."""

from datetime import date, timedelta
from pathlib import Path

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


class Board:
    """What each day and action means for the whole board of one date: states on as-of, on the
    comparison day, which is the start of the deepening period, and on the start of the period before
    that; members and active members; all but histories. Windows of three days so near to each other
    differ in few days, which are bits; those between them are a first and a last day."""

    FLAGS = 6
    AWARE, ACTIVE, ORDER, PRAISE, NEAR, LIVELY = (1 << k for k in range(FLAGS))

    def __init__(self, ask, first, last):
        assert (ask.l_min, ask.browse_days, ask.member_is_i, ask.by_order, ask.s_roles) == (2, 2, True, False, ["member"])
        assert ask.as_of - ask.deepening == ask.against
        self.dates = now, against, before = ask.as_of, ask.against, ask.against - ask.deepening
        low, high = now - ask.l_days + 1, before  # order days that are in all windows
        edge = [*range(before - ask.l_days + 1, low), *range(high + 1, now + 1)]
        near = range(before - ask.i_days + 1, now + 1)
        assert low <= high and len(edge) < 31 and len(near) < 31
        within = lambda days, span: [sum(1 << k for k, d in enumerate(days) if date - span < d <= date) for date in self.dates]
        self.order_bits, self.browse_bits = within(edge, ask.l_days), within(near, ask.i_days)
        interest, praise, order, browse = ask.interest(), ask.praise(), A["order"], A["browse"]
        spans = {A["join_member"]: 1, A["leave_member"]: 1, A["follow"]: 2, A["unfollow"]: 2}
        self.codes = []
        for day in range(first, min(last, now) + 1):
            for kind in range(BAD_REVIEW + 1):
                flags = 0
                for k, age in enumerate(date - day for date in self.dates):
                    if age < 0:
                        continue
                    flags |= (
                        self.AWARE * (kind in AWARE and age < ask.a_days)
                        | self.ACTIVE * (kind in interest and age < ask.i_days)
                        | self.ORDER * (kind == order and age < ask.p_days)
                        | self.PRAISE * (kind in praise and age < ask.l_days)
                        | self.NEAR * (ask.category is not None and age < ask.o_days)
                        | self.LIVELY * (kind in ask.t_actions and age < ask.t_days)
                    ) << k * self.FLAGS
                ordered = day if kind == order and low <= day <= high else None
                at_edge = 1 << edge.index(day) if kind == order and day in edge else 0
                browsed = 1 << near.index(day) if kind == browse and day in near else 0
                span = spans.get(kind, 0)
                if flags or ordered or at_edge or browsed or span:
                    self.codes.append(((day - first) * KINDS + kind, flags, ordered, at_edge, browsed, span))

    def all_near(self):
        """The flags that tell activity in the category, of all days."""
        return sum(self.NEAR << k * self.FLAGS for k in range(3))

    def groups(self, counted):
        """Groups of an answer, and those of crowds, from (crowd, states, members and active, people)."""
        groups, crowds = {}, {}
        for crowd, now, against, before, members, active, n in counted:
            key = (now, against, against, before, members, active, True)
            groups[key] = groups.get(key, 0) + n
            key = (crowd, int(now >= 2), int(against >= 2))
            crowds[key] = crowds.get(key, 0) + n
        return [(*k, n) for k, n in groups.items()], [(*k, n) for k, n in crowds.items()]


def without_history(numbers):
    """The numbers of one date: all but the histories and those who were in no state on either day, of
    whom an answer for one date needs no count."""
    flow = [list(row) for row in numbers["flow"]]
    flow[0][0] = None
    return {**{k: v for k, v in numbers.items() if k != "history"}, "flow": flow}


def ratio(a, b):
    return a / b if b else None


class Answer:
    """Numbers in the shape in which fastdeck gives them, from groups that an engine counted."""

    def __init__(self, ask, about):
        self.ask, self.about = ask, about
        self.knows_o = ask.category is not None

    def of(self, groups, crowds, sales, history):
        """The same as `board`, and the history: 53 values by name."""
        return {**self.board(groups, crowds, sales), "history": self.history(history)}

    def board(self, groups, crowds, sales):
        """groups: (state now, against, start now, start against, member bits, active bits, seen,
        people); crowds: (mask, asset now, asset against, people); sales: (mask, buyers, fen,
        unpriced, the same against)."""
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
