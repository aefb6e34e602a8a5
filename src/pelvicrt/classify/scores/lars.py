"""Low anterior resection syndrome score: five questions on bowel function, 0 to 42 points."""

from typing import Final

from pelvicrt.classify.scoring import Group, Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text


def _item(name: Text, fact: str, points: dict[str, float]) -> Item:
    """One question: each answer with its points; no answer stays unknown."""
    return Item(name, tuple(Points({"fact": fact, "is": answer}, value) for answer, value in points.items()))


SCORE: Final = Score(
    id="lars",
    name=Text("LARS score", "低位前切除综合征（LARS）评分"),
    unit="points",
    items=(
        _item(Text("flatus", "排气失禁"), "lars.flatus", {"never": 0, "less_than_weekly": 4, "at_least_weekly": 7}),
        _item(
            Text("leakage of liquid stool", "稀便失禁"),
            "lars.liquid",
            {"never": 0, "less_than_weekly": 3, "at_least_weekly": 3},
        ),
        _item(
            Text("bowel movements a day", "每日排便次数"),
            "lars.frequency",
            {"more_than_7": 4, "4_to_7": 2, "1_to_3": 0, "less_than_1": 5},
        ),
        _item(
            Text("clustering within an hour", "1 小时内再次排便"),
            "lars.clustering",
            {"never": 0, "less_than_weekly": 9, "at_least_weekly": 11},
        ),
        _item(Text("urgency", "排便急迫"), "lars.urgency", {"never": 0, "less_than_weekly": 11, "at_least_weekly": 16}),
    ),
    groups=(
        Group("none", Text("no LARS (0 to 20)", "无 LARS（0～20 分）"), 0, 21),
        Group("minor", Text("minor LARS (21 to 29)", "轻度 LARS（21～29 分）"), 21, 30),
        Group("major", Text("major LARS (30 to 42)", "重度 LARS（30～42 分）"), 30, 43),
    ),
    validity=Text(
        "Has no meaning with a stoma or a rectum out of use. For major LARS sensitivity 72.5 %, specificity 82.5 %",
        "有造口或直肠旷置时无意义。识别重度 LARS 的敏感度 72.5%，特异度 82.5%",
    ),
    sources=("emmertsen-lars-2012", "lars-item-table"),
    mark="V1",
    kind="instrument",
)

_BEST: Final = {
    "lars.flatus": "never",
    "lars.liquid": "never",
    "lars.frequency": "1_to_3",
    "lars.clustering": "never",
    "lars.urgency": "never",
}

EXAMPLES: Final = (
    Example(given=_BEST, expect=0, source="lars-item-table: best answers"),
    Example(
        given={
            "lars.flatus": "at_least_weekly",
            "lars.liquid": "less_than_weekly",
            "lars.frequency": "4_to_7",
            "lars.clustering": "less_than_weekly",
            "lars.urgency": "at_least_weekly",
        },
        expect=37,
        source="lars-item-table: 7+3+2+9+16",
    ),
    Example(
        given={
            "lars.flatus": "at_least_weekly",
            "lars.liquid": "at_least_weekly",
            "lars.frequency": "less_than_1",
            "lars.clustering": "at_least_weekly",
            "lars.urgency": "at_least_weekly",
        },
        expect=42,
        source="lars-item-table: maximum 7+3+5+11+16",
    ),
    Example(given={"lars.flatus": "never"}, expect=None, source="four questions unanswered"),
)
