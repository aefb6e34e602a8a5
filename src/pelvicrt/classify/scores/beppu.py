"""Beppu's nomogram: points for disease-free survival after resection of colorectal liver metastases."""

from typing import Final

from pelvicrt.classify.scoring import Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="beppu-nomogram",
    name=Text("Beppu nomogram", "Beppu 列线图"),
    unit="points",
    items=(
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
                    3,
                ),
            ),
        ),
        Item(
            Text("node-positive primary", "原发灶淋巴结阳性"),
            (Points({"fact": "derived.node_positive", "is": True}, 3),),
        ),
        Item(
            Text("number of metastases", "转移灶数目"),
            (Points({"fact": "liver.lesion_count", "ge": 5}, 9), Points({"fact": "liver.lesion_count", "ge": 2}, 4)),
        ),
        Item(Text("largest over 5 cm", "最大径超过 5 cm"), (Points({"fact": "liver.largest_mm", "gt": 50}, 2),)),
        Item(
            Text("disease outside the liver", "肝外病灶"),
            (Points({"fact": "derived.extrahepatic_present", "is": True}, 4),),
        ),
        Item(Text("CA 19-9 over 100", "CA 19-9 超过 100"), (Points({"fact": "labs.ca19_9_u_ml", "gt": 100}, 4),)),
    ),
    groups=(),
    beyond_case=("labs.ca19_9_u_ml",),
    validity=Text(
        "Made in patients resected in Japan from 2000 to 2004. A case does not hold CA 19-9, so the total is a range. "
        "Median disease-free survival in the source: over 8.4 years at 0 points, 1.9 at 5, 1.0 at 10",
        "建立于 2000～2004 年日本的切除患者。病例不记录 CA 19-9，因此总分为一个范围。"
        "来源中位无病生存：0 分超过 8.4 年，5 分 1.9 年，10 分 1.0 年",
    ),
    sources=("beppu-2012-nomogram",),
    mark="V1",
)

EXAMPLES: Final = (
    Example(
        given={
            "liver.synchronicity": "late_metachronous",
            "primary.in_place": False,
            "primary.cn": "N0",
            "liver.lesion_count": 1,
            "liver.largest_mm": 50,
            "elsewhere": [],
        },
        expect=[0, 4],
        source="beppu-2012-nomogram, abstract: no item met, CA 19-9 open",
    ),
    Example(
        given={
            "liver.synchronicity": "synchronous",
            "primary.cn": "N1",
            "liver.lesion_count": 5,
            "liver.largest_mm": 60,
            "elsewhere": [{"site": "lung"}],
        },
        expect=[21, 25],
        source="beppu-2012-nomogram, abstract: 3+3+9+2+4, CA 19-9 open; with it the maximum of 25",
    ),
    Example(
        given={
            "liver.synchronicity": "synchronous",
            "primary.cn": "N0",
            "liver.lesion_count": 3,
            "liver.largest_mm": 28,
            "elsewhere": [],
        },
        expect=[7, 11],
        source="beppu-2012-nomogram, abstract: 3+4, CA 19-9 open",
    ),
)
