"""Cards and their widgets as Google's JSON. What Google allows exactly one of is one argument here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NewType

Json = dict[str, Any]
Widget = NewType("Widget", dict[str, Any])
Click = NewType("Click", dict[str, Any])
Icon = NewType("Icon", dict[str, Any])
Control = NewType("Control", dict[str, Any])

MOST_WIDGETS = 100
MOST_SECTIONS = 100


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    value: str
    selected: bool = False


def icon(material: str, alt: str = "", *, filled: bool = False) -> Icon:
    """`material` is a name of Google's Material Symbols."""
    return Icon({"materialIcon": {"name": material, **({"fill": True} if filled else {})}, **({"altText": alt} if alt else {})})


# What a press does


def does(action: Json) -> Click:
    return Click({"action": action})


def opens(url: str) -> Click:
    """`url`: https, mailto or tel."""
    return Click({"openLink": {"url": url}})


def visits(url: str) -> Click:
    """A page over the card, which is drawn anew once that page is closed."""
    return Click({"openLink": {"url": url, "openAs": "OVERLAY", "onClose": "RELOAD"}})


def shows(pushed: Json) -> Click:
    """A card that was made already."""
    return Click({"card": pushed})


# Widgets


def text(html: str, *, most_lines: int = 0) -> Widget:
    return Widget({"textParagraph": {"text": html, **({"maxLines": most_lines} if most_lines else {})}})


def row(
    html: str,
    *,
    top: str = "",
    bottom: str = "",
    start: Icon | None = None,
    wrap: bool = False,
    press: Click | None = None,
    control: Control | None = None,
) -> Widget:
    """A decoratedText."""
    told: Json = {"startIcon": start} if start else {}
    told |= {"topLabel": top} if top else {}
    told["text"] = html
    told |= {"wrapText": True} if wrap else {}
    told |= {"bottomLabel": bottom} if bottom else {}
    told |= {"onClick": press} if press else {}
    return Widget({"decoratedText": {**told, **(control or {})}})


def button(
    label: str,
    press: Click,
    *,
    start: Icon | None = None,
    alt: str = "",
    kind: Literal["OUTLINED", "FILLED", "FILLED_TONAL", "BORDERLESS"] | None = None,
) -> Json:
    """`alt` is what it is called where there is more than one of that label. Without a label its icon has to have a name."""
    made: Json = {**({"text": label} if label else {}), **({"icon": start} if start else {}), "onClick": press}
    return {**made, **({"altText": alt} if alt else {}), **({"type": kind} if kind else {})}


def buttons(made: Iterable[Json]) -> Widget:
    return Widget({"buttonList": {"buttons": list(made)}})


def divider() -> Widget:
    return Widget({"divider": {}})


def at_end(made: Json) -> Control:
    return Control({"button": made})


def end_icon(made: Icon) -> Control:
    return Control({"endIcon": made})


def check_box(name: str, *, ticked: bool, changes: Json) -> Control:
    switched = {"name": name, "value": "on", "selected": ticked, "onChangeAction": changes, "controlType": "CHECK_BOX"}
    return Control({"switchControl": switched})


def switch(name: str, *, on: bool, changes: Json) -> Control:
    switched = {"name": name, "value": "on", "selected": on, "onChangeAction": changes, "controlType": "SWITCH"}
    return Control({"switchControl": switched})


def text_input(
    name: str,
    label: str,
    value: str = "",
    *,
    hint: str = "",
    several_lines: bool = False,
    most: int = 0,
    suggests: Json | None = None,
) -> Widget:
    """`suggests`: the action that is asked for what could stand here."""
    made: Json = {"name": name, "label": label, "type": "MULTIPLE_LINE" if several_lines else "SINGLE_LINE"}
    made |= {"autoCompleteAction": suggests} if suggests else {}
    made |= {"hintText": hint} if hint else {}
    made |= {"value": value} if value else {}
    made |= {"validation": {"characterLimit": most}} if most else {}
    return Widget({"textInput": made})


def choice(
    name: str,
    label: str,
    options: Sequence[Option],
    *,
    kind: Literal["CHECK_BOX", "RADIO_BUTTON", "SWITCH", "DROPDOWN"] = "DROPDOWN",
    changes: Json | None = None,
) -> Widget:
    items = [{"text": one.text, "value": one.value, "selected": one.selected} for one in options]
    made: Json = {"name": name, "label": label, "type": kind, "items": items}
    return Widget({"selectionInput": {**made, **({"onChangeAction": changes} if changes else {})}})


def day_input(name: str, label: str, day: date) -> Widget:
    """A day has no zone: Google takes and gives it as midnight UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    stamp = str(int(midnight.timestamp()) * 1000)
    return Widget({"dateTimePicker": {"name": name, "label": label, "type": "DATE_ONLY", "valueMsEpoch": stamp}})


def time_input(name: str, label: str, clock: str, changes: Json) -> Widget:
    """`clock`: "09:30"."""
    hours, minutes = (int(part) for part in clock.split(":"))
    made: Json = {"name": name, "label": label, "type": "TIME_ONLY", "valueMsEpoch": str((hours * 60 + minutes) * 60_000)}
    return Widget({"dateTimePicker": {**made, "onChangeAction": changes}})


# What holds them


def section(widgets: Sequence[Widget], *, header: str = "", stay: int = 0) -> Json:
    """`stay`: collapsible, and so many widgets stay when it is collapsed. What is beyond Google's limit is not sent."""
    kept = list(widgets)[:MOST_WIDGETS]
    folds = 0 < stay < len(kept)
    made: Json = {"header": header} if header else {}
    return {**made, "widgets": kept, **({"collapsible": True, "uncollapsibleWidgetsCount": stay} if folds else {})}


def card(
    name: str,
    title: str,
    sections: Sequence[Json],
    *,
    subtitle: str = "",
    image: str = "",
    own_menu: Sequence[tuple[str, Click]] = (),
) -> Json:
    """`image`: its address. `own_menu`: what the card's own menu offers. Sections without widgets are left out."""
    header = {"title": title, **({"subtitle": subtitle} if subtitle else {}), **({"imageUrl": image} if image else {})}
    filled = [one for one in sections if one["widgets"]][:MOST_SECTIONS]
    menu = [{"actionLabel": label, "onClick": press} for label, press in own_menu]
    return {"name": name, "header": header, "sections": filled, **({"cardActions": menu} if menu else {})}
