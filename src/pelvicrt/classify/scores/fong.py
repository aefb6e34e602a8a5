"""Fong's clinical risk score: five points for recurrence after resection of colorectal liver metastases."""

from typing import Final

from pelvicrt.classify.scoring import Group, Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="fong-crs",
    name=Text("Fong clinical risk score", "Fong 临床风险评分（CRS）"),
    unit="points",
    items=(
        Item(
            Text("node-positive primary", "原发灶淋巴结阳性"),
            (Points({"fact": "derived.node_positive", "is": True}, 1),),
        ),
        Item(
            Text("less than 12 months from primary to metastases", "原发灶至转移不足 12 个月"),
            (
                Points(
                    {
                        "any": [
                            {"fact": "liver.synchronicity", "is": "synchronous"},
                            {"fact": "derived.primary_removed", "is": False},
                            {"fact": "liver.synchronicity", "is": "early_metachronous"},
                        ]
                    },
                    1,
                ),
            ),
        ),
        Item(
            Text("more than one metastasis", "转移灶多于 1 个"), (Points({"fact": "liver.lesion_count", "gt": 1}, 1),)
        ),
        Item(Text("largest over 5 cm", "最大径超过 5 cm"), (Points({"fact": "liver.largest_mm", "gt": 50}, 1),)),
        Item(Text("CEA over 200 ng/mL", "CEA 超过 200 ng/mL"), (Points({"fact": "labs.cea_ng_ml", "gt": 200}, 1),)),
    ),
    groups=(
        Group("low", Text("low risk (0 to 2)", "低危（0～2 分）"), 0, 3),
        Group("high", Text("high risk (3 to 5)", "高危（3～5 分）"), 3, 6),
    ),
    validity=Text(
        "Made before modern chemotherapy, for patients who were resected, with nodes counted on the specimen. Counted "
        "before neoadjuvant chemotherapy it lost its predictive value; count it again after. Too weak to decide alone",
        "建立于现代化疗之前，对象为已切除患者，淋巴结以手术标本为准。新辅助化疗前计算的评分失去预测价值，化疗后应重新计算。不足以单独决策",
    ),
    sources=("fong-1999-crs", "ayez-2011-crs-neoadjuvant", "bolhuis-2022-crs-nationwide"),
    mark="V1",
)

_NONE: Final = {
    "primary.cn": "N0",
    "liver.synchronicity": "late_metachronous",
    "primary.in_place": False,
    "liver.lesion_count": 1,
    "liver.largest_mm": 50,
    "labs.cea_ng_ml": 200,
}

EXAMPLES: Final = (
    Example(given=_NONE, expect=0, source="fong-1999-crs, abstract: every criterion just not met"),
    Example(
        given={
            "primary.cn": "N1",
            "liver.synchronicity": "synchronous",
            "liver.lesion_count": 2,
            "liver.largest_mm": 51,
            "labs.cea_ng_ml": 201,
        },
        expect=5,
        source="fong-1999-crs, abstract: all five criteria met, one point each",
    ),
    Example(
        given={
            "primary.cn": "N0",
            "liver.synchronicity": "synchronous",
            "liver.lesion_count": 3,
            "liver.largest_mm": 28,
            "labs.cea_ng_ml": 35,
        },
        expect=2,
        source="fong-1999-crs, abstract: interval and number only",
    ),
    Example(
        given={"primary.cn": "N0", "liver.synchronicity": "synchronous", "liver.lesion_count": 3},
        expect=None,
        source="size and CEA unknown: between 2 and 4 points",
    ),
)
