"""A chart with everything said that xlsxwriter leaves to Excel 2007's defaults.

In a workbook of a later Excel a missing element means something else: rounded corners, crossing tick marks,
a deleted axis, lines smoothed. So what was meant is written out, each at its place in the schema.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from billingkit.workbook import xmlparts as xml
from billingkit.workbook.xmlparts import Element

_SHOWN: Final = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
_AXIS: Final = (
    "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
    "crossAx crosses crossesAt crossBetween auto lblAlgn lblOffset majorUnit minorUnit dispUnits tickLblSkip tickMarkSkip "
    "noMultiLvlLbl baseTimeUnit majorTimeUnit minorTimeUnit extLst"
)
_PLOT: Final = (
    "wireframe barDir grouping scatterStyle radarStyle varyColors ser dLbls gapWidth gapDepth overlap shape dropLines "
    "hiLowLines upDownBars marker serLines bubbleScale showNegBubbles sizeRepresents firstSliceAng holeSize axId extLst"
)
_SERIES: Final = (
    "idx order tx spPr invertIfNegative pictureOptions marker explosion dPt dLbls trendline errBars cat val xVal yVal smooth "
    "shape bubbleSize bubble3D extLst"
)
_LABELS: Final = f"dLbl delete numFmt spPr txPr dLblPos {' '.join(_SHOWN)} separator showLeaderLines leaderLines extLst"
_SPACE: Final = (
    "date1904 lang roundedCorners AlternateContent style clrMapOvr pivotSource protection chart spPr txPr externalData "
    "printSettings userShapes extLst"
)
_CHART: Final = (
    "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs "
    "showDLblsOverMax extLst"
)
_FIXED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "chartSpace": (_SPACE, {"roundedCorners": "0"}),
    "chart": (_CHART, {"autoTitleDeleted": "0", "plotVisOnly": "0", "dispBlanksAs": "gap"}),
    "title": ("tx layout overlay spPr txPr extLst", {"overlay": "0"}),
    "legend": ("legendPos legendEntry layout overlay spPr txPr extLst", {"overlay": "0"}),
    "dLbls": (_LABELS, dict.fromkeys(_SHOWN, "0")),
    "catAx": (_AXIS, {"delete": "0", "majorTickMark": "out", "minorTickMark": "none", "noMultiLvlLbl": "0"}),
    "dateAx": (_AXIS, {"delete": "0", "majorTickMark": "out", "minorTickMark": "none"}),
    "valAx": (_AXIS, {"delete": "0", "majorTickMark": "out", "minorTickMark": "none"}),
    "barChart": (_PLOT, {"varyColors": "0"}),
    "lineChart": (_PLOT, {"varyColors": "0"}),
    "areaChart": (_PLOT, {"varyColors": "0"}),
    "pieChart": (_PLOT, {"varyColors": "1"}),
    "scatterChart": (_PLOT, {"varyColors": "0"}),
}


def say_all(chart: Element, *, strict: bool = False) -> None:
    """Write out in place what the chart leaves unsaid; in a strict workbook widths are percentages with their sign."""
    space = xml.namespace(chart)
    for one in [one for one in chart.iter(etree.Element) if xml.namespace(one) == space]:
        order, wanted = _wanted(one)
        present = {xml.local(inner) for inner in xml.children(one)}
        if xml.local(one) == "dLbls" and "delete" in present:
            continue
        for name, value in wanted.items():
            if name not in present:
                _insert(one, one.makeelement(f"{{{space}}}{name}", {"val": value}), order.split())
        if strict and xml.local(one) in {"gapWidth", "overlap", "holeSize"} and not one.get("val", "%").endswith("%"):
            one.set("val", f"{one.get('val')}%")


def _wanted(one: Element) -> tuple[str, dict[str, str]]:
    name, parent = xml.local(one), one.getparent()
    if name != "ser" or parent is None:
        return _FIXED.get(name, ("", {}))
    kind = xml.local(parent)
    if kind == "barChart":
        return _SERIES, {"invertIfNegative": "0"}
    return _SERIES, {"smooth": "0"} if kind in {"lineChart", "scatterChart"} else {}


def _insert(parent: Element, one: Element, order: list[str]) -> None:
    later = set(order[order.index(xml.local(one)) + 1 :])
    following = next((inner for inner in xml.children(parent) if xml.local(inner) in later), None)
    if following is None:
        parent.append(one)
    else:
        following.addprevious(one)
