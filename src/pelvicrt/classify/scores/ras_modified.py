"""RAS-modified clinical score: three points that replace Fong's five, from the mutation era."""

from typing import Final

from pelvicrt.classify.scoring import Group, Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="ras-modified-clinical",
    name=Text("RAS-modified clinical score", "RAS 修正临床评分"),
    unit="points",
    items=(
        Item(Text("RAS mutated", "RAS 突变"), (Points({"fact": "molecular.ras", "is": "mutant"}, 1),)),
        Item(
            Text("node-positive primary", "原发灶淋巴结阳性"),
            (Points({"fact": "derived.node_positive", "is": True}, 1),),
        ),
        Item(Text("largest over 50 mm", "最大径超过 50 mm"), (Points({"fact": "liver.largest_mm", "gt": 50}, 1),)),
    ),
    groups=(
        Group("low", Text("low risk (0)", "低危（0 分）"), 0, 1),
        Group("intermediate", Text("intermediate risk (1)", "较低危（1 分）"), 1, 2),
        Group("moderate", Text("moderate risk (2)", "中危（2 分）"), 2, 3),
        Group("high", Text("high risk (3)", "高危（3 分）"), 3, 4),
    ),
    validity=Text(
        "Made in patients who were resected with known RAS status, most after chemotherapy. The items were read "
        "second-hand; group names are those of the second-hand source",
        "建立于已切除且 RAS 状态已知的患者，多数曾行化疗。条目为转述，分组名称亦取自转述来源",
    ),
    sources=("brudvik-2019-ras-crs", "plato-crlm-scores"),
    mark="V2",
)

EXAMPLES: Final = (
    Example(
        given={"molecular.ras": "wild_type", "primary.cn": "N0", "liver.largest_mm": 50},
        expect=0,
        source="plato-crlm-scores: no item met, 50 mm is not over 50 mm",
    ),
    Example(
        given={"molecular.ras": "mutant", "primary.cn": "N1", "liver.largest_mm": 51},
        expect=3,
        source="plato-crlm-scores: all three items met",
    ),
    Example(
        given={"molecular.ras": "mutant", "primary.cn": "N0", "liver.largest_mm": 20},
        expect=1,
        source="plato-crlm-scores: mutation only",
    ),
    Example(given={"molecular.ras": "mutant", "primary.cn": "N0"}, expect=None, source="size unknown"),
)
