"""Konopke's score: number, CEA and synchronous presentation before resection of colorectal liver metastases."""

from typing import Final

from pelvicrt.classify.scoring import Group, Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="konopke",
    name=Text("Konopke score", "Konopke 评分"),
    unit="points",
    items=(
        Item(Text("4 metastases or more", "转移灶 ≥4 个"), (Points({"fact": "liver.lesion_count", "ge": 4}, 1),)),
        Item(Text("CEA 200 ng/mL or more", "CEA ≥200 ng/mL"), (Points({"fact": "labs.cea_ng_ml", "ge": 200}, 1),)),
        Item(
            Text("synchronous metastases", "同时性转移"),
            (
                Points(
                    {
                        "any": [
                            {"fact": "liver.synchronicity", "is": "synchronous"},
                            {"fact": "derived.primary_removed", "is": False},
                        ]
                    },
                    1,
                ),
            ),
        ),
    ),
    groups=(
        Group("low", Text("low risk (0)", "低危（0 分）"), 0, 1),
        Group("intermediate", Text("intermediate risk (1)", "中危（1 分）"), 1, 2),
        Group("high", Text("high risk (2 to 3)", "高危（2～3 分）"), 2, 4),
    ),
    validity=Text(
        "Made in patients resected without chemotherapy. After neoadjuvant chemotherapy it was the one score that "
        "did not regain predictive value. Items read second-hand, in two places",
        "建立于未行化疗的切除患者。新辅助化疗后，它是唯一未恢复预测价值的评分。条目为转述（两处来源）",
    ),
    sources=("plato-crlm-scores", "crs-table-textbook", "ayez-2011-crs-neoadjuvant"),
    mark="V2",
)

EXAMPLES: Final = (
    Example(
        given={
            "liver.lesion_count": 3,
            "labs.cea_ng_ml": 199,
            "liver.synchronicity": "late_metachronous",
            "primary.in_place": False,
        },
        expect=0,
        source="crs-table-textbook: no criterion met",
    ),
    Example(
        given={"liver.lesion_count": 4, "labs.cea_ng_ml": 200, "liver.synchronicity": "synchronous"},
        expect=3,
        source="crs-table-textbook: three criteria met",
    ),
    Example(
        given={"liver.lesion_count": 2, "labs.cea_ng_ml": 10, "liver.synchronicity": "synchronous"},
        expect=1,
        source="crs-table-textbook: synchronous only",
    ),
    Example(given={"liver.lesion_count": 2, "liver.synchronicity": "synchronous"}, expect=None, source="CEA unknown"),
)
