"""Tumour burden score: size and number of liver metastases as one distance, in three zones."""

from typing import Final

from pelvicrt.classify.scoring import TUMOUR_BURDEN, Group, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="tumour-burden-score",
    name=Text("tumour burden score", "肿瘤负荷评分（TBS）"),
    unit="1",
    number="tumour_burden",
    computed={"tumour_burden": TUMOUR_BURDEN},
    groups=(
        Group("zone_1", Text("zone 1 (below 3)", "1 区（小于 3）"), 0, 3),
        Group("zone_2", Text("zone 2 (3 to below 9)", "2 区（3 至小于 9）"), 3, 9),
        Group("zone_3", Text("zone 3 (9 or more)", "3 区（9 及以上）"), 9, float("inf")),
    ),
    validity=Text(
        "Made in resected patients, with size and number from the specimen; imaging stands in for it here. "
        "The formula was read second-hand",
        "建立于已切除患者，大小与数目取自标本；此处以影像代替。公式为转述",
    ),
    sources=("sasaki-2018-tbs", "plato-crlm-scores", "margonis-2018-game"),
    mark="V2",
)

EXAMPLES: Final = (
    Example(
        given={"liver.largest_mm": 30, "liver.lesion_count": 4},
        expect=5.0,
        source="formula as in plato-crlm-scores; the 3-4-5 triangle by hand",
    ),
    Example(
        given={"liver.largest_mm": 50, "liver.lesion_count": 12},
        expect=13.0,
        source="formula as in plato-crlm-scores; the 5-12-13 triangle by hand, zone 3",
    ),
    Example(
        given={"liver.largest_mm": 80, "liver.lesion_count": 6},
        expect=10.0,
        source="formula as in plato-crlm-scores; the 6-8-10 triangle by hand",
    ),
    Example(given={"liver.largest_mm": 30}, expect=None, source="number unknown"),
)
