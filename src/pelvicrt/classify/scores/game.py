"""GAME score: genetic and morphological evaluation before resection of colorectal liver metastases."""

from typing import Final

from pelvicrt.classify.scoring import TUMOUR_BURDEN, Group, Item, Points, Score
from pelvicrt.evidence import Example
from pelvicrt.foundation import Text

SCORE: Final = Score(
    id="game",
    name=Text("GAME score", "GAME 评分"),
    unit="points",
    computed={"tumour_burden": TUMOUR_BURDEN},
    items=(
        Item(Text("KRAS mutated", "KRAS 突变"), (Points({"fact": "molecular.ras", "is": "mutant"}, 1),)),
        Item(Text("CEA 20 ng/mL or more", "CEA ≥20 ng/mL"), (Points({"fact": "labs.cea_ng_ml", "ge": 20}, 1),)),
        Item(
            Text("node-positive primary", "原发灶淋巴结阳性"),
            (Points({"fact": "derived.node_positive", "is": True}, 1),),
        ),
        Item(
            Text("tumour burden score", "肿瘤负荷评分"),
            (Points({"fact": "tumour_burden", "ge": 9}, 2), Points({"fact": "tumour_burden", "ge": 3}, 1)),
        ),
        Item(
            Text("disease outside the liver", "肝外病灶"),
            (Points({"fact": "derived.extrahepatic_present", "is": True}, 2),),
        ),
    ),
    groups=(
        Group("low", Text("low risk (0 to 1)", "低危（0～1 分）"), 0, 2),
        Group("medium", Text("medium risk (2 to 3)", "中危（2～3 分）"), 2, 4),
        Group("high", Text("high risk (4 to 7)", "高危（4～7 分）"), 4, 8),
    ),
    validity=Text(
        "Made in patients who were resected. The source counts KRAS, the case holds RAS: NRAS counts too. "
        "The burden formula was read second-hand. In a nationwide series too weak to decide alone",
        "建立于已切除患者。来源计 KRAS，病例记录为 RAS，NRAS 突变也计分。负荷公式为转述。全国性队列中不足以单独决策",
    ),
    sources=("margonis-2018-game", "bolhuis-2022-crs-nationwide", "sasaki-2018-tbs", "plato-crlm-scores"),
    mark="V2",
)

EXAMPLES: Final = (
    Example(
        given={
            "molecular.ras": "wild_type",
            "labs.cea_ng_ml": 19.9,
            "primary.cn": "N0",
            "liver.largest_mm": 10,
            "liver.lesion_count": 1,
            "elsewhere": [],
        },
        expect=0,
        source="margonis-2018-game, abstract: no predictor present",
    ),
    Example(
        given={
            "molecular.ras": "mutant",
            "labs.cea_ng_ml": 20,
            "primary.cn": "N2",
            "liver.largest_mm": 50,
            "liver.lesion_count": 12,
            "elsewhere": [{"site": "lung", "count": 1}],
        },
        expect=7,
        source="margonis-2018-game, abstract: every predictor present, 1+1+1+2+2",
    ),
    Example(
        given={
            "molecular.ras": "mutant",
            "labs.cea_ng_ml": 35,
            "primary.cn": "N1",
            "liver.largest_mm": 28,
            "liver.lesion_count": 3,
            "elsewhere": [],
        },
        expect=4,
        source="margonis-2018-game, abstract: 1+1+1, burden sqrt(2.8^2+3^2)=4.1 gives 1",
    ),
    Example(given={"molecular.ras": "mutant", "elsewhere": []}, expect=None, source="three items unknown"),
)
