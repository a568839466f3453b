"""Slices of the table, and questions at random."""

from .asked import ROLES, day_of, text_of


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
